/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/sound_watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/str.h"

#define COMES_AND_GOES (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO)
#define CLOSED (IN_CLOSE_WRITE | IN_CLOSE_NOWRITE)
// udev hands a node over to its group a moment after it was made.
#define IN_DIR (COMES_AND_GOES | IN_ATTRIB | CLOSED | IN_ONLYDIR)

struct stage_sound_watch {
	struct stage_sound_watch_ops ops;
	void *user;
	char dir[STAGE_PATH_MAX];
	char parent[STAGE_PATH_MAX];
	const char *name; // of dir in parent
	int fd;
	int parent_watch;
	int dir_watch; // -1: it is not there
	uv_poll_t poll;
};

struct seen {
	bool has_changed;
	bool has_closed;
};

static void
watch_dir(struct stage_sound_watch *self)
{
	self->dir_watch = inotify_add_watch(self->fd, self->dir, IN_DIR);
	if (self->dir_watch < 0 && errno != ENOENT) {
		stage_log_warn("unable to watch %s: %s; sound cards that come "
			       "or go are seen late",
			self->dir, strerror(errno));
	}
}

static void
take_event(struct stage_sound_watch *self, const struct inotify_event *event,
	struct seen *seen)
{
	const char *name = event->len > 0 ? event->name : "";

	if (event->mask & IN_Q_OVERFLOW) {
		seen->has_changed = true;
	} else if (event->wd == self->parent_watch) {
		if (strcmp(name, self->name) == 0) {
			watch_dir(self);
			seen->has_changed = true;
		}
	} else if (event->wd == self->dir_watch) {
		if (event->mask & CLOSED) {
			seen->has_closed = seen->has_closed ||
					   stage_starts_with(name, "pcm");
		} else {
			seen->has_changed = true;
		}
	}
}

static struct seen
read_all(struct stage_sound_watch *self)
{
	union {
		struct inotify_event event;
		char bytes[4096];
	} buffer;
	struct seen seen = {false, false};
	ssize_t got = read(self->fd, buffer.bytes, sizeof(buffer.bytes));

	while (got > 0) {
		size_t at = 0;
		while (at + sizeof(struct inotify_event) <= (size_t)got) {
			const struct inotify_event *event =
				(const void *)(buffer.bytes + at);
			take_event(self, event, &seen);
			at += sizeof(struct inotify_event) + event->len;
		}
		got = read(self->fd, buffer.bytes, sizeof(buffer.bytes));
	}
	return seen;
}

static void
on_readable(uv_poll_t *poll, int status, int events)
{
	struct stage_sound_watch *self = poll->data;
	struct seen seen = read_all(self);

	(void)status;
	(void)events;
	if (seen.has_closed) {
		self->ops.closed(self->user);
	}
	if (seen.has_changed) {
		self->ops.changed(self->user);
	}
}

void
stage_sound_watch_settle(struct stage_sound_watch *self)
{
	if (self != NULL && read_all(self).has_changed) {
		self->ops.changed(self->user);
	}
}

static enum stage_status
split(struct stage_sound_watch *self, const char *dir, struct stage_err *err)
{
	const char *slash = strrchr(dir, '/');

	if (slash == NULL || slash == dir ||
		stage_format(self->dir, sizeof(self->dir), "%s", dir) !=
			STAGE_OK ||
		stage_format(self->parent, sizeof(self->parent), "%.*s",
			(int)(slash - dir), dir) != STAGE_OK) {
		return stage_err_set(
			err, STAGE_TOO_LONG, "\"%s\" cannot be watched", dir);
	}
	self->name = self->dir + (slash - dir) + 1;
	return STAGE_OK;
}

static void
on_closed(uv_handle_t *handle)
{
	struct stage_sound_watch *self = handle->data;

	close(self->fd);
	free(self);
}

static enum stage_status
begin(struct stage_sound_watch *self, uv_loop_t *loop, struct stage_err *err)
{
	int result;

	self->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (self->fd < 0) {
		return stage_err_set_errno(
			err, errno, "unable to watch %s", self->dir);
	}
	self->parent_watch = inotify_add_watch(
		self->fd, self->parent, COMES_AND_GOES | IN_ONLYDIR);
	watch_dir(self);
	result = uv_poll_init(loop, &self->poll, self->fd);
	if (result != 0) {
		close(self->fd);
		return stage_err_set(err, STAGE_FULL, "unable to watch %s: %s",
			self->dir, uv_strerror(result));
	}
	self->poll.data = self;
	uv_poll_start(&self->poll, UV_READABLE, on_readable);
	return STAGE_OK;
}

enum stage_status
stage_sound_watch_create(uv_loop_t *loop, const char *dir,
	const struct stage_sound_watch_ops *ops, void *user,
	struct stage_sound_watch **out, struct stage_err *err)
{
	struct stage_sound_watch *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->ops = *ops;
	self->user = user;
	status = split(self, dir, err);
	if (status == STAGE_OK) {
		status = begin(self, loop, err);
	}
	if (status != STAGE_OK) {
		free(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

void
stage_sound_watch_destroy(struct stage_sound_watch *self)
{
	if (self != NULL) {
		uv_close((uv_handle_t *)&self->poll, on_closed);
	}
}
