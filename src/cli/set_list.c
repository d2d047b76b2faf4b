/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// list, show: which setlists there are, and what is in one.

#include <string.h>

#include "base/exits.h"
#include "cli/set.h"

static const struct stage_cli_option options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static int
show_sets(const json_t *answer)
{
	const json_t *sets = json_object_get(answer, "sets");
	const char *in_force = stage_ask_text(answer, "set");

	for (size_t i = 0; i < json_array_size(sets); i++) {
		const char *set = json_string_value(json_array_get(sets, i));

		printf("%s%s\n", set,
			strcmp(set, in_force) == 0 ? " (in force)" : "");
	}
	if (json_array_size(sets) == 0) {
		printf("there are no setlists; stagecraft set new NAME makes "
		       "one\n");
	}
	return STAGE_EXIT_OK;
}

static int
run_list(struct stage_cli *cli)
{
	return stage_song_ask(cli, "sets", json_object(), show_sets);
}

static bool
is_at(const json_t *place, const char *key, json_int_t number)
{
	const json_t *spot = json_object_get(place, key);

	return number > 0 &&
	       json_integer_value(json_object_get(spot, "number")) == number;
}

static void
add_line(struct stage_table *table, const json_t *line, const json_t *place)
{
	const char *kind = stage_ask_text(line, "kind");
	json_int_t number = json_integer_value(json_object_get(line, "number"));
	bool is_skipped = json_is_true(json_object_get(line, "skip"));
	bool is_song = strcmp(kind, "song") == 0;
	char text[32] = "";
	const char *note = is_song ? "" : kind;
	enum stage_tone tone =
		is_song && !is_skipped ? STAGE_TONE_PLAIN : STAGE_TONE_DIM;

	if (strcmp(kind, "bad") == 0) {
		note = "can be no song's name";
		tone = STAGE_TONE_BAD;
	}
	if (is_skipped) {
		note = "skipped";
	}
	if (is_at(place, "selected", number)) {
		note = "selected";
	}
	if (is_at(place, "coming", number)) {
		note = "is about to play";
		tone = STAGE_TONE_BUSY;
	}
	if (is_at(place, "playing", number)) {
		note = "plays";
		tone = STAGE_TONE_GOOD;
	}
	if (number > 0) {
		snprintf(text, sizeof(text), "%lld", (long long)number);
	}
	stage_table_cell(table, text, tone);
	stage_table_cell(table, stage_ask_text(line, "name"), tone);
	stage_table_cell(table, note, tone);
}

int
stage_set_show_list(const json_t *list, const json_t *place)
{
	static const struct stage_table_column columns[] = {
		{.title = "NUMBER", .is_right = true},
		{.title = "SONG", .may_be_cut = true},
		{.title = "NOTE"},
	};
	struct stage_table *table;

	if (json_array_size(list) == 0) {
		printf("there are no songs in it\n");
		return STAGE_EXIT_OK;
	}
	table = stage_table_create(columns, STAGE_COUNT_OF(columns));
	for (size_t i = 0; table != NULL && i < json_array_size(list); i++) {
		add_line(table, json_array_get(list, i), place);
	}
	return stage_ask_print_table(table);
}

static int
show_set(const json_t *answer)
{
	return stage_set_show_list(json_object_get(answer, "list"), NULL);
}

static int
show_in_force(const json_t *answer)
{
	const json_t *place =
		json_object_get(json_object_get(answer, "state"), "place");

	return stage_set_show_list(json_object_get(place, "list"), place);
}

static int
run_show(struct stage_cli *cli)
{
	return cli->operand_count > 0
		       ? stage_song_ask(cli, "set",
				 json_pack("{s:s}", "set", cli->operands[0]),
				 show_set)
		       : stage_song_ask(
				 cli, "state", json_object(), show_in_force);
}

const struct stage_cli_verb stage_set_cli_list = {
	.name = "set list",
	.operands = "",
	.summary = "Lists the setlists there are",
	.details = "They are the files NAME.setlist in setlists/ of the rig.",
	.options = options,
	.run = run_list,
};

const struct stage_cli_verb stage_set_cli_show = {
	.name = "set show",
	.operands = "[SET]",
	.max_operands = 1,
	.summary = "Shows the songs of a setlist, with their numbers",
	.details = "Of the one in force, if none is named, and then also what "
		   "plays and what is selected.",
	.options = options,
	.run = run_show,
};
