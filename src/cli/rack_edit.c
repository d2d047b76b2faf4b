/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// new, add, remove, move, commit: what changes the user's own files.

#include <stdio.h>

#include "base/exits.h"
#include "cli/new_rack.h"
#include "cli/rack.h"

static const struct stage_cli_option options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static const struct stage_cli_option commit_options[] = {
	STAGE_CLI_JSON,
	{"undo", 'u', NULL, "put back what the last commit changed"},
	{NULL, 0, NULL, NULL},
};

static int
run_new(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;

	return stage_cli_new_rack(cli, cli->operands[0], &err) == STAGE_OK
		       ? STAGE_EXIT_OK
		       : stage_cli_fail(&err);
}

static int
show_add(const json_t *result)
{
	const char *fault = stage_ask_text(result, "fault");

	printf("made %s, slot %s\n", stage_ask_text(result, "file"),
		stage_ask_text(result, "slot"));
	if (fault[0] != '\0') {
		printf("it passes through: %s\n", fault);
	}
	return STAGE_EXIT_OK;
}

static int
run_add(struct stage_cli *cli)
{
	json_t *params = json_pack("{s:s}", "plugin", cli->operands[1]);

	if (cli->operand_count > 2) {
		params = stage_rack_with(params, "name", cli->operands[2]);
	}
	return stage_rack_ask(cli, "add", params, show_add);
}

static int
show_remove(const json_t *result)
{
	printf("its file is %s now\n", stage_ask_text(result, "file"));
	return STAGE_EXIT_OK;
}

static int
run_remove(struct stage_cli *cli)
{
	return stage_rack_ask(cli, "remove",
		json_pack("{s:s}", "slot", cli->operands[1]), show_remove);
}

static int
run_move(struct stage_cli *cli)
{
	json_t *params = json_pack("{s:s, s:s}", "slot", cli->operands[1],
		"where", cli->operands[2]);

	if (cli->operand_count > 3) {
		params = stage_rack_with(params, "other", cli->operands[3]);
	}
	return stage_rack_ask(cli, "move", params, NULL);
}

static int
show_commit(const json_t *result)
{
	printf("wrote ");
	stage_ask_print_count(json_object_get(result, "files"), "file");
	printf("\n");
	return STAGE_EXIT_OK;
}

static int
run_commit(struct stage_cli *cli)
{
	json_t *params = json_object();

	if (cli->operand_count > 1) {
		params = stage_rack_with(params, "slot", cli->operands[1]);
	}
	if (stage_cli_has(cli, "undo")) {
		json_object_set_new(params, "undo", json_true());
	}
	return stage_rack_ask(cli, "commit", params, show_commit);
}

const struct stage_cli_verb stage_rack_cli_new = {
	.name = "rack new",
	.operands = "RACK",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Makes a rack, as stagecraft new rack does",
	.details = "A service with no plug-ins yet; stagecraft rack add, or a "
		   "file NN-NAME.slot in its directory, adds one.",
	.run = run_new,
};

const struct stage_cli_verb stage_rack_cli_add = {
	.name = "rack add",
	.operands = "RACK PLUGIN [SLOT]",
	.min_operands = 2,
	.max_operands = 3,
	.summary = "Adds a plug-in, as the last slot",
	.details = "It makes the slot file. PLUGIN is a URI, or a part of the "
		   "name of one plug-in alone; stagecraft rack plugins lists "
		   "all. SLOT is what to call it.",
	.options = options,
	.run = run_add,
};

const struct stage_cli_verb stage_rack_cli_remove = {
	.name = "rack remove",
	.operands = "RACK SLOT",
	.min_operands = 2,
	.max_operands = 2,
	.summary = "Takes a slot out of a rack",
	.details = "It fades out. Its file is kept, renamed to end with .off; "
		   "renaming it back brings the slot back, with its values.",
	.options = options,
	.run = run_remove,
};

const struct stage_cli_verb stage_rack_cli_move = {
	.name = "rack move",
	.operands = "RACK SLOT first|last|before|behind [SLOT]",
	.min_operands = 3,
	.max_operands = 4,
	.summary = "Moves a slot to another place in the sound",
	.details = "Its file gets another number; where there is none left in "
		   "between, all files do.",
	.options = options,
	.run = run_move,
};

const struct stage_cli_verb stage_rack_cli_commit = {
	.name = "rack commit",
	.operands = "RACK [SLOT]",
	.min_operands = 1,
	.max_operands = 2,
	.summary = "Writes the values of now into the slot files",
	.details = "Comments and the order of the lines stay. Nothing else "
		   "ever writes there; what is set is remembered without it.",
	.options = commit_options,
	.run = run_commit,
};
