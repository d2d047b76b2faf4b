/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/path_watch.h"

#include <stdlib.h>

#include "base/log.h"
#include "runit/pathwatch.h"

struct stage_path_watch {
	struct stage_runit_pathwatch *watch;
	void (*changed)(void *user);
	void *user;
};

static void
on_changed(void *data, bool is_path)
{
	struct stage_path_watch *self = data;

	(void)is_path;
	self->changed(self->user);
}

// Slower is better than silent.
static void
on_notice(void *data, const struct stage_err *err)
{
	(void)data;
	stage_log_warn("%s", err->text);
}

static const struct stage_runit_pathwatch_ops ops = {on_changed, on_notice};

enum stage_status
stage_path_watch_create(struct stage_path_watch **out, uv_loop_t *loop,
	const char *path, void (*changed)(void *user), void *user,
	struct stage_err *err)
{
	struct stage_path_watch *self = calloc(1, sizeof(*self));
	enum stage_status status = STAGE_NO_MEMORY;

	if (self != NULL) {
		self->changed = changed;
		self->user = user;
		status = stage_runit_pathwatch_create(
			loop, path, &ops, self, &self->watch);
	}
	if (status != STAGE_OK) {
		free(self);
		return stage_err_set(err, status, "unable to watch \"%s\": %s",
			path, stage_strerror(status));
	}
	*out = self;
	return STAGE_OK;
}

void
stage_path_watch_destroy(struct stage_path_watch *self)
{
	if (self != NULL) {
		stage_runit_pathwatch_destroy(self->watch);
		free(self);
	}
}
