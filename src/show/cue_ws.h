/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A WebSocket from the client's side (RFC 6455): bytes come in, texts go out.
 * No extensions, no subprotocols. Pure.
 *
 * Send what hello wrote, feed what arrives, and ask for events until there is
 * none. Memory stays under STAGE_SHOW_WS_MAX and one feed.
 *
 * Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_SHOW_CUE_WS_H
#define STAGE_SHOW_CUE_WS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "show/cue_http.h"

#define STAGE_SHOW_WS_NONCE 16        // bytes
#define STAGE_SHOW_WS_ACCEPT_MAX 32   // bytes with the zero
#define STAGE_SHOW_WS_MASK 4          // bytes
#define STAGE_SHOW_WS_MAX 1048576     // bytes of a message
#define STAGE_SHOW_WS_CONTROL_MAX 125 // bytes that a control frame carries

// Section 5.2.
enum stage_show_ws_kind {
	STAGE_SHOW_WS_MORE = 0, // of the message before
	STAGE_SHOW_WS_TEXT = 1,
	STAGE_SHOW_WS_BINARY = 2,
	STAGE_SHOW_WS_CLOSE = 8,
	STAGE_SHOW_WS_PING = 9,
	STAGE_SHOW_WS_PONG = 10,
	STAGE_SHOW_WS_OPEN = 16, // no frame: the other side has agreed
};

struct stage_show_ws {
	char accept[STAGE_SHOW_WS_ACCEPT_MAX]; // that must be answered
	struct stage_show_http answer;
	bool is_open;
	struct stage_str bytes;       // that came and were not looked at; owned
	size_t at;                    // where these begin
	struct stage_str text;        // of a message in parts; owned
	enum stage_show_ws_kind kind; // of that; MORE: there is none
	bool is_handed_out;
};

/** Begins anew, and appends what the server is to be greeted with. nonce is
 * random. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_ws_hello(
	struct stage_show_ws *self, const char *host, uint16_t port,
	const char *path, const uint8_t nonce[STAGE_SHOW_WS_NONCE],
	struct stage_str *out);

/** Takes what arrived. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_ws_feed(
	struct stage_show_ws *self, const char *bytes, size_t len);

/** What is next: OPEN, TEXT and BINARY messages, whole; PING, which wants a
 * PONG with the same bytes; CLOSE, behind which nothing comes.
 *
 * Ownership: *bytes is borrowed until the next call with this socket.
 * Errors: STAGE_NOT_FOUND when there is nothing whole yet. With a sentence, and
 * the connection is lost: STAGE_BAD_INPUT for what is no WebSocket,
 * STAGE_DENIED for a server that answers and does not agree, STAGE_TOO_LONG,
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_ws_next(struct stage_show_ws *self,
	enum stage_show_ws_kind *kind, const char **bytes, size_t *len,
	struct stage_err *err);

/** Appends one whole message, or a control frame of STAGE_SHOW_WS_CONTROL_MAX
 * bytes at most, masked as a client must (section 5.3). mask is random. Errors:
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_ws_write(struct stage_str *out,
	enum stage_show_ws_kind kind, const char *bytes, size_t len,
	const uint8_t mask[STAGE_SHOW_WS_MASK]);

/** Frees what is in it and leaves an empty one. NULL is fine. */
void stage_show_ws_finish(struct stage_show_ws *self);

#endif
