/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/waker.h"

#include <stdlib.h>
#include <string.h>

#include "runit/scanner.h"

/* Milliseconds to wait after each poke. The first eight come to 1050, just more
 * than the second in which runsvdir may have been deaf; poking in between finds
 * the end of that second sooner, and asking soon sees the usual case soon. The
 * last is for a box too busy for 50 ms. */
static const unsigned waits_ms[] = {25, 25, 40, 60, 200, 250, 250, 200, 1050};

struct stage_runit_waker {
	uv_timer_t timer;
	stage_runit_waker_fn noticed;
	void *data;
	char *services_dir; // owned
	pid_t pid;
	unsigned pokes;
};

static void on_timer(uv_timer_t *timer);

static enum stage_status
poke(struct stage_runit_waker *self, struct stage_err *err)
{
	enum stage_runit_poke how = STAGE_RUNIT_POKE_NONE;
	enum stage_status status = stage_runit_scanner_poke(
		self->pid, self->services_dir, &how, err);

	if (status != STAGE_OK || how == STAGE_RUNIT_POKE_NONE) {
		return status;
	}
	if (self->pokes < STAGE_COUNT_OF(waits_ms)) {
		// Of the loop's last turn: after long work a wait would be
		// none.
		uv_update_time(self->timer.loop);
		uv_timer_start(
			&self->timer, on_timer, waits_ms[self->pokes], 0);
	}
	self->pokes++;
	return STAGE_OK;
}

static void
on_timer(uv_timer_t *timer)
{
	struct stage_runit_waker *self = timer->data;

	if (self->noticed(self->data)) {
		return;
	}
	if (poke(self, NULL) != STAGE_OK) {
		return; // it has ended: a new runsvdir looks by itself
	}
}

enum stage_status
stage_runit_waker_create(uv_loop_t *loop, const char *services_dir,
	stage_runit_waker_fn noticed, void *data,
	struct stage_runit_waker **out)
{
	struct stage_runit_waker *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return STAGE_NO_MEMORY;
	}
	self->services_dir = strdup(services_dir);
	if (self->services_dir == NULL) {
		free(self);
		return STAGE_NO_MEMORY;
	}
	uv_timer_init(loop, &self->timer); // cannot fail
	self->timer.data = self;
	self->noticed = noticed;
	self->data = data;
	*out = self;
	return STAGE_OK;
}

enum stage_status
stage_runit_waker_wake(
	struct stage_runit_waker *self, pid_t pid, struct stage_err *err)
{
	uv_timer_stop(&self->timer);
	self->pid = pid;
	self->pokes = 0;
	return poke(self, err);
}

unsigned
stage_runit_waker_pokes(const struct stage_runit_waker *self)
{
	return self->pokes;
}

static void
on_closed(uv_handle_t *handle)
{
	struct stage_runit_waker *self = handle->data;

	free(self->services_dir);
	free(self);
}

void
stage_runit_waker_destroy(struct stage_runit_waker *self)
{
	if (self != NULL) {
		uv_close((uv_handle_t *)&self->timer, on_closed);
	}
}
