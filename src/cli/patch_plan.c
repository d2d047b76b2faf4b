/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// plan, explain: what would be, and why it is as it is.

#include <stdio.h>
#include <string.h>

#include "base/exits.h"
#include "base/io.h"
#include "cli/patch.h"

#define PATCH_MAX (512 * 1024L) // bytes; a line to a daemon has 1 MB

static const struct stage_cli_option plan_options[] = {
	STAGE_CLI_JSON,
	{"mode", 'm', "MODE", "as if this were the mode"},
	{NULL, 0, NULL, NULL},
};

static const struct stage_cli_option explain_options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static int
show_plan(const json_t *result)
{
	const json_t *edits = json_object_get(result, "edits");

	for (size_t i = 0; i < json_array_size(edits); i++) {
		const json_t *edit = json_array_get(edits, i);
		printf("%s %s -> %s\n", stage_ask_text(edit, "what"),
			stage_ask_text(edit, "from"),
			stage_ask_text(edit, "to"));
	}
	if (json_array_size(edits) == 0) {
		printf("nothing would change\n");
	}
	return STAGE_EXIT_OK;
}

static int
run_plan(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_str text = {0};
	json_t *params;

	if (cli->operand_count > 0 &&
		stage_io_read_file(cli->operands[0], PATCH_MAX, &text, &err) !=
			STAGE_OK) {
		return stage_cli_fail(&err);
	}
	params = json_pack("{s:s?, s:s?}", "patch",
		cli->operand_count > 0 ? stage_str_text(&text) : NULL, "mode",
		stage_cli_value(cli, "mode"));
	stage_str_finish(&text);
	return stage_patch_do(cli, "plan", params, show_plan);
}

static int
show_explain(const json_t *result)
{
	printf("%s\n", stage_ask_text(result, "sentence"));
	return json_is_true(json_object_get(result, "connected"))
		       ? STAGE_EXIT_OK
		       : STAGE_EXIT_NO;
}

static int
run_explain(struct stage_cli *cli)
{
	return stage_patch_do(
		cli, "explain", stage_patch_pair(cli), show_explain);
}

const struct stage_cli_verb stage_patch_verb_plan = {
	.name = "patch plan",
	.operands = "[FILE]",
	.max_operands = 1,
	.summary = "Shows what a patch file, or a mode, would change",
	.details = "As if the file were in the rig's patchbay/ already. "
		   "Nothing is done.",
	.options = plan_options,
	.run = run_plan,
};

const struct stage_cli_verb stage_patch_verb_explain = {
	.name = "patch explain",
	.operands = "FROM TO",
	.min_operands = 2,
	.max_operands = 2,
	.summary = "Says why two ports are connected or not, and since when",
	.details = "The exit code is 1 when they are not connected.",
	.options = explain_options,
	.run = run_explain,
};
