/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** stagecraft-watch: started by runsv as a service of the rig. */

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <uv.h>

#include "base/exits.h"
#include "base/log.h"
#include "watch/watch.h"

static void
on_signal(uv_signal_t *handle, int signum)
{
	uv_signal_t *both = handle->data;

	(void)signum;
	stage_watch_destroy(handle->loop->data);
	handle->loop->data = NULL;
	uv_close((uv_handle_t *)&both[0], NULL);
	uv_close((uv_handle_t *)&both[1], NULL);
}

static void
watch_signals(uv_loop_t *loop, uv_signal_t *both)
{
	static const int signums[] = {SIGTERM, SIGINT};

	for (size_t i = 0; i < STAGE_COUNT_OF(signums); i++) {
		uv_signal_init(loop, &both[i]);
		both[i].data = both;
		uv_signal_start(&both[i], on_signal, signums[i]);
	}
}

int
main(int argc, char **argv)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_watch *watch = NULL;
	struct stage_rig rig;
	uv_loop_t loop;
	uv_signal_t signals[2];

	stage_log_init("stagecraft-watch", STAGE_LOG_INFO);
	if (argc > 1) {
		printf("stagecraft-watch: the watcher of a rig; stagecraft up "
		       "starts it. See stagecraft-watch(8).\n");
		return strcmp(argv[1], "--help") == 0 ? STAGE_EXIT_OK
						      : STAGE_EXIT_PERMANENT;
	}
	if (uv_loop_init(&loop) != 0) {
		stage_log_err("unable to make an event loop");
		return STAGE_EXIT_TEMPORARY;
	}
	if (stage_rig_find(&rig, NULL, &err) != STAGE_OK ||
		stage_watch_create(&watch, &loop, &rig, &err) != STAGE_OK) {
		stage_log_err("%s", err.text);
		return stage_exit_code(err.status);
	}
	loop.data = watch;
	watch_signals(&loop, signals);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	return STAGE_EXIT_OK;
}
