/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Ready when a path appears, or is replaced or written after the start: a file
// that an earlier run left there does not count.

#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "chain/ready.h"
#include "rig/path_watch.h"

struct file_ready {
	struct stage_ready_config config;
	struct stage_path_watch *watch;
	struct stat before;
	bool was_there;
	bool is_seen;
};

static bool
is_new(const struct file_ready *self)
{
	const struct stat *old = &self->before;
	struct stat now;

	if (stat(self->config.argument, &now) != 0) {
		return false;
	}
	return !self->was_there || now.st_ino != old->st_ino ||
	       now.st_dev != old->st_dev ||
	       now.st_mtim.tv_sec != old->st_mtim.tv_sec ||
	       now.st_mtim.tv_nsec != old->st_mtim.tv_nsec;
}

static void
look(void *user)
{
	struct file_ready *self = user;

	if (!self->is_seen && is_new(self)) {
		self->is_seen = true;
		self->config.seen(self->config.user);
	}
}

static enum stage_status
create(void **out, const struct stage_ready_config *config,
	struct stage_err *err)
{
	struct file_ready *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->config = *config;
	self->was_there = stat(config->argument, &self->before) == 0;
	status = stage_path_watch_create(
		&self->watch, config->loop, config->argument, look, self, err);
	if (status != STAGE_OK) {
		free(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

static void
destroy(void *data)
{
	struct file_ready *self = data;

	if (self != NULL) {
		stage_path_watch_destroy(self->watch);
		free(self);
	}
}

const struct stage_ready_ops stage_ready_file = {create, look, NULL, destroy};
