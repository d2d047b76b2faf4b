/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/watch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "runit/control.h"
#include "runit/pathwatch.h"

// The writing end of a control pipe. It outlives its watch by a turn of the
// loop, as libuv wants it.
struct pulse {
	uv_poll_t handle;
	int fd; // owned
	struct stage_runit_watch *watch;
};

struct stage_runit_watch {
	struct stage_runit_pathwatch *path;
	const struct stage_runit_watch_ops *ops;
	void *data;
	char *service_dir;   // owned
	char *control_path;  // owned
	uv_loop_t *loop;     // borrowed
	struct pulse *pulse; // NULL while there is no runsv
	struct stage_runit_seen last;
	bool has_seen;
	bool is_calling; // inside of a callback
	bool is_closing;
};

static void
on_pulse_closed(uv_handle_t *handle)
{
	struct pulse *pulse = handle->data;

	close(pulse->fd);
	free(pulse);
}

static void
drop_pulse(struct stage_runit_watch *self)
{
	if (self->pulse != NULL) {
		uv_close((uv_handle_t *)&self->pulse->handle, on_pulse_closed);
		self->pulse = NULL;
	}
}

// Only errors and hang-ups come here: the last reader has gone.
static void
on_pulse(uv_poll_t *handle, int status, int events)
{
	struct pulse *pulse = handle->data;
	struct stage_runit_watch *self = pulse->watch;

	(void)status;
	(void)events;
	drop_pulse(self);
	stage_runit_pathwatch_poke(self->path);
}

// True when the pipe we hold is no longer the one that the path leads to.
static bool
is_replaced(const struct stage_runit_watch *self)
{
	struct stat held;
	struct stat there;

	return fstat(self->pulse->fd, &held) != 0 ||
	       stat(self->control_path, &there) != 0 ||
	       held.st_dev != there.st_dev || held.st_ino != there.st_ino;
}

static enum stage_status
feel_pulse(struct stage_runit_watch *self, int fd)
{
	struct pulse *pulse = calloc(1, sizeof(*pulse));
	int rc;

	if (pulse == NULL) {
		close(fd);
		return STAGE_NO_MEMORY;
	}
	rc = uv_poll_init(self->loop, &pulse->handle, fd);
	if (rc < 0) {
		free(pulse);
		close(fd);
		return stage_status_from_errno(-rc);
	}
	pulse->handle.data = pulse;
	pulse->fd = fd;
	pulse->watch = self;
	self->pulse = pulse;
	rc = uv_poll_start(&pulse->handle, UV_DISCONNECT, on_pulse);
	if (rc < 0) {
		drop_pulse(self);
	}
	return stage_status_from_errno(-rc);
}

// Finds out whether there is a runsv; when that fails, the last answer holds.
static bool
find_runsv(struct stage_runit_watch *self)
{
	enum stage_status status = STAGE_OK;
	int fd = -1;

	if (self->pulse != NULL && is_replaced(self)) {
		drop_pulse(self);
	}
	if (self->pulse != NULL) {
		return true;
	}
	status = stage_runit_control_open(self->service_dir, &fd, NULL);
	if (status == STAGE_OK) {
		status = feel_pulse(self, fd);
	}
	if (status == STAGE_FULL || status == STAGE_NO_MEMORY) {
		stage_runit_pathwatch_fall_back(
			self->path, self->control_path, status);
		return self->last.is_supervised;
	}
	return status == STAGE_OK;
}

static bool
is_same(const struct stage_runit_seen *a, const struct stage_runit_seen *b)
{
	return a->is_supervised == b->is_supervised &&
	       a->has_status == b->has_status &&
	       stage_runit_status_equal(&a->status, &b->status);
}

static void
finish(struct stage_runit_watch *self)
{
	stage_runit_pathwatch_destroy(self->path);
	drop_pulse(self);
	free(self->service_dir);
	free(self->control_path);
	free(self);
}

static void
on_changed(void *data, bool is_path)
{
	struct stage_runit_watch *self = data;
	struct stage_runit_seen seen = {0};

	(void)is_path;
	self->is_calling = true;
	seen.is_supervised = find_runsv(self); // may say a notice
	seen.has_status = stage_runit_status_read(self->service_dir,
				  &seen.status, NULL) == STAGE_OK;
	if (!self->is_closing &&
		(!self->has_seen || !is_same(&seen, &self->last))) {
		self->has_seen = true;
		self->last = seen;
		self->ops->seen(self->data, &self->last);
	}
	self->is_calling = false;
	if (self->is_closing) {
		finish(self);
	}
}

static void
on_notice(void *data, const struct stage_err *err)
{
	struct stage_runit_watch *self = data;
	bool was_calling = self->is_calling;

	if (self->ops->notice == NULL || self->is_closing) {
		return;
	}
	self->is_calling = true;
	self->ops->notice(self->data, err);
	self->is_calling = was_calling;
	if (self->is_closing && !was_calling) {
		finish(self);
	}
}

static const struct stage_runit_pathwatch_ops path_ops = {
	on_changed, on_notice};

static enum stage_status
start(struct stage_runit_watch *self, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status = stage_io_join(path, sizeof(path),
		self->service_dir, "supervise/control", err);

	if (status != STAGE_OK) {
		return status;
	}
	self->control_path = strdup(path);
	if (self->control_path == NULL) {
		return STAGE_NO_MEMORY;
	}
	*strrchr(path, '/') = '\0'; // leaves supervise
	return stage_runit_pathwatch_create(
		self->loop, path, &path_ops, self, &self->path);
}

enum stage_status
stage_runit_watch_create(uv_loop_t *loop, const char *service_dir,
	const struct stage_runit_watch_ops *ops, void *data,
	struct stage_runit_watch **out, struct stage_err *err)
{
	struct stage_runit_watch *self = calloc(1, sizeof(*self));
	enum stage_status status = STAGE_NO_MEMORY;

	if (self == NULL) {
		goto fail;
	}
	if (service_dir[0] == '\0') {
		status = stage_err_set(err, STAGE_BAD_INPUT,
			"unable to watch a service without a path");
		goto fail;
	}
	self->loop = loop;
	self->ops = ops;
	self->data = data;
	self->service_dir = strdup(service_dir);
	if (self->service_dir == NULL) {
		goto fail;
	}
	status = start(self, err);
	if (status != STAGE_OK) {
		goto fail;
	}
	*out = self;
	return STAGE_OK;
fail:
	stage_runit_watch_destroy(self);
	if (status == STAGE_NO_MEMORY) {
		stage_err_set(err, status, "unable to watch %s: %s",
			service_dir, stage_strerror(status));
	}
	return status;
}

void
stage_runit_watch_destroy(struct stage_runit_watch *self)
{
	if (self == NULL || self->is_closing) {
		return;
	}
	self->is_closing = true;
	if (!self->is_calling) {
		finish(self);
	}
}

const struct stage_runit_seen *
stage_runit_watch_last(const struct stage_runit_watch *self)
{
	return &self->last;
}
