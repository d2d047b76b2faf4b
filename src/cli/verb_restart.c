/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "cli/report.h"
#include "rig/control.h"
#include "rig/unbroken.h"

#define TIMEOUT_NS (30 * STAGE_NS_PER_S)

// What a stop that failed half-way has stopped is started all the same, before
// any signal is heard; the first error is told.
static enum stage_status
restart(struct stage_cli *cli, const struct stage_strv *names,
	struct stage_err *err)
{
	enum stage_status status;
	sigset_t before;

	stage_unbroken_begin(&before);
	status = stage_control_stop(&cli->rig, names, "stagecraft restart",
		stage_report_stopped, NULL, err);
	for (size_t i = 0; i < names->count; i++) {
		struct stage_err later = STAGE_ERR_INIT;
		if (stage_control_start(&cli->rig, names->items[i], &later) !=
				STAGE_OK &&
			status == STAGE_OK) {
			*err = later;
			status = later.status;
		}
	}
	stage_unbroken_end(&before);
	return status;
}

static int
run(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_strv names = {0};
	enum stage_status status = stage_cli_need_up(cli, &err);
	int code;

	if (status == STAGE_OK) {
		status = stage_cli_services(cli, false, &names, &err);
	}
	if (status == STAGE_OK) {
		status = restart(cli, &names, &err);
	}
	code = status == STAGE_OK ? stage_report_until_settled(cli, &names,
					    STAGE_REPORT_STARTED, TIMEOUT_NS)
				  : stage_cli_fail(&err);
	stage_strv_finish(&names);
	return code;
}

const struct stage_cli_verb stage_verb_restart = {
	.name = "restart",
	.operands = "NAME...",
	.min_operands = 1,
	.max_operands = -1,
	.summary = "Stops services and starts them again",
	.details = "Services that need them are stopped before and come back "
		   "after them.",
	.options = NULL,
	.run = run,
};
