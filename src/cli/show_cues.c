/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// cues, cue, probe: what the show tells others.

#include <stdio.h>
#include <string.h>

#include "base/exits.h"
#include "cli/set.h"

static const struct stage_cli_option options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static enum stage_tone
tone_of(const char *state)
{
	if (strcmp(state, "sent") == 0 || strcmp(state, "reached") == 0) {
		return STAGE_TONE_GOOD;
	}
	if (strcmp(state, "owed") == 0 || strcmp(state, "sending") == 0) {
		return STAGE_TONE_BUSY;
	}
	return strcmp(state, "not yet") == 0 || strcmp(state, "unused") == 0
		       ? STAGE_TONE_DIM
		       : STAGE_TONE_BAD;
}

static void
add_number(struct stage_table *table, const json_t *row, const char *key)
{
	char text[24];

	snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT,
		json_integer_value(json_object_get(row, key)));
	stage_table_cell(table, text, STAGE_TONE_PLAIN);
}

static void
add_state(struct stage_table *table, const json_t *row)
{
	const char *state = stage_ask_text(row, "state");

	stage_table_cell(table, state, tone_of(state));
}

static int
show_list(const json_t *cues)
{
	static const struct stage_table_column columns[] = {
		{.title = "LINE", .is_right = true},
		{.title = "WHEN"},
		{.title = "TARGET", .may_be_cut = true},
		{.title = "STATE"},
	};
	struct stage_table *table =
		stage_table_create(columns, STAGE_COUNT_OF(columns));

	for (size_t i = 0; table != NULL && i < json_array_size(cues); i++) {
		const json_t *cue = json_array_get(cues, i);

		add_number(table, cue, "line");
		stage_table_cell(
			table, stage_ask_text(cue, "when"), STAGE_TONE_PLAIN);
		stage_table_cell(
			table, stage_ask_text(cue, "target"), STAGE_TONE_PLAIN);
		add_state(table, cue);
		stage_table_note(
			table, stage_ask_text(cue, "why"), STAGE_TONE_BAD);
	}
	return stage_ask_print_table(table);
}

static int
show_targets(const json_t *targets)
{
	static const struct stage_table_column columns[] = {
		{.title = "TARGET", .may_be_cut = true},
		{.title = "STATE"},
		{.title = "SENT", .is_right = true, .drop = 1},
		{.title = "OWED", .is_right = true},
	};
	struct stage_table *table =
		stage_table_create(columns, STAGE_COUNT_OF(columns));

	for (size_t i = 0; table != NULL && i < json_array_size(targets); i++) {
		const json_t *target = json_array_get(targets, i);

		stage_table_cell(table, stage_ask_text(target, "target"),
			STAGE_TONE_PLAIN);
		add_state(table, target);
		add_number(table, target, "sent");
		add_number(table, target, "owed");
		stage_table_note(
			table, stage_ask_text(target, "why"), STAGE_TONE_BAD);
	}
	return stage_ask_print_table(table);
}

static int
show_cues(const json_t *answer)
{
	const json_t *cues = json_object_get(answer, "cues");
	const json_t *targets = json_object_get(answer, "targets");
	int code = STAGE_EXIT_OK;

	if (!json_is_string(json_object_get(answer, "song"))) {
		printf("no song plays\n");
	} else if (json_array_size(cues) == 0) {
		printf("%s has no cues\n", stage_ask_text(answer, "song"));
	} else {
		printf("cues of %s\n", stage_ask_text(answer, "song"));
		code = show_list(cues);
	}
	if (code == STAGE_EXIT_OK && json_array_size(targets) > 0) {
		printf("\n");
		code = show_targets(targets);
	}
	return code;
}

static int
show_fired(const json_t *answer)
{
	json_int_t sent = json_integer_value(json_object_get(answer, "sent"));

	printf("%" JSON_INTEGER_FORMAT " %s sent\n", sent,
		sent == 1 ? "cue was" : "cues were");
	return STAGE_EXIT_OK;
}

static int
show_probed(const json_t *answer)
{
	const json_t *targets = json_object_get(answer, "targets");
	const json_t *wrong = json_object_get(answer, "wrong");

	for (size_t i = 0; i < json_array_size(targets); i++) {
		const json_t *target = json_array_get(targets, i);

		if (stage_ask_text(target, "why")[0] == '\0') {
			printf("%s is there\n",
				stage_ask_text(target, "target"));
		}
	}
	for (size_t i = 0; i < json_array_size(wrong); i++) {
		printf("%s\n", json_string_value(json_array_get(wrong, i)));
	}
	if (json_array_size(targets) == 0 && json_array_size(wrong) == 0) {
		printf("there are no cues\n");
	}
	return json_array_size(wrong) == 0 ? STAGE_EXIT_OK : STAGE_EXIT_NO;
}

static int
run_cues(struct stage_cli *cli)
{
	return stage_song_ask(cli, "cues", json_object(), show_cues);
}

static int
run_cue(struct stage_cli *cli)
{
	return stage_song_ask(cli, "cue",
		json_pack("{s:s, s:s}", "song", cli->operands[0], "when",
			cli->operands[1]),
		show_fired);
}

static int
run_probe(struct stage_cli *cli)
{
	json_t *params = cli->operand_count > 0
				 ? json_pack("{s:s}", "song", cli->operands[0])
				 : json_object();

	return stage_song_ask(cli, "probe", params, show_probed);
}

const struct stage_cli_verb stage_show_cli_cues = {
	.name = "show cues",
	.operands = "",
	.summary = "Shows what became of the song's cues",
	.details = "Each cue of the song that plays, and each target that it "
		   "or another song has, with what is wrong with it.",
	.options = options,
	.run = run_cues,
};

const struct stage_cli_verb stage_show_cli_cue = {
	.name = "show cue",
	.operands = "SONG load|ready|go|leave",
	.min_operands = 2,
	.max_operands = 2,
	.summary = "Sends cues of a song by hand",
	.details = "Whatever plays; once, and as song.conf has them now.",
	.options = options,
	.run = run_cue,
};

const struct stage_cli_verb stage_show_cli_probe = {
	.name = "show probe",
	.operands = "[SONG]",
	.max_operands = 1,
	.summary = "Looks whether the targets of cues are there",
	.details = "Of one song, or of all. They are connected to, and told "
		   "nothing; QLC+ is asked whether it has the functions. Exit "
		   "code 1 says that something is wrong.",
	.options = options,
	.run = run_probe,
};
