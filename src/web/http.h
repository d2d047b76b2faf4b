/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** HTTP/1.1 in a libuv loop, by libmicrohttpd in its external epoll mode.
 *
 * What comes in is bounded: connections in all and from one address, bytes of a
 * head and of a body, and the time in which a request must be whole. An answer
 * may be given later; a stream of events goes on until one side ends it. Every
 * answer has the headers that keep a browser from doing what the page does not
 * want.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_WEB_HTTP_H
#define STAGE_WEB_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "web/backoff.h"
#include "web/guard.h"
#include "web/hub.h"

#define STAGE_WEB_BODY_MAX (64L * 1024)
#define STAGE_WEB_HEADERS_MAX 4 // of one answer, beside those of all

struct stage_web_http;
struct stage_web_exchange; // a request and its answer
struct stage_web_stream;   // an answer that goes on

struct stage_web_http_config {
	size_t connections;      // in all
	size_t per_address;      // but for our own computer's
	int64_t head_timeout_ns; // in which a request must be whole
	const char *certificate; // PEM; NULL: no TLS
	const char *key;         // PEM

	/** A head has come, its body not yet. Answers a request that must not
	 * go on, at once, or leaves it. */
	void (*begun)(void *user, struct stage_web_exchange *exchange);
	/** A request is whole: it is to be answered, now or later. */
	void (*asked)(void *user, struct stage_web_exchange *exchange);
	void *user;
};

/** Makes one that listens nowhere. config is copied, its texts are not kept.
 * Errors: STAGE_NO_MEMORY; STAGE_BAD_INPUT for a certificate or key that is
 * none. */
STAGE_NODISCARD enum stage_status stage_web_http_create(
	struct stage_web_http **out, uv_loop_t *loop,
	const struct stage_web_http_config *config, struct stage_err *err);

/** Ends all connections; exchanges that are not answered yet may still be, and
 * it is nothing. The loop frees it. NULL is fine. */
void stage_web_http_destroy(struct stage_web_http *self);

/** Listens at an address, and at no other of the same text. *port: 0 is any
 * free one, which it then says. Errors: as the system says. */
STAGE_NODISCARD enum stage_status stage_web_http_listen(
	struct stage_web_http *self, const char *address, uint16_t *port,
	struct stage_err *err);

/** Listens at an address no longer; connections that are there stay. */
void stage_web_http_unlisten(struct stage_web_http *self, const char *address);

/** The addresses that are listened at. Ownership: borrowed. */
const struct stage_strv *stage_web_http_addresses(
	const struct stage_web_http *self);

size_t stage_web_http_connections(const struct stage_web_http *self);

// A request. Ownership: borrowed until it is answered.

const struct stage_web_head *stage_web_exchange_head(
	const struct stage_web_exchange *self);
const char *stage_web_exchange_path(const struct stage_web_exchange *self);
/** A line of the head, or a part of the query; NULL: there is none. */
const char *stage_web_exchange_header(
	const struct stage_web_exchange *self, const char *name);
const char *stage_web_exchange_query(
	const struct stage_web_exchange *self, const char *name);
/** True where the body had more than STAGE_WEB_BODY_MAX bytes; then only the
 * first ones are there. */
bool stage_web_exchange_is_too_long(const struct stage_web_exchange *self);
const struct stage_str *stage_web_exchange_body(
	const struct stage_web_exchange *self);
/** Who asks: an address without port. */
const char *stage_web_exchange_address(const struct stage_web_exchange *self);
/** At which of our addresses. */
const char *stage_web_exchange_own_address(
	const struct stage_web_exchange *self);

/** Keeps what was found out about it. Ownership: becomes its own, from malloc.
 */
void stage_web_exchange_keep(struct stage_web_exchange *self, void *found);
/** What was kept; NULL: nothing. Borrowed. */
void *stage_web_exchange_kept(const struct stage_web_exchange *self);

struct stage_web_answer {
	unsigned code;
	const char *type;  // NULL: there is no body
	const char *bytes; // [len], copied unless they stay
	size_t len;
	bool stays; // the bytes are there as long as we run
	struct {
		const char *name;
		const char *value;
	} headers[STAGE_WEB_HEADERS_MAX]; // ended by a NULL, or full
};

/** Answers, once. */
void stage_web_exchange_answer(
	struct stage_web_exchange *self, const struct stage_web_answer *answer);

/** Answers with events as they are told in a hub. closed(user) is called when
 * it has ended, by whichever side; it is the last that is heard of it. NULL: it
 * could not be begun, and a failure was answered. */
struct stage_web_stream *stage_web_exchange_stream(
	struct stage_web_exchange *exchange, struct stage_web_hub *hub,
	void (*closed)(void *user), void *user);

struct stage_web_listener *stage_web_stream_listener(
	const struct stage_web_stream *self);

/** Ends it from our side, soon. */
void stage_web_stream_end(struct stage_web_stream *self);

#endif
