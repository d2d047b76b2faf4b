/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// verify: whether all songs of a setlist will play.

#include "base/exits.h"
#include "cli/set.h"

static const struct stage_cli_option options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static void
add_song(struct stage_table *table, const json_t *song)
{
	const json_t *faults = json_object_get(song, "faults");
	bool is_skipped = json_is_true(json_object_get(song, "skip"));
	bool is_good = json_array_size(faults) == 0;
	char number[32];

	snprintf(number, sizeof(number), "%lld",
		(long long)json_integer_value(json_object_get(song, "number")));
	stage_table_cell(table, number, STAGE_TONE_DIM);
	stage_table_cell(table, stage_ask_text(song, "name"), STAGE_TONE_PLAIN);
	stage_table_cell(table,
		is_skipped ? "skipped"
		: is_good  ? "good"
			   : "wrong",
		is_skipped ? STAGE_TONE_DIM
		: is_good  ? STAGE_TONE_GOOD
			   : STAGE_TONE_BAD);
	for (size_t i = 0; i < json_array_size(faults); i++) {
		stage_table_note(table,
			json_string_value(json_array_get(faults, i)),
			is_skipped ? STAGE_TONE_DIM : STAGE_TONE_BAD);
	}
}

static int
show_report(const json_t *report)
{
	static const struct stage_table_column columns[] = {
		{.title = "NUMBER", .is_right = true},
		{.title = "SONG", .may_be_cut = true},
		{.title = "STATE"},
	};
	const json_t *songs = json_object_get(report, "songs");
	const json_t *rig = json_object_get(report, "rig");
	struct stage_table *table =
		stage_table_create(columns, STAGE_COUNT_OF(columns));
	int code;

	for (size_t i = 0; table != NULL && i < json_array_size(songs); i++) {
		add_song(table, json_array_get(songs, i));
	}
	code = stage_ask_print_table(table);
	for (size_t i = 0; i < json_array_size(rig); i++) {
		printf("%s\n", json_string_value(json_array_get(rig, i)));
	}
	return code == STAGE_EXIT_OK && json_integer_value(json_object_get(
						report, "faults")) > 0
		       ? STAGE_EXIT_NO
		       : code;
}

static int
run_verify(struct stage_cli *cli)
{
	return stage_song_ask(cli, "verify",
		cli->operand_count > 0
			? json_pack("{s:s}", "set", cli->operands[0])
			: json_object(),
		show_report);
}

const struct stage_cli_verb stage_set_cli_verify = {
	.name = "set verify",
	.operands = "[SET]",
	.max_operands = 1,
	.summary = "Looks whether all songs of a setlist will play",
	.details = "Before doors: songs, programs, files, ports and plug-ins "
		   "that are not there, and lines that are wrong. Nothing is "
		   "started. The exit code is 1 when something is wrong.",
	.options = options,
	.run = run_verify,
};
