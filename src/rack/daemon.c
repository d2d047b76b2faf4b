/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/daemon.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exits.h"
#include "base/log.h"
#include "base/notify.h"
#include "rack/blame.h"
#include "rack/command.h"
#include "rack/jackside.h"
#include "rack/learning.h"
#include "rack/memory_lock.h"
#include "rack/meters.h"
#include "rack/oscside.h"
#include "rack/verbs.h"
#include "rack/watchdog.h"
#include "rack/ways.h"
#include "rack/worker.h"
#include "rig/path_watch.h"
#include "rpc/server.h"

#define LOOK_MS 50  // after a hint that a file has changed
#define SAVE_MS 300 // after the last change
#define SAVE_LATE_MS 2000
#define FADE_MS 200    // for all to fade out, at the end
#define CALLED_MS 3000 // for the first cycle of a server
#define END_MS 4000    // for libjack to let go of us

struct stage_rack_daemon {
	struct stage_rack_home home;
	const struct stage_rack_daemon_events *events; // or NULL
	void *user;
	struct stage_rack_config config;
	struct stage_rack_wire wire;
	struct stage_rack_worker *worker;
	struct stage_rack_watchdog *watchdog;
	struct stage_rack *rack;
	struct stage_rack_learning learning;
	struct stage_rack_meters *meters;
	struct stage_rack_oscside *osc; // NULL: it is not heard
	struct stage_rack_jack *jack;
	struct stage_rpc_server *rpc;
	struct stage_rpc_config rpc_config;
	struct stage_path_watch *watch;
	uv_async_t notified; // by the worker's thread and by libjack's
	uv_timer_t look;
	uv_timer_t save;
	uv_timer_t end;
	uv_timer_t called;
	uv_timer_t hold;
	uv_signal_t panic;
	uint64_t save_by_ms; // the loop's time; 0: nothing is to be saved
	size_t handles;      // of the loop that are not closed yet
	_Atomic bool has_jack_ended;
	bool was_fed; // somebody was connected to midi_in
	bool is_ready;
	bool is_reopening; // the client ends, another one follows
	bool is_ending;
	bool is_in_use; // for ever, by a plug-in that hangs
};

struct stage_rack *
stage_rack_daemon_rack(struct stage_rack_daemon *self)
{
	return self->rack;
}

struct stage_rack_learning *
stage_rack_daemon_learning(struct stage_rack_daemon *self)
{
	return &self->learning;
}

struct stage_rack_meters *
stage_rack_daemon_meters(struct stage_rack_daemon *self)
{
	return self->meters;
}

bool
stage_rack_daemon_is_playing(const struct stage_rack_daemon *self)
{
	return self->jack != NULL && stage_rack_jack_is_open(self->jack);
}

static json_t *
make_state(void *ctx)
{
	struct stage_rack_daemon *self = ctx;
	json_t *out = stage_rack_describe(self->rack);

	if (out != NULL) {
		json_object_set_new(out, "name", json_string(self->home.name));
		json_object_set_new(out, "playing",
			json_boolean(stage_rack_daemon_is_playing(self)));
	}
	return out;
}

// Ports of slots come and go with what is in the directory.
static void
tend_ports(struct stage_rack_daemon *self)
{
	if (stage_rack_ways_tidy(self->rack) && self->jack != NULL) {
		stage_rack_jack_tend(self->jack);
	}
}

// Remembering.

static void plan_save(struct stage_rack_daemon *self);

static void
tell_changed(struct stage_rack_daemon *self)
{
	if (self->events != NULL && !self->is_ending) {
		self->events->changed(self->user);
	}
}

static void
on_save(uv_timer_t *timer)
{
	struct stage_rack_daemon *self = timer->data;

	self->save_by_ms = 0;
	if (!stage_rack_save(self->rack)) {
		plan_save(self);
	}
	tell_changed(self);
}

// Soon after the last change, but not later than after the first one.
static void
plan_save(struct stage_rack_daemon *self)
{
	uint64_t now_ms = uv_now(self->save.loop);
	uint64_t wait_ms = SAVE_MS;

	if (!stage_rack_is_dirty(self->rack) || self->is_ending) {
		return;
	}
	if (self->save_by_ms == 0) {
		self->save_by_ms = now_ms + SAVE_LATE_MS;
	}
	if (now_ms + wait_ms > self->save_by_ms) {
		wait_ms = self->save_by_ms > now_ms ? self->save_by_ms - now_ms
						    : 0;
	}
	uv_timer_start(&self->save, on_save, wait_ms, 0);
}

void
stage_rack_daemon_changed(struct stage_rack_daemon *self)
{
	plan_save(self);
	tend_ports(self);
	stage_rack_oscside_look(self->osc);
	if (self->rpc != NULL && !self->is_ending) {
		stage_rpc_server_publish(self->rpc, "slot", json_object());
	}
	tell_changed(self);
}

// The directory.

static void
look(struct stage_rack_daemon *self)
{
	if (!self->is_ending) {
		stage_rack_reload(self->rack);
		stage_rack_daemon_changed(self);
	}
}

static void
on_look(uv_timer_t *timer)
{
	look(timer->data);
}

void
stage_rack_daemon_reload(struct stage_rack_daemon *self)
{
	look(self);
	if (!self->is_ending) {
		(void)stage_rack_save(self->rack); // or soon, by itself
	}
}

// Not at once: an editor that writes a file in its place empties it first.
static void
on_files(void *user)
{
	struct stage_rack_daemon *self = user;

	uv_timer_start(&self->look, on_look, LOOK_MS, 0);
}

// JACK.

// The values are in the pages.
static void
on_hung(void *user, const char *sentence)
{
	(void)user;
	stage_log_err("%s; starting again", sentence);
	_exit(STAGE_EXIT_TEMPORARY);
}

static void
on_stuck(uv_timer_t *timer)
{
	on_hung(timer->data, "libjack does not let go of a client");
}

// JACK2 may forget a client that comes while others go: it is there, with all
// its ports, and never called. Another one is opened then.
static void
on_called(uv_timer_t *timer)
{
	struct stage_rack_daemon *self = timer->data;
	struct stage_rack_jack *jack = self->jack;

	if (!stage_rack_daemon_is_playing(self) ||
		atomic_load(&self->wire.is_called)) {
		return;
	}
	stage_log_warn("the JACK server does not call this rack; its client "
		       "is opened again");
	self->jack = NULL;
	self->is_reopening = true;
	uv_timer_start(&self->called, on_stuck, END_MS, 0);
	stage_rack_jack_destroy(jack);
}

// Only who is called plays: a client that was forgotten is opened again, and
// its connections with it.
static void
look_whether_ready(struct stage_rack_daemon *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (self->is_ready || !stage_rack_daemon_is_playing(self) ||
		!atomic_load(&self->wire.is_called)) {
		return;
	}
	self->is_ready = true;
	if (self->events != NULL) {
		self->events->ready(self->user);
	} else if (stage_notify_ready(&err) != STAGE_OK) {
		stage_log_warn("%s", err.text);
	}
}

// Who held these notes has gone, and nobody else will end them.
static void
on_hold(uv_timer_t *timer)
{
	struct stage_rack_daemon *self = timer->data;

	if (!atomic_load(&self->wire.is_fed)) {
		atomic_store(&self->wire.must_release, true);
	}
}

static void
look_who_plays(struct stage_rack_daemon *self)
{
	bool is_fed = atomic_load(&self->wire.is_fed);
	int64_t hold_ns = self->rack->config.hold_ns;

	if (is_fed) {
		uv_timer_stop(&self->hold);
	} else if (self->was_fed && hold_ns != STAGE_RACK_HOLD_FOREVER) {
		uv_timer_start(&self->hold, on_hold,
			(uint64_t)(hold_ns / STAGE_NS_PER_MS), 0);
	}
	self->was_fed = is_fed;
}

static void
on_panic(uv_signal_t *signal, int signum)
{
	struct stage_rack_daemon *self = signal->data;

	(void)signum;
	if (self->rack != NULL) {
		stage_rack_panic(self->rack);
	}
}

static void
on_opened(void *user, const struct stage_jack_info *info)
{
	struct stage_rack_daemon *self = user;

	uv_timer_start(&self->called, on_called, CALLED_MS, 0);
	stage_rack_watchdog_watch(self->watchdog,
		info->period_frames * STAGE_NS_PER_S / info->rate_hz);
	stage_rack_set_rate(self->rack, info->rate_hz, info->period_frames);
	stage_rack_jack_set_latency(self->jack, stage_rack_latency(self->rack));
	look_whether_ready(self);
	look_who_plays(self);
	stage_rack_daemon_changed(self);
}

static void
on_lost(void *user, const char *reason)
{
	struct stage_rack_daemon *self = user;

	stage_log_info("the JACK server has gone: %s; waiting for it, with all "
		       "plug-ins as they are",
		reason);
	stage_rack_watchdog_watch(self->watchdog, 0);
	stage_rack_daemon_changed(self);
}

static void
on_warn(void *user, const char *sentence)
{
	struct stage_rack_daemon *self = user;

	stage_log_warn("%s", sentence);
	if (self->events != NULL) {
		self->events->waits(self->user, sentence);
	}
}

static void
on_jack_ended(void *user)
{
	struct stage_rack_daemon *self = user;

	atomic_store(&self->has_jack_ended, true);
	uv_async_send(&self->notified);
}

static enum stage_status
open_jack(
	struct stage_rack_daemon *self, uv_loop_t *loop, struct stage_err *err)
{
	static const struct stage_rack_jack_events events = {
		.opened = on_opened,
		.lost = on_lost,
		.warn = on_warn,
		.hung = on_hung,
		.ended = on_jack_ended,
	};

	return stage_rack_jack_create(loop, &self->wire, self->config.client,
		&self->config, &events, self, &self->jack, err);
}

// The end.

static void
free_all(struct stage_rack_daemon *self)
{
	const struct stage_rack_daemon_events *events = self->events;
	void *user = self->user;

	if (!self->is_in_use) {
		stage_rack_watchdog_destroy(self->watchdog);
		stage_rack_worker_destroy(self->worker);
		stage_rack_sides_finish(&self->wire.sides);
		sem_destroy(&self->wire.work);
		free(self);
	}
	if (events != NULL) {
		events->ended(user);
	}
}

static void
on_closed(uv_handle_t *handle)
{
	struct stage_rack_daemon *self = handle->data;

	if (--self->handles == 0) {
		free_all(self);
	}
}

static void
end_without(struct stage_rack_daemon *self, const char *sentence)
{
	stage_log_warn("%s; ending all the same", sentence);
	if (self->events != NULL) {
		self->events->stuck(self->user, sentence);
	}
	_exit(STAGE_EXIT_OK);
}

// What was turned while it faded. With all of it in the checkpoints a song
// needs its pages no more: who puts back an older copy of it is to have that
// one.
static void
remember_last(struct stage_rack_daemon *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_rack_note_turned(self->rack)) {
		(void)stage_rack_save(self->rack);
	}
	if (self->home.is_of_song && !stage_rack_is_dirty(self->rack) &&
		stage_io_remove_tree(self->home.pages, &err) != STAGE_OK) {
		stage_log_warn("%s", err.text);
	}
}

// What the audio thread used is nobody's any more.
static void
finish(struct stage_rack_daemon *self)
{
	if (uv_is_closing((uv_handle_t *)&self->notified)) {
		return;
	}
	if (self->rack != NULL) {
		remember_last(self);
	}
	if (!stage_rack_destroy(self->rack)) {
		if (self->events == NULL) {
			end_without(self, "plug-ins hang");
		}
		stage_log_warn("plug-ins hang; going on without them");
		self->is_in_use = true;
		self->events->left(self->user);
	}
	self->rack = NULL;
	uv_close((uv_handle_t *)&self->notified, on_closed);
	uv_close((uv_handle_t *)&self->look, on_closed);
	uv_close((uv_handle_t *)&self->save, on_closed);
	uv_close((uv_handle_t *)&self->end, on_closed);
	uv_close((uv_handle_t *)&self->called, on_closed);
	uv_close((uv_handle_t *)&self->hold, on_closed);
	uv_close((uv_handle_t *)&self->panic, on_closed);
}

// libjack has not come back: there is nothing left to wait for.
static void
on_late(uv_timer_t *timer)
{
	end_without(timer->data, "libjack does not let go");
}

static void
close_jack(struct stage_rack_daemon *self)
{
	struct stage_rack_jack *jack = self->jack;

	if (jack == NULL) {
		return;
	}
	self->jack = NULL;
	uv_timer_start(&self->end, on_late, END_MS, 0);
	stage_rack_jack_destroy(jack);
}

static void
on_faded(uv_timer_t *timer)
{
	close_jack(timer->data);
}

// [worker]
static void
on_news(void *user)
{
	struct stage_rack_daemon *self = user;

	uv_async_send(&self->notified);
}

static void
open_again(struct stage_rack_daemon *self, uv_loop_t *loop)
{
	struct stage_err err = STAGE_ERR_INIT;

	self->is_reopening = false;
	uv_timer_stop(&self->called);
	if (open_jack(self, loop, &err) != STAGE_OK) {
		stage_log_err("%s; starting again", err.text);
		_exit(STAGE_EXIT_TEMPORARY);
	}
}

static void
on_notified(uv_async_t *async)
{
	struct stage_rack_daemon *self = async->data;

	if (atomic_exchange(&self->has_jack_ended, false)) {
		if (self->is_ending) {
			finish(self);
		} else {
			open_again(self, async->loop);
		}
		return;
	}
	if (self->is_ending) {
		if (atomic_load(&self->wire.is_silent)) {
			close_jack(self);
		}
		return;
	}
	look_whether_ready(self);
	look_who_plays(self);
	if (stage_rack_tidy(self->rack)) {
		stage_rack_daemon_changed(self);
	}
	tend_ports(self);
	if (self->jack != NULL) {
		stage_rack_jack_set_latency(
			self->jack, stage_rack_latency(self->rack));
	}
}

void
stage_rack_daemon_destroy(struct stage_rack_daemon *self)
{
	if (self == NULL || self->is_ending) {
		return;
	}
	self->is_ending = true;
	stage_path_watch_destroy(self->watch);
	stage_rack_learning_finish(&self->learning);
	stage_rack_meters_destroy(self->meters);
	self->meters = NULL;
	stage_rack_oscside_destroy(self->osc);
	self->osc = NULL;
	stage_rpc_server_destroy(self->rpc);
	self->rpc = NULL;
	uv_timer_stop(&self->look);
	uv_timer_stop(&self->save);
	uv_timer_stop(&self->called);
	if (self->is_reopening) {
		uv_timer_start(&self->end, on_late, END_MS, 0);
	} else if (stage_rack_daemon_is_playing(self)) {
		atomic_store(&self->wire.must_fade_out, true);
		uv_timer_start(&self->end, on_faded, FADE_MS, 0);
	}
	if (self->rack != NULL) { // while it fades
		stage_rack_hurry(self->rack);
		(void)stage_rack_note_turned(self->rack);
		(void)stage_rack_save(self->rack);
	}
	if (self->jack == NULL && !self->is_reopening) {
		finish(self);
	} else if (!stage_rack_daemon_is_playing(self)) {
		close_jack(self);
	}
}

// The start.

static enum stage_status
serve(struct stage_rack_daemon *self, uv_loop_t *loop, struct stage_err *err)
{
	static const char *const topics[] = {"slot", "meter", NULL};
	const struct stage_rpc_config config = {
		.name = "stagecraft-rack",
		.verbs = stage_rack_verbs,
		.state = make_state,
		.topics = topics,
		.ctx = self,
	};

	self->rpc_config = config;
	self->rpc = stage_rpc_server_create(
		loop, self->home.socket, &self->rpc_config, err);
	if (self->rpc == NULL && err->status == STAGE_BUSY) {
		stage_err_prefix(err, "this rack is played already: ");
	}
	return self->rpc != NULL ? STAGE_OK : err->status;
}

static void
on_changed(void *user)
{
	stage_rack_daemon_changed(user);
}

static void
tell_levels(void *user, json_t *levels)
{
	struct stage_rack_daemon *self = user;

	stage_rpc_server_publish(self->rpc, "meter", levels);
}

static enum stage_status
make_rack(struct stage_rack_daemon *self, uv_loop_t *loop,
	const struct stage_rack_config *config, struct stage_err *err)
{
	const struct stage_rack_places places = {
		.directory = self->home.directory,
		.pages = self->home.pages,
		.memories = self->home.memories,
	};
	enum stage_status status = stage_rack_create(
		&places, config, &self->wire, &self->rack, err);

	if (status == STAGE_OK) {
		stage_rack_learning_init(
			&self->learning, self->rack, on_changed, self);
		self->meters = stage_rack_meters_create(
			loop, self->rack, tell_levels, self);
		if (self->meters == NULL) {
			status = stage_err_set(
				err, STAGE_NO_MEMORY, "out of memory");
		}
	}
	return status;
}

// A rack that cannot be heard by OSC plays all the same.
static void
hear_osc(struct stage_rack_daemon *self, uv_loop_t *loop)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (self->config.osc_port > 0 &&
		stage_rack_oscside_create(loop, self->rack, self->home.name,
			on_changed, self, &self->osc, &err) != STAGE_OK) {
		stage_log_err("%s", err.text);
	}
}

// What a session manager says goes before what the file says.
static enum stage_status
name_client(struct stage_rack_daemon *self, struct stage_err *err)
{
	char *client = self->config.client;
	const char *name = self->home.client[0] != '\0' ? self->home.client
							: self->home.name;

	if (client[0] != '\0' && self->home.client[0] == '\0') {
		return STAGE_OK;
	}
	return stage_format(client, sizeof(self->config.client), "%s", name) ==
			       STAGE_OK
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_TOO_LONG,
				 "%s is too long a name for JACK; \"client\" "
				 "in the file rack gives another one",
				 name);
}

static enum stage_status
start(struct stage_rack_daemon *self, uv_loop_t *loop, struct stage_err *err)
{
	struct stage_rack_config *config = &self->config;
	enum stage_status status =
		stage_rack_config_load(self->home.directory, config, err);

	if (status == STAGE_OK) {
		status = name_client(self, err);
	}
	if (status == STAGE_OK) {
		status = serve(self, loop, err); // one rack, one process
	}
	if (status == STAGE_OK) {
		status = stage_rack_worker_create(
			&self->wire, on_news, self, &self->worker, err);
	}
	if (status == STAGE_OK) {
		status = stage_rack_watchdog_create(
			&self->wire.rescue, &self->watchdog, err);
	}
	if (status == STAGE_OK) {
		status = make_rack(self, loop, config, err);
	}
	if (status == STAGE_OK) {
		status = stage_path_watch_create(&self->watch, loop,
			self->home.directory, on_files, self, err);
	}
	if (status == STAGE_OK) {
		hear_osc(self, loop);
		status = open_jack(self, loop, err);
	}
	return status;
}

static void
init_handles(struct stage_rack_daemon *self, uv_loop_t *loop)
{
	uv_async_init(loop, &self->notified, on_notified);
	uv_timer_init(loop, &self->look);
	uv_timer_init(loop, &self->save);
	uv_timer_init(loop, &self->end);
	uv_timer_init(loop, &self->called);
	uv_timer_init(loop, &self->hold);
	uv_signal_init(loop, &self->panic);
	self->notified.data = self;
	self->look.data = self;
	self->save.data = self;
	self->end.data = self;
	self->called.data = self;
	self->hold.data = self;
	self->panic.data = self;
	uv_signal_start(&self->panic, on_panic, SIGUSR2);
	self->handles = 7;
}

enum stage_status
stage_rack_daemon_create(uv_loop_t *loop, const struct stage_rack_home *home,
	const struct stage_rack_daemon_events *events, void *user,
	struct stage_rack_daemon **out, struct stage_err *err)
{
	struct stage_rack_daemon *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	stage_rack_memory_lock();
	stage_rack_blame_watch();
	self->home = *home;
	self->events = events;
	self->user = user;
	sem_init(&self->wire.work, 0, 0);
	stage_rack_sides_init(&self->wire.sides);
	init_handles(self, loop);
	status = start(self, loop, err);
	if (status != STAGE_OK) {
		self->events = NULL; // it never was
		stage_rack_daemon_destroy(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}
