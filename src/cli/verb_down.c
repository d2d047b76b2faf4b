/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exits.h"
#include "base/io.h"
#include "cli/cli.h"
#include "cli/down.h"
#include "cli/report.h"
#include "rig/shutdown.h"
#include "rig/supervisor.h"

// JACK's goodbye takes each client some periods, one client after the other.
#define LEVEL_NS (10 * STAGE_NS_PER_S)

// What is left of a rig: one that is marked as up, or one whose mark is gone
// because an earlier `down` was killed half-way.
static bool
find_remains(struct stage_cli *cli)
{
	char path[STAGE_PATH_MAX];

	stage_rig_run_path(&cli->rig, path, "tree");
	return access(path, F_OK) == 0;
}

static enum stage_status
shut_down(struct stage_cli *cli, struct stage_err *err)
{
	struct stage_stop_config config = {.asked = "stagecraft down",
		.level_ns = LEVEL_NS,
		.stopped = stage_report_stopped};
	int lock;
	enum stage_status status = stage_supervisor_lock(&cli->rig, &lock, err);

	if (status != STAGE_OK) {
		return status;
	}
	status = stage_rig_shut_down(&cli->rig, &config, err);
	close(lock);
	return status;
}

int
stage_down_run(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_err none = STAGE_ERR_INIT;
	enum stage_status up = stage_cli_need_up(cli, &none);

	if (up == STAGE_EXISTS) {
		return stage_cli_fail(&none);
	}
	if (up != STAGE_OK && !find_remains(cli)) {
		printf("no rig is up\n");
		return STAGE_EXIT_OK;
	}
	if (shut_down(cli, &err) != STAGE_OK) {
		return stage_cli_fail(&err);
	}
	printf("the rig is down\n");
	return STAGE_EXIT_OK;
}

const struct stage_cli_verb stage_verb_down = {
	.name = "down",
	.operands = "",
	.max_operands = 0,
	.summary = "Stops all services in order and takes the rig down",
	.details = "Those that nobody needs stop first, the audio server last. "
		   "No process, socket or shared memory is left; the logs are.",
	.options = NULL,
	.run = stage_down_run,
};
