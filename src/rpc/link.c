/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rpc/link.h"

#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "base/clock.h"
#include "base/log.h"
#include "rpc/frame.h"
#include "rpc/link_calls.h"
#include "rpc/link_private.h"
#include "rpc/proto.h"
#include "rpc/sock.h"
#include "runit/pathwatch.h"

#define READ_BYTES 65536
#define RETRY_FIRST_MS 100 // after a connection that ended by itself
#define RETRY_MOST_MS 5000
#define NAME_MAX_BYTES 160 // with the zero

struct stage_rpc_link {
	uv_loop_t *loop;
	char name[NAME_MAX_BYTES];
	char *path; // owned
	const struct stage_rpc_link_events *events;
	void *user;
	struct stage_runit_pathwatch *watch; // NULL: it connects once
	uv_timer_t deadline;                 // of the call that is due first
	uv_timer_t retry;
	unsigned retry_ms;
	uv_pipe_t pipe;
	uv_connect_t connecting;
	struct stage_rpc_frame input;
	char *bytes; // [READ_BYTES]
	struct stage_rpc_link_calls calls;
	struct stage_str waiting; // to be sent when it is up
	unsigned open_handles;
	bool is_open;   // the pipe is a handle of the loop
	bool is_wanted; // to be connected to once more, when that has ended
	bool is_up;
	bool is_ended;
};

struct sending {
	uv_write_t request;
	struct stage_str bytes;
};

static const struct stage_rpc_link_events no_events;

static void
free_link(struct stage_rpc_link *self)
{
	stage_rpc_frame_finish(&self->input);
	stage_str_finish(&self->waiting);
	free(self->path);
	free(self->bytes);
	free(self);
}

static void
on_handle_closed(uv_handle_t *handle)
{
	struct stage_rpc_link *self = handle->data;

	if (--self->open_handles == 0) {
		free_link(self);
	}
}

static bool
is_open(const struct stage_rpc_link *self)
{
	return self->is_open &&
	       !uv_is_closing((const uv_handle_t *)&self->pipe);
}

// The connection.

static void connect_now(struct stage_rpc_link *self);

static void
on_retry(uv_timer_t *timer)
{
	connect_now(timer->data);
}

static void
retry_later(struct stage_rpc_link *self)
{
	self->retry_ms =
		self->retry_ms == 0 ? RETRY_FIRST_MS : 2 * self->retry_ms;
	if (self->retry_ms > RETRY_MOST_MS) {
		self->retry_ms = RETRY_MOST_MS;
	}
	uv_timer_start(&self->retry, on_retry, self->retry_ms, 0);
}

static void
on_pipe_closed(uv_handle_t *handle)
{
	struct stage_rpc_link *self = handle->data;

	self->is_open = false;
	if (self->is_wanted) {
		connect_now(self);
	}
	on_handle_closed(handle);
}

// err: why there is no answer to what was asked.
static void
hang_up(struct stage_rpc_link *self, const struct stage_err *err)
{
	bool was_up = self->is_up;

	if (!is_open(self)) {
		return;
	}
	self->is_up = false;
	stage_str_finish(&self->waiting);
	uv_close((uv_handle_t *)&self->pipe, on_pipe_closed);
	stage_rpc_link_calls_fail(&self->calls, err);
	if (was_up && !self->is_ended && self->events->down != NULL) {
		self->events->down(self->user);
	}
}

// What hangs up may be there all the same: full, or on its way back.
static void
lose(struct stage_rpc_link *self, const struct stage_err *err)
{
	if (self->watch != NULL && is_open(self)) {
		retry_later(self);
	}
	hang_up(self, err);
}

static void
lose_for(struct stage_rpc_link *self, enum stage_status status, const char *why)
{
	struct stage_err err = STAGE_ERR_INIT;

	stage_err_set(&err, status, "%s %s", self->name, why);
	lose(self, &err);
}

static void
take_line(struct stage_rpc_link *self, const char *line, size_t len)
{
	struct stage_rpc_message message;
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_rpc_message_parse(&message, line, len, &err) != STAGE_OK) {
		stage_err_prefix(
			&err, "%s says what is no message: ", self->name);
		if (self->watch != NULL) {
			stage_log_warn("%s", err.text);
		}
		if (err.status != STAGE_NO_MEMORY) {
			err.status =
				STAGE_BAD_INPUT; // also where it is a batch
		}
		lose(self, &err);
	} else if (message.kind == STAGE_RPC_ERROR &&
		   json_is_null(message.id)) {
		(void)stage_rpc_message_error(&message, &err);
		lose(self, &err); // it does not take us
	} else if (message.kind == STAGE_RPC_RESULT ||
		   message.kind == STAGE_RPC_ERROR) {
		self->retry_ms = 0;
		stage_rpc_link_calls_answer(&self->calls, &message);
	} else if (self->events->told != NULL) {
		self->events->told(self->user, message.method, message.params);
	}
	stage_rpc_message_finish(&message);
}

static void
on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *out)
{
	struct stage_rpc_link *self = handle->data;

	(void)size;
	*out = uv_buf_init(self->bytes, READ_BYTES);
}

static void
on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer)
{
	struct stage_rpc_link *self = stream->data;
	const char *line;
	size_t len;
	enum stage_status status;

	if (got == 0) {
		return;
	}
	if (got < 0) {
		lose_for(self, STAGE_GONE, "has just ended; try again");
		return;
	}
	status = stage_rpc_frame_feed(&self->input, buffer->base, (size_t)got);
	while (status == STAGE_OK && is_open(self)) {
		status = stage_rpc_frame_next(&self->input, &line, &len);
		if (status == STAGE_OK) {
			take_line(self, line, len);
		}
	}
	if (status == STAGE_TOO_LONG) {
		lose_for(self, status, "says more in one line than can be");
	} else if (status == STAGE_NO_MEMORY) {
		lose_for(self, status, "says more than there is memory for");
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

// Empties `text`, whatever happens.
static enum stage_status
send_text(struct stage_rpc_link *self, struct stage_str *text)
{
	struct sending *sending = calloc(1, sizeof(*sending));
	uv_buf_t buffer = uv_buf_init(text->data, (unsigned)text->len);

	if (sending == NULL) {
		stage_str_finish(text);
		return STAGE_NO_MEMORY;
	}
	sending->request.data = sending;
	sending->bytes = *text;
	memset(text, 0, sizeof(*text));
	if (uv_write(&sending->request, (uv_stream_t *)&self->pipe, &buffer, 1,
		    on_written) != 0) {
		on_written(&sending->request, 0);
		return STAGE_GONE;
	}
	return STAGE_OK;
}

static enum stage_status
send_request(struct stage_rpc_link *self, int64_t id, const char *verb,
	json_t *params)
{
	enum stage_status status =
		stage_rpc_write_request(&self->waiting, id, verb, params);

	return status == STAGE_OK && self->is_up
		       ? send_text(self, &self->waiting)
		       : status;
}

static void
begin_talk(struct stage_rpc_link *self)
{
	self->is_up = true;
	uv_read_start((uv_stream_t *)&self->pipe, on_alloc, on_read);
	if (self->waiting.len > 0 &&
		send_text(self, &self->waiting) != STAGE_OK) {
		lose_for(self, STAGE_NO_MEMORY, "cannot be asked");
	} else if (self->events->up != NULL) {
		self->events->up(self->user);
	}
}

static void
on_connected(uv_connect_t *request, int status)
{
	struct stage_rpc_link *self = request->data;
	struct stage_err err = STAGE_ERR_INIT;

	if (status == UV_ECANCELED) {
		return;
	}
	if (status == UV_EAGAIN) {
		lose_for(self, STAGE_BUSY, "takes no connection, it may hang");
	} else if (status == UV_EACCES || status == UV_EPERM) {
		stage_err_set(&err, STAGE_DENIED,
			"not permitted to connect to %s", self->path);
		hang_up(self, &err);
	} else if (status < 0) {
		stage_err_set(
			&err, STAGE_NOT_FOUND, "%s does not run", self->name);
		hang_up(self, &err); // its socket is watched
	} else {
		begin_talk(self);
	}
}

static void
connect_now(struct stage_rpc_link *self)
{
	self->is_wanted = self->is_open && !self->is_ended;
	if (self->is_open || self->is_ended) {
		return;
	}
	uv_timer_stop(&self->retry);
	stage_rpc_frame_finish(&self->input);
	self->input.max_bytes = STAGE_RPC_ANSWER_MAX;
	uv_pipe_init(self->loop, &self->pipe, 0);
	self->open_handles++;
	self->is_open = true;
	uv_pipe_connect(
		&self->connecting, &self->pipe, self->path, on_connected);
}

// Calls.

static void on_deadline(uv_timer_t *timer);

static void
plan(struct stage_rpc_link *self)
{
	int64_t until_ns = stage_rpc_link_calls_due_ns(&self->calls);

	if (until_ns == 0 || self->is_ended) {
		uv_timer_stop(&self->deadline);
		return;
	}
	uv_update_time(self->loop);
	uv_timer_start(&self->deadline, on_deadline,
		(uint64_t)stage_clock_until_ms(until_ns), 0);
}

static void
on_deadline(uv_timer_t *timer)
{
	struct stage_rpc_link *self = timer->data;

	stage_rpc_link_calls_expire(
		&self->calls, stage_clock_now_ns(), self->name);
	plan(self);
}

static enum stage_status
check_room(const struct stage_rpc_link *self, struct stage_err *err)
{
	if (!is_open(self)) {
		return stage_err_set(
			err, STAGE_GONE, "%s does not run", self->name);
	}
	if (self->calls.count == STAGE_RPC_LINK_CALLS_MAX) {
		return stage_err_set(err, STAGE_FULL,
			"%s is busy with %d calls; try again later", self->name,
			STAGE_RPC_LINK_CALLS_MAX);
	}
	if (uv_stream_get_write_queue_size((const uv_stream_t *)&self->pipe) +
			self->waiting.len >
		STAGE_RPC_LINK_OUTPUT_MAX) {
		return stage_err_set(err, STAGE_FULL,
			"%s does not read what it is asked; try again later",
			self->name);
	}
	return STAGE_OK;
}

enum stage_status
stage_rpc_link_try(struct stage_rpc_link *self, const char *verb,
	json_t *params, unsigned timeout_ms, stage_rpc_answered *answered,
	void *user, struct stage_err *err)
{
	int64_t id = 0;
	enum stage_status status = check_room(self, err);

	if (status != STAGE_OK) {
		return status;
	}
	status = stage_rpc_link_calls_add(
		&self->calls, timeout_ms, answered, user, &id);
	if (status == STAGE_OK) {
		status = send_request(self, id, verb, params);
	}
	if (status != STAGE_OK) {
		stage_rpc_link_calls_forget(&self->calls, id);
		return stage_err_set(err, status, "unable to ask %s: %s",
			self->name, stage_strerror(status));
	}
	plan(self);
	return STAGE_OK;
}

void
stage_rpc_link_call(struct stage_rpc_link *self, const char *verb,
	json_t *params, unsigned timeout_ms, stage_rpc_answered *answered,
	void *user)
{
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = stage_rpc_link_try(
		self, verb, params, timeout_ms, answered, user, &err);

	json_decref(params);
	if (status != STAGE_OK) {
		answered(user, &err, NULL);
	}
}

// Its life.

static void
on_path(void *data, bool is_path)
{
	struct stage_rpc_link *self = data;

	(void)is_path;
	self->retry_ms = 0;
	connect_now(self);
}

// Slower is better than silent.
static void
on_notice(void *data, const struct stage_err *err)
{
	(void)data;
	stage_log_warn("%s", err->text);
}

static enum stage_status
fill(struct stage_rpc_link *self, const char *name, const char *path,
	struct stage_err *err)
{
	struct sockaddr_un address;
	enum stage_status status = stage_rpc_sock_address(&address, path, err);

	if (status != STAGE_OK) {
		return status;
	}
	self->bytes = malloc(READ_BYTES);
	self->path = strdup(path);
	if (self->bytes == NULL || self->path == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	status = stage_format(self->name, sizeof(self->name), "%s", name);
	return status == STAGE_OK ? status
				  : stage_err_set(err, status,
					    "%s is too long a name", name);
}

/** One that is not connected, and watches nothing. */
static enum stage_status
create(struct stage_rpc_link **out, uv_loop_t *loop, const char *name,
	const char *path, const struct stage_rpc_link_events *events,
	void *user, struct stage_err *err)
{
	struct stage_rpc_link *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	status = fill(self, name, path, err);
	if (status != STAGE_OK) {
		free_link(self);
		return status;
	}
	self->loop = loop;
	self->events = events != NULL ? events : &no_events;
	self->user = user;
	self->pipe.data = self->connecting.data = self;
	self->deadline.data = self->retry.data = self;
	uv_timer_init(loop, &self->deadline);
	uv_timer_init(loop, &self->retry);
	self->open_handles = 2;
	*out = self;
	return STAGE_OK;
}

enum stage_status
stage_rpc_link_create_once(struct stage_rpc_link **out, uv_loop_t *loop,
	const char *name, const char *path, struct stage_err *err)
{
	enum stage_status status =
		create(out, loop, name, path, NULL, NULL, err);

	if (status == STAGE_OK) {
		connect_now(*out);
	}
	return status;
}

enum stage_status
stage_rpc_link_create(struct stage_rpc_link **out, uv_loop_t *loop,
	const char *name, const char *path,
	const struct stage_rpc_link_events *events, void *user,
	struct stage_err *err)
{
	static const struct stage_runit_pathwatch_ops ops = {
		on_path, on_notice};
	struct stage_rpc_link *self = NULL;
	enum stage_status status =
		create(&self, loop, name, path, events, user, err);

	if (status == STAGE_OK) {
		status = stage_runit_pathwatch_create(
			loop, path, &ops, self, &self->watch);
		if (status != STAGE_OK) {
			stage_rpc_link_destroy(self);
			return stage_err_set(err, status,
				"unable to watch \"%s\": %s", path,
				stage_strerror(status));
		}
		*out = self;
	}
	return status;
}

void
stage_rpc_link_destroy(struct stage_rpc_link *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (self == NULL || self->is_ended) {
		return;
	}
	self->is_ended = true;
	self->is_wanted = false;
	stage_runit_pathwatch_destroy(self->watch);
	stage_err_set(&err, STAGE_GONE, "nobody asks %s any more", self->name);
	hang_up(self, &err);
	// It may end in a callback of one of several that fail.
	stage_rpc_link_calls_fail(&self->calls, &err);
	uv_close((uv_handle_t *)&self->deadline, on_handle_closed);
	uv_close((uv_handle_t *)&self->retry, on_handle_closed);
}

bool
stage_rpc_link_is_up(const struct stage_rpc_link *self)
{
	return self->is_up;
}
