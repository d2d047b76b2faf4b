/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/cue_carry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "osc/write.h"
#include "show/cue_carry_private.h"

void
stage_show_carry_done(struct stage_show_carrier *self,
	enum stage_show_cue_result result, const char *why)
{
	if (!self->is_busy) {
		return;
	}
	self->is_busy = false;
	self->cue = NULL;
	uv_timer_stop(&self->deadline);
	self->ops->done(self->user, result, why);
}

void
stage_show_carry_gone(struct stage_show_carrier *self, const char *why)
{
	self->way->hang_up(self);
	if (self->is_busy) {
		stage_show_carry_done(self, STAGE_SHOW_CUE_AWAY, why);
	} else {
		self->ops->lost(self->user,
			self->way == &stage_show_carry_udp_way, why);
	}
}

static void
on_deadline(uv_timer_t *timer)
{
	struct stage_show_carrier *self = timer->data;
	bool is_http = self->target->kind == STAGE_SHOW_CUE_HTTP;
	bool is_answered = is_http && self->http.code / 100 == 2;
	bool is_in_doubt = is_http && self->is_written && self->cue != NULL;
	char why[64];

	self->way->hang_up(self);
	snprintf(why, sizeof(why), "it has not answered within %d s",
		STAGE_SHOW_CARRY_DEADLINE_MS / 1000);
	if (is_answered) {
		stage_show_carry_done(self, STAGE_SHOW_CUE_SAID, "");
	} else {
		stage_show_carry_done(self,
			is_in_doubt ? STAGE_SHOW_CUE_LOST : STAGE_SHOW_CUE_AWAY,
			why);
	}
}

static void
begin(struct stage_show_carrier *self, const struct stage_show_cue *cue)
{
	self->cue = cue;
	self->is_busy = true;
	self->is_written = false;
	self->is_said = false;
	stage_str_clear(&self->bytes);
	uv_timer_start(
		&self->deadline, on_deadline, STAGE_SHOW_CARRY_DEADLINE_MS, 0);
	self->way->begin(self);
}

void
stage_show_carrier_send(
	struct stage_show_carrier *self, const struct stage_show_cue *cue)
{
	begin(self, cue);
}

void
stage_show_carrier_probe(struct stage_show_carrier *self)
{
	begin(self, NULL);
}

const struct stage_show_qlc *
stage_show_carrier_functions(const struct stage_show_carrier *self)
{
	return &self->qlc;
}

enum stage_status
stage_show_carry_osc(struct stage_str *out, const struct stage_show_cue *cue)
{
	struct stage_osc_value values[STAGE_SHOW_CUE_ARGS_MAX];
	char types[STAGE_SHOW_CUE_ARGS_MAX + 1];
	size_t i;

	for (i = 0; i < cue->arg_count; i++) {
		const struct stage_show_arg *arg = &cue->args[i];

		types[i] = arg->type;
		values[i] = (struct stage_osc_value){
			arg->number, arg->value, arg->text};
	}
	types[i] = '\0';
	return stage_osc_write_values(out, cue->target, types, values);
}

// UDP.

struct stage_show_carry_udp {
	uv_udp_t handle;
	struct stage_show_carrier *carrier; // NULL: it is being closed
	char bytes[64];                     // of answers, which nobody reads
};

static void
on_udp_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void
udp_hang_up(struct stage_show_carrier *self)
{
	stage_show_lookup_cancel(self->lookup);
	self->lookup = NULL;
	if (self->udp != NULL) {
		self->udp->carrier = NULL;
		uv_close((uv_handle_t *)&self->udp->handle, on_udp_closed);
		self->udp = NULL;
	}
}

static void
on_udp_alloc(uv_handle_t *handle, size_t size, uv_buf_t *out)
{
	struct stage_show_carry_udp *udp = handle->data;

	(void)size;
	*out = uv_buf_init(udp->bytes, sizeof(udp->bytes));
}

// Answers are nothing to us; that nobody was there is.
static void
on_udp(uv_udp_t *handle, ssize_t got, const uv_buf_t *buffer,
	const struct sockaddr *from, unsigned flags)
{
	struct stage_show_carry_udp *udp = handle->data;

	(void)buffer;
	(void)from;
	(void)flags;
	if (got < 0 && udp->carrier != NULL) {
		stage_show_carry_gone(udp->carrier, "nobody listens there");
	}
}

static int
udp_open(struct stage_show_carrier *self, const struct stage_osc_peer *peer)
{
	struct stage_show_carry_udp *udp = calloc(1, sizeof(*udp));
	int status =
		udp != NULL ? uv_udp_init(self->loop, &udp->handle) : UV_ENOMEM;

	if (status != 0) {
		free(udp);
		return status;
	}
	udp->handle.data = udp;
	udp->carrier = self;
	self->udp = udp;
	status = uv_udp_connect(
		&udp->handle, (const struct sockaddr *)&peer->address);
	return status != 0
		       ? status
		       : uv_udp_recv_start(&udp->handle, on_udp_alloc, on_udp);
}

static void
udp_fail(struct stage_show_carrier *self, int status)
{
	char why[160];

	snprintf(why, sizeof(why), "%s",
		status == UV_ECONNREFUSED ? "nobody listens there"
					  : uv_strerror(status));
	udp_hang_up(self);
	stage_show_carry_done(self, STAGE_SHOW_CUE_AWAY, why);
}

static void
udp_send(struct stage_show_carrier *self)
{
	uv_buf_t buffer;
	int status = UV_ENOMEM;

	if (self->cue == NULL) {
		stage_show_carry_done(self, STAGE_SHOW_CUE_SAID, "");
		return;
	}
	if (stage_show_carry_osc(&self->bytes, self->cue) == STAGE_OK) {
		buffer = uv_buf_init(
			self->bytes.data, (unsigned)self->bytes.len);
		status = uv_udp_try_send(&self->udp->handle, &buffer, 1, NULL);
	}
	if (status < 0) {
		udp_fail(self, status);
	} else {
		stage_show_carry_done(self, STAGE_SHOW_CUE_SAID, "");
	}
}

// Who listens to OSC mostly does so by IPv4: of both kinds of address that one.
static void
on_udp_found(void *user, const struct stage_osc_peer *peers, size_t count,
	const char *why)
{
	struct stage_show_carrier *self = user;
	const struct stage_osc_peer *peer = count > 0 ? &peers[0] : NULL;
	int status;

	self->lookup = NULL;
	for (size_t i = count; i-- > 0;) {
		if (peers[i].address.ss_family == AF_INET) {
			peer = &peers[i];
		}
	}
	if (peer == NULL) {
		stage_show_carry_done(self, STAGE_SHOW_CUE_AWAY, why);
		return;
	}
	status = udp_open(self, peer);
	if (status != 0) {
		udp_fail(self, status);
	} else {
		udp_send(self);
	}
}

static void
udp_begin(struct stage_show_carrier *self)
{
	struct stage_show_lookup *lookup;

	if (self->udp != NULL) {
		udp_send(self);
		return;
	}
	lookup = stage_show_lookup_start(self->book, self->target->host,
		self->target->port, SOCK_DGRAM, on_udp_found, self);
	if (lookup != NULL) {
		self->lookup = lookup;
	}
}

const struct stage_show_carry_way stage_show_carry_udp_way = {
	udp_begin, udp_hang_up};

// Its life.

static const struct stage_show_carry_way *
way_of(const struct stage_show_cue_target *target)
{
	if (target->kind == STAGE_SHOW_CUE_OSC) {
		return target->transport == STAGE_SHOW_UDP
			       ? &stage_show_carry_udp_way
			       : &stage_show_carry_osc_way;
	}
	return target->kind == STAGE_SHOW_CUE_HTTP ? &stage_show_carry_http_way
						   : &stage_show_carry_qlc_way;
}

struct stage_show_carrier *
stage_show_carrier_create(uv_loop_t *loop, struct stage_show_book *book,
	const struct stage_show_cue_target *target,
	const struct stage_show_carrier_ops *ops, void *user)
{
	struct stage_show_carrier *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return NULL;
	}
	self->loop = loop;
	self->book = book;
	self->target = target;
	self->ops = ops;
	self->user = user;
	self->way = way_of(target);
	uv_timer_init(loop, &self->deadline);
	self->deadline.data = self;
	return self;
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
stage_show_carrier_destroy(struct stage_show_carrier *self)
{
	if (self == NULL) {
		return;
	}
	self->is_busy = false;
	self->way->hang_up(self);
	stage_str_finish(&self->bytes);
	stage_show_http_finish(&self->http);
	stage_show_ws_finish(&self->ws);
	stage_show_qlc_finish(&self->qlc);
	uv_close((uv_handle_t *)&self->deadline, on_closed);
}
