/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// mute, panic, smite, revert.

#include "base/exits.h"
#include "base/num.h"
#include "cli/rack.h"

static const struct stage_cli_option options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static const struct stage_cli_option revert_options[] = {
	{"generation", 'g', "NUMBER",
		"to what was remembered so many checkpoints ago"},
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static int
run_panic(struct stage_cli *cli)
{
	return stage_rack_ask(cli, "panic", json_object(), NULL);
}

static int
run_mute(struct stage_cli *cli)
{
	json_t *is_on = stage_rack_word("on", STAGE_ARG_BOOLEAN,
		cli->operand_count > 1 ? cli->operands[1] : "on");

	return is_on == NULL ? STAGE_EXIT_PERMANENT
			     : stage_rack_ask(cli, "mute",
				       json_pack("{s:o}", "on", is_on), NULL);
}

static int
run_smite(struct stage_cli *cli)
{
	return stage_rack_ask(cli, "smite",
		json_pack("{s:s}", "slot", cli->operands[1]), NULL);
}

static int
run_revert(struct stage_cli *cli)
{
	const char *word = stage_cli_value(cli, "generation");
	struct stage_err err = STAGE_ERR_INIT;
	json_t *params = json_object();
	int64_t generation = 0;

	if (word != NULL && stage_num_parse(word, 1, INT32_MAX, &generation,
				    &err) != STAGE_OK) {
		json_decref(params);
		return stage_cli_fail(&err);
	}
	if (cli->operand_count > 1) {
		params = stage_rack_with(params, "slot", cli->operands[1]);
	}
	if (generation > 0) {
		json_object_set_new(
			params, "generation", json_integer(generation));
	}
	return stage_rack_ask(cli, "revert", params, NULL);
}

const struct stage_cli_verb stage_rack_cli_mute = {
	.name = "rack mute",
	.operands = "RACK [on|off]",
	.min_operands = 1,
	.max_operands = 2,
	.summary = "Silences a rack, or lets it be heard again",
	.details = "Its plug-ins run on. It stays mute over a restart.",
	.options = options,
	.run = run_mute,
};

const struct stage_cli_verb stage_rack_cli_panic = {
	.name = "rack panic",
	.operands = "RACK",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Ends all notes, and all that sounds",
	.details = "Note-offs for all that is held, pedals up, all notes off "
		   "and all sound off. SIGUSR2 does the same.",
	.options = options,
	.run = run_panic,
};

const struct stage_cli_verb stage_rack_cli_smite = {
	.name = "rack smite",
	.operands = "RACK SLOT",
	.min_operands = 2,
	.max_operands = 2,
	.summary = "Switches a plug-in off, until it is revived",
	.details = "The sound passes through the slot, also after a restart; "
		   "its values are kept.",
	.options = options,
	.run = run_smite,
};

const struct stage_cli_verb stage_rack_cli_revert = {
	.name = "rack revert",
	.operands = "RACK [SLOT]",
	.min_operands = 1,
	.max_operands = 2,
	.summary = "Goes back to what the slot files say",
	.details = "Drops what was set since, of one slot or of all; with "
		   "--generation, goes back to an older checkpoint instead.",
	.options = revert_options,
	.run = run_revert,
};
