/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "cli/report.h"
#include "rig/control.h"

#define TIMEOUT_NS (30 * STAGE_NS_PER_S)

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
	for (size_t i = 0; i < names.count && status == STAGE_OK; i++) {
		status = stage_control_start(&cli->rig, names.items[i], &err);
	}
	if (status == STAGE_OK) {
		stage_cli_warn_circles(cli);
	}
	code = status == STAGE_OK ? stage_report_until_settled(cli, &names,
					    STAGE_REPORT_STARTED, TIMEOUT_NS)
				  : stage_cli_fail(&err);
	stage_strv_finish(&names);
	return code;
}

const struct stage_cli_verb stage_verb_start = {
	.name = "start",
	.operands = "NAME...",
	.min_operands = 1,
	.max_operands = -1,
	.summary = "Starts services and says when they are ready",
	.details = "One that was held back after crashes, or that gave up, is "
		   "tried again at once.",
	.options = NULL,
	.run = run,
};
