/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "survivor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

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

static bool
is_there(void *user)
{
	const struct survivor *self = user;

	return *self->awaited >= self->awaited_count;
}

void
survivor_await(struct survivor *self, const unsigned *what, unsigned count)
{
	self->awaited = what;
	self->awaited_count = count;
	if (!client_loop_await(&self->in, is_there, NULL)) {
		fail_msg("opened %u, lost %u, stalled %u, alive %u: %s",
			self->opened, self->lost, self->stalled, self->alive,
			stage_jack_client_reason(self->in.client));
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

	memset(self, 0, sizeof(*self));
	client_loop_init(&self->in, "survivor", &ops, self);
}

void
survivor_finish(struct survivor *self)
{
	client_loop_finish(&self->in);
}
