/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>

#include "base/exits.h"
#include "cli/cli.h"

static int
run(struct stage_cli *cli)
{
	(void)cli;
	printf("stagecraft %s\n", STAGE_VERSION);
	return STAGE_EXIT_OK;
}

const struct stage_cli_verb stage_verb_version = {
	.name = "version",
	.operands = "",
	.max_operands = 0,
	.summary = "Says which version this is",
	.details = "One line, for reports and scripts.",
	.options = NULL,
	.run = run,
};
