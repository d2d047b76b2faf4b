/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "chain/relay.h"

#include <assert.h>
#include <signal.h>

#include "base/attr.h"

static const int signums[] = {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1,
	SIGUSR2, SIGALRM, SIGCONT, SIGWINCH, SIGCHLD};

static_assert(STAGE_COUNT_OF(signums) == STAGE_RELAY_COUNT,
	"every signal has a handle");

static void
on_signal(uv_signal_t *handle, int signum)
{
	struct stage_relay *self = handle->data;

	self->heard(self->user, signum);
}

void
stage_relay_start(struct stage_relay *self, uv_loop_t *loop,
	void (*heard)(void *user, int signum), void *user)
{
	self->heard = heard;
	self->user = user;
	for (size_t i = 0; i < STAGE_RELAY_COUNT; i++) {
		uv_signal_init(loop, &self->signals[i]);
		self->signals[i].data = self;
		uv_signal_start(&self->signals[i], on_signal, signums[i]);
	}
}

void
stage_relay_stop(struct stage_relay *self)
{
	for (size_t i = 0; i < STAGE_RELAY_COUNT; i++) {
		uv_close((uv_handle_t *)&self->signals[i], NULL);
	}
}

bool
stage_relay_is_stop(int signum)
{
	return signum == SIGTERM || signum == SIGINT || signum == SIGQUIT;
}
