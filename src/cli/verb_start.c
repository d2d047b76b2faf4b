/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/cli.h"
#include "cli/report.h"
#include "rig/control.h"

static enum stage_status
start(struct stage_cli *cli, const struct stage_strv *names,
	struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < names->count && status == STAGE_OK; i++) {
		status = stage_control_start(&cli->rig, names->items[i], err);
	}
	if (status == STAGE_OK) {
		stage_cli_warn_circles(cli);
	}
	return status;
}

static int
run(struct stage_cli *cli)
{
	return stage_report_start(cli, start);
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
