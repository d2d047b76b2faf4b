/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>

#include "base/exits.h"
#include "cli/cli.h"
#include "cli/report.h"
#include "rig/control.h"

static int
run(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_strv names = {0};
	enum stage_status status = stage_cli_need_up(cli, &err);

	if (status == STAGE_OK) {
		status = stage_cli_services(cli, false, &names, &err);
	}
	if (status == STAGE_OK) {
		status = stage_control_stop(&cli->rig, &names,
			"stagecraft stop", stage_report_stopped, NULL, &err);
	}
	stage_strv_finish(&names);
	return status == STAGE_OK ? STAGE_EXIT_OK : stage_cli_fail(&err);
}

const struct stage_cli_verb stage_verb_stop = {
	.name = "stop",
	.operands = "NAME...",
	.min_operands = 1,
	.max_operands = -1,
	.summary = "Stops services until they are started again",
	.details = "Services that need them are stopped before, and then wait "
		   "until they are back. To keep one off for good, disable it.",
	.options = NULL,
	.run = run,
};
