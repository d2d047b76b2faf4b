/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/cue_ws.h"

#include <string.h>

#include "base/base64.h"
#include "show/sha1.h"

#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" // section 1.3
#define SWITCHING 101

#define FIN 0x80
#define RESERVED 0x70
#define OPCODE 0x0f
#define CONTROL 0x08
#define MASKED 0x80
#define LENGTH 0x7f
#define LENGTH_16 126
#define LENGTH_64 127

// The greeting.

static enum stage_status
find_accept(struct stage_show_ws *self, const char *key)
{
	struct stage_str text = {0};
	uint8_t sum[STAGE_SHOW_SHA1_BYTES];
	enum stage_status status = stage_str_addf(&text, "%s%s", key, GUID);

	if (status == STAGE_OK) {
		stage_show_sha1(text.data, text.len, sum);
		stage_str_clear(&text);
		status = stage_base64_encode(&text, sum, sizeof(sum));
	}
	if (status == STAGE_OK) {
		status = stage_format(
			self->accept, sizeof(self->accept), "%s", text.data);
	}
	stage_str_finish(&text);
	return status;
}

enum stage_status
stage_show_ws_hello(struct stage_show_ws *self, const char *host, uint16_t port,
	const char *path, const uint8_t nonce[STAGE_SHOW_WS_NONCE],
	struct stage_str *out)
{
	struct stage_str key = {0};
	size_t len = out->len;
	enum stage_status status =
		stage_base64_encode(&key, nonce, STAGE_SHOW_WS_NONCE);

	stage_show_ws_finish(self);
	if (status == STAGE_OK) {
		status = find_accept(self, key.data);
	}
	if (status == STAGE_OK) {
		status = stage_str_addf(out, "GET %s HTTP/1.1\r\nHost: ", path);
	}
	if (status == STAGE_OK) {
		status = stage_show_http_add_host(out, host, port);
	}
	if (status == STAGE_OK) {
		status = stage_str_addf(out,
			"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
			"Sec-WebSocket-Key: %s\r\n"
			"Sec-WebSocket-Version: 13\r\n\r\n",
			key.data);
	}
	if (status != STAGE_OK) {
		stage_str_cut(out, len);
	}
	stage_str_finish(&key);
	return status;
}

// Section 4.1, what a client must look at.
static enum stage_status
check_answer(struct stage_show_ws *self, struct stage_err *err)
{
	const struct stage_show_http *answer = &self->answer;

	if (answer->code != SWITCHING) {
		return stage_err_set(err, STAGE_DENIED,
			"it answers HTTP %d instead of opening a WebSocket",
			answer->code);
	}
	if (!stage_show_http_has(answer, "Upgrade", "websocket", true) ||
		!stage_show_http_has(answer, "Connection", "Upgrade", true) ||
		!stage_show_http_has(
			answer, "Sec-WebSocket-Accept", self->accept, false)) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"what answers does not speak WebSocket");
	}
	self->is_open = true;
	return STAGE_OK;
}

// What came.

enum stage_status
stage_show_ws_feed(struct stage_show_ws *self, const char *bytes, size_t len)
{
	if (self->at > 0) {
		stage_str_consume(&self->bytes, self->at);
		self->at = 0;
	}
	return stage_str_append(&self->bytes, bytes, len);
}

static enum stage_status
next_answer(struct stage_show_ws *self, enum stage_show_ws_kind *kind,
	struct stage_err *err)
{
	size_t used = 0;
	enum stage_status status = stage_show_http_feed(&self->answer,
		stage_str_text(&self->bytes) + self->at,
		self->bytes.len - self->at, &used, err);

	self->at += used;
	if (status != STAGE_OK) {
		return status;
	}
	if (self->answer.code == 0) {
		return STAGE_NOT_FOUND;
	}
	*kind = STAGE_SHOW_WS_OPEN;
	return check_answer(self, err);
}

struct frame {
	enum stage_show_ws_kind kind;
	bool is_last;
	const char *bytes;
	uint64_t len;
};

static enum stage_status
fail(struct stage_err *err)
{
	return stage_err_set(err, STAGE_BAD_INPUT,
		"what it sends is no WebSocket (RFC 6455, section 5)");
}

// True for a frame that may come where it does; sections 5.2, 5.4 and 5.5.
static bool
may_come(const struct stage_show_ws *self, unsigned first,
	const struct frame *frame)
{
	if ((first & RESERVED) != 0) {
		return false;
	}
	if ((first & CONTROL) != 0) {
		return frame->is_last && frame->kind <= STAGE_SHOW_WS_PONG &&
		       frame->len <= STAGE_SHOW_WS_CONTROL_MAX;
	}
	return frame->kind <= STAGE_SHOW_WS_BINARY &&
	       (frame->kind == STAGE_SHOW_WS_MORE) ==
		       (self->kind != STAGE_SHOW_WS_MORE);
}

// The length behind the first two bytes: none more, two or eight.
static size_t
read_length(const uint8_t *at, struct frame *frame)
{
	size_t more = 0;

	frame->len = at[1] & LENGTH;
	if (frame->len == LENGTH_16) {
		more = 2;
	} else if (frame->len == LENGTH_64) {
		more = 8;
	}
	if (more > 0) {
		frame->len = 0;
	}
	for (size_t i = 0; i < more; i++) {
		frame->len = (frame->len << 8) | at[2 + i];
	}
	return 2 + more;
}

// Bytes that a head has, by its first two; 0: not known yet.
static size_t
head_size(const uint8_t *at, size_t left)
{
	if (left < 2) {
		return 0;
	}
	if ((at[1] & LENGTH) < LENGTH_16) {
		return 2;
	}
	return (at[1] & LENGTH) == LENGTH_16 ? 4 : 10;
}

static enum stage_status
read_frame(
	struct stage_show_ws *self, struct frame *frame, struct stage_err *err)
{
	const uint8_t *at =
		(const uint8_t *)stage_str_text(&self->bytes) + self->at;
	size_t left = self->bytes.len - self->at;
	size_t head = head_size(at, left);

	if (head == 0 || left < head) {
		return STAGE_NOT_FOUND;
	}
	frame->kind = (enum stage_show_ws_kind)(at[0] & OPCODE);
	frame->is_last = (at[0] & FIN) != 0;
	(void)read_length(at, frame);
	if ((at[1] & MASKED) != 0 || !may_come(self, at[0], frame)) {
		return fail(err); // a server never masks: section 5.1
	}
	if (frame->len > STAGE_SHOW_WS_MAX - self->text.len) {
		return stage_err_set(
			err, STAGE_TOO_LONG, "it sends too much at a time");
	}
	if (left - head < frame->len) {
		return STAGE_NOT_FOUND;
	}
	frame->bytes = (const char *)at + head;
	self->at += head + (size_t)frame->len;
	return STAGE_OK;
}

// A part of a message. STAGE_NOT_FOUND: there is more to come.
static enum stage_status
take_part(struct stage_show_ws *self, const struct frame *frame,
	struct stage_err *err)
{
	if (frame->kind != STAGE_SHOW_WS_MORE) {
		self->kind = frame->kind;
	}
	if (stage_str_append(&self->text, frame->bytes, (size_t)frame->len) !=
		STAGE_OK) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	return frame->is_last ? STAGE_OK : STAGE_NOT_FOUND;
}

// Reads on until a message or a control frame is whole.
static enum stage_status
next_whole(
	struct stage_show_ws *self, struct frame *frame, struct stage_err *err)
{
	enum stage_status status = read_frame(self, frame, err);

	while (status == STAGE_OK && frame->kind < STAGE_SHOW_WS_CLOSE) {
		status = take_part(self, frame, err);
		if (status != STAGE_NOT_FOUND) {
			break;
		}
		status = read_frame(self, frame, err);
	}
	return status;
}

enum stage_status
stage_show_ws_next(struct stage_show_ws *self, enum stage_show_ws_kind *kind,
	const char **bytes, size_t *len, struct stage_err *err)
{
	struct frame frame = {STAGE_SHOW_WS_MORE, false, NULL, 0};
	enum stage_status status;

	*bytes = "";
	*len = 0;
	if (self->is_handed_out) {
		stage_str_clear(&self->text);
		self->is_handed_out = false;
	}
	if (!self->is_open) {
		return next_answer(self, kind, err);
	}
	status = next_whole(self, &frame, err);
	if (status != STAGE_OK) {
		return status;
	}
	*kind = frame.kind;
	*bytes = frame.bytes;
	*len = (size_t)frame.len;
	if (frame.kind < STAGE_SHOW_WS_CLOSE) {
		*kind = self->kind;
		*bytes = stage_str_text(&self->text);
		*len = self->text.len;
		self->kind = STAGE_SHOW_WS_MORE;
		self->is_handed_out = true;
	}
	return STAGE_OK;
}

// What is sent.

enum stage_status
stage_show_ws_write(struct stage_str *out, enum stage_show_ws_kind kind,
	const char *bytes, size_t len, const uint8_t mask[STAGE_SHOW_WS_MASK])
{
	uint8_t head[10 + STAGE_SHOW_WS_MASK] = {(uint8_t)(FIN | kind)};
	size_t at = 2;
	size_t before = out->len;
	enum stage_status status;

	if (len < LENGTH_16) {
		head[1] = (uint8_t)(MASKED | len);
	} else {
		size_t more = len <= UINT16_MAX ? 2 : 8;

		head[1] = MASKED | (more == 2 ? LENGTH_16 : LENGTH_64);
		for (size_t i = 0; i < more; i++) {
			head[at++] = (uint8_t)((uint64_t)len >>
					       (8 * (more - 1 - i)));
		}
	}
	memcpy(head + at, mask, STAGE_SHOW_WS_MASK);
	status = stage_str_append(out, head, at + STAGE_SHOW_WS_MASK);
	if (status == STAGE_OK) {
		status = stage_str_append(out, bytes, len);
	}
	if (status != STAGE_OK) {
		stage_str_cut(out, before);
		return status;
	}
	for (size_t i = 0; i < len; i++) {
		out->data[out->len - len + i] =
			(char)((uint8_t)bytes[i] ^ mask[i % 4]);
	}
	return STAGE_OK;
}

void
stage_show_ws_finish(struct stage_show_ws *self)
{
	if (self != NULL) {
		stage_show_http_finish(&self->answer);
		stage_str_finish(&self->bytes);
		stage_str_finish(&self->text);
		*self = (struct stage_show_ws){0};
	}
}
