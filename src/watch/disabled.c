/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "watch/disabled.h"

#include <stdlib.h>

#include "base/str.h"
#include "rig/path_watch.h"
#include "rig/snapshot.h"

struct stage_disabled {
	struct stage_disabled_config config;
	struct stage_path_watch *services;
	struct stage_strv names; // that were there last
};

// Tells of those that are in one list alone.
static void
tell(struct stage_disabled *self, const struct stage_strv *in,
	const struct stage_strv *not_in)
{
	for (size_t i = 0; i < in->count; i++) {
		if (!stage_strv_has(not_in, in->items[i])) {
			self->config.changed(self->config.user, in->items[i]);
		}
	}
}

static void
on_change(void *user)
{
	struct stage_disabled *self = user;
	struct stage_strv before = self->names;
	struct stage_strv now = {0};

	// Of a rig whose stick was pulled nothing is known.
	if (stage_snapshot_names(self->config.rig, false, &now, NULL) !=
		STAGE_OK) {
		stage_strv_finish(&now);
		return;
	}
	self->names = now;
	tell(self, &before, &now);
	tell(self, &now, &before);
	stage_strv_finish(&before);
}

enum stage_status
stage_disabled_create(struct stage_disabled **out,
	const struct stage_disabled_config *config, struct stage_err *err)
{
	struct stage_disabled *self = calloc(1, sizeof(*self));
	char path[STAGE_PATH_MAX];
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->config = *config;
	(void)!stage_snapshot_names(config->rig, false, &self->names, NULL);
	stage_rig_path(config->rig, path, "services/any");
	status = stage_path_watch_create(
		&self->services, config->loop, path, on_change, self, err);
	if (status != STAGE_OK) {
		stage_disabled_destroy(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

void
stage_disabled_destroy(struct stage_disabled *self)
{
	if (self == NULL) {
		return;
	}
	stage_path_watch_destroy(self->services);
	stage_strv_finish(&self->names);
	free(self);
}
