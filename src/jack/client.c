/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/client_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "jack/clean.h"

#define HEARTBEAT_MS 2000
#define RETRY_MS 2000
#define WATCHDOG_MS 10000
#define PATIENCE_MS 60000
#define END_MS 2000 // for a close that nobody waits for any more

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

void
stage_jack_client_close_handles(struct stage_jack_client *self)
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
on_async(uv_async_t *async)
{
	struct stage_jack_client *self = async->data;

	stage_jack_client_take_messages(self);
	if (self->worker != NULL) {
		stage_jack_client_take_notes(self);
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
		stage_jack_client_step(self, STAGE_JACK_EVENT_APPEARED);
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
		struct stage_jack_client_watch *watch = &self->watches[i];
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
	enum stage_status status = stage_jack_worker_create(
		config->backend != NULL ? config->backend
					: stage_jack_libjack(),
		&args, wake, self, &self->worker, err);

	if (status == STAGE_OK) {
		self->box = stage_jack_worker_box(self->worker);
	}
	return status;
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
		stage_jack_client_close_handles(self);
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
	self->feed = stage_jack_feed_create(stage_jack_client_tell_graph, self);
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
	stage_jack_client_set_reason(self, "no JACK server was seen yet");
	*out = self;
	// One that gives no sign may be there all the same.
	stage_jack_client_step(self, is_any_there(self)
					     ? STAGE_JACK_EVENT_APPEARED
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
		stage_jack_client_start_watchdog(self, self->watchdog_ms);
	}
	stage_jack_client_step(self, STAGE_JACK_EVENT_END);
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
