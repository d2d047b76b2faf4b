/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Eyes on a path: any file, and the ALSA sequencer, which is a device node.

#include <stdlib.h>
#include <unistd.h>

#include "chain/eye.h"
#include "rig/path_watch.h"

#define SEQUENCER_PATH "/dev/snd/seq"

struct file_eye {
	const char *path;
	struct stage_path_watch *watch;
};

static enum stage_status
create_on(void **out, const struct stage_eye_config *config, const char *path,
	struct stage_err *err)
{
	struct file_eye *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->path = path;
	status = stage_path_watch_create(&self->watch, config->loop, path,
		config->changed, config->user, err);
	if (status != STAGE_OK) {
		free(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

static enum stage_status
create_file(void **out, const struct stage_eye_config *config,
	struct stage_err *err)
{
	return create_on(out, config, config->need->argument, err);
}

static enum stage_status
create_alsa(void **out, const struct stage_eye_config *config,
	struct stage_err *err)
{
	return create_on(out, config, SEQUENCER_PATH, err);
}

static bool
file_is_there(const void *eye)
{
	const struct file_eye *self = eye;

	return access(self->path, F_OK) == 0;
}

// udev sets the node's group a moment after it was made.
static bool
alsa_is_there(const void *eye)
{
	const struct file_eye *self = eye;

	return access(self->path, R_OK | W_OK) == 0;
}

static void
destroy(void *eye)
{
	struct file_eye *self = eye;

	if (self != NULL) {
		stage_path_watch_destroy(self->watch);
		free(self);
	}
}

const struct stage_eye_ops stage_eye_file = {
	create_file, file_is_there, destroy};
const struct stage_eye_ops stage_eye_alsa = {
	create_alsa, alsa_is_there, destroy};
