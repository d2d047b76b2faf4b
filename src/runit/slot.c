/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/slot.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct stage_runit_slot {
	uv_fs_event_t handle;
	stage_runit_slot_fn changed;
	void *data;
	char *path; // owned; what it looks at, NULL when at nothing
	dev_t dev;  // which directory that was
	ino_t ino;
	bool is_stale; // that directory itself was moved or removed
};

enum stage_status
stage_runit_slot_create(uv_loop_t *loop, stage_runit_slot_fn changed,
	void *data, struct stage_runit_slot **out)
{
	struct stage_runit_slot *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return STAGE_NO_MEMORY;
	}
	uv_fs_event_init(loop, &self->handle); // cannot fail
	self->handle.data = self;
	self->changed = changed;
	self->data = data;
	*out = self;
	return STAGE_OK;
}

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

// An event about the directory itself comes under the directory's own name.
static void
on_event(uv_fs_event_t *handle, const char *name, int events, int status)
{
	struct stage_runit_slot *self = handle->data;

	if (status < 0 || name == NULL ||
		((events & UV_RENAME) != 0 &&
			strcmp(name, last_part(self->path)) == 0)) {
		self->is_stale = true;
	}
	self->changed(self->data);
}

static void
rest(struct stage_runit_slot *self)
{
	uv_fs_event_stop(&self->handle);
	free(self->path);
	self->path = NULL;
	self->is_stale = false;
}

enum stage_status
stage_runit_slot_aim(
	struct stage_runit_slot *self, const char *path, bool *out_is_new)
{
	struct stat st;
	int rc;

	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
		rest(self);
		return STAGE_NOT_FOUND;
	}
	*out_is_new = false;
	if (self->path != NULL && !self->is_stale && st.st_dev == self->dev &&
		st.st_ino == self->ino && strcmp(self->path, path) == 0) {
		return STAGE_OK;
	}
	rest(self);
	self->path = strdup(path);
	if (self->path == NULL) {
		return STAGE_NO_MEMORY;
	}
	rc = uv_fs_event_start(&self->handle, on_event, path, 0);
	if (rc < 0) {
		rest(self);
		return stage_status_from_errno(-rc);
	}
	// As seen before the start: a swap in between shows at the next aim.
	self->dev = st.st_dev;
	self->ino = st.st_ino;
	*out_is_new = true;
	return STAGE_OK;
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
stage_runit_slot_destroy(struct stage_runit_slot *self)
{
	if (self != NULL) {
		rest(self);
		uv_close((uv_handle_t *)&self->handle, on_closed);
	}
}
