/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Eye on another service of the rig: there while its ready mark holds.

#include <stdlib.h>

#include "chain/eye.h"
#include "rig/mark.h"
#include "rig/path_watch.h"

struct service_eye {
	const struct stage_rig *rig;
	const char *service;
	struct stage_path_watch *watch;
};

static enum stage_status
create(void **out, const struct stage_eye_config *config, struct stage_err *err)
{
	struct service_eye *self;
	char path[STAGE_PATH_MAX];
	enum stage_status status;

	if (config->rig == NULL) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"unable to wait for service %s: there is no rig here",
			config->need->argument);
	}
	self = calloc(1, sizeof(*self));
	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->rig = config->rig;
	self->service = config->need->argument;
	stage_rig_run_path(config->rig, path, "svc/%s/ready", self->service);
	status = stage_path_watch_create(&self->watch, config->loop, path,
		config->changed, config->user, err);
	if (status != STAGE_OK) {
		free(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

static bool
is_there(const void *eye)
{
	const struct service_eye *self = eye;

	return stage_mark_is_ready(self->rig, self->service);
}

static void
destroy(void *eye)
{
	struct service_eye *self = eye;

	if (self != NULL) {
		stage_path_watch_destroy(self->watch);
		free(self);
	}
}

const struct stage_eye_ops stage_eye_service = {create, is_there, destroy};
