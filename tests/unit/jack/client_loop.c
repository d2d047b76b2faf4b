/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "client_loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "procs.h"

static void
on_deadline(uv_timer_t *timer)
{
	struct client_loop *self = timer->data;

	self->is_late = true;
	uv_stop(timer->loop);
}

static void
start_deadline(struct client_loop *self)
{
	uv_timer_start(&self->deadline, on_deadline, PROC_DEADLINE_MS, 0);
}

static void
on_prepare(uv_prepare_t *prepare)
{
	struct client_loop *self = prepare->data;
	size_t seen = self->seen != NULL ? self->seen(self->user) : 0;

	if (self->is_there(self->user)) {
		uv_stop(prepare->loop);
	} else if (seen != self->seen_before) {
		self->seen_before = seen;
		start_deadline(self);
	}
}

bool
client_loop_await(struct client_loop *self, bool (*is_there)(void *user),
	size_t (*seen)(void *user))
{
	self->is_there = is_there;
	self->seen = seen;
	self->seen_before = seen != NULL ? seen(self->user) : 0;
	start_deadline(self);
	uv_prepare_start(&self->prepare, on_prepare);
	uv_run(&self->loop, UV_RUN_DEFAULT);
	uv_timer_stop(&self->deadline);
	uv_prepare_stop(&self->prepare);
	return !self->is_late;
}

void
client_loop_init(struct client_loop *self, const char *name,
	const struct stage_jack_client_ops *ops, void *user)
{
	struct stage_jack_client_config config = {
		.name = name, .heartbeat_ms = 100, .retry_ms = 60000};

	*self = (struct client_loop){.user = user};
	uv_loop_init(&self->loop);
	uv_timer_init(&self->loop, &self->deadline);
	uv_prepare_init(&self->loop, &self->prepare);
	self->deadline.data = self;
	self->prepare.data = self;
	assert_int_equal(stage_jack_client_create(&self->loop, &config, ops,
				 user, &self->client, NULL),
		STAGE_OK);
}

void
client_loop_finish(struct client_loop *self)
{
	stage_jack_client_destroy(self->client);
	uv_run(&self->loop, UV_RUN_DEFAULT);
	uv_close((uv_handle_t *)&self->deadline, NULL);
	uv_close((uv_handle_t *)&self->prepare, NULL);
	uv_run(&self->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&self->loop), 0);
}
