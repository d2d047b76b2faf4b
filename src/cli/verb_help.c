/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "base/exits.h"
#include "base/suggest.h"
#include "cli/cli.h"

static int
run(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_suggest suggest = {0};

	if (cli->operand_count == 0) {
		stage_cli_print_help(NULL);
		return STAGE_EXIT_OK;
	}
	suggest.word = cli->operands[0];
	for (size_t i = 0; stage_cli_verbs[i] != NULL; i++) {
		if (strcmp(stage_cli_verbs[i]->name, suggest.word) == 0) {
			stage_cli_print_help(stage_cli_verbs[i]);
			return STAGE_EXIT_OK;
		}
		stage_suggest_offer(&suggest, stage_cli_verbs[i]->name);
	}
	if (suggest.best != NULL) {
		stage_err_set(&err, STAGE_BAD_INPUT,
			"there is no verb \"%s\"; did you mean %s?",
			suggest.word, suggest.best);
	} else {
		stage_err_set(&err, STAGE_BAD_INPUT,
			"there is no verb \"%s\"; stagecraft help lists them",
			suggest.word);
	}
	return stage_cli_fail(&err);
}

const struct stage_cli_verb stage_verb_help = {
	.name = "help",
	.operands = "[VERB]",
	.max_operands = 1,
	.summary = "Lists the verbs, or explains one",
	.details = "The whole of it is in stagecraft(1).",
	.options = NULL,
	.run = run,
};
