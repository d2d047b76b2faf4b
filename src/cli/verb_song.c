/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/exits.h"
#include "base/num.h"
#include "cli/song.h"

static const struct stage_ask_daemon manager = {
	.socket = "show.sock",
	.absent = "the show manager is not running; stagecraft status says "
		  "why, stagecraft enable show makes its service",
	.no_text = "a name must be UTF-8 text",
	.patience_ns = 120 * STAGE_NS_PER_S,
};

int
stage_song_ask(struct stage_cli *cli, const char *method, json_t *params,
	int (*show)(const json_t *result))
{
	return stage_ask_do(cli, &manager, method, params, show);
}

int
stage_song_ask_of(struct stage_cli *cli, const char *method, const char *what)
{
	return stage_song_ask(
		cli, method, json_pack("{s:s}", what, cli->operands[0]), NULL);
}

json_int_t
stage_song_number(const char *word)
{
	struct stage_err err = STAGE_ERR_INIT;
	int64_t number = 0;

	if (stage_num_parse(word, 0, INT32_MAX, &number, &err) != STAGE_OK) {
		(void)stage_cli_fail(&err);
		return STAGE_CLI_NO_NUMBER;
	}
	return number;
}

static const struct stage_cli_option options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

// What plays.

static enum stage_tone
tone_of(const json_t *client)
{
	const char *state = stage_ask_text(client, "state");

	if (strcmp(state, "ready") == 0) {
		return STAGE_TONE_GOOD;
	}
	return strcmp(state, "failed") == 0 ||
			       json_is_true(json_object_get(client, "late"))
		       ? STAGE_TONE_BAD
		       : STAGE_TONE_PLAIN;
}

static int
show_clients(const json_t *clients)
{
	static const struct stage_table_column columns[] = {
		{.title = "CLIENT"},
		{.title = "NAME", .may_be_cut = true},
		{.title = "STATE"},
		{.title = "PROGRAM", .drop = 2},
		{.title = "LABEL", .drop = 1},
	};
	struct stage_table *table =
		stage_table_create(columns, STAGE_COUNT_OF(columns));

	for (size_t i = 0; table != NULL && i < json_array_size(clients); i++) {
		const json_t *client = json_array_get(clients, i);

		stage_table_cell(
			table, stage_ask_text(client, "id"), STAGE_TONE_DIM);
		stage_table_cell(table, stage_ask_text(client, "name"),
			STAGE_TONE_PLAIN);
		stage_table_cell(table, stage_ask_text(client, "state"),
			tone_of(client));
		stage_table_cell(table, stage_ask_text(client, "program"),
			STAGE_TONE_DIM);
		stage_table_cell(table, stage_ask_text(client, "label"),
			STAGE_TONE_PLAIN);
		stage_table_note(
			table, stage_ask_text(client, "why"), STAGE_TONE_BAD);
	}
	return stage_ask_print_table(table);
}

// The song that rings still, and those that are there before their turn.
static void
show_ahead(const json_t *state)
{
	const json_t *ringing = json_object_get(state, "ringing");
	const json_t *ahead = json_object_get(state, "ahead");

	for (size_t i = 0; i < json_array_size(ringing); i++) {
		printf("%s rings\n",
			json_string_value(json_array_get(ringing, i)));
	}
	for (size_t i = 0; i < json_array_size(ahead); i++) {
		const json_t *song = json_array_get(ahead, i);
		const char *word = stage_ask_text(song, "state");

		if (strcmp(word, "ready") == 0 ||
			strcmp(word, "loading") == 0) {
			printf("%s is %s for its turn\n",
				stage_ask_text(song, "name"), word);
		} else if (stage_ask_text(song, "why")[0] != '\0') {
			printf("%s\n", stage_ask_text(song, "why"));
		}
	}
}

static void
show_complaints(const json_t *song)
{
	const json_t *complaints = json_object_get(song, "complaints");

	for (size_t i = 0; i < json_array_size(complaints); i++) {
		fprintf(stderr, "stagecraft: warning: %s\n",
			json_string_value(json_array_get(complaints, i)));
	}
}

int
stage_song_show_now(const json_t *state)
{
	const json_t *song = json_object_get(state, "song");
	const json_t *incoming = json_object_get(state, "incoming");

	if (json_is_object(incoming)) {
		printf("%s is about to play\n",
			stage_ask_text(incoming, "name"));
	}
	if (!json_is_object(song)) {
		printf("no song plays (%s mode)\n",
			stage_ask_text(state, "mode"));
		return STAGE_EXIT_OK;
	}
	printf("%s plays (%s mode)\n", stage_ask_text(song, "name"),
		stage_ask_text(state, "mode"));
	stage_song_show_conf(song);
	show_ahead(state);
	show_complaints(song);
	if (json_array_size(json_object_get(song, "clients")) == 0) {
		printf("it has no clients\n");
		return STAGE_EXIT_OK;
	}
	return show_clients(json_object_get(song, "clients"));
}

static int
show_now(const json_t *answer)
{
	return stage_song_show_now(json_object_get(answer, "state"));
}

static int
show_list(const json_t *answer)
{
	const json_t *songs = json_object_get(answer, "songs");
	const json_t *odd = json_object_get(answer, "odd");

	for (size_t i = 0; i < json_array_size(songs); i++) {
		printf("%s\n", json_string_value(json_array_get(songs, i)));
	}
	for (size_t i = 0; i < json_array_size(odd); i++) {
		fprintf(stderr, "stagecraft: warning: %s\n",
			json_string_value(json_array_get(odd, i)));
	}
	if (json_array_size(songs) == 0) {
		printf("there are no songs; stagecraft song new NAME makes "
		       "one\n");
	}
	return STAGE_EXIT_OK;
}

static int
run_now(struct stage_cli *cli)
{
	return stage_ask_do(cli, &manager, "state", json_object(), show_now);
}

static int
run_list(struct stage_cli *cli)
{
	return stage_ask_do(cli, &manager, "list", json_object(), show_list);
}

// What is done.

static int
ask(struct stage_cli *cli, const char *method, json_t *params)
{
	return stage_song_ask(cli, method, params, NULL);
}

static int
run_open(struct stage_cli *cli)
{
	return stage_song_ask_of(cli, "open", "song");
}

static int
run_new(struct stage_cli *cli)
{
	return stage_song_ask_of(cli, "new", "song");
}

static int
run_duplicate(struct stage_cli *cli)
{
	return stage_song_ask_of(cli, "duplicate", "song");
}

static int
run_save(struct stage_cli *cli)
{
	return ask(cli, "save", json_object());
}

static int
run_close(struct stage_cli *cli)
{
	return ask(cli, "close",
		json_pack("{s:b}", "discard",
			(int)stage_cli_has(cli, "discard")));
}

static int
run_mode(struct stage_cli *cli)
{
	return stage_song_ask_of(cli, "mode", "mode");
}

static const struct stage_cli_option close_options[] = {
	{"discard", 'd', NULL, "save nothing, also in edit mode"},
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static const struct stage_cli_verb verb_now = {
	.name = "song now",
	.operands = "",
	.summary = "Shows the song that plays, and its clients",
	.details = "What is not well with one of them stands below it.",
	.options = options,
	.run = run_now,
};

static const struct stage_cli_verb verb_list = {
	.name = "song list",
	.operands = "",
	.summary = "Lists the songs there are",
	.details = "A song is a directory in the rig's songs/ that has "
		   "a session.nsm; "
		   "its name is the path to it.",
	.options = options,
	.run = run_list,
};

static const struct stage_cli_verb verb_open = {
	.name = "song open",
	.operands = "SONG",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Plays a song in place of the one that plays",
	.details = "That one plays on until all clients of the new one "
		   "are there, or have "
		   "had their time. In edit mode it is saved first.",
	.options = options,
	.run = run_open,
};

static const struct stage_cli_verb verb_new = {
	.name = "song new",
	.operands = "SONG",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Makes an empty song and plays it",
	.details = "A name may have slashes, as in \"Set 1/Opener\".",
	.options = options,
	.run = run_new,
};

static const struct stage_cli_verb verb_duplicate = {
	.name = "song duplicate",
	.operands = "SONG",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Plays a copy of the song that plays",
	.details = "Its clients have names of their own, so that both "
		   "can be there at "
		   "once. What was not saved is not copied.",
	.options = options,
	.run = run_duplicate,
};

static const struct stage_cli_verb verb_save = {
	.name = "song save",
	.operands = "",
	.summary = "Has all clients of the song save",
	.details = "What there was before is kept. Those that did not "
		   "save are named.",
	.options = options,
	.run = run_save,
};

static const struct stage_cli_verb verb_mode = {
	.name = "song mode",
	.operands = "show|edit",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Says whether songs are saved by themselves",
	.details = "In show mode, which it begins in, nothing is saved "
		   "but by song save. "
		   "In edit mode a song is saved when it is left.",
	.options = options,
	.run = run_mode,
};

static const struct stage_cli_verb verb_close = {
	.name = "song close",
	.operands = "",
	.summary = "Ends the song that plays",
	.details = "In edit mode it is saved first.",
	.options = close_options,
	.run = run_close,
};

static const struct stage_cli_verb *const verbs[] = {
	&verb_now,
	&verb_list,
	&verb_open,
	&verb_new,
	&verb_duplicate,
	&verb_save,
	&verb_close,
	&verb_mode,
	&stage_song_cli_add,
	&stage_song_cli_stop,
	&stage_song_cli_start,
	&stage_song_cli_remove,
	&stage_song_cli_show,
	&stage_song_cli_hide,
	&stage_song_cli_said,
	&stage_song_cli_info,
	&stage_song_cli_generations,
	&stage_song_cli_revert,
	&stage_song_cli_rename,
	&stage_song_cli_delete,
	NULL,
};

const struct stage_cli_verb stage_verb_song = {
	.name = "song",
	.operands = "VERB",
	.max_operands = -1,
	.summary = "Plays and saves songs; has verbs of its own",
	.details = "A song is an NSM session: the programs that it needs, with "
		   "what they have loaded. stagecraft-show(8) has it all.",
	.verbs = verbs,
};
