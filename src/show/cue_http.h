/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a client of HTTP/1.1 says and hears, as far as a cue needs it (RFC
 * 9112): one POST on a connection of its own, and the number of its answer.
 * The greeting of a WebSocket is read by it, too. Pure.
 *
 * Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_SHOW_CUE_HTTP_H
#define STAGE_SHOW_CUE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

#define STAGE_SHOW_HTTP_HEAD_MAX 16384 // bytes of an answer's head
#define STAGE_SHOW_HTTP_BODY_MAX 65536 // that are waited for

/** Appends a POST of body to path. A body that is JSON is said to be so, any
 * other one is text. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_http_post(struct stage_str *out,
	const char *host, uint16_t port, const char *path, const char *body);

/** Appends "HOST:PORT" as the field Host has it: without port 80, and an IPv6
 * address in brackets. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_http_add_host(
	struct stage_str *out, const char *host, uint16_t port);

/** An answer as it comes in. Zeroed is empty and valid. */
struct stage_show_http {
	struct stage_str head; // owned; up to and with its empty line
	int code;              // 100 to 599; 0: not known yet
	bool is_whole;         // nothing more is to be waited for
	bool has_length;       // Content-Length
	uint64_t length;       // of the body, then
	uint64_t got;          // of the body
};

/** Takes what arrived; *used is how much of it was the answer's: what is behind
 * the head of a 101 is not. Answers 1xx other than 101 are passed over.
 *
 * Errors, with a sentence: STAGE_BAD_INPUT for what is no HTTP/1,
 * STAGE_TOO_LONG for a head above STAGE_SHOW_HTTP_HEAD_MAX, STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_http_feed(
	struct stage_show_http *self, const char *bytes, size_t len,
	size_t *used, struct stage_err *err);

/** True when a field of the head has that value, or, where is_list, that word
 * among those that commas part. Names and words are compared without case,
 * values with it. */
bool stage_show_http_has(const struct stage_show_http *self, const char *field,
	const char *value, bool is_list);

/** Frees what is in it and leaves an empty one. NULL is fine. */
void stage_show_http_finish(struct stage_show_http *self);

#endif
