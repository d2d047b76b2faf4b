/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/status_watch.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "base/str.h"
#include "rig/path_watch.h"
#include "rig/snapshot.h"

#define SETTLE_MS 25 // changes that come together are drawn once
#define TICK_MS 1000
#define SIGNALS 4
#define PATHS_PER_SERVICE 2

struct watch {
	uv_loop_t loop;
	uv_timer_t settle;
	uv_timer_t tick;
	uv_signal_t signals[SIGNALS];
	const struct stage_rig *rig;
	struct stage_strv names;            // that are watched now
	struct stage_path_watch **of_names; // owned, PATHS_PER_SERVICE each
	size_t of_names_count;
	struct stage_path_watch *of_rig[2]; // its mark, and its services
	bool (*draw)(void *user);
	void *user;
	enum stage_status status;
	struct stage_err *err;
};

static void
stop(struct watch *self, enum stage_status status)
{
	self->status = status;
	uv_stop(&self->loop);
}

static void on_change(void *user);

static enum stage_status
watch_path(struct watch *self, const char *path)
{
	enum stage_status status =
		stage_path_watch_create(&self->of_names[self->of_names_count],
			&self->loop, path, on_change, self, self->err);

	self->of_names_count += status == STAGE_OK;
	return status;
}

static void
forget_names(struct watch *self)
{
	for (size_t i = 0; i < self->of_names_count; i++) {
		stage_path_watch_destroy(self->of_names[i]);
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
watch_names(struct watch *self)
{
	enum stage_status status = STAGE_OK;

	self->of_names = calloc(self->names.count * PATHS_PER_SERVICE + 1,
		sizeof(struct stage_path_watch *));
	if (self->of_names == NULL) {
		return stage_err_set(
			self->err, STAGE_NO_MEMORY, "out of memory");
	}
	for (size_t i = 0; i < self->names.count && status == STAGE_OK; i++) {
		char path[STAGE_PATH_MAX];
		stage_rig_run_path(self->rig, path, "tree/%s/supervise/status",
			self->names.items[i]);
		status = watch_path(self, path);
		stage_rig_run_path(
			self->rig, path, "svc/%s/any", self->names.items[i]);
		if (status == STAGE_OK) {
			status = watch_path(self, path);
		}
	}
	return status;
}

// Watches the services that are there now.
static enum stage_status
follow_names(struct watch *self)
{
	struct stage_strv names = {0};
	enum stage_status status;

	// A rig without services/ has none to watch; it may get some.
	(void)!stage_snapshot_names(self->rig, true, &names, NULL);
	status = stage_strv_add(&names, STAGE_WATCH_SERVICE);
	if (status != STAGE_OK) {
		stage_strv_finish(&names);
		return stage_err_set(self->err, status, "out of memory");
	}
	if (self->of_names != NULL && is_same(&names, &self->names)) {
		stage_strv_finish(&names);
		return STAGE_OK;
	}
	forget_names(self);
	self->names = names;
	return watch_names(self);
}

static void
redraw(struct watch *self)
{
	enum stage_status status = follow_names(self);

	if (status != STAGE_OK || !self->draw(self->user)) {
		stop(self, status);
	}
}

static void
on_settled(uv_timer_t *timer)
{
	redraw(timer->data);
}

static void
on_tick(uv_timer_t *timer)
{
	redraw(timer->data);
}

static void
on_change(void *user)
{
	struct watch *self = user;

	if (!uv_is_active((uv_handle_t *)&self->settle)) {
		uv_timer_start(&self->settle, on_settled, SETTLE_MS, 0);
	}
}

static void
on_signal(uv_signal_t *handle, int signum)
{
	if (signum == SIGWINCH) {
		on_change(handle->data);
	} else {
		stop(handle->data, STAGE_OK);
	}
}

static enum stage_status
start(struct watch *self, bool ticks)
{
	static const int signals[SIGNALS] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH};
	char path[STAGE_PATH_MAX];
	enum stage_status status;

	uv_timer_init(&self->loop, &self->settle);
	uv_timer_init(&self->loop, &self->tick);
	self->settle.data = self;
	self->tick.data = self;
	if (ticks) {
		uv_timer_start(&self->tick, on_tick, TICK_MS, TICK_MS);
	}
	for (size_t i = 0; i < SIGNALS; i++) {
		uv_signal_init(&self->loop, &self->signals[i]);
		self->signals[i].data = self;
		uv_signal_start(&self->signals[i], on_signal, signals[i]);
	}
	stage_rig_run_path(self->rig, path, "rig");
	status = stage_path_watch_create(&self->of_rig[0], &self->loop, path,
		on_change, self, self->err);
	stage_rig_path(self->rig, path, "services/any");
	if (status == STAGE_OK) {
		status = stage_path_watch_create(&self->of_rig[1], &self->loop,
			path, on_change, self, self->err);
	}
	return status;
}

static void
close_all(struct watch *self)
{
	forget_names(self);
	stage_path_watch_destroy(self->of_rig[0]);
	stage_path_watch_destroy(self->of_rig[1]);
	uv_close((uv_handle_t *)&self->settle, NULL);
	uv_close((uv_handle_t *)&self->tick, NULL);
	for (size_t i = 0; i < SIGNALS; i++) {
		uv_close((uv_handle_t *)&self->signals[i], NULL);
	}
	uv_run(&self->loop, UV_RUN_DEFAULT);
	uv_loop_close(&self->loop);
}

enum stage_status
stage_status_watch(const struct stage_rig *rig, bool ticks,
	bool (*draw)(void *user), void *user, struct stage_err *err)
{
	struct watch self = {
		.rig = rig, .draw = draw, .user = user, .err = err};
	enum stage_status status;

	if (uv_loop_init(&self.loop) != 0) {
		return stage_err_set(
			err, STAGE_FULL, "unable to make an event loop");
	}
	status = start(&self, ticks);
	if (status == STAGE_OK) {
		status = follow_names(&self);
	}
	if (status == STAGE_OK && draw(user)) {
		uv_run(&self.loop, UV_RUN_DEFAULT);
		status = self.status;
	}
	close_all(&self);
	return status;
}
