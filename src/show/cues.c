/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/cues.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "show/cue_eye.h"
#include "show/cues_private.h"

// What the queues know of a target: its carrier, and whose it is.
struct route {
	struct stage_show_cues *cues;
	struct stage_show_cue_target *target;
	struct stage_show_carrier *carrier;
};

// Time.

static void set_timer(struct stage_show_cues *self);

static void
on_timer(uv_timer_t *timer)
{
	struct stage_show_cues *self = timer->data;

	stage_show_cue_out_step(self->out);
	set_timer(self);
}

static void
set_timer(struct stage_show_cues *self)
{
	int64_t deadline_ns;

	if (self->is_ended) {
		return;
	}
	deadline_ns = stage_show_cue_out_deadline_ns(self->out);
	if (deadline_ns == INT64_MAX) {
		uv_timer_stop(self->timer);
		return;
	}
	uv_update_time(self->config.loop);
	uv_timer_start(self->timer, on_timer,
		(uint64_t)stage_clock_until_ms(deadline_ns), 0);
}

// What the queues ask of the world.

static int64_t
now_ns(void *user)
{
	(void)user;
	return stage_clock_now_ns();
}

static enum stage_status
read_song(void *user, const char *song, struct stage_show_song_conf *out,
	struct stage_err *err)
{
	struct stage_show_cues *self = user;
	struct stage_show_session session;
	enum stage_status status = stage_show_store_load(
		self->config.store, song, &session, out, err);

	if (status == STAGE_OK) {
		stage_show_session_finish(&session);
	}
	return status;
}

static uint64_t
identify(void *user, const struct stage_show_cue_target *target)
{
	(void)user;
	return stage_show_cue_identify(target);
}

static void
on_done(void *user, enum stage_show_cue_result result, const char *why)
{
	struct route *route = user;

	stage_show_cue_out_sent(route->cues->out, route->target, result, why);
	set_timer(route->cues);
}

static void
on_lost(void *user, bool is_back, const char *why)
{
	struct route *route = user;

	stage_show_cue_out_lost(route->cues->out, route->target, is_back, why);
	set_timer(route->cues);
}

static struct route *
make_route(struct stage_show_cues *self, struct stage_show_cue_target *target)
{
	static const struct stage_show_carrier_ops ops = {on_done, on_lost};
	struct route *route = calloc(1, sizeof(*route));

	if (route == NULL) {
		return NULL;
	}
	route->cues = self;
	route->target = target;
	route->carrier = stage_show_carrier_create(
		self->config.loop, self->book, target, &ops, route);
	if (route->carrier == NULL) {
		free(route);
		return NULL;
	}
	return route;
}

// JACK's side keeps what finds no server for a while by itself.
static void
send_midi(struct stage_show_cues *self, struct stage_show_cue_target *target,
	const struct stage_show_cue *cue)
{
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = self->config.send_midi(
		self->config.user, cue->bytes, cue->len, &err);
	enum stage_show_cue_result result = STAGE_SHOW_CUE_LOST;

	if (status == STAGE_OK) {
		result = STAGE_SHOW_CUE_SAID;
	} else if (status == STAGE_FULL) {
		result = STAGE_SHOW_CUE_AWAY;
	}
	stage_show_cue_out_sent(self->out, target, result, err.text);
}

static void
send_cue(void *user, struct stage_show_cue_target *target,
	const struct stage_show_cue *cue)
{
	struct stage_show_cues *self = user;
	struct route *route = target->carrier;

	if (target->kind == STAGE_SHOW_CUE_MIDI) {
		send_midi(self, target, cue);
		return;
	}
	if (route == NULL) {
		route = make_route(self, target);
		target->carrier = route;
	}
	if (route == NULL) {
		stage_show_cue_out_sent(self->out, target, STAGE_SHOW_CUE_AWAY,
			"out of memory");
		return;
	}
	stage_show_carrier_send(route->carrier, cue);
}

static void
drop(void *user, struct stage_show_cue_target *target)
{
	struct route *route = target->carrier;

	(void)user;
	if (route != NULL) {
		stage_show_carrier_destroy(route->carrier);
		free(route);
		target->carrier = NULL;
	}
}

static void
tell(void *user, bool is_trouble, const char *sentence)
{
	(void)user;
	if (is_trouble) {
		stage_log_warn("%s", sentence);
	} else {
		stage_log_info("%s", sentence);
	}
}

static void
changed(void *user)
{
	struct stage_show_cues *self = user;

	if (!self->is_ended) {
		self->config.changed(self->config.user);
	}
}

static const struct stage_show_cue_ops out_ops = {
	.now_ns = now_ns,
	.read = read_song,
	.identify = identify,
	.send = send_cue,
	.drop = drop,
	.tell = tell,
	.changed = changed,
};

// What happens.

void
stage_show_cues_recall(struct stage_show_cues *self, const json_t *journal)
{
	json_decref(self->journal);
	self->journal = json_deep_copy(journal);
}

// A song plays, from now on or since before a crash.
static void
went(struct stage_show_cues *self, const struct stage_show_told *told)
{
	if (told->number != 0) {
		stage_show_cue_out_resume(self->out, told->text, self->journal);
	} else {
		stage_show_cue_out_moment(
			self->out, told->text, STAGE_SHOW_ON_GO);
	}
}

void
stage_show_cues_told(void *user, const struct stage_show_told *told)
{
	struct stage_show_cues *self = user;

	if (told->event == STAGE_SHOW_TOLD_LOADING) {
		stage_show_cue_out_moment(
			self->out, told->text, STAGE_SHOW_ON_LOAD);
	} else if (told->event == STAGE_SHOW_TOLD_READY) {
		stage_show_cue_out_moment(
			self->out, told->text, STAGE_SHOW_ON_READY);
	} else if (told->event == STAGE_SHOW_TOLD_GO) {
		went(self, told);
	} else if (told->event == STAGE_SHOW_TOLD_LEFT) {
		stage_show_cue_out_moment(
			self->out, told->text, STAGE_SHOW_ON_LEAVE);
	} else if (told->event == STAGE_SHOW_TOLD_FAILED) {
		stage_show_cue_out_forget(self->out, told->text);
	} else {
		return;
	}
	set_timer(self);
}

struct stage_show_cue_out *
stage_show_cues_out(struct stage_show_cues *self)
{
	return self->out;
}

// Its life.

enum stage_status
stage_show_cues_create(const struct stage_show_cues_config *config,
	struct stage_show_cues **out, struct stage_err *err)
{
	struct stage_show_cues *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->config = *config;
	self->out = stage_show_cue_out_create(
		&out_ops, self, config->qlc_host, config->qlc_port);
	self->config.qlc_host = NULL;
	self->book = stage_show_book_create(config->loop);
	self->timer = calloc(1, sizeof(*self->timer));
	if (self->out == NULL || self->book == NULL || self->timer == NULL) {
		stage_show_cue_out_destroy(self->out);
		stage_show_book_destroy(self->book);
		free(self->timer);
		free(self);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	uv_timer_init(config->loop, self->timer);
	self->timer->data = self;
	*out = self;
	return STAGE_OK;
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle);
}

void
stage_show_cues_destroy(struct stage_show_cues *self)
{
	if (self == NULL) {
		return;
	}
	self->is_ended = true;
	stage_show_cues_end_probes(self);
	stage_show_cue_out_destroy(self->out);
	stage_show_book_destroy(self->book);
	uv_close((uv_handle_t *)self->timer, on_closed);
	json_decref(self->journal);
	free(self);
}
