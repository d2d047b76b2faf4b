/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/scene.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/str.h"
#include "rig/path_watch.h"
#include "rpc/frame.h"
#include "rpc/proto.h"
#include "show/names.h"

#define READ_BYTES 4096

struct stage_show_scene {
	uv_loop_t *loop;
	char path[STAGE_PATH_MAX];
	struct stage_path_watch *watch;
	char wanted[STAGE_SHOW_NAME_MAX + 1]; // "": no song
	bool is_wanted;                       // and not told yet
	bool is_ended;

	uv_pipe_t pipe; // a connection lasts for one question
	bool is_open;
	uv_connect_t connecting;
	uv_write_t writing;
	struct stage_str question;
	struct stage_rpc_frame answer;
	char bytes[READ_BYTES];
	char asked[STAGE_SHOW_NAME_MAX + 1]; // what the question is of
};

static void ask(struct stage_show_scene *self);

static void
free_scene(struct stage_show_scene *self)
{
	stage_str_finish(&self->question);
	stage_rpc_frame_finish(&self->answer);
	free(self);
}

static void
on_closed(uv_handle_t *handle)
{
	struct stage_show_scene *self = handle->data;

	self->is_open = false;
	if (self->is_ended) {
		free_scene(self);
	} else if (self->is_wanted && strcmp(self->wanted, self->asked) != 0) {
		ask(self); // another one was wanted meanwhile
	}
}

static void
hang_up(struct stage_show_scene *self)
{
	if (!uv_is_closing((uv_handle_t *)&self->pipe)) {
		uv_close((uv_handle_t *)&self->pipe, on_closed);
	}
}

static void
answered(struct stage_show_scene *self, const char *line, size_t len)
{
	struct stage_rpc_message message;
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_rpc_message_parse(&message, line, len, &err) == STAGE_OK &&
		message.kind == STAGE_RPC_ERROR) {
		(void)stage_rpc_message_error(&message, &err);
	}
	stage_rpc_message_finish(&message);
	if (err.status != STAGE_OK) {
		stage_log_warn("the patchbay does not select song \"%s\": %s",
			self->asked, err.text);
	}
	if (strcmp(self->wanted, self->asked) == 0) {
		self->is_wanted = false;
	}
}

static void
on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *out)
{
	struct stage_show_scene *self = handle->data;

	(void)size;
	*out = uv_buf_init(self->bytes, sizeof(self->bytes));
}

static void
on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer)
{
	struct stage_show_scene *self = stream->data;
	const char *line;
	size_t len;

	(void)buffer;
	if (got > 0 && stage_rpc_frame_feed(&self->answer, self->bytes,
			       (size_t)got) == STAGE_OK) {
		enum stage_status status =
			stage_rpc_frame_next(&self->answer, &line, &len);

		if (status == STAGE_NOT_FOUND) {
			return; // not all of it is there
		}
		if (status == STAGE_OK) {
			answered(self, line, len);
		}
	}
	hang_up(self);
}

static void
on_written(uv_write_t *request, int status)
{
	if (status < 0 && status != UV_ECANCELED) {
		hang_up(request->data);
	}
}

static void
on_connected(uv_connect_t *request, int status)
{
	struct stage_show_scene *self = request->data;
	uv_buf_t buffer;

	if (status == UV_ECANCELED) {
		return;
	}
	if (status < 0) {
		hang_up(self); // it is not there: its socket is watched
		return;
	}
	buffer = uv_buf_init(self->question.data, (unsigned)self->question.len);
	uv_write(&self->writing, (uv_stream_t *)&self->pipe, &buffer, 1,
		on_written);
	uv_read_start((uv_stream_t *)&self->pipe, on_alloc, on_read);
}

static void
ask(struct stage_show_scene *self)
{
	json_t *params = json_pack("{s:s}", "song", self->wanted);

	stage_str_clear(&self->question);
	stage_rpc_frame_finish(&self->answer);
	self->answer.max_bytes = STAGE_RPC_ANSWER_MAX;
	memcpy(self->asked, self->wanted, sizeof(self->asked));
	if (params != NULL && stage_rpc_write_request(&self->question, 1,
				      "scene", params) == STAGE_OK) {
		uv_pipe_init(self->loop, &self->pipe, 0);
		self->is_open = true;
		uv_pipe_connect(&self->connecting, &self->pipe, self->path,
			on_connected);
	}
	json_decref(params);
}

static void
look(void *user)
{
	struct stage_show_scene *self = user;

	if (self->is_wanted && !self->is_open) {
		ask(self);
	}
}

enum stage_status
stage_show_scene_create(uv_loop_t *loop, const char *path,
	struct stage_show_scene **out, struct stage_err *err)
{
	struct stage_show_scene *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->loop = loop;
	self->pipe.data = self;
	self->connecting.data = self;
	self->writing.data = self;
	status = stage_format(self->path, sizeof(self->path), "%s", path);
	if (status == STAGE_OK) {
		status = stage_path_watch_create(
			&self->watch, loop, path, look, self, err);
	}
	if (status != STAGE_OK) {
		free_scene(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

void
stage_show_scene_destroy(struct stage_show_scene *self)
{
	if (self == NULL) {
		return;
	}
	self->is_ended = true;
	stage_path_watch_destroy(self->watch);
	if (self->is_open) {
		hang_up(self);
	} else {
		free_scene(self);
	}
}

void
stage_show_scene_select(struct stage_show_scene *self, const char *song)
{
	if (stage_format(self->wanted, sizeof(self->wanted), "%s",
		    song != NULL ? song : "") == STAGE_OK) {
		self->is_wanted = true;
		look(self);
	}
}
