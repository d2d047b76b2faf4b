/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <string.h>

#include "base/exits.h"
#include "cli/cli.h"

static int
run(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (cli->operand_count == 0) {
		stage_cli_print_help(NULL);
		return STAGE_EXIT_OK;
	}
	for (size_t i = 0; stage_cli_verbs[i] != NULL; i++) {
		if (strcmp(stage_cli_verbs[i]->name, cli->operands[0]) == 0) {
			stage_cli_print_help(stage_cli_verbs[i]);
			return STAGE_EXIT_OK;
		}
	}
	stage_err_set(&err, STAGE_NOT_FOUND,
		"there is no verb \"%s\"; stagecraft help lists them",
		cli->operands[0]);
	return stage_cli_fail(&err);
}

const struct stage_cli_verb stage_verb_help = {
	.name = "help",
	.operands = "[VERB]",
	.max_operands = 1,
	.summary = "Lists the verbs, or says more about one",
	.details = "The same as stagecraft VERB --help.",
	.options = NULL,
	.run = run,
};
