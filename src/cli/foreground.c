/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/foreground.h"

#include <signal.h>
#include <stdbool.h>

#include <uv.h>

#include "base/exits.h"
#include "base/log.h"
#include "cli/down.h"
#include "rig/keeper.h"

static const int stop_signals[] = {SIGTERM, SIGINT, SIGHUP};

struct foreground {
	struct stage_cli *cli;
	uv_loop_t loop;
	uv_signal_t signals[STAGE_COUNT_OF(stop_signals)];
	struct stage_keeper *keeper;
	bool is_asked;
};

static void
leave(struct foreground *self)
{
	stage_keeper_destroy(self->keeper);
	self->keeper = NULL;
	for (size_t i = 0; i < STAGE_COUNT_OF(stop_signals); i++) {
		uv_handle_t *handle = (uv_handle_t *)&self->signals[i];
		if (!uv_is_closing(handle)) {
			uv_close(handle, NULL);
		}
	}
}

static void
on_signal(uv_signal_t *handle, int signum)
{
	struct foreground *self = handle->data;

	(void)signum;
	self->is_asked = true;
	leave(self);
}

static void
on_unwanted(void *user)
{
	leave(user);
}

int
stage_foreground_run(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct foreground self = {.cli = cli};
	struct stage_keeper_config config = {.loop = &self.loop,
		.rig = &cli->rig,
		.unwanted = on_unwanted,
		.user = &self};

	if (uv_loop_init(&self.loop) != 0) {
		stage_err_set(&err, STAGE_FULL, "unable to make an event loop");
		return stage_cli_fail(&err);
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(stop_signals); i++) {
		uv_signal_init(&self.loop, &self.signals[i]);
		self.signals[i].data = &self;
		uv_signal_start(&self.signals[i], on_signal, stop_signals[i]);
	}
	if (stage_keeper_create(&self.keeper, &config, &err) != STAGE_OK) {
		return stage_cli_fail(&err);
	}
	uv_run(&self.loop, UV_RUN_DEFAULT);
	uv_loop_close(&self.loop);
	return self.is_asked ? stage_down_run(cli) : STAGE_EXIT_OK;
}
