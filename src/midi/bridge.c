/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // sem_clockwait

#include "midi/bridge.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exits.h"
#include "base/log.h"
#include "midi/bridge_private.h"
#include "midi/endpoints_file.h"

#define TICK_MS 1000
#define END_MS 4000
#define RELEASE_NS (300 * STAGE_NS_PER_MS)

void
stage_midi_bridge_tell(struct stage_midi_bridge *self, const char *topic)
{
	if (!self->is_ending) {
		self->events->changed(self->user, topic);
	}
}

void
stage_midi_bridge_check_ready(struct stage_midi_bridge *self)
{
	if (!self->is_ready && !self->is_ending && self->seq != NULL &&
		stage_midi_jack_is_settled(self->jack)) {
		self->is_ready = true;
		self->events->ready(self->user);
	}
}

void
stage_midi_bridge_save(struct stage_midi_bridge *self)
{
	struct stage_err err = STAGE_ERR_INIT;
	char path[STAGE_PATH_MAX];

	stage_rig_path(self->rig, path, "state/midi");
	self->must_save = true;
	if (stage_io_make_dirs(path, &err) == STAGE_OK) {
		stage_rig_path(self->rig, path, "state/midi/endpoints");
		if (stage_midi_endpoints_save(self->endpoints, path, &err) ==
			STAGE_OK) {
			self->must_save = false;
			return;
		}
	}
	stage_log_err("%s; trying again", err.text);
	stage_midi_bridge_wait(self);
}

void
stage_midi_bridge_notify(void *user)
{
	struct stage_midi_bridge *self = user;

	uv_async_send(&self->notified);
}

/* Nobody ends what devices hold while no cycle runs. A server that does not
 * answer may run cycles all the same, and the notes are somebody's. */
static void
look_at_stall(struct stage_midi_bridge *self)
{
	uint32_t cycles = atomic_load(&self->wire->cycles);
	bool stands = self->is_stalled && cycles == self->stall_cycles;
	size_t count = atomic_load(&self->wire->way_count);

	self->stall_cycles = cycles;
	for (size_t i = 0; stands && i < count; i++) {
		struct stage_midi_way *way = atomic_load(&self->wire->ways[i]);
		if (way->direction == STAGE_MIDI_PLAYBACK &&
			atomic_load(&way->has_rings) &&
			!stage_midi_held_is_empty(atomic_load(&way->held))) {
			atomic_store(&way->must_release, true);
			sem_post(&self->wire->work);
		}
	}
}

// Once a second: clocks drift, devices are given back, a disk has room again.
static void
on_tick(uv_timer_t *timer)
{
	struct stage_midi_bridge *self = timer->data;
	struct stage_err err = STAGE_ERR_INIT;

	if (self->seq != NULL) {
		self->seq_class->keep_time(self->seq);
	} else if (self->is_seq_beginning) {
		(void)stage_midi_bridge_try_seq(self, &err);
	}
	look_at_stall(self);
	stage_midi_bridge_settle(self);
	if (self->must_save) {
		stage_midi_bridge_save(self);
	}
	if (!stage_midi_jack_tidy(self->jack) && !self->must_save &&
		!self->is_seq_beginning && !self->is_stalled &&
		!self->has_waiting) {
		uv_timer_stop(&self->tick);
	}
}

void
stage_midi_bridge_wait(struct stage_midi_bridge *self)
{
	if (!self->is_ending && !uv_is_active((uv_handle_t *)&self->tick)) {
		uv_timer_start(&self->tick, on_tick, TICK_MS, TICK_MS);
	}
}

// What was on when events were lost may never be ended by who played it.
static void
release_all_captures(struct stage_midi_bridge *self)
{
	size_t count = atomic_load(&self->wire->way_count);

	for (size_t i = 0; i < count; i++) {
		struct stage_midi_way *way = atomic_load(&self->wire->ways[i]);
		if (way->direction == STAGE_MIDI_CAPTURE &&
			stage_midi_wire_uses(self->wire, way)) {
			atomic_store(&way->must_release, true);
		}
	}
}

static void
on_notified(uv_async_t *async)
{
	struct stage_midi_bridge *self = async->data;
	uint64_t losses = atomic_load(&self->wire->sequencer_losses);
	int64_t latency_ns = atomic_load(&self->wire->latency_ns);

	if (self->is_ending) {
		return;
	}
	if (losses != self->losses_seen) {
		stage_log_err("the input of the sequencer overflowed: events "
			      "were lost, and held notes are ended");
		self->losses_seen = losses;
		release_all_captures(self);
		stage_midi_bridge_look(self);
	}
	if (self->threads != NULL &&
		stage_midi_threads_is_broken(self->threads)) {
		stage_log_err("the ALSA sequencer has gone; starting anew");
		_exit(STAGE_EXIT_TEMPORARY);
	}
	if (latency_ns != self->latency_seen_ns) {
		self->latency_seen_ns = latency_ns;
		stage_midi_jack_tell_latency(self->jack);
	}
	stage_midi_bridge_settle(self);
	if (stage_midi_jack_has_pending(self->jack)) {
		stage_midi_bridge_wait(self);
	}
	stage_midi_bridge_check_ready(self);
}

static void
free_all(struct stage_midi_bridge *self)
{
	const struct stage_midi_bridge_events *events = self->events;
	void *user = self->user;
	size_t count = self->endpoints != NULL
			       ? stage_midi_endpoints_count(self->endpoints)
			       : 0;

	for (size_t i = 0; i < count; i++) {
		free(stage_midi_endpoints_at(self->endpoints, i)->user);
	}
	stage_midi_endpoints_destroy(self->endpoints);
	stage_midi_rules_destroy(self->rules);
	stage_midi_ledger_destroy(self->ledger);
	if (self->wire != NULL) {
		stage_midi_wire_finish(self->wire);
	}
	free(self->wire);
	free(self);
	events->ended(user);
}

// Handles and JACK: the last of them. JACK's is one handle more.
static void
drop_handle(struct stage_midi_bridge *self)
{
	self->open_handles--;
	if (self->open_handles == 0) {
		free_all(self);
	}
}

void
stage_midi_bridge_on_closed(uv_handle_t *handle)
{
	drop_handle(handle->data);
}

// By JACK's worker, or by us: the loop is told by the one handle left.
void
stage_midi_bridge_on_jack_ended(void *user)
{
	struct stage_midi_bridge *self = user;

	atomic_store(&self->is_jack_gone, true);
	uv_async_send(&self->notified);
}

static void
on_last_notice(struct stage_midi_bridge *self)
{
	if (atomic_load(&self->is_jack_gone) &&
		!uv_is_closing((uv_handle_t *)&self->notified)) {
		uv_close((uv_handle_t *)&self->notified,
			stage_midi_bridge_on_closed);
		uv_close((uv_handle_t *)&self->look,
			stage_midi_bridge_on_closed);
	}
}

static void
on_async(uv_async_t *async)
{
	struct stage_midi_bridge *self = async->data;

	if (self->is_ending) {
		on_last_notice(self);
	} else {
		on_notified(async);
	}
}

// Making and ending.

static void
init_handles(struct stage_midi_bridge *self)
{
	uv_async_init(self->loop, &self->notified, on_async);
	uv_timer_init(self->loop, &self->tick);
	uv_timer_init(self->loop, &self->look);
	self->notified.data = self;
	self->tick.data = self;
	self->look.data = self;
	self->open_handles = 3;
}

static enum stage_status
load(struct stage_midi_bridge *self, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_err why = STAGE_ERR_INIT;
	bool is_damaged = false;
	enum stage_status status;

	stage_rig_path(self->rig, path, "state/midi/endpoints");
	status = stage_midi_endpoints_load(
		self->endpoints, path, &is_damaged, err);
	if (is_damaged) {
		stage_log_warn("%s; what could be read of it is used, and "
			       "older files beside it",
			err->text);
		self->must_save = true;
	}
	if (status != STAGE_OK) {
		return status;
	}
	stage_rig_run_path(self->rig, path, "midi.held");
	self->ledger = stage_midi_ledger_create(path, &why);
	if (why.text[0] != '\0') {
		stage_log_warn("%s", why.text);
	}
	return self->ledger != NULL ? STAGE_OK : STAGE_NO_MEMORY;
}

static enum stage_status
make_parts(struct stage_midi_bridge *self, struct stage_err *err)
{
	self->endpoints = stage_midi_endpoints_create(
		&stage_midi_bridge_endpoint_ops, self);
	self->wire = calloc(1, sizeof(*self->wire));
	if (self->endpoints == NULL || self->rules == NULL ||
		self->wire == NULL ||
		stage_midi_wire_init(self->wire) != STAGE_OK) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	return load(self, err);
}

static enum stage_status
start(struct stage_midi_bridge *self, struct stage_err *err)
{
	enum stage_status status = make_parts(self, err);

	if (status == STAGE_OK) {
		status = stage_midi_jack_create(self->loop, self->wire,
			STAGE_MIDI_CLIENT, self->jack_backend,
			&stage_midi_bridge_jack_events, self, &self->jack, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	// All that were ever there, before any device is, and any server.
	stage_midi_bridge_relink(self);
	return stage_midi_bridge_await_seq(self, err);
}

enum stage_status
stage_midi_bridge_create(uv_loop_t *loop, const struct stage_rig *rig,
	struct stage_midi_rules *rules,
	const struct stage_midi_seq_class *seq_class,
	const struct stage_jack_backend *jack_backend,
	const struct stage_midi_bridge_events *events, void *user,
	struct stage_midi_bridge **out, struct stage_err *err)
{
	struct stage_midi_bridge *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		stage_midi_rules_destroy(rules);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->loop = loop;
	self->rig = rig;
	self->rules = rules;
	self->seq_class = seq_class;
	self->jack_backend = jack_backend;
	self->events = events;
	self->user = user;
	init_handles(self);
	status = start(self, err);
	if (status != STAGE_OK) {
		stage_midi_bridge_destroy(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

static bool
is_released(const struct stage_midi_bridge *self)
{
	size_t count = atomic_load(&self->wire->way_count);

	for (size_t i = 0; i < count; i++) {
		const struct stage_midi_way *way =
			atomic_load(&self->wire->ways[i]);
		if (way->direction == STAGE_MIDI_CAPTURE &&
			atomic_load(&way->is_connected) &&
			atomic_load(&way->must_release)) {
			return false;
		}
	}
	return true;
}

// JACK's process callback ends what its clients hold: two cycles at most.
static void
await_release(struct stage_midi_bridge *self)
{
	int64_t until_ns = stage_clock_now_ns() + RELEASE_NS;
	const struct timespec until = {
		.tv_sec = (time_t)(until_ns / STAGE_NS_PER_S),
		.tv_nsec = (long)(until_ns % STAGE_NS_PER_S),
	};

	release_all_captures(self);
	while (stage_midi_jack_is_open(self->jack) && !is_released(self) &&
		(sem_clockwait(&self->wire->work, CLOCK_MONOTONIC, &until) ==
				0 ||
			errno == EINTR)) {
		continue;
	}
}

// libjack may keep its thread for ever, and what is held has been ended.
static void
on_end_deadline(uv_timer_t *timer)
{
	(void)timer;
	stage_log_warn("libjack does not come back; ending without it");
	_exit(STAGE_EXIT_OK);
}

void
stage_midi_bridge_destroy(struct stage_midi_bridge *self)
{
	if (self == NULL) {
		return;
	}
	self->is_ending = true;
	if (self->must_save && self->endpoints != NULL) {
		stage_midi_bridge_save(self);
	}
	stage_path_watch_destroy(self->device);
	stage_midi_bridge_end_seq(self);
	uv_close((uv_handle_t *)&self->tick, stage_midi_bridge_on_closed);
	uv_timer_start(&self->look, on_end_deadline, END_MS, 0);
	if (self->jack != NULL) {
		await_release(self);
		stage_midi_jack_destroy(self->jack);
	} else {
		stage_midi_bridge_on_jack_ended(self);
	}
}

void
stage_midi_bridge_set_rules(
	struct stage_midi_bridge *self, struct stage_midi_rules *rules)
{
	struct stage_midi_rules *before = self->rules;

	self->rules = rules;
	stage_midi_bridge_relink(self);
	stage_midi_rules_destroy(before);
	stage_midi_bridge_stand_back(self);
	stage_midi_bridge_settle(self);
	stage_midi_bridge_tell(self, "endpoint");
}
