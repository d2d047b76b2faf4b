/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // sem_clockwait

#include "midi/bridge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exits.h"
#include "base/log.h"
#include "base/num.h"
#include "midi/bridge_private.h"
#include "midi/endpoints_file.h"

#define TICK_MS 1000
#define LOOK_MS 10 // after news: a device's ports come one after the other
#define FOUND_MAX 512
#define END_MS 4000
#define PRIORITY_MORE 5 // than JACK's
#define RELEASE_NS (300 * STAGE_NS_PER_MS)
#define SEQ_DEVICE "/dev/snd/seq"

static void
tell(struct stage_midi_bridge *self, const char *topic)
{
	if (!self->is_ending) {
		self->events->changed(self->user, topic);
	}
}

static void
check_ready(struct stage_midi_bridge *self)
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

// The sequencer.

static void
look(struct stage_midi_bridge *self)
{
	struct stage_midi_found *found = calloc(FOUND_MAX, sizeof(*found));
	size_t lost = 0;
	size_t count;

	if (found == NULL || self->seq == NULL) {
		free(found);
		return;
	}
	count = self->seq_class->list(self->seq, found, FOUND_MAX);
	if (stage_midi_endpoints_update(self->endpoints, found, count, &lost)) {
		stage_midi_bridge_save(self);
	}
	if (lost > 0) {
		stage_log_warn("%zu ports more than can be bridged", lost);
	}
	free(found);
	stage_midi_bridge_settle(self);
	tell(self, "endpoint");
}

static void
on_look(uv_timer_t *timer)
{
	look(timer->data);
}

static void
on_news(uv_poll_t *poll, int status, int events)
{
	struct stage_midi_bridge *self = poll->data;
	struct stage_midi_address address = {0, 0};
	enum stage_midi_news news;
	bool has_gone = false;

	(void)status;
	(void)events;
	do {
		news = self->seq_class->news(self->seq, &address);
		if (news == STAGE_MIDI_NEWS_GONE) {
			stage_midi_endpoints_gone(self->endpoints, address);
			has_gone = true;
		} else if (news == STAGE_MIDI_NEWS_LOOK) {
			uv_timer_start(&self->look, on_look, LOOK_MS, 0);
		}
	} while (news != STAGE_MIDI_NEWS_NONE);
	if (has_gone) {
		stage_midi_bridge_settle(self);
		tell(self, "endpoint");
	}
}

static void
on_notify(void *user)
{
	struct stage_midi_bridge *self = user;

	uv_async_send(&self->notified);
}

static void
make_virtuals(struct stage_midi_bridge *self)
{
	size_t count = stage_midi_endpoints_count(self->endpoints);

	for (size_t i = 0; i < count; i++) {
		struct stage_midi_endpoint *endpoint =
			stage_midi_endpoints_at(self->endpoints, i);
		struct stage_midi_address address;
		struct stage_err err = STAGE_ERR_INIT;
		if (endpoint->identity.kind == STAGE_MIDI_VIRTUAL &&
			self->seq_class->make_port(self->seq,
				endpoint->identity.name, &address,
				&err) != STAGE_OK) {
			stage_log_warn("%s", err.text);
		}
	}
}

static void
set_priority(struct stage_midi_bridge *self)
{
	int priority = stage_midi_jack_priority(self->jack);
	struct stage_err err = STAGE_ERR_INIT;

	if (priority > 0 && self->threads != NULL &&
		stage_midi_threads_set_priority(self->threads,
			priority + PRIORITY_MORE, &err) != STAGE_OK) {
		stage_log_warn("%s; MIDI may be late under load", err.text);
	}
}

static enum stage_status
start_seq(struct stage_midi_bridge *self, struct stage_err *err)
{
	struct stage_midi_threads_config config = {
		.wire = self->wire,
		.seq_class = self->seq_class,
		.notify = on_notify,
		.user = self,
	};
	struct stage_midi_seq *seq = NULL;
	enum stage_status status = self->seq_class->open(&seq, err);

	if (status != STAGE_OK) {
		return status;
	}
	config.seq = seq;
	status = stage_midi_threads_create(&config, &self->threads, err);
	if (status != STAGE_OK) {
		self->seq_class->close(seq);
		return status;
	}
	self->seq = seq;
	self->output_bytes = self->seq_class->output_bytes(seq);
	uv_poll_init(self->loop, &self->news, self->seq_class->news_fd(seq));
	self->news.data = self;
	self->is_polling = true;
	self->open_handles++;
	uv_poll_start(&self->news, UV_READABLE, on_news);
	make_virtuals(self);
	set_priority(self);
	return STAGE_OK;
}

// Returns false when it is of no use to try again.
static bool
try_seq(struct stage_midi_bridge *self, struct stage_err *err)
{
	enum stage_status status;

	if (self->seq != NULL) {
		return true;
	}
	status = start_seq(self, err);
	// It is there a moment before the kernel's module can be used, and
	// nothing tells when.
	self->is_seq_beginning =
		status != STAGE_OK && status != STAGE_NOT_FOUND &&
		status != STAGE_DENIED && status != STAGE_UNSUPPORTED;
	if (self->is_seq_beginning) {
		stage_midi_bridge_wait(self);
	}
	if (status == STAGE_OK) {
		if (self->seq_reason[0] != '\0') {
			stage_log_info("the ALSA sequencer is there now");
		}
		self->seq_reason[0] = '\0';
		stage_path_watch_destroy(self->device);
		self->device = NULL;
		stage_midi_bridge_relink(self);
		look(self);
		check_ready(self);
		tell(self, "status");
		return true;
	}
	if (strcmp(self->seq_reason, err->text) != 0) {
		snprintf(self->seq_reason, sizeof(self->seq_reason), "%s",
			err->text);
		if (status != STAGE_UNSUPPORTED) {
			stage_log_err("%s; waiting for it", err->text);
		}
		tell(self, "status");
	}
	return status != STAGE_UNSUPPORTED;
}

static void
on_seq_device(void *user)
{
	struct stage_err err = STAGE_ERR_INIT;

	(void)try_seq(user, &err);
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
		(void)try_seq(self, &err);
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
		look(self);
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
	check_ready(self);
}

// JACK.

static void
stand_back(struct stage_midi_bridge *self)
{
	bool must =
		self->is_pipewire && !stage_midi_rules_pipewire(self->rules);

	if (must == self->is_standing_back) {
		return;
	}
	self->is_standing_back = must;
	if (must) {
		stage_log_info("PipeWire bridges MIDI itself, so this bridge "
			       "stands back; pipewire yes in midi.conf has it "
			       "bridge all the same");
	}
	stage_midi_jack_stand_back(self->jack, must);
}

static void
on_opened(void *user, const struct stage_jack_info *info)
{
	struct stage_midi_bridge *self = user;

	self->jack_reason[0] = '\0';
	self->is_pipewire = info->is_pipewire;
	stage_log_info("%zu ports in JACK, %u Hz, %u frames",
		atomic_load(&self->wire->way_count), info->rate_hz,
		info->period_frames);
	set_priority(self);
	stand_back(self);
	stage_midi_bridge_settle(self);
	check_ready(self);
	tell(self, "status");
}

static void
on_lost(void *user, const char *reason)
{
	struct stage_midi_bridge *self = user;

	snprintf(self->jack_reason, sizeof(self->jack_reason), "%s", reason);
	stage_log_warn("%s; waiting for it", reason);
	self->has_rival = self->is_stalled = false;
	stage_midi_bridge_relink(self);
	tell(self, "status");
}

static void
on_stalled(void *user, const char *reason)
{
	struct stage_midi_bridge *self = user;

	snprintf(self->jack_reason, sizeof(self->jack_reason), "%s", reason);
	stage_log_warn("%s", reason);
	self->is_stalled = true;
	// As if one had run just now: a whole tick has to be without any.
	self->stall_cycles = atomic_load(&self->wire->cycles) - 1;
	stage_midi_bridge_wait(self);
	tell(self, "status");
}

static void
on_alive(void *user)
{
	struct stage_midi_bridge *self = user;

	self->jack_reason[0] = '\0';
	self->is_stalled = false;
	stage_log_info("the JACK server moves again");
	tell(self, "status");
}

static void
on_rival(void *user)
{
	struct stage_midi_bridge *self = user;

	self->has_rival = true;
	stage_log_warn("the JACK server bridges devices itself (jackd -X), so "
		       "devices have no ports here; leave -X out");
	stage_midi_bridge_relink(self);
	tell(self, "endpoint");
}

static void
on_connected(void *user)
{
	stage_midi_bridge_settle(user);
	tell(user, "endpoint");
}

static void
on_warn(void *user, const char *sentence)
{
	struct stage_midi_bridge *self = user;

	if (!stage_midi_jack_is_open(self->jack)) {
		snprintf(self->jack_reason, sizeof(self->jack_reason), "%s",
			sentence);
	}
	stage_log_warn("%s", sentence);
	tell(self, "status");
}

// Nothing in this process can be done about it; runit starts another one.
static void
on_hung(void *user, const char *sentence)
{
	(void)user;
	stage_log_err("%s; starting anew", sentence);
	_exit(STAGE_EXIT_TEMPORARY);
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

static void
on_closed(uv_handle_t *handle)
{
	drop_handle(handle->data);
}

// By JACK's worker, or by us: the loop is told by the one handle left.
static void
on_jack_ended(void *user)
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
		uv_close((uv_handle_t *)&self->notified, on_closed);
		uv_close((uv_handle_t *)&self->look, on_closed);
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

static const struct stage_midi_jack_events jack_events = {
	.tended = on_notify,
	.opened = on_opened,
	.lost = on_lost,
	.stalled = on_stalled,
	.alive = on_alive,
	.connected = on_connected,
	.rival = on_rival,
	.warn = on_warn,
	.hung = on_hung,
	.ended = on_jack_ended,
};

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
			STAGE_MIDI_CLIENT, self->jack_backend, &jack_events,
			self, &self->jack, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	// All that were ever there, before any device is, and any server.
	stage_midi_bridge_relink(self);
	if (!try_seq(self, err)) {
		return err->status;
	}
	if (self->seq == NULL) {
		status = stage_path_watch_create(&self->device, self->loop,
			SEQ_DEVICE, on_seq_device, self, err);
	}
	return status;
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

static void
end_seq(struct stage_midi_bridge *self)
{
	if (self->is_polling) {
		uv_close((uv_handle_t *)&self->news, on_closed);
	}
	stage_midi_threads_destroy(self->threads);
	self->threads = NULL;
	if (self->seq != NULL) {
		self->seq_class->close(self->seq);
		self->seq = NULL;
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
	end_seq(self);
	uv_close((uv_handle_t *)&self->tick, on_closed);
	uv_timer_start(&self->look, on_end_deadline, END_MS, 0);
	if (self->jack != NULL) {
		await_release(self);
		stage_midi_jack_destroy(self->jack);
	} else {
		on_jack_ended(self);
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
	stand_back(self);
	stage_midi_bridge_settle(self);
	tell(self, "endpoint");
}
