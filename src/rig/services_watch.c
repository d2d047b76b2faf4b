/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/services_watch.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "rig/path_watch.h"
#include "rig/snapshot.h"

#define SETTLE_MS 25 // changes that come together are told once
#define PATHS_PER_SERVICE 2

struct stage_services_watch {
	struct stage_services_watch_config config;
	uv_timer_t settle;
	struct stage_strv names;            // that are watched now
	struct stage_path_watch **of_names; // owned, PATHS_PER_SERVICE each
	size_t of_names_count;
	struct stage_path_watch *of_rig[2]; // its mark, and its services
};

static void on_settled(uv_timer_t *timer);

static void
on_change(void *user)
{
	struct stage_services_watch *self = user;

	if (!uv_is_active((uv_handle_t *)&self->settle)) {
		uv_timer_start(&self->settle, on_settled, SETTLE_MS, 0);
	}
}

static enum stage_status
watch_path(struct stage_services_watch *self, const char *path,
	struct stage_err *err)
{
	enum stage_status status =
		stage_path_watch_create(&self->of_names[self->of_names_count],
			self->config.loop, path, on_change, self, err);

	self->of_names_count += status == STAGE_OK;
	return status;
}

static void
forget_names(struct stage_services_watch *self)
{
	if (self->of_names != NULL) {
		for (size_t i = 0; i < self->of_names_count; i++) {
			stage_path_watch_destroy(self->of_names[i]);
		}
	}
	free(self->of_names);
	self->of_names = NULL;
	self->of_names_count = 0;
	stage_strv_finish(&self->names);
}

static bool
is_same(const struct stage_strv *a, const struct stage_strv *b)
{
	if (a->count != b->count) {
		return false;
	}
	for (size_t i = 0; i < a->count; i++) {
		if (strcmp(a->items[i], b->items[i]) != 0) {
			return false;
		}
	}
	return true;
}

static enum stage_status
watch_names(struct stage_services_watch *self, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	self->of_names = calloc(self->names.count * PATHS_PER_SERVICE + 1,
		sizeof(struct stage_path_watch *));
	if (self->of_names == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	for (size_t i = 0; i < self->names.count && status == STAGE_OK; i++) {
		char path[STAGE_PATH_MAX];
		stage_rig_run_path(self->config.rig, path,
			"tree/%s/supervise/status", self->names.items[i]);
		status = watch_path(self, path, err);
		stage_rig_run_path(self->config.rig, path, "svc/%s/any",
			self->names.items[i]);
		if (status == STAGE_OK) {
			status = watch_path(self, path, err);
		}
	}
	return status;
}

// Watches the services that are there now.
static enum stage_status
follow_names(struct stage_services_watch *self, struct stage_err *err)
{
	struct stage_strv names = {0};
	enum stage_status status;

	// A rig without services/ has none to watch; it may get some.
	(void)!stage_snapshot_names(self->config.rig, true, &names, NULL);
	status = stage_strv_add(&names, STAGE_WATCH_SERVICE);
	if (status != STAGE_OK) {
		stage_strv_finish(&names);
		return stage_err_set(err, status, "out of memory");
	}
	if (self->of_names != NULL && is_same(&names, &self->names)) {
		stage_strv_finish(&names);
		return STAGE_OK;
	}
	forget_names(self);
	self->names = names;
	return watch_names(self, err);
}

static void
on_settled(uv_timer_t *timer)
{
	struct stage_services_watch *self = timer->data;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = follow_names(self, &err);

	self->config.changed(
		self->config.user, status == STAGE_OK ? NULL : &err);
}

static enum stage_status
watch_rig(struct stage_services_watch *self, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status;

	stage_rig_run_path(self->config.rig, path, "rig");
	status = stage_path_watch_create(&self->of_rig[0], self->config.loop,
		path, on_change, self, err);
	if (status != STAGE_OK) {
		return status;
	}
	stage_rig_path(self->config.rig, path, "services/any");
	return stage_path_watch_create(&self->of_rig[1], self->config.loop,
		path, on_change, self, err);
}

enum stage_status
stage_services_watch_create(struct stage_services_watch **out,
	const struct stage_services_watch_config *config, struct stage_err *err)
{
	struct stage_services_watch *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->config = *config;
	uv_timer_init(config->loop, &self->settle);
	self->settle.data = self;
	status = watch_rig(self, err);
	if (status == STAGE_OK) {
		status = follow_names(self, err);
	}
	if (status != STAGE_OK) {
		stage_services_watch_destroy(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
stage_services_watch_destroy(struct stage_services_watch *self)
{
	if (self == NULL) {
		return;
	}
	forget_names(self);
	stage_path_watch_destroy(self->of_rig[0]);
	stage_path_watch_destroy(self->of_rig[1]);
	uv_close((uv_handle_t *)&self->settle, on_closed);
}
