/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/await.h"

#include <signal.h>
#include <stdlib.h>

#include <uv.h>

#include "base/clock.h"
#include "rig/path_watch.h"

#define PATHS_PER_SERVICE 2 // runit's status, and our marks
#define LOOK_MS 1000 // for what gives no event: a process whose runsv has gone

struct await {
	uv_loop_t loop;
	uv_timer_t deadline;
	uv_timer_t look;
	uv_signal_t signals[2];
	struct stage_path_watch **watches; // owned
	size_t count;
	bool (*is_done)(void *user);
	void *user;
	bool has_left;
	enum stage_status status; // why
};

// The first reason to leave counts: others may come in the same turn.
static void
leave(struct await *self, enum stage_status status)
{
	if (!self->has_left) {
		self->has_left = true;
		self->status = status;
		uv_stop(&self->loop);
	}
}

static void
look(void *user)
{
	struct await *self = user;

	if (!self->has_left && self->is_done(self->user)) {
		leave(self, STAGE_OK);
	}
}

static void
on_look(uv_timer_t *timer)
{
	look(timer->data);
}

static void
on_deadline(uv_timer_t *timer)
{
	leave(timer->data, STAGE_TIMEOUT);
}

static void
on_signal(uv_signal_t *handle, int signum)
{
	(void)signum;
	leave(handle->data, STAGE_GONE);
}

static enum stage_status
watch_services(struct await *self, const struct stage_rig *rig,
	const struct stage_strv *services, struct stage_err *err)
{
	self->watches = calloc(services->count * PATHS_PER_SERVICE + 1,
		sizeof(struct stage_path_watch *));
	if (self->watches == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	for (size_t i = 0; i < services->count * PATHS_PER_SERVICE; i++) {
		char path[STAGE_PATH_MAX];
		const char *service = services->items[i / PATHS_PER_SERVICE];
		if (i % PATHS_PER_SERVICE == 0) {
			stage_rig_run_path(
				rig, path, "tree/%s/supervise/status", service);
		} else {
			stage_rig_run_path(rig, path, "svc/%s/ready", service);
		}
		enum stage_status status =
			stage_path_watch_create(&self->watches[self->count],
				&self->loop, path, look, self, err);
		if (status != STAGE_OK) {
			return status;
		}
		self->count++;
	}
	return STAGE_OK;
}

static void
start_timers(struct await *self, int64_t deadline_ns)
{
	static const int stop_signals[] = {SIGINT, SIGTERM};

	uv_timer_init(&self->loop, &self->deadline);
	uv_timer_init(&self->loop, &self->look);
	self->deadline.data = self;
	self->look.data = self;
	uv_timer_start(&self->look, on_look, LOOK_MS, LOOK_MS);
	if (deadline_ns != 0) {
		uv_timer_start(&self->deadline, on_deadline,
			(uint64_t)stage_clock_until_ms(deadline_ns), 0);
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(stop_signals); i++) {
		uv_signal_init(&self->loop, &self->signals[i]);
		self->signals[i].data = self;
		uv_signal_start(&self->signals[i], on_signal, stop_signals[i]);
	}
}

static void
close_all(struct await *self)
{
	for (size_t i = 0; i < self->count; i++) {
		stage_path_watch_destroy(self->watches[i]);
	}
	free(self->watches);
	uv_close((uv_handle_t *)&self->deadline, NULL);
	uv_close((uv_handle_t *)&self->look, NULL);
	uv_close((uv_handle_t *)&self->signals[0], NULL);
	uv_close((uv_handle_t *)&self->signals[1], NULL);
	uv_run(&self->loop, UV_RUN_DEFAULT);
	uv_loop_close(&self->loop);
}

enum stage_status
stage_await(const struct stage_rig *rig, const struct stage_strv *services,
	int64_t deadline_ns, bool (*is_done)(void *user), void *user,
	struct stage_err *err)
{
	struct await self = {.is_done = is_done, .user = user};
	enum stage_status status;

	if (uv_loop_init(&self.loop) != 0) {
		return stage_err_set(
			err, STAGE_FULL, "unable to make an event loop");
	}
	start_timers(&self, deadline_ns);
	status = watch_services(&self, rig, services, err);
	if (status == STAGE_OK && !is_done(user)) {
		uv_run(&self.loop, UV_RUN_DEFAULT);
		status = self.status;
	}
	close_all(&self);
	if (status == STAGE_TIMEOUT) {
		stage_err_set(err, status, "it took too long");
	} else if (status == STAGE_GONE) {
		stage_err_set(err, status, "interrupted");
	}
	return status;
}
