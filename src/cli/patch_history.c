/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// undo, redo, history, diff.

#include <stdio.h>

#include "base/exits.h"
#include "base/num.h"
#include "cli/patch.h"

static const struct stage_cli_option options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

// An operand that is a whole number from 0, into params.
static enum stage_status
add_number(json_t *params, const char *key, const char *word,
	struct stage_err *err)
{
	int64_t number;
	enum stage_status status =
		stage_num_parse(word, 0, INT64_MAX, &number, err);

	if (status == STAGE_OK) {
		json_object_set_new(params, key, json_integer(number));
	}
	return status;
}

static void
show_lines(const json_t *lines, char sign)
{
	for (size_t i = 0; i < json_array_size(lines); i++) {
		printf("%c %s\n", sign,
			json_string_value(json_array_get(lines, i)));
	}
}

static int
show_diff(const json_t *result)
{
	show_lines(json_object_get(result, "removed"), '-');
	show_lines(json_object_get(result, "added"), '+');
	return STAGE_EXIT_OK;
}

static int
step(struct stage_cli *cli, const char *verb)
{
	struct stage_err err = STAGE_ERR_INIT;
	json_t *params = json_object();

	if (cli->operand_count > 0 &&
		add_number(params, "count", cli->operands[0], &err) !=
			STAGE_OK) {
		json_decref(params);
		return stage_cli_fail(&err);
	}
	return stage_patch_do(cli, verb, params, show_diff);
}

static int
run_undo(struct stage_cli *cli)
{
	return step(cli, "undo");
}

static int
run_redo(struct stage_cli *cli)
{
	return step(cli, "redo");
}

static int
show_history(const json_t *result)
{
	static const struct stage_table_column columns[] = {
		{.title = "NUMBER", .is_right = true},
		{.title = "TIME"},
		{.title = "WHAT"},
	};
	const json_t *list = json_object_get(result, "generations");
	struct stage_table *table =
		stage_table_create(columns, STAGE_COUNT_OF(columns));
	char number[32];

	for (size_t i = 0; table != NULL && i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		bool is_now = json_is_true(json_object_get(item, "in_force"));
		enum stage_tone tone =
			is_now ? STAGE_TONE_GOOD : STAGE_TONE_PLAIN;
		snprintf(number, sizeof(number), "%lld",
			(long long)json_integer_value(
				json_object_get(item, "number")));
		stage_table_cell(table, number, tone);
		stage_table_cell(table, stage_ask_text(item, "time"), tone);
		stage_table_cell(table, stage_ask_text(item, "reason"), tone);
	}
	if (json_array_size(list) == 0) {
		printf("nothing was learned yet\n");
		stage_table_destroy(table);
		return STAGE_EXIT_OK;
	}
	return stage_ask_print_table(table);
}

static int
run_history(struct stage_cli *cli)
{
	return stage_patch_do(cli, "history", json_object(), show_history);
}

static int
run_diff(struct stage_cli *cli)
{
	static const char *const keys[] = {"from", "to"};
	struct stage_err err = STAGE_ERR_INIT;
	json_t *params = json_object();

	for (size_t i = 0;
		i < STAGE_COUNT_OF(keys) && i < (size_t)cli->operand_count;
		i++) {
		if (add_number(params, keys[i], cli->operands[i], &err) !=
			STAGE_OK) {
			json_decref(params);
			return stage_cli_fail(&err);
		}
	}
	return stage_patch_do(cli, "diff", params, show_diff);
}

const struct stage_cli_verb stage_patch_verb_undo = {
	.name = "patch undo",
	.operands = "[COUNT]",
	.max_operands = 1,
	.summary = "Takes the last change back, or the last COUNT",
	.details = "What was learned by hand or by command; shows what that "
		   "has changed. The user's own files are not touched.",
	.options = options,
	.run = run_undo,
};

const struct stage_cli_verb stage_patch_verb_redo = {
	.name = "patch redo",
	.operands = "[COUNT]",
	.max_operands = 1,
	.summary = "Makes a change again that was taken back",
	.details = "As long as nothing else was learned since.",
	.options = options,
	.run = run_redo,
};

const struct stage_cli_verb stage_patch_verb_history = {
	.name = "patch history",
	.operands = "",
	.summary = "Lists what was learned and when",
	.details = "The newest first; the numbers are for patch diff.",
	.options = options,
	.run = run_history,
};

const struct stage_cli_verb stage_patch_verb_diff = {
	.name = "patch diff",
	.operands = "[FROM [TO]]",
	.max_operands = 2,
	.summary = "Shows what came and went between two generations",
	.details = "Without numbers, what the last change was; with one, all "
		   "since then.",
	.options = options,
	.run = run_diff,
};
