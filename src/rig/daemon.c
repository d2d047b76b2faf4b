/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/daemon.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/exits.h"
#include "base/log.h"

static const int signums[] = {SIGTERM, SIGINT, SIGHUP};

struct running {
	const struct stage_daemon *daemon;
	void *self;
	uv_signal_t signals[STAGE_COUNT_OF(signums)];
};

static void
on_signal(uv_signal_t *handle, int signum)
{
	struct running *running = handle->data;

	if (signum == SIGHUP) {
		if (running->daemon->reload != NULL) {
			running->daemon->reload(running->self);
		}
		return;
	}
	running->daemon->destroy(running->self);
	for (size_t i = 0; i < STAGE_COUNT_OF(signums); i++) {
		uv_close((uv_handle_t *)&running->signals[i], NULL);
	}
}

static void
watch_signals(struct running *running, uv_loop_t *loop)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(signums); i++) {
		uv_signal_init(loop, &running->signals[i]);
		running->signals[i].data = running;
		uv_signal_start(&running->signals[i], on_signal, signums[i]);
	}
}

static enum stage_status
create(struct running *running, uv_loop_t *loop, const struct stage_rig *rig,
	char **argv, struct stage_err *err)
{
	const struct stage_daemon *daemon = running->daemon;

	return daemon->operand != NULL
		       ? daemon->create_of(
				 loop, rig, argv[1], &running->self, err)
		       : daemon->create(loop, rig, &running->self, err);
}

// True when the arguments are what it takes; else they are answered.
static bool
read_arguments(const struct stage_daemon *daemon, int argc, char **argv,
	int *exit_code)
{
	bool is_help = argc > 1 && strcmp(argv[1], "--help") == 0;

	if (!is_help && argc == (daemon->operand != NULL ? 2 : 1)) {
		return true;
	}
	if (daemon->operand != NULL) {
		printf("%s %s: %s\n", daemon->name, daemon->operand,
			daemon->about);
	} else {
		printf("%s: %s\n", daemon->name, daemon->about);
	}
	*exit_code = is_help ? STAGE_EXIT_OK : STAGE_EXIT_PERMANENT;
	return false;
}

int
stage_daemon_run(const struct stage_daemon *daemon, int argc, char **argv)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct running running = {.daemon = daemon};
	struct stage_rig rig;
	uv_loop_t loop;
	int exit_code;

	stage_log_init(daemon->name, STAGE_LOG_INFO);
	if (!read_arguments(daemon, argc, argv, &exit_code)) {
		return exit_code;
	}
	if (uv_loop_init(&loop) != 0) {
		stage_log_err("unable to make an event loop");
		return STAGE_EXIT_TEMPORARY;
	}
	if (stage_rig_find(&rig, NULL, &err) != STAGE_OK ||
		create(&running, &loop, &rig, argv, &err) != STAGE_OK) {
		stage_log_err("%s", err.text);
		return stage_exit_code(err.status);
	}
	watch_signals(&running, &loop);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	return STAGE_EXIT_OK;
}
