/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/exits.h"
#include "cli/cli.h"
#include "cli/parse.h"

static int
run(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	const struct stage_cli_verb *verb = NULL;

	for (int i = 0; i < cli->operand_count; i++) {
		if (verb != NULL && verb->verbs == NULL) {
			stage_err_set(&err, STAGE_BAD_INPUT,
				"%s has no verbs of its own", verb->name);
			return stage_cli_fail(&err);
		}
		verb = stage_cli_find_verb(verb, cli->operands[i], &err);
		if (verb == NULL) {
			return stage_cli_fail(&err);
		}
	}
	stage_cli_print_help(verb);
	return STAGE_EXIT_OK;
}

const struct stage_cli_verb stage_verb_help = {
	.name = "help",
	.operands = "[VERB...]",
	.max_operands = 2,
	.summary = "Lists the verbs, or explains one",
	.details = "The whole of it is in stagecraft(1).",
	.options = NULL,
	.run = run,
};
