/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/cli.h"
#include "cli/report.h"
#include "rig/control.h"
#include "rig/unbroken.h"

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
	return stage_report_start(cli, restart);
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
