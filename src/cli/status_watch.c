/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/status_watch.h"

#include <signal.h>

#include <uv.h>

#include "rig/services_watch.h"

#define TICK_MS 1000

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH};

struct watch {
	uv_loop_t loop;
	uv_timer_t tick;
	uv_signal_t signals[STAGE_COUNT_OF(signals)];
	struct stage_services_watch *services;
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

static void
redraw(struct watch *self)
{
	if (!self->draw(self->user)) {
		stop(self, STAGE_OK);
	}
}

static void
on_change(void *user, const struct stage_err *fault)
{
	struct watch *self = user;

	if (fault == NULL) {
		redraw(self);
		return;
	}
	if (self->err != NULL) {
		*self->err = *fault;
	}
	stop(self, fault->status);
}

static void
on_tick(uv_timer_t *timer)
{
	redraw(timer->data);
}

static void
on_signal(uv_signal_t *handle, int signum)
{
	if (signum == SIGWINCH) {
		redraw(handle->data);
	} else {
		stop(handle->data, STAGE_OK);
	}
}

static enum stage_status
start(struct watch *self, const struct stage_rig *rig, bool ticks)
{
	struct stage_services_watch_config config = {.loop = &self->loop,
		.rig = rig,
		.changed = on_change,
		.user = self};

	uv_timer_init(&self->loop, &self->tick);
	self->tick.data = self;
	if (ticks) {
		uv_timer_start(&self->tick, on_tick, TICK_MS, TICK_MS);
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(signals); i++) {
		uv_signal_init(&self->loop, &self->signals[i]);
		self->signals[i].data = self;
		uv_signal_start(&self->signals[i], on_signal, signals[i]);
	}
	return stage_services_watch_create(&self->services, &config, self->err);
}

static void
close_all(struct watch *self)
{
	stage_services_watch_destroy(self->services);
	uv_close((uv_handle_t *)&self->tick, NULL);
	for (size_t i = 0; i < STAGE_COUNT_OF(signals); i++) {
		uv_close((uv_handle_t *)&self->signals[i], NULL);
	}
	uv_run(&self->loop, UV_RUN_DEFAULT);
	uv_loop_close(&self->loop);
}

enum stage_status
stage_status_watch(const struct stage_rig *rig, bool ticks,
	bool (*draw)(void *user), void *user, struct stage_err *err)
{
	struct watch self = {.draw = draw, .user = user, .err = err};
	enum stage_status status;

	if (uv_loop_init(&self.loop) != 0) {
		return stage_err_set(
			err, STAGE_FULL, "unable to make an event loop");
	}
	status = start(&self, rig, ticks);
	if (status == STAGE_OK && draw(user)) {
		uv_run(&self.loop, UV_RUN_DEFAULT);
		status = self.status;
	}
	close_all(&self);
	return status;
}
