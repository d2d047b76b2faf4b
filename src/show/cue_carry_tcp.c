/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Carriers on a connection: OSC in both framings, HTTP, QLC+. */

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "osc/frames.h"
#include "show/cue_carry_private.h"

#define NO_MEMORY "out of memory"
#define LIST_AGE_NS 1000000000 // until the functions of QLC+ are asked for anew

void
stage_show_carry_connect(
	struct stage_show_carrier *self, const struct stage_show_wire_ops *ops)
{
	if (self->wire == NULL) {
		self->wire = stage_show_wire_create(self->loop, self->book,
			self->target->host, self->target->port, ops, self);
	}
	if (self->wire == NULL) {
		stage_show_carry_gone(self, NO_MEMORY);
	}
}

static void
hang_up(struct stage_show_carrier *self)
{
	stage_show_wire_destroy(self->wire);
	self->wire = NULL;
	self->is_open = false;
}

static void
on_ended(void *user, bool is_eof, const char *why)
{
	(void)is_eof;
	stage_show_carry_gone(user, why);
}

static void
write_bytes(struct stage_show_carrier *self)
{
	enum stage_status status = stage_show_wire_write(
		self->wire, self->bytes.data, self->bytes.len);

	if (status != STAGE_OK) {
		stage_show_carry_gone(self,
			status == STAGE_NO_MEMORY ? NO_MEMORY
						  : "the connection has ended");
	}
}

// OSC.

static void
osc_send(struct stage_show_carrier *self)
{
	struct stage_str packet = {0};
	enum stage_status status;

	if (self->cue == NULL) {
		stage_show_carry_done(self, STAGE_SHOW_CUE_SAID, "");
		return;
	}
	status = stage_show_carry_osc(&packet, self->cue);
	if (status == STAGE_OK) {
		status = stage_osc_frames_write(&self->bytes,
			self->target->transport == STAGE_SHOW_SLIP
				? STAGE_OSC_SLIP
				: STAGE_OSC_SIZED,
			packet.data, packet.len);
	}
	stage_str_finish(&packet);
	if (status != STAGE_OK) {
		stage_show_carry_done(self, STAGE_SHOW_CUE_AWAY, NO_MEMORY);
	} else {
		write_bytes(self);
	}
}

static void
osc_opened(void *user)
{
	struct stage_show_carrier *self = user;

	self->is_open = true;
	if (self->is_busy) {
		osc_send(self);
	}
}

static void
osc_got(void *user, const char *bytes, size_t len)
{
	(void)user; // answers are nothing to us
	(void)bytes;
	(void)len;
}

static void
osc_written(void *user)
{
	stage_show_carry_done(user, STAGE_SHOW_CUE_SAID, "");
}

static void
osc_begin(struct stage_show_carrier *self)
{
	static const struct stage_show_wire_ops ops = {
		osc_opened, osc_got, osc_written, on_ended};

	if (self->is_open) {
		osc_send(self);
	} else {
		stage_show_carry_connect(self, &ops);
	}
}

const struct stage_show_carry_way stage_show_carry_osc_way = {
	osc_begin, hang_up};

// HTTP.

static void
http_opened(void *user)
{
	struct stage_show_carrier *self = user;

	if (self->cue == NULL) {
		hang_up(self);
		stage_show_carry_done(self, STAGE_SHOW_CUE_SAID, "");
		return;
	}
	if (stage_show_http_post(&self->bytes, self->target->host,
		    self->target->port, self->cue->target,
		    self->cue->body) != STAGE_OK) {
		stage_show_carry_gone(self, NO_MEMORY);
		return;
	}
	self->is_written = true; // from here on it may have been done
	write_bytes(self);
}

static void
http_answered(struct stage_show_carrier *self)
{
	int code = self->http.code;
	char why[64];

	hang_up(self);
	snprintf(why, sizeof(why), "it answers HTTP %d", code);
	if (code / 100 == 2) {
		stage_show_carry_done(self, STAGE_SHOW_CUE_SAID, "");
	} else {
		stage_show_carry_done(self,
			code == 503 ? STAGE_SHOW_CUE_AWAY : STAGE_SHOW_CUE_LOST,
			why);
	}
}

static void
http_got(void *user, const char *bytes, size_t len)
{
	struct stage_show_carrier *self = user;
	struct stage_err err = STAGE_ERR_INIT;
	size_t used;

	if (stage_show_http_feed(&self->http, bytes, len, &used, &err) !=
		STAGE_OK) {
		hang_up(self);
		stage_show_carry_done(self, STAGE_SHOW_CUE_LOST, err.text);
	} else if (self->http.is_whole) {
		http_answered(self);
	}
}

static void
http_written(void *user)
{
	(void)user; // the answer counts
}

static void
http_ended(void *user, bool is_eof, const char *why)
{
	struct stage_show_carrier *self = user;

	(void)is_eof;
	if (self->http.code != 0) {
		http_answered(self);
		return;
	}
	hang_up(self);
	stage_show_carry_done(self,
		self->is_written ? STAGE_SHOW_CUE_LOST : STAGE_SHOW_CUE_AWAY,
		self->is_written ? "it has ended the connection without an "
				   "answer"
				 : why);
}

static void
http_begin(struct stage_show_carrier *self)
{
	static const struct stage_show_wire_ops ops = {
		http_opened, http_got, http_written, http_ended};

	stage_show_http_finish(&self->http);
	stage_show_carry_connect(self, &ops);
}

const struct stage_show_carry_way stage_show_carry_http_way = {
	http_begin, hang_up};

// QLC+.

static void
qlc_hang_up(struct stage_show_carrier *self)
{
	hang_up(self);
	stage_show_ws_finish(&self->ws);
	self->is_asked = false;
	self->listed_ns = 0;
}

static bool
qlc_write(struct stage_show_carrier *self, enum stage_show_ws_kind kind,
	const char *bytes, size_t len)
{
	uint8_t mask[STAGE_SHOW_WS_MASK];
	enum stage_status status;

	stage_str_clear(&self->bytes);
	(void)uv_random(NULL, NULL, mask, sizeof(mask), 0, NULL);
	status = stage_show_ws_write(&self->bytes, kind, bytes, len, mask);
	if (status == STAGE_OK) {
		status = stage_show_wire_write(
			self->wire, self->bytes.data, self->bytes.len);
	}
	if (status != STAGE_OK) {
		stage_show_carry_gone(self, "the connection has ended");
	}
	return status == STAGE_OK;
}

static void
qlc_ask(struct stage_show_carrier *self)
{
	self->is_asked = true;
	(void)qlc_write(self, STAGE_SHOW_WS_TEXT, STAGE_SHOW_QLC_ASK,
		strlen(STAGE_SHOW_QLC_ASK));
}

// Its functions are known.
static void
qlc_send(struct stage_show_carrier *self)
{
	struct stage_str text = {0};
	const char *id;
	char why[STAGE_ERR_TEXT_MAX];

	if (self->cue == NULL) {
		stage_show_carry_done(self, STAGE_SHOW_CUE_SAID, "");
		return;
	}
	id = stage_show_qlc_find(&self->qlc, self->cue->target);
	if (id == NULL) {
		snprintf(why, sizeof(why), "QLC+ has no function \"%s\"",
			self->cue->target);
		stage_show_carry_done(self, STAGE_SHOW_CUE_WRONG, why);
		return;
	}
	if (stage_show_qlc_set(&text, id, self->cue->is_on) != STAGE_OK) {
		stage_show_carry_done(self, STAGE_SHOW_CUE_AWAY, NO_MEMORY);
		return;
	}
	self->is_said = true;
	(void)qlc_write(self, STAGE_SHOW_WS_TEXT, text.data, text.len);
	stage_str_finish(&text);
}

static void
qlc_heard(struct stage_show_carrier *self, const char *text, size_t len)
{
	enum stage_status status = stage_show_qlc_take(&self->qlc, text, len);

	if (status != STAGE_OK || !self->is_asked) {
		return; // it tells of other things, too
	}
	self->is_asked = false;
	self->listed_ns = stage_clock_now_ns();
	if (self->is_busy && !self->is_said) {
		qlc_send(self);
	}
}

// False: the connection has gone.
static bool
qlc_take(struct stage_show_carrier *self, enum stage_show_ws_kind kind,
	const char *bytes, size_t len)
{
	struct stage_show_wire *wire = self->wire;

	if (kind == STAGE_SHOW_WS_OPEN) {
		self->is_open = true;
		qlc_ask(self);
	} else if (kind == STAGE_SHOW_WS_TEXT) {
		qlc_heard(self, bytes, len);
	} else if (kind == STAGE_SHOW_WS_PING) {
		(void)qlc_write(self, STAGE_SHOW_WS_PONG, bytes, len);
	} else if (kind == STAGE_SHOW_WS_CLOSE) {
		stage_show_carry_gone(self, "it has ended the connection");
	}
	return self->wire == wire;
}

static void
qlc_got(void *user, const char *bytes, size_t len)
{
	struct stage_show_carrier *self = user;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = stage_show_ws_feed(&self->ws, bytes, len);
	enum stage_show_ws_kind kind;
	const char *said;
	size_t said_len;

	while (status == STAGE_OK) {
		status = stage_show_ws_next(
			&self->ws, &kind, &said, &said_len, &err);
		if (status == STAGE_OK &&
			!qlc_take(self, kind, said, said_len)) {
			return;
		}
	}
	if (status != STAGE_NOT_FOUND) {
		stage_show_carry_gone(
			self, err.text[0] != '\0' ? err.text : NO_MEMORY);
	}
}

static void
qlc_opened(void *user)
{
	struct stage_show_carrier *self = user;
	uint8_t nonce[STAGE_SHOW_WS_NONCE];

	(void)uv_random(NULL, NULL, nonce, sizeof(nonce), 0, NULL);
	stage_str_clear(&self->bytes);
	if (stage_show_ws_hello(&self->ws, self->target->host,
		    self->target->port, STAGE_SHOW_QLC_PATH, nonce,
		    &self->bytes) != STAGE_OK) {
		stage_show_carry_gone(self, NO_MEMORY);
		return;
	}
	write_bytes(self);
}

static void
qlc_written(void *user)
{
	struct stage_show_carrier *self = user;

	if (self->is_said) {
		stage_show_carry_done(self, STAGE_SHOW_CUE_SAID, "");
	}
}

static void
qlc_begin(struct stage_show_carrier *self)
{
	static const struct stage_show_wire_ops ops = {
		qlc_opened, qlc_got, qlc_written, on_ended};

	if (!self->is_open) {
		stage_show_carry_connect(self, &ops);
	} else if (self->is_asked) {
		return; // the list is on its way
	} else if (stage_clock_now_ns() - self->listed_ns < LIST_AGE_NS) {
		qlc_send(self);
	} else {
		qlc_ask(self); // another workspace may have been loaded
	}
}

const struct stage_show_carry_way stage_show_carry_qlc_way = {
	qlc_begin, qlc_hang_up};
