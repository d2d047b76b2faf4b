/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rpc/question.h"

#include <stdlib.h>

#include "base/str.h"
#include "rpc/frame.h"
#include "rpc/proto.h"

#define READ_BYTES 4096

struct stage_rpc_question {
	stage_rpc_answered *answered; // NULL: nobody wants to know
	void *user;
	uv_pipe_t pipe;
	uv_timer_t timer;
	unsigned open; // handles
	uv_connect_t connecting;
	uv_write_t writing;
	struct stage_str text;
	struct stage_rpc_frame answer;
	char bytes[READ_BYTES];
};

static void
on_closed(uv_handle_t *handle)
{
	struct stage_rpc_question *self = handle->data;

	self->open--;
	if (self->open == 0) {
		stage_str_finish(&self->text);
		stage_rpc_frame_finish(&self->answer);
		free(self);
	}
}

static void
end(struct stage_rpc_question *self, const struct stage_err *err,
	const json_t *result)
{
	stage_rpc_answered *answered = self->answered;

	if (uv_is_closing((uv_handle_t *)&self->pipe)) {
		return;
	}
	self->answered = NULL;
	uv_close((uv_handle_t *)&self->pipe, on_closed);
	uv_close((uv_handle_t *)&self->timer, on_closed);
	if (answered != NULL) {
		answered(self->user, err, result);
	}
}

static void
fail(struct stage_rpc_question *self, enum stage_status status,
	const char *sentence)
{
	struct stage_err err = STAGE_ERR_INIT;

	(void)stage_err_set(&err, status, "%s", sentence);
	end(self, &err, NULL);
}

static void
take_answer(struct stage_rpc_question *self, const char *line, size_t len)
{
	struct stage_rpc_message message;
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_rpc_message_parse(&message, line, len, &err) == STAGE_OK &&
		message.kind == STAGE_RPC_ERROR) {
		(void)stage_rpc_message_error(&message, &err);
	}
	end(self, &err, err.status == STAGE_OK ? message.result : NULL);
	stage_rpc_message_finish(&message);
}

static void
on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *out)
{
	struct stage_rpc_question *self = handle->data;

	(void)size;
	*out = uv_buf_init(self->bytes, sizeof(self->bytes));
}

static void
on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer)
{
	struct stage_rpc_question *self = stream->data;
	enum stage_status status = STAGE_GONE;
	const char *line;
	size_t len;

	(void)buffer;
	if (got >= 0) {
		status = stage_rpc_frame_feed(
			&self->answer, self->bytes, (size_t)got);
	}
	if (status == STAGE_OK) {
		status = stage_rpc_frame_next(&self->answer, &line, &len);
	}
	if (status == STAGE_OK) {
		take_answer(self, line, len);
	} else if (status != STAGE_NOT_FOUND) { // else not all of it is there
		fail(self, status, "it hung up without an answer");
	}
}

static void
on_written(uv_write_t *request, int status)
{
	struct stage_rpc_question *self = request->data;

	if (status < 0 && status != UV_ECANCELED) {
		fail(self, STAGE_GONE, "it hung up");
	}
}

static void
on_connected(uv_connect_t *request, int status)
{
	struct stage_rpc_question *self = request->data;
	uv_buf_t buffer;

	if (status == UV_ECANCELED) {
		return;
	}
	if (status < 0) {
		fail(self, STAGE_NOT_FOUND, "it is not running");
		return;
	}
	buffer = uv_buf_init(self->text.data, (unsigned)self->text.len);
	uv_write(&self->writing, (uv_stream_t *)&self->pipe, &buffer, 1,
		on_written);
	uv_read_start((uv_stream_t *)&self->pipe, on_alloc, on_read);
}

static void
on_timeout(uv_timer_t *timer)
{
	fail(timer->data, STAGE_TIMEOUT, "it does not answer");
}

static void
begin(struct stage_rpc_question *self, uv_loop_t *loop, const char *path,
	unsigned timeout_ms)
{
	self->pipe.data = self->timer.data = self;
	self->connecting.data = self->writing.data = self;
	self->open = 2;
	self->answer.max_bytes = STAGE_RPC_ANSWER_MAX;
	uv_pipe_init(loop, &self->pipe, 0);
	uv_timer_init(loop, &self->timer);
	uv_update_time(loop);
	uv_timer_start(&self->timer, on_timeout, timeout_ms, 0);
	uv_pipe_connect(&self->connecting, &self->pipe, path, on_connected);
}

enum stage_status
stage_rpc_question_ask(uv_loop_t *loop, const char *path, const char *method,
	json_t *params, unsigned timeout_ms, stage_rpc_answered *answered,
	void *user, struct stage_rpc_question **out, struct stage_err *err)
{
	struct stage_rpc_question *self = calloc(1, sizeof(*self));
	json_t *given = params != NULL ? params : json_object();
	enum stage_status status = STAGE_NO_MEMORY;

	if (self != NULL && given != NULL) {
		status = stage_rpc_write_request(&self->text, 1, method, given);
	}
	json_decref(given);
	if (status != STAGE_OK) {
		free(self);
		return stage_err_set(err, status, "out of memory");
	}
	self->answered = answered;
	self->user = user;
	begin(self, loop, path, timeout_ms);
	if (out != NULL) {
		*out = self;
	}
	return STAGE_OK;
}

void
stage_rpc_question_drop(struct stage_rpc_question *self)
{
	if (self != NULL) {
		self->answered = NULL;
		fail(self, STAGE_GONE, "nobody asks");
	}
}
