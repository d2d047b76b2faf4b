/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/foreground.h"

#include <signal.h>
#include <stdbool.h>

#include <uv.h>

#include "base/exits.h"
#include "base/log.h"
#include "base/notify.h"
#include "cli/down.h"
#include "cli/tell_init.h"
#include "rig/keeper.h"
#include "rig/unbroken.h"

static const int stop_signals[] = {SIGTERM, SIGINT, SIGHUP};

struct foreground {
	struct stage_cli *cli;
	uv_loop_t loop;
	uv_signal_t signals[STAGE_COUNT_OF(stop_signals)];
	struct stage_keeper *keeper;
	struct stage_tell_init *tell;
	bool is_asked;
};

static void
leave(struct foreground *self)
{
	stage_tell_init_stopping();
	stage_tell_init_destroy(self->tell);
	self->tell = NULL;
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
	if (!self->is_asked) {
		self->is_asked = true;
		leave(self);
	}
}

static void
on_unwanted(void *user)
{
	leave(user);
}

// From here on a signal waits for the loop, so that none comes half-way.
static enum stage_status
hear(struct foreground *self, struct stage_err *err)
{
	if (uv_loop_init(&self->loop) != 0) {
		return stage_err_set(
			err, STAGE_FULL, "unable to make an event loop");
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(stop_signals); i++) {
		uv_signal_init(&self->loop, &self->signals[i]);
		self->signals[i].data = self;
		uv_signal_start(&self->signals[i], on_signal, stop_signals[i]);
	}
	signal(SIGPIPE, SIG_IGN); // whoever reads our log may go
	stage_notify_keep();
	return STAGE_OK;
}

static enum stage_status
mind(struct foreground *self, int64_t timeout_ns, struct stage_err *err)
{
	struct stage_keeper_config config = {.loop = &self->loop,
		.rig = &self->cli->rig,
		.unwanted = on_unwanted,
		.user = self};
	enum stage_status status = stage_tell_init_create(
		&self->tell, &self->loop, &self->cli->rig, timeout_ns, err);

	if (status == STAGE_OK) {
		status = stage_keeper_create(&self->keeper, &config, err);
	}
	return status;
}

// The levels have deadlines: an init that asks twice does not cut it short.
static int
go_down(struct stage_cli *cli)
{
	sigset_t before;

	stage_unbroken_begin(
		&before); // to the end: the exit code is the stop's
	return stage_down_run(cli);
}

int
stage_foreground_run(struct stage_cli *cli, int64_t timeout_ns,
	int (*start)(struct stage_cli *cli))
{
	struct stage_err err = STAGE_ERR_INIT;
	struct foreground self = {.cli = cli};
	int code;

	if (hear(&self, &err) != STAGE_OK) {
		return stage_cli_fail(&err);
	}
	code = start(cli);
	if (code != STAGE_EXIT_OK) {
		return code;
	}
	if (mind(&self, timeout_ns, &err) != STAGE_OK) {
		return stage_cli_fail(&err);
	}
	uv_run(&self.loop, UV_RUN_DEFAULT);
	uv_loop_close(&self.loop);
	return self.is_asked ? go_down(cli) : STAGE_EXIT_OK;
}
