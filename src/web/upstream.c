/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/upstream.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "rig/path_watch.h"
#include "rpc/frame.h"
#include "rpc/proto.h"
#include "web/route.h"

#define READ_BYTES 65536
#define TICK_MS 1000
#define RETRY_MS 200 // after a connection that ended at once

struct call {
	int64_t id;
	int64_t until_ns;
	stage_web_done *done;
	void *user;
	struct call *next;
};

struct stage_web_upstream {
	uv_loop_t *loop;
	char area[STAGE_WEB_AREA_MAX];
	char path[STAGE_PATH_MAX];
	const struct stage_web_upstream_events *events;
	void *user;
	struct stage_path_watch *watch;
	uv_timer_t tick; // of deadlines, and of trying again
	uv_pipe_t pipe;
	uv_connect_t connecting;
	struct stage_rpc_frame input;
	char *bytes; // [READ_BYTES]
	struct call *calls, **calls_end;
	size_t call_count;
	int64_t last_id;
	json_t *snapshot; // owned
	json_t *verbs;    // owned
	unsigned open_handles;
	bool is_open;   // the pipe is a handle of the loop
	bool is_wanted; // to be connected to once more, when that has ended
	bool is_connected;
	bool is_there;      // has told its state
	bool is_fresh;      // nothing happened since the snapshot
	bool is_refreshing; // it is being asked for
	bool is_ended;
};

struct sending {
	uv_write_t request;
	struct stage_str bytes;
};

static void on_tick(uv_timer_t *timer);

static void
free_upstream(struct stage_web_upstream *self)
{
	stage_rpc_frame_finish(&self->input);
	free(self->bytes);
	free(self);
}

static void
on_handle_closed(uv_handle_t *handle)
{
	struct stage_web_upstream *self = handle->data;

	if (--self->open_handles == 0) {
		free_upstream(self);
	}
}

// Calls.

static struct call *
take_call(struct stage_web_upstream *self, int64_t id)
{
	for (struct call **at = &self->calls; *at != NULL; at = &(*at)->next) {
		struct call *call = *at;

		if (call->id == id) {
			*at = call->next;
			if (self->calls_end == &call->next) {
				self->calls_end = at;
			}
			self->call_count--;
			return call;
		}
	}
	return NULL;
}

static void
finish_call(
	struct call *call, const json_t *result, const struct stage_err *err)
{
	call->done(call->user, result, err);
	free(call);
}

static void
fail_all(struct stage_web_upstream *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	stage_err_set(
		&err, STAGE_GONE, "%s has just ended; try again", self->area);
	while (self->calls != NULL) {
		finish_call(take_call(self, self->calls->id), NULL, &err);
	}
}

// All wait equally long, so the first ones are due first.
static void
fail_late(struct stage_web_upstream *self)
{
	struct stage_err err = STAGE_ERR_INIT;
	int64_t now_ns = stage_clock_now_ns();

	stage_err_set(&err, STAGE_TIMEOUT,
		"%s has not answered for %d s; it may do so yet", self->area,
		STAGE_WEB_CALL_S);
	while (self->calls != NULL && self->calls->until_ns <= now_ns) {
		finish_call(take_call(self, self->calls->id), NULL, &err);
	}
}

static void
on_written(uv_write_t *request, int status)
{
	struct sending *sending = request->data;

	(void)status; // the end is read, too
	stage_str_finish(&sending->bytes);
	free(sending);
}

static enum stage_status
send_request(struct stage_web_upstream *self, int64_t id, const char *verb,
	json_t *params)
{
	struct sending *sending = calloc(1, sizeof(*sending));
	enum stage_status status = STAGE_NO_MEMORY;
	uv_buf_t buffer;

	if (sending == NULL) {
		return status;
	}
	sending->request.data = sending;
	status = stage_rpc_write_request(&sending->bytes, id, verb, params);
	if (status == STAGE_OK) {
		buffer = uv_buf_init(
			sending->bytes.data, (unsigned)sending->bytes.len);
		if (uv_write(&sending->request, (uv_stream_t *)&self->pipe,
			    &buffer, 1, on_written) != 0) {
			status = STAGE_GONE;
		}
	}
	if (status != STAGE_OK) {
		stage_str_finish(&sending->bytes);
		free(sending);
	}
	return status;
}

static enum stage_status
add_call(struct stage_web_upstream *self, const char *verb, json_t *params,
	stage_web_done *done, void *user)
{
	struct call *call = calloc(1, sizeof(*call));
	enum stage_status status;

	if (call == NULL) {
		return STAGE_NO_MEMORY;
	}
	status = send_request(self, ++self->last_id, verb, params);
	if (status != STAGE_OK) {
		free(call);
		return status;
	}
	*call = (struct call){.id = self->last_id,
		.until_ns = stage_clock_now_ns() +
			    STAGE_WEB_CALL_S * STAGE_NS_PER_S,
		.done = done,
		.user = user};
	*self->calls_end = call;
	self->calls_end = &call->next;
	self->call_count++;
	if (!uv_is_active((uv_handle_t *)&self->tick)) {
		uv_timer_start(&self->tick, on_tick, TICK_MS, 0);
	}
	return STAGE_OK;
}

void
stage_web_upstream_call(struct stage_web_upstream *self, const char *verb,
	json_t *params, stage_web_done *done, void *user)
{
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = STAGE_OK;

	if (!self->is_connected) {
		status = stage_err_set(&err, STAGE_GONE,
			"%s does not run; stagecraft status says why",
			self->area);
	} else if (self->call_count == STAGE_WEB_CALLS_MAX) {
		status = stage_err_set(&err, STAGE_FULL,
			"%s is busy with %d calls; try again later", self->area,
			STAGE_WEB_CALLS_MAX);
	} else {
		status = add_call(self, verb, params, done, user);
		if (status != STAGE_OK) {
			stage_err_set(&err, status, "unable to ask %s: %s",
				self->area, stage_strerror(status));
		}
	}
	json_decref(params);
	if (status != STAGE_OK) {
		done(user, NULL, &err);
	}
}

// What it says.

static void
keep_snapshot(struct stage_web_upstream *self, const json_t *snapshot)
{
	json_decref(self->snapshot);
	self->snapshot = json_deep_copy(snapshot);
	self->is_there = self->snapshot != NULL;
	self->is_fresh = self->is_there;
	if (self->is_there) {
		self->events->snapshot(self->user, self);
	}
}

static void
on_state(void *user, const json_t *result, const struct stage_err *err)
{
	struct stage_web_upstream *self = user;

	self->is_refreshing = false;
	if (result != NULL) {
		keep_snapshot(self, result);
	} else if (err->status != STAGE_GONE) {
		stage_log_warn("no state of %s: %s", self->area, err->text);
	}
}

static void
on_verbs(void *user, const json_t *result, const struct stage_err *err)
{
	struct stage_web_upstream *self = user;

	(void)err;
	json_decref(self->verbs);
	self->verbs = result != NULL
			      ? json_deep_copy(json_object_get(result, "verbs"))
			      : NULL;
}

bool
stage_web_upstream_refresh(struct stage_web_upstream *self)
{
	if (self->is_fresh) {
		return true;
	}
	if (self->is_connected && !self->is_refreshing) {
		self->is_refreshing = true;
		stage_web_upstream_call(self, "state", NULL, on_state, self);
	}
	return false;
}

static void
take_answer(struct stage_web_upstream *self,
	const struct stage_rpc_message *message)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct call *call = take_call(self, json_integer_value(message->id));

	if (call == NULL) {
		return; // late
	}
	if (message->kind == STAGE_RPC_ERROR) {
		(void)stage_rpc_message_error(message, &err);
		finish_call(call, NULL, &err);
	} else {
		finish_call(call, message->result, NULL);
	}
}

static void
take_line(struct stage_web_upstream *self, const char *line, size_t len)
{
	struct stage_rpc_message message;
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_rpc_message_parse(&message, line, len, &err) != STAGE_OK) {
		stage_log_warn(
			"%s says what is no message: %s", self->area, err.text);
	} else if (message.kind == STAGE_RPC_RESULT ||
		   message.kind == STAGE_RPC_ERROR) {
		take_answer(self, &message);
	} else if (strcmp(message.method, "event") == 0) {
		self->is_fresh = false;
		self->events->event(self->user, self, message.params);
	} else if (strcmp(message.method, "resync") == 0) {
		self->is_fresh = false;
		(void)stage_web_upstream_refresh(self);
	}
	stage_rpc_message_finish(&message);
}

// The connection.

static void
on_pipe_closed(uv_handle_t *handle)
{
	struct stage_web_upstream *self = handle->data;

	self->is_open = false;
	if (self->is_wanted && !self->is_ended) {
		uv_timer_start(&self->tick, on_tick, RETRY_MS, 0);
	}
	on_handle_closed(handle);
}

static void
hang_up(struct stage_web_upstream *self)
{
	bool was_there = self->is_there;

	if (!self->is_open || uv_is_closing((uv_handle_t *)&self->pipe)) {
		return;
	}
	// What ended by itself may be back already.
	self->is_wanted = self->is_wanted || self->is_connected;
	self->is_connected = false;
	self->is_there = false;
	self->is_fresh = false;
	self->is_refreshing = false;
	uv_close((uv_handle_t *)&self->pipe, on_pipe_closed);
	fail_all(self);
	json_decref(self->snapshot);
	self->snapshot = NULL;
	if (was_there && !self->is_ended) {
		self->events->gone(self->user, self);
	}
}

static void
on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *out)
{
	struct stage_web_upstream *self = handle->data;

	(void)size;
	*out = uv_buf_init(self->bytes, READ_BYTES);
}

static void
on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer)
{
	struct stage_web_upstream *self = stream->data;
	const char *line;
	size_t len;
	enum stage_status status;

	if (got == 0) {
		return;
	}
	if (got < 0 || stage_rpc_frame_feed(&self->input, buffer->base,
			       (size_t)got) != STAGE_OK) {
		hang_up(self);
		return;
	}
	for (;;) {
		status = stage_rpc_frame_next(&self->input, &line, &len);
		if (status != STAGE_OK || !self->is_connected) {
			break;
		}
		take_line(self, line, len);
	}
	if (status == STAGE_TOO_LONG) {
		hang_up(self);
	}
}

static void
on_connected(uv_connect_t *request, int status)
{
	struct stage_web_upstream *self = request->data;

	if (status == UV_ECANCELED) {
		return;
	}
	if (status < 0) {
		hang_up(self);
		return;
	}
	self->is_connected = true;
	self->is_refreshing = true;
	uv_read_start((uv_stream_t *)&self->pipe, on_alloc, on_read);
	stage_web_upstream_call(self, "subscribe", NULL, on_state, self);
	stage_web_upstream_call(self, "verbs", NULL, on_verbs, self);
}

static void
connect_to(struct stage_web_upstream *self)
{
	if (self->is_open || self->is_ended) {
		return;
	}
	stage_rpc_frame_finish(&self->input);
	self->input.max_bytes = STAGE_RPC_ANSWER_MAX;
	uv_pipe_init(self->loop, &self->pipe, 0);
	self->open_handles++;
	self->is_open = true;
	uv_pipe_connect(
		&self->connecting, &self->pipe, self->path, on_connected);
}

static void
on_tick(uv_timer_t *timer)
{
	struct stage_web_upstream *self = timer->data;

	fail_late(self);
	if (self->is_wanted && !self->is_open) {
		self->is_wanted = false;
		connect_to(self);
	}
	if (self->call_count > 0) {
		uv_timer_start(timer, on_tick, TICK_MS, 0);
	}
}

static void
on_path(void *user)
{
	struct stage_web_upstream *self = user;

	self->is_wanted = self->is_open && !self->is_connected;
	connect_to(self);
}

enum stage_status
stage_web_upstream_create(struct stage_web_upstream **out, uv_loop_t *loop,
	const char *area, const char *path,
	const struct stage_web_upstream_events *events, void *user,
	struct stage_err *err)
{
	struct stage_web_upstream *self = calloc(1, sizeof(*self));
	enum stage_status status = STAGE_NO_MEMORY;

	if (self != NULL) {
		self->bytes = malloc(READ_BYTES);
	}
	if (self == NULL || self->bytes == NULL) {
		free(self);
		return stage_err_set(err, status, "out of memory");
	}
	self->loop = loop;
	self->events = events;
	self->user = user;
	self->calls_end = &self->calls;
	self->pipe.data = self;
	self->connecting.data = self;
	self->tick.data = self;
	status = stage_format(self->area, sizeof(self->area), "%s", area);
	if (status == STAGE_OK) {
		status = stage_format(
			self->path, sizeof(self->path), "%s", path);
	}
	if (status == STAGE_OK) {
		status = stage_path_watch_create(
			&self->watch, loop, path, on_path, self, err);
	}
	if (status != STAGE_OK) {
		free_upstream(self);
		return status;
	}
	uv_timer_init(loop, &self->tick);
	self->open_handles = 1;
	*out = self;
	return STAGE_OK;
}

void
stage_web_upstream_destroy(struct stage_web_upstream *self)
{
	if (self == NULL) {
		return;
	}
	self->is_ended = true;
	stage_path_watch_destroy(self->watch);
	hang_up(self);
	json_decref(self->verbs);
	self->verbs = NULL;
	uv_close((uv_handle_t *)&self->tick, on_handle_closed);
}

const char *
stage_web_upstream_area(const struct stage_web_upstream *self)
{
	return self->area;
}

bool
stage_web_upstream_is_there(const struct stage_web_upstream *self)
{
	return self->is_there;
}

const json_t *
stage_web_upstream_snapshot(const struct stage_web_upstream *self)
{
	return self->snapshot;
}

const json_t *
stage_web_upstream_verbs(const struct stage_web_upstream *self)
{
	return self->verbs;
}
