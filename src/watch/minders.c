/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "watch/minders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "rig/snapshot.h"

struct stage_minder *
stage_minders_find(const struct stage_minders *self, const char *service)
{
	for (size_t i = 0; i < self->count; i++) {
		if (strcmp(stage_minder_service(self->items[i]), service) ==
			0) {
			return self->items[i];
		}
	}
	return NULL;
}

static void
add_minder(struct stage_minders *self, const char *service)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_minder_config config = self->config;
	struct stage_minder **minders = realloc(
		self->items, (self->count + 1) * sizeof(struct stage_minder *));

	config.service = service;
	if (minders == NULL) {
		stage_log_err("out of memory");
		return;
	}
	self->items = minders;
	if (stage_minder_create(&minders[self->count], &config, &err) !=
		STAGE_OK) {
		stage_log_err("%s", err.text);
		return;
	}
	self->count++;
}

static void
drop_minder(struct stage_minders *self, const char *service)
{
	for (size_t i = 0; i < self->count; i++) {
		if (strcmp(stage_minder_service(self->items[i]), service) !=
			0) {
			continue;
		}
		stage_minder_destroy(self->items[i]);
		self->count--;
		self->items[i] = self->items[self->count];
		return;
	}
}

void
stage_minders_sync(struct stage_minders *self)
{
	struct stage_strv names = {0};

	if (stage_snapshot_names(self->config.rig, true, &names, NULL) !=
		STAGE_OK) {
		stage_strv_finish(&names);
		return;
	}
	for (size_t i = self->count; i > 0; i--) {
		const char *name = stage_minder_service(self->items[i - 1]);
		if (!stage_strv_has(&names, name)) {
			char copy[STAGE_SERVICE_NAME_MAX + 1];
			snprintf(copy, sizeof(copy), "%s", name);
			drop_minder(self, copy);
			self->config.changed(self->config.user, copy);
		}
	}
	for (size_t i = 0; i < names.count; i++) {
		if (stage_minders_find(self, names.items[i]) == NULL) {
			add_minder(self, names.items[i]);
			self->config.changed(self->config.user, names.items[i]);
		}
	}
	stage_strv_finish(&names);
}

void
stage_minders_lift_holds(struct stage_minders *self)
{
	for (size_t i = 0; i < self->count; i++) {
		stage_minder_lift_hold(self->items[i]);
	}
}

void
stage_minders_look(struct stage_minders *self)
{
	for (size_t i = 0; i < self->count; i++) {
		stage_minder_look(self->items[i]);
	}
}

void
stage_minders_finish(struct stage_minders *self)
{
	for (size_t i = 0; i < self->count; i++) {
		stage_minder_destroy(self->items[i]);
	}
	free(self->items);
	self->items = NULL;
	self->count = 0;
}
