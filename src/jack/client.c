/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/client.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/str.h"
#include "jack/backend.h"
#include "jack/clean.h"
#include "jack/client_core.h"
#include "jack/client_worker.h"
#include "jack/graph_feed.h"
#include "jack/watch.h"

#define HEARTBEAT_MS 2000
#define RETRY_MS 2000
#define WATCHDOG_MS 10000
#define PATIENCE_MS 60000
// While ports come one behind another the loop looks that often, and is not
// woken for each: that would take time from the client that makes them.
#define LOOK_MS 2
#define END_MS 2000 // for a close that nobody waits for any more
#define REASON_MAX 256

// What the worker reads; stays with it should it be abandoned.
struct texts {
	char name[STAGE_JACK_OWN_NAME_MAX];
	char server[STAGE_JACK_SERVER_NAME_MAX];
};

struct watch {
	struct stage_jack_client *client; // borrowed
	struct stage_jack_watch at;
	uv_fs_event_t handle;
};

struct stage_jack_client {
	uv_loop_t *loop; // borrowed
	struct stage_jack_client_ops ops;
	void *user; // borrowed
	unsigned heartbeat_ms;
	unsigned retry_ms;
	unsigned watchdog_ms;
	unsigned patience_ms;
	unsigned close_ms;
	unsigned look_ms;    // of the watchdog, now
	unsigned overdue_ms; // what the watchdog has seen of this answer
	struct texts *texts;

	struct stage_jack_core core;
	struct stage_jack_worker *worker; // NULL once it has gone
	struct stage_jack_feed *feed;
	unsigned generation; // opens asked for
	uint32_t last_frames;
	bool has_frames;   // last_frames is of this open
	const char *asked; // the last command, in words
	struct stage_jack_info info;
	char reason[REASON_MAX];
	char told_reason[REASON_MAX]; // with ops.failed

	uv_async_t async;
	uv_timer_t timer;
	uv_timer_t watchdog;
	uv_timer_t look_timer;
	struct watch watches[STAGE_JACK_WATCH_MAX];
	size_t watch_count;
	size_t handle_count; // not closed yet
};

static void step(
	struct stage_jack_client *self, enum stage_jack_core_event event);

static void
free_client(struct stage_jack_client *self)
{
	stage_jack_feed_destroy(self->feed);
	free(self->texts);
	free(self);
}

static void
on_handle_closed(uv_handle_t *handle)
{
	struct stage_jack_client *self = handle->data;

	self->handle_count--;
	if (self->handle_count == 0) {
		free_client(self);
	}
}

static void
close_handles(struct stage_jack_client *self)
{
	uv_close((uv_handle_t *)&self->async, on_handle_closed);
	uv_close((uv_handle_t *)&self->timer, on_handle_closed);
	uv_close((uv_handle_t *)&self->watchdog, on_handle_closed);
	uv_close((uv_handle_t *)&self->look_timer, on_handle_closed);
	for (size_t i = 0; i < self->watch_count; i++) {
		uv_close((uv_handle_t *)&self->watches[i].handle,
			on_handle_closed);
	}
}

static void
set_reason(struct stage_jack_client *self, const char *reason)
{
	stage_jack_copy_text(self->reason, sizeof(self->reason), reason);
}

static void
tell_opened(struct stage_jack_client *self)
{
	set_reason(self, "");
	self->told_reason[0] = '\0';
	if (self->ops.opened != NULL) {
		self->ops.opened(self->user, &self->info);
	}
}

static void
tell_failed(struct stage_jack_client *self)
{
	if (strcmp(self->reason, self->told_reason) == 0) {
		return;
	}
	memcpy(self->told_reason, self->reason, sizeof(self->reason));
	if (self->ops.failed != NULL) {
		self->ops.failed(self->user, self->reason);
	}
}

static void
tell_lost(struct stage_jack_client *self)
{
	if (self->ops.lost != NULL) {
		self->ops.lost(self->user, self->reason);
	}
}

static void
tell_stalled(struct stage_jack_client *self)
{
	set_reason(self, self->core.is_beat_out
				 ? "the JACK server does not answer"
				 : "the JACK server answers but its audio "
				   "stands still");
	if (self->ops.stalled != NULL) {
		self->ops.stalled(self->user, self->reason);
	}
}

static void
tell_alive(struct stage_jack_client *self)
{
	set_reason(self, "");
	if (self->ops.alive != NULL) {
		self->ops.alive(self->user);
	}
}

static void
tell_hung(struct stage_jack_client *self)
{
	const char *doing = stage_jack_worker_doing(self->worker);
	char what[REASON_MAX];

	if (stage_format(what, sizeof(what),
		    "libjack has not come back from %s for %u ms",
		    doing != NULL ? doing : self->asked,
		    self->overdue_ms) == STAGE_OK &&
		self->ops.hung != NULL) {
		self->ops.hung(self->user, what);
	}
}

static void
tell_gone(struct stage_jack_client *self)
{
	if (self->core.owed > 0) {
		stage_jack_worker_abandon(self->worker, self->texts);
		self->texts = NULL;
	} else {
		stage_jack_worker_destroy(self->worker);
	}
	self->worker = NULL;
	close_handles(self);
}

static const struct {
	unsigned action;
	void (*tell)(struct stage_jack_client *self);
} tells[] = {
	{STAGE_JACK_TELL_OPENED, tell_opened},
	{STAGE_JACK_TELL_FAILED, tell_failed},
	{STAGE_JACK_TELL_LOST, tell_lost},
	{STAGE_JACK_TELL_STALLED, tell_stalled},
	{STAGE_JACK_TELL_ALIVE, tell_alive},
	{STAGE_JACK_TELL_HUNG, tell_hung},
	{STAGE_JACK_TELL_GONE, tell_gone},
};

static const struct {
	unsigned action;
	enum stage_jack_command command;
	const char *words;
} asks[] = {
	{STAGE_JACK_ASK_OPEN, STAGE_JACK_COMMAND_OPEN, "opening a client"},
	{STAGE_JACK_ASK_CLOSE, STAGE_JACK_COMMAND_CLOSE, "closing a client"},
	{STAGE_JACK_ASK_BEAT, STAGE_JACK_COMMAND_BEAT, "asking the server"},
	{STAGE_JACK_ASK_QUIT, STAGE_JACK_COMMAND_QUIT, "ending"},
};

static_assert(STAGE_COUNT_OF(asks) == STAGE_JACK_COMMAND_COUNT,
	"every command has its action");

static void
ask_worker(struct stage_jack_client *self, unsigned actions)
{
	if ((actions & STAGE_JACK_ASK_OPEN) != 0) {
		self->generation++;
		self->has_frames = false;
		stage_jack_feed_reset(self->feed);
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(asks); i++) {
		if ((actions & asks[i].action) != 0) {
			self->asked = asks[i].words;
			stage_jack_worker_ask(self->worker, asks[i].command);
		}
	}
}

static void
on_timer(uv_timer_t *timer)
{
	step(timer->data, STAGE_JACK_EVENT_TIMER);
}

/* JACK2 makes everybody wait who asks it for something as long as any client
 * does not answer it: with one that stands still, an open takes 10 s. To begin
 * anew would only ask for more. But in an open libjack itself may hang, too. */
static unsigned
longest_ms(const struct stage_jack_client *self)
{
	enum stage_jack_core_state state = self->core.state;

	if (self->info.is_pipewire) {
		return 0;
	}
	if (state == STAGE_JACK_CORE_OPENING) {
		return self->patience_ms / 3;
	}
	return state == STAGE_JACK_CORE_OPEN || state == STAGE_JACK_CORE_STALLED
		       ? self->patience_ms
		       : 0;
}

static void
on_watchdog(uv_timer_t *timer)
{
	struct stage_jack_client *self = timer->data;

	self->overdue_ms += self->look_ms;
	if (self->overdue_ms >= longest_ms(self)) {
		step(self, STAGE_JACK_EVENT_WATCHDOG);
	}
}

static void
start_watchdog(struct stage_jack_client *self, unsigned look_ms)
{
	self->overdue_ms = 0;
	self->look_ms = look_ms;
	uv_timer_start(&self->watchdog, on_watchdog, look_ms, look_ms);
}

static void
set_timers(struct stage_jack_client *self, unsigned actions)
{
	unsigned delay_ms = 0;

	if ((actions & STAGE_JACK_TIMER_PAUSE) != 0) {
		delay_ms = stage_jack_core_pause_ms(&self->core);
	} else if ((actions & STAGE_JACK_TIMER_RETRY) != 0) {
		delay_ms = self->retry_ms;
	} else if ((actions & STAGE_JACK_TIMER_BEAT) != 0) {
		delay_ms = self->heartbeat_ms;
	}
	if ((actions & STAGE_JACK_TIMER_OFF) != 0) {
		uv_timer_stop(&self->timer);
	} else if (delay_ms > 0) {
		uv_timer_start(&self->timer, on_timer, delay_ms, 0);
	}
	if ((actions & STAGE_JACK_WATCHDOG_OFF) != 0) {
		uv_timer_stop(&self->watchdog);
	} else if ((actions & STAGE_JACK_WATCHDOG_ON) != 0) {
		start_watchdog(self, self->core.state == STAGE_JACK_CORE_LOST
					     ? self->close_ms
					     : self->watchdog_ms);
	}
}

// One event, all that follows from it. What the owner is told comes last, since
// it may destroy the client.
static void
step(struct stage_jack_client *self, enum stage_jack_core_event event)
{
	unsigned actions = stage_jack_core_step(&self->core, event);

	ask_worker(self, actions);
	set_timers(self, actions);
	for (size_t i = 0; i < STAGE_COUNT_OF(tells); i++) {
		if ((actions & tells[i].action) != 0) {
			tells[i].tell(self);
			break; // there is never more than one
		}
	}
}

static bool
is_open(const struct stage_jack_client *self)
{
	return self->core.state == STAGE_JACK_CORE_OPEN ||
	       self->core.state == STAGE_JACK_CORE_STALLED;
}

static void
tell_port_appeared(struct stage_jack_client *self, const char *name,
	const struct stage_jack_graph_event *event)
{
	struct stage_jack_port port = {.flags = event->flags};

	if (self->ops.port_appeared == NULL) {
		return;
	}
	stage_jack_copy_text(port.name, sizeof(port.name), name);
	stage_jack_copy_text(port.type, sizeof(port.type), event->type);
	for (size_t i = 0; i < STAGE_JACK_ALIASES_MAX; i++) {
		if (event->aliases[i] != NULL) {
			stage_jack_copy_text(port.aliases[i],
				sizeof(port.aliases[i]), event->aliases[i]);
		}
	}
	self->ops.port_appeared(self->user, &port);
}

static void
tell_port_gone(struct stage_jack_client *self, const char *name)
{
	if (self->ops.port_gone != NULL) {
		self->ops.port_gone(self->user, name);
	}
}

// The owner may destroy the client in any of the callbacks.
static void
tell_graph(void *user, const struct stage_jack_graph_event *event)
{
	struct stage_jack_client *self = user;

	if (self->ops.graph != NULL) {
		self->ops.graph(self->user, event);
	}
	if (event->kind == STAGE_JACK_GRAPH_PORT_APPEARED) {
		tell_port_appeared(self, event->name, event);
	} else if (event->kind == STAGE_JACK_GRAPH_PORT_GONE) {
		tell_port_gone(self, event->name);
	} else if (event->kind == STAGE_JACK_GRAPH_PORT_RENAMED) {
		tell_port_gone(self, event->name);
		tell_port_appeared(self, event->new_name, event);
	}
}

// Edits come back in any state, all else only from the server that is there.
static void
handle_note(struct stage_jack_client *self, const struct stage_jack_note *note)
{
	bool is_current = is_open(self) && note->generation == self->generation;
	bool needs_scan = false;

	if (note->kind != STAGE_JACK_NOTE_EDIT && !is_current) {
		return;
	}
	if (stage_jack_feed_take(self->feed, note, &needs_scan) != STAGE_OK) {
		stage_jack_worker_shutdown(self->worker, "out of memory");
	} else if (needs_scan) {
		stage_jack_worker_scan(self->worker);
	}
}

static void handle_notes(struct stage_jack_client *self);

static void
on_look(uv_timer_t *timer)
{
	struct stage_jack_client *self = timer->data;

	if (self->worker != NULL) {
		handle_notes(self);
	}
}

// Takes them out, and sees to it that those to come are looked at.
static struct stage_jack_chain
take_notes(struct stage_jack_client *self)
{
	struct stage_jack_chain notes =
		stage_jack_worker_take_notes(self->worker, true);

	if (uv_is_active((uv_handle_t *)&self->look_timer)) {
		return notes;
	}
	if (notes.count == 0) {
		return stage_jack_worker_take_notes(self->worker, false);
	}
	uv_timer_start(&self->look_timer, on_look, LOOK_MS, 0);
	return notes;
}

static void
handle_notes(struct stage_jack_client *self)
{
	struct stage_jack_chain notes = take_notes(self);
	struct stage_jack_note *note = stage_jack_chain_take(&notes);
	bool has_notes = note != NULL;
	struct stage_jack_graph_event end = {.kind = STAGE_JACK_GRAPH_BATCH_END,
		.at_ns = stage_clock_now_ns()};

	for (; note != NULL; note = stage_jack_chain_take(&notes)) {
		handle_note(self, note);
		free(note);
	}
	if (has_notes && self->ops.graph != NULL) {
		self->ops.graph(self->user, &end);
	}
}

// A server whose count of frames is the same at two heartbeats stands still.
static enum stage_jack_core_event
judge_beat(struct stage_jack_client *self, uint32_t frames)
{
	bool is_same = self->has_frames && frames == self->last_frames;

	self->has_frames = true;
	self->last_frames = frames;
	return is_same ? STAGE_JACK_EVENT_BEAT_STUCK : STAGE_JACK_EVENT_BEAT_OK;
}

// PipeWire 0.3 says that the server has gone when anything fails, a port that
// went before libjack could ask about it, for one. There will be no sign of a
// server that was there all the time.
static void
doubt_shutdown(struct stage_jack_client *self)
{
	step(self, STAGE_JACK_EVENT_APPEARED);
}

static void
handle_event(struct stage_jack_client *self,
	const struct stage_jack_message *message)
{
	enum stage_jack_core_event event = message->event;

	if (event == STAGE_JACK_EVENT_OPENED) {
		self->info = message->info;
	} else if (event == STAGE_JACK_EVENT_BEAT_OK) {
		event = judge_beat(self, message->frames);
	} else if (event == STAGE_JACK_EVENT_BEAT_FAILED) {
		set_reason(self, "the JACK server does not know us any more");
	} else if (event == STAGE_JACK_EVENT_FAILED ||
		   event == STAGE_JACK_EVENT_SHUTDOWN) {
		set_reason(self, message->text);
	}
	if (event == STAGE_JACK_EVENT_SHUTDOWN && self->info.is_pipewire) {
		doubt_shutdown(self);
	}
	step(self, event);
}

static bool
is_stale(const struct stage_jack_client *self,
	const struct stage_jack_message *message)
{
	return message->event == STAGE_JACK_EVENT_SHUTDOWN &&
	       message->generation != self->generation;
}

static void
on_async(uv_async_t *async)
{
	struct stage_jack_client *self = async->data;
	struct stage_jack_message message;

	while (self->worker != NULL &&
		stage_jack_worker_take(self->worker, &message)) {
		if (!is_stale(self, &message)) {
			handle_event(self, &message);
		}
	}
	if (self->worker != NULL) {
		handle_notes(self);
	}
}

static void
wake(void *arg)
{
	struct stage_jack_client *self = arg;

	uv_async_send(&self->async);
}

static bool
is_there(const struct stage_jack_watch *at)
{
	char path[STAGE_PATH_MAX];
	struct stat st;

	return stage_io_join(path, sizeof(path), at->dir, at->name, NULL) ==
		       STAGE_OK &&
	       lstat(path, &st) == 0;
}

static bool
is_any_there(const struct stage_jack_client *self)
{
	for (size_t i = 0; i < self->watch_count; i++) {
		if (is_there(&self->watches[i].at)) {
			return true;
		}
	}
	return false;
}

static void
on_fs_event(uv_fs_event_t *handle, const char *name, int events, int status)
{
	struct stage_jack_client *self = handle->data;
	const struct stage_jack_watch *at = NULL;

	(void)events;
	(void)status;
	for (size_t i = 0; i < self->watch_count; i++) {
		if (handle == &self->watches[i].handle) {
			at = &self->watches[i].at;
		}
	}
	if (at != NULL && (name == NULL || strcmp(name, at->name) == 0) &&
		is_there(at)) {
		step(self, STAGE_JACK_EVENT_APPEARED);
	}
}

// A directory that is not there is no error: the slow retry covers it.
static void
start_watches(struct stage_jack_client *self, const char *shm_dir)
{
	struct stage_jack_watch list[STAGE_JACK_WATCH_MAX];
	size_t count = stage_jack_watch_list(
		shm_dir, self->texts->server, getuid(), list);

	for (size_t i = 0; i < count; i++) {
		struct watch *watch = &self->watches[i];
		watch->at = list[i];
		uv_fs_event_init(self->loop, &watch->handle);
		watch->handle.data = self;
		uv_fs_event_start(
			&watch->handle, on_fs_event, watch->at.dir, 0);
	}
	self->watch_count = count;
	self->handle_count += count;
}

static unsigned
or_default(unsigned value, unsigned standard)
{
	return value != 0 ? value : standard;
}

static enum stage_status
copy_config(struct stage_jack_client *self,
	const struct stage_jack_client_config *config, struct stage_err *err)
{
	enum stage_status status = stage_jack_name_check(config->name, err);
	const char *server = stage_jack_server_name(config->server);

	if (status != STAGE_OK) {
		return status;
	}
	stage_jack_copy_text(
		self->texts->name, sizeof(self->texts->name), config->name);
	if (strlen(server) >= sizeof(self->texts->server)) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"JACK server name is too long: %s", server);
	}
	stage_jack_copy_text(
		self->texts->server, sizeof(self->texts->server), server);
	self->heartbeat_ms = or_default(config->heartbeat_ms, HEARTBEAT_MS);
	self->retry_ms = or_default(config->retry_ms, RETRY_MS);
	self->watchdog_ms = or_default(config->watchdog_ms, WATCHDOG_MS);
	self->patience_ms = or_default(config->patience_ms, PATIENCE_MS);
	self->close_ms = or_default(config->close_ms, self->watchdog_ms);
	return STAGE_OK;
}

static enum stage_status
start_worker(struct stage_jack_client *self,
	const struct stage_jack_client_config *config, struct stage_err *err)
{
	struct stage_jack_open args = {.name = self->texts->name,
		.server = self->texts->server,
		.may_rename = config->may_rename,
		.wants_ports = self->ops.port_appeared != NULL ||
			       self->ops.port_gone != NULL ||
			       self->ops.graph != NULL,
		.wants_graph = self->ops.graph != NULL,
		.watched_clients = config->watched_clients,
		.setup = self->ops.setup,
		.tend = self->ops.tend,
		.teardown = self->ops.teardown,
		.user = self->user};

	return stage_jack_worker_create(config->backend != NULL
						? config->backend
						: stage_jack_libjack(),
		&args, wake, self, &self->worker, err);
}

static enum stage_status
start(struct stage_jack_client *self,
	const struct stage_jack_client_config *config, struct stage_err *err)
{
	enum stage_status status = copy_config(self, config, err);
	int result;

	if (status != STAGE_OK) {
		return status;
	}
	result = uv_async_init(self->loop, &self->async, on_async);
	if (result != 0) {
		return stage_err_set(err, STAGE_FULL,
			"unable to set up JACK client %s: %s",
			self->texts->name, uv_strerror(result));
	}
	uv_timer_init(self->loop, &self->timer);
	uv_timer_init(self->loop, &self->watchdog);
	uv_timer_init(self->loop, &self->look_timer);
	self->async.data = self;
	self->timer.data = self;
	self->watchdog.data = self;
	self->look_timer.data = self;
	self->handle_count = 4;
	status = start_worker(self, config, err);
	if (status != STAGE_OK) {
		close_handles(self);
		return status;
	}
	start_watches(self,
		config->shm_dir != NULL ? config->shm_dir : STAGE_JACK_SHM_DIR);
	return STAGE_OK;
}

enum stage_status
stage_jack_client_create(uv_loop_t *loop,
	const struct stage_jack_client_config *config,
	const struct stage_jack_client_ops *ops, void *user,
	struct stage_jack_client **out, struct stage_err *err)
{
	struct stage_jack_client *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->texts = calloc(1, sizeof(*self->texts));
	self->feed = stage_jack_feed_create(tell_graph, self);
	if (self->texts == NULL || self->feed == NULL) {
		free_client(self);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->loop = loop;
	self->ops = *ops;
	self->user = user;
	status = start(self, config, err);
	if (status != STAGE_OK) {
		if (self->handle_count == 0) {
			free_client(self);
		}
		return status;
	}
	set_reason(self, "no JACK server was seen yet");
	*out = self;
	// One that gives no sign may be there all the same.
	step(self, is_any_there(self) ? STAGE_JACK_EVENT_APPEARED
				      : STAGE_JACK_EVENT_TIMER);
	return STAGE_OK;
}

void
stage_jack_client_destroy(struct stage_jack_client *self)
{
	void (*teardown)(void *user);

	if (self == NULL) {
		return;
	}
	teardown = self->ops.teardown;
	self->ops = (struct stage_jack_client_ops){.teardown = teardown};
	if (self->watchdog_ms > END_MS) {
		self->watchdog_ms = END_MS;
	}
	if (self->core.owed > 0) {
		start_watchdog(self, self->watchdog_ms);
	}
	step(self, STAGE_JACK_EVENT_END);
}

static struct stage_jack_note *
make_edit(const struct stage_jack_edit *edit)
{
	struct stage_jack_note *note = stage_jack_note_create_pair(
		STAGE_JACK_NOTE_EDIT, edit->from, edit->to);

	if (note != NULL) {
		note->is_disconnect = edit->is_disconnect;
		note->is_urgent = edit->is_urgent;
		note->tag = edit->tag;
	}
	return note;
}

enum stage_status
stage_jack_client_edit(struct stage_jack_client *self,
	const struct stage_jack_edit *edits, size_t count)
{
	struct stage_jack_chain chain = {0};

	if (!is_open(self)) {
		return STAGE_GONE;
	}
	for (size_t i = 0; i < count; i++) {
		struct stage_jack_note *note = make_edit(&edits[i]);
		if (note == NULL) {
			stage_jack_chain_finish(&chain);
			return STAGE_NO_MEMORY;
		}
		stage_jack_chain_add(&chain, note);
	}
	stage_jack_worker_edit(self->worker, &chain);
	return STAGE_OK;
}

void
stage_jack_client_scan(struct stage_jack_client *self)
{
	if (is_open(self)) {
		stage_jack_worker_scan(self->worker);
	}
}

bool
stage_jack_client_is_behind(const struct stage_jack_client *self)
{
	return is_open(self) && stage_jack_worker_is_behind(self->worker);
}

void
stage_jack_client_tend(struct stage_jack_client *self)
{
	if (is_open(self)) {
		stage_jack_worker_tend(self->worker);
	}
}

enum stage_jack_client_state
stage_jack_client_state(const struct stage_jack_client *self)
{
	static const enum stage_jack_client_state seen[] = {
		[STAGE_JACK_CORE_WAITING] = STAGE_JACK_CLIENT_WAITING,
		[STAGE_JACK_CORE_PAUSING] = STAGE_JACK_CLIENT_WAITING,
		[STAGE_JACK_CORE_OPENING] = STAGE_JACK_CLIENT_WAITING,
		[STAGE_JACK_CORE_DOOMED] = STAGE_JACK_CLIENT_WAITING,
		[STAGE_JACK_CORE_OPEN] = STAGE_JACK_CLIENT_OPEN,
		[STAGE_JACK_CORE_STALLED] = STAGE_JACK_CLIENT_STALLED,
		[STAGE_JACK_CORE_LOST] = STAGE_JACK_CLIENT_WAITING,
		[STAGE_JACK_CORE_ENDING_OPEN] = STAGE_JACK_CLIENT_ENDING,
		[STAGE_JACK_CORE_ENDING] = STAGE_JACK_CLIENT_ENDING,
		[STAGE_JACK_CORE_ENDED] = STAGE_JACK_CLIENT_ENDING,
		[STAGE_JACK_CORE_GONE] = STAGE_JACK_CLIENT_ENDING,
	};
	static_assert(STAGE_COUNT_OF(seen) == STAGE_JACK_CORE_STATE_COUNT,
		"every state is seen as one");

	return seen[self->core.state];
}

const char *
stage_jack_client_reason(const struct stage_jack_client *self)
{
	return self->reason;
}

const char *
stage_jack_client_state_name(enum stage_jack_client_state state)
{
	static const char *const names[] = {
		[STAGE_JACK_CLIENT_WAITING] = "waiting",
		[STAGE_JACK_CLIENT_OPEN] = "open",
		[STAGE_JACK_CLIENT_STALLED] = "stalled",
		[STAGE_JACK_CLIENT_ENDING] = "ending",
	};
	static_assert(STAGE_COUNT_OF(names) == STAGE_JACK_CLIENT_STATE_COUNT,
		"every state has a name");

	return state < STAGE_COUNT_OF(names) ? names[state] : "?";
}
