/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// info, generations, revert, rename, delete: what becomes of a song's files.

#include <stdio.h>
#include <string.h>

#include "base/exits.h"
#include "cli/song.h"

static const struct stage_cli_option options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

// Of the song that is named, or of the one that plays.
static json_t *
make_params(const struct stage_cli *cli, int at)
{
	return cli->operand_count > at
		       ? json_pack("{s:s}", "song", cli->operands[at])
		       : json_object();
}

static void
show_file(const json_t *file)
{
	const char *trouble = stage_ask_text(file, "trouble");
	const char *text = stage_ask_text(file, "text");
	size_t len = strlen(text);

	if (trouble[0] != '\0') {
		printf("\n%s\n", trouble);
	} else if (len > 0) {
		printf("\n%s%s", text, text[len - 1] != '\n' ? "\n" : "");
	}
}

void
stage_song_show_conf(const json_t *info)
{
	const json_t *tempo = json_object_get(info, "tempo");
	const json_t *metre = json_object_get(info, "metre");
	const char *notes = stage_ask_text(info, "notes");

	if (json_is_number(tempo)) {
		printf("tempo %g\n", json_number_value(tempo));
	}
	if (json_is_array(metre)) {
		printf("metre %d/%d\n",
			(int)json_integer_value(json_array_get(metre, 0)),
			(int)json_integer_value(json_array_get(metre, 1)));
	}
	if (notes[0] != '\0') {
		printf("%s%s", notes,
			notes[strlen(notes) - 1] != '\n' ? "\n" : "");
	}
}

static int
show_info(const json_t *info)
{
	const char *title = stage_ask_text(info, "title");
	const json_t *complaints = json_object_get(info, "complaints");

	printf("%s%s%s\n", stage_ask_text(info, "name"),
		title[0] != '\0' ? ": " : "", title);
	stage_song_show_conf(info);
	show_file(json_object_get(info, "notes_file"));
	show_file(json_object_get(info, "lyrics"));
	for (size_t i = 0; i < json_array_size(complaints); i++) {
		fprintf(stderr, "stagecraft: warning: %s\n",
			json_string_value(json_array_get(complaints, i)));
	}
	return STAGE_EXIT_OK;
}

static int
run_info(struct stage_cli *cli)
{
	return stage_song_ask(cli, "info", make_params(cli, 0), show_info);
}

static int
show_generations(const json_t *answer)
{
	static const struct stage_table_column columns[] = {
		{.title = "NUMBER", .is_right = true},
		{.title = "TIME"},
		{.title = "WHY", .may_be_cut = true},
	};
	const json_t *list = json_object_get(answer, "generations");
	struct stage_table *table;

	if (json_array_size(list) == 0) {
		printf("%s has no older generations\n",
			stage_ask_text(answer, "song"));
		return STAGE_EXIT_OK;
	}
	table = stage_table_create(columns, STAGE_COUNT_OF(columns));
	for (size_t i = 0; table != NULL && i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		char number[32];

		snprintf(number, sizeof(number), "%lld",
			(long long)json_integer_value(
				json_object_get(item, "number")));
		stage_table_cell(table, number, STAGE_TONE_PLAIN);
		stage_table_cell(
			table, stage_ask_text(item, "time"), STAGE_TONE_PLAIN);
		stage_table_cell(
			table, stage_ask_text(item, "why"), STAGE_TONE_DIM);
	}
	return stage_ask_print_table(table);
}

static int
run_generations(struct stage_cli *cli)
{
	return stage_song_ask(
		cli, "generations", make_params(cli, 0), show_generations);
}

static int
show_revert(const json_t *answer)
{
	printf("%s is what it was in generation %lld\n",
		stage_ask_text(answer, "song"),
		(long long)json_integer_value(
			json_object_get(answer, "number")));
	return STAGE_EXIT_OK;
}

static int
run_revert(struct stage_cli *cli)
{
	const char *song = stage_cli_value(cli, "song");
	json_t *params =
		song != NULL ? json_pack("{s:s}", "song", song) : json_object();

	if (cli->operand_count > 0) {
		json_int_t number = stage_song_number(cli->operands[0]);

		if (number == STAGE_CLI_NO_NUMBER) {
			json_decref(params);
			return STAGE_EXIT_PERMANENT;
		}
		(void)json_object_set_new(
			params, "number", json_integer(number));
	}
	return stage_song_ask(cli, "revert", params, show_revert);
}

static int
run_rename(struct stage_cli *cli)
{
	return stage_song_ask(cli, "rename",
		json_pack("{s:s, s:s}", "song", cli->operands[0], "name",
			cli->operands[1]),
		NULL);
}

static int
show_delete(const json_t *answer)
{
	json_int_t sets = json_integer_value(json_object_get(answer, "sets"));

	printf("it is in %s now", stage_ask_text(answer, "where"));
	if (sets > 0) {
		printf(", and out of %lld setlist%s", (long long)sets,
			sets == 1 ? "" : "s");
	}
	printf("\n");
	return STAGE_EXIT_OK;
}

static int
run_delete(struct stage_cli *cli)
{
	return stage_song_ask(cli, "delete", make_params(cli, 0), show_delete);
}

const struct stage_cli_verb stage_song_cli_info = {
	.name = "song info",
	.operands = "[SONG]",
	.max_operands = 1,
	.summary = "Shows the tempo, the notes and the words of a song",
	.details = "As its song.conf has them: of the song that plays, if none "
		   "is named. What is wrong in song.conf is told, too.",
	.options = options,
	.run = run_info,
};

const struct stage_cli_verb stage_song_cli_generations = {
	.name = "song generations",
	.operands = "[SONG]",
	.max_operands = 1,
	.summary = "Lists what a song has been",
	.details = "Whenever a song is saved, what it was before is kept. The "
		   "newest stand first.",
	.options = options,
	.run = run_generations,
};

static const struct stage_cli_option revert_options[] = {
	STAGE_CLI_JSON,
	{"song", 's', "SONG", "of another song than the one that plays"},
	{NULL, 0, NULL, NULL},
};

const struct stage_cli_verb stage_song_cli_revert = {
	.name = "song revert",
	.operands = "[GENERATION]",
	.max_operands = 1,
	.summary = "Makes a song what it was before it was saved last",
	.details = "Or what it was in a generation, by the number that song "
		   "generations shows. What it is now is kept as a generation "
		   "first, so that a second song revert takes the first one "
		   "back. A song that plays is loaded anew.",
	.options = revert_options,
	.run = run_revert,
};

const struct stage_cli_verb stage_song_cli_rename = {
	.name = "song rename",
	.operands = "SONG NAME",
	.min_operands = 2,
	.max_operands = 2,
	.summary = "Gives a song another name, in all setlists too",
	.details = "Not while its programs run.",
	.options = options,
	.run = run_rename,
};

const struct stage_cli_verb stage_song_cli_delete = {
	.name = "song delete",
	.operands = "SONG",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Takes a song away, and out of all setlists",
	.details = "Its directory goes into state/show/trash of the rig, with "
		   "its generations. Not while its programs run.",
	.options = options,
	.run = run_delete,
};
