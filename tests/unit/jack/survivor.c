/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "survivor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "procs.h"

static void
on_opened(void *user, const struct stage_jack_info *info)
{
	struct survivor *self = user;

	self->info = *info;
	self->opened++;
}

static void
on_lost(void *user, const char *reason)
{
	struct survivor *self = user;

	self->lost++;
	stage_jack_copy_text(self->reason, sizeof(self->reason), reason);
}

static void
on_stalled(void *user, const char *reason)
{
	struct survivor *self = user;

	(void)reason;
	self->stalled++;
}

static void
on_alive(void *user)
{
	struct survivor *self = user;

	self->alive++;
}

static void
on_hung(void *user, const char *what)
{
	(void)user;
	fail_msg("%s", what);
}

static void
on_port(void *user, const struct stage_jack_port *port)
{
	struct survivor *self = user;

	if (strncmp(port->name, "system:playback_", 16) == 0) {
		self->ports++;
	}
}

static void
on_deadline(uv_timer_t *timer)
{
	struct survivor *self = timer->data;

	self->is_late = true;
	uv_stop(timer->loop);
}

static void
on_prepare(uv_prepare_t *prepare)
{
	struct survivor *self = prepare->data;

	if (*self->awaited >= self->awaited_count) {
		uv_stop(prepare->loop);
	}
}

void
survivor_await(struct survivor *self, const unsigned *what, unsigned count)
{
	self->awaited = what;
	self->awaited_count = count;
	uv_timer_start(&self->deadline, on_deadline, PROC_DEADLINE_MS, 0);
	uv_prepare_start(&self->prepare, on_prepare);
	uv_run(&self->loop, UV_RUN_DEFAULT);
	uv_timer_stop(&self->deadline);
	uv_prepare_stop(&self->prepare);
	if (self->is_late) {
		fail_msg("opened %u, lost %u, stalled %u, alive %u: %s",
			self->opened, self->lost, self->stalled, self->alive,
			stage_jack_client_reason(self->client));
	}
}

void
survivor_init(struct survivor *self)
{
	static const struct stage_jack_client_ops ops = {
		.opened = on_opened,
		.lost = on_lost,
		.stalled = on_stalled,
		.alive = on_alive,
		.hung = on_hung,
		.port_appeared = on_port,
	};
	struct stage_jack_client_config config = {
		.name = "survivor", .heartbeat_ms = 100, .retry_ms = 60000};

	memset(self, 0, sizeof(*self));
	uv_loop_init(&self->loop);
	uv_timer_init(&self->loop, &self->deadline);
	uv_prepare_init(&self->loop, &self->prepare);
	self->deadline.data = self;
	self->prepare.data = self;
	assert_int_equal(stage_jack_client_create(&self->loop, &config, &ops,
				 self, &self->client, NULL),
		STAGE_OK);
}

void
survivor_finish(struct survivor *self)
{
	stage_jack_client_destroy(self->client);
	uv_run(&self->loop, UV_RUN_DEFAULT);
	uv_close((uv_handle_t *)&self->deadline, NULL);
	uv_close((uv_handle_t *)&self->prepare, NULL);
	uv_run(&self->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&self->loop), 0);
}
