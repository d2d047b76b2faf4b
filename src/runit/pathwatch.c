/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/pathwatch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "runit/slot.h"

#define LINKS_MAX 40   // links followed, as the kernel's own limit
#define ROUNDS_MAX 4   // attempts to aim at what keeps moving, per turn
#define HANDLE_COUNT 2 // idle and timer

struct stage_runit_pathwatch {
	uv_idle_t idle;   // runs when there is something to do, then stops
	uv_timer_t timer; // runs while is_polling
	int open_count;   // handles that are not closed yet
	const struct stage_runit_pathwatch_ops *ops;
	void *data;
	char *path;   // owned
	char *parent; // owned
	struct stage_runit_slot *target_slot;
	struct stage_runit_slot *parent_slot;
	bool is_path_event;
	bool must_poll; // found out in this turn
	bool has_said;
	bool is_closing;
};

// Cuts the last part off: "/a/b" "/a", "/a" "/", "a" ".".
static void
cut_last_part(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash == NULL) {
		memcpy(path, ".", 2);
	} else if (slash == path) {
		path[1] = '\0';
	} else {
		*slash = '\0';
	}
}

// Replaces a link by where it leads; false when it is none or too long.
static bool
follow(char *path)
{
	char target[STAGE_PATH_MAX];
	char whole[STAGE_PATH_MAX];
	ssize_t len = readlink(path, target, sizeof(target) - 1);

	if (len <= 0) {
		return false;
	}
	target[len] = '\0';
	cut_last_part(path);
	if (stage_io_join(whole, sizeof(whole), path, target, NULL) !=
		STAGE_OK) {
		return false;
	}
	memcpy(path, whole, strlen(whole) + 1);
	return true;
}

// Turns path[STAGE_PATH_MAX] into the directory to watch for it to come.
static void
find_nearest(char *path)
{
	struct stat st;
	int links = 0;

	while (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
		if (strcmp(path, "/") == 0 || strcmp(path, ".") == 0) {
			return;
		}
		if (links < LINKS_MAX && follow(path)) {
			links++;
		} else {
			cut_last_part(path);
		}
	}
}

static void
on_closed(uv_handle_t *handle)
{
	struct stage_runit_pathwatch *self = handle->data;

	self->open_count--;
	if (self->open_count == 0) {
		free(self->path);
		free(self->parent);
		free(self);
	}
}

void
stage_runit_pathwatch_destroy(struct stage_runit_pathwatch *self)
{
	if (self == NULL || self->is_closing) {
		return;
	}
	self->is_closing = true;
	stage_runit_slot_destroy(self->target_slot);
	stage_runit_slot_destroy(self->parent_slot);
	uv_close((uv_handle_t *)&self->idle, on_closed);
	uv_close((uv_handle_t *)&self->timer, on_closed);
}

void
stage_runit_pathwatch_fall_back(struct stage_runit_pathwatch *self,
	const char *what, enum stage_status why)
{
	struct stage_err err = STAGE_ERR_INIT;

	self->must_poll = true;
	if (self->has_said || self->ops->notice == NULL) {
		return;
	}
	self->has_said = true;
	stage_err_set(&err, why,
		"unable to watch %s: %s; looking once a second instead%s", what,
		stage_strerror(why),
		why == STAGE_FULL ? ": raise fs.inotify.max_user_watches and "
				    "max_user_instances"
				  : "");
	self->ops->notice(self->data, &err);
}

// Aims both slots once more; says whether one looks at something new.
static enum stage_status
aim_once(struct stage_runit_pathwatch *self, bool *out_is_new)
{
	char nearest[STAGE_PATH_MAX];
	bool is_target_new = false;
	bool is_parent_new = false;
	enum stage_status status;
	enum stage_status parent_status;

	memcpy(nearest, self->path, strlen(self->path) + 1);
	find_nearest(nearest);
	status = stage_runit_slot_aim(
		self->target_slot, nearest, &is_target_new);
	parent_status = stage_runit_slot_aim(
		self->parent_slot, self->parent, &is_parent_new);
	if (parent_status != STAGE_OK && parent_status != STAGE_NOT_FOUND) {
		status = parent_status;
	}
	*out_is_new = is_target_new || is_parent_new;
	return status;
}

// Aims until nothing moves any more; true when something had moved.
static bool
aim(struct stage_runit_pathwatch *self)
{
	enum stage_status status = STAGE_OK;
	bool is_new = true;

	for (int i = 0; i < ROUNDS_MAX && is_new; i++) {
		status = aim_once(self, &is_new);
		if (status == STAGE_NOT_FOUND) { // it went while we looked
			is_new = true;
		} else if (status != STAGE_OK) {
			is_new = false;
		} else if (!is_new) {
			return i > 0;
		}
	}
	if (status == STAGE_OK) {
		self->is_path_event = true;
		stage_runit_pathwatch_poke(self);
	} else {
		stage_runit_pathwatch_fall_back(self, self->path, status);
	}
	return true;
}

static void
on_event(void *data)
{
	struct stage_runit_pathwatch *self = data;

	self->is_path_event = true;
	stage_runit_pathwatch_poke(self);
}

static void
on_timer(uv_timer_t *timer)
{
	on_event(timer->data);
}

static void
on_idle(uv_idle_t *idle)
{
	struct stage_runit_pathwatch *self = idle->data;
	bool is_path = self->is_path_event;

	uv_idle_stop(idle);
	self->must_poll = false;
	self->is_path_event = false;
	is_path = aim(self) || is_path;
	if (!self->is_closing) {
		self->ops->changed(self->data, is_path);
	}
	if (self->is_closing) {
		return;
	}
	if (!self->must_poll) {
		uv_timer_stop(&self->timer);
	} else if (!uv_is_active((uv_handle_t *)&self->timer)) {
		uv_timer_start(&self->timer, on_timer, STAGE_RUNIT_RESCAN_MS,
			STAGE_RUNIT_RESCAN_MS);
	}
}

void
stage_runit_pathwatch_poke(struct stage_runit_pathwatch *self)
{
	if (!self->is_closing) {
		uv_idle_start(&self->idle, on_idle);
	}
}

static enum stage_status
take_path(struct stage_runit_pathwatch *self, const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/') {
		len--;
	}
	if (len == 0 || len >= STAGE_PATH_MAX) {
		return len == 0 ? STAGE_BAD_INPUT : STAGE_TOO_LONG;
	}
	self->path = strndup(path, len);
	self->parent = malloc(len + 2); // cut_last_part may write "."
	if (self->path == NULL || self->parent == NULL) {
		return STAGE_NO_MEMORY;
	}
	memcpy(self->parent, self->path, len + 1);
	cut_last_part(self->parent);
	return STAGE_OK;
}

enum stage_status
stage_runit_pathwatch_create(uv_loop_t *loop, const char *path,
	const struct stage_runit_pathwatch_ops *ops, void *data,
	struct stage_runit_pathwatch **out)
{
	struct stage_runit_pathwatch *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return STAGE_NO_MEMORY;
	}
	uv_idle_init(loop, &self->idle); // neither can fail
	uv_timer_init(loop, &self->timer);
	self->idle.data = self;
	self->timer.data = self;
	self->open_count = HANDLE_COUNT;
	self->ops = ops;
	self->data = data;
	status = take_path(self, path);
	if (status == STAGE_OK) {
		status = stage_runit_slot_create(
			loop, on_event, self, &self->target_slot);
	}
	if (status == STAGE_OK) {
		status = stage_runit_slot_create(
			loop, on_event, self, &self->parent_slot);
	}
	if (status != STAGE_OK) {
		stage_runit_pathwatch_destroy(self);
		return status;
	}
	on_event(self);
	*out = self;
	return STAGE_OK;
}
