/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// plan, explain: what would be, and why it is as it is.

#include <stdio.h>
#include <string.h>

#include "base/exits.h"
#include "base/io.h"
#include "base/utf8.h"
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

// What is sent is text, without zeros in it. A patch file is that, too, but for
// its comments.
static enum stage_status
check_text(
	const struct stage_str *text, const char *file, struct stage_err *err)
{
	unsigned line = 1;

	for (size_t at = 0; at < text->len;) {
		size_t bytes =
			stage_utf8_char_bytes(text->data + at, text->len - at);
		if (bytes == 0 || text->data[at] == '\0') {
			return stage_err_set(err, STAGE_BAD_INPUT,
				"unable to plan %s: line %u is no UTF-8 text, "
				"which all of it must be for a plan",
				file, line);
		}
		line += text->data[at] == '\n';
		at += bytes;
	}
	return STAGE_OK;
}

static enum stage_status
read_patch(const char *file, struct stage_str *out, struct stage_err *err)
{
	enum stage_status status =
		stage_io_read_file(file, PATCH_MAX, out, err);

	return status == STAGE_OK ? check_text(out, file, err) : status;
}

static int
run_plan(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_str text = {0};
	json_t *params;

	if (cli->operand_count > 0 &&
		read_patch(cli->operands[0], &text, &err) != STAGE_OK) {
		stage_str_finish(&text);
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
