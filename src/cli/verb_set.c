/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/exits.h"
#include "cli/set.h"

static const struct stage_cli_option options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static const struct stage_cli_option set_options[] = {
	STAGE_CLI_JSON,
	{"set", 's', "SET", "another setlist than the one in force"},
	{NULL, 0, NULL, NULL},
};

// {set} of the option. NULL, as all of these, when a word is no UTF-8.
static json_t *
begin_params(const struct stage_cli *cli)
{
	const char *set = stage_cli_value(cli, "set");

	return set != NULL ? json_pack("{s:s}", "set", set) : json_object();
}

static json_t *
with_text(json_t *params, const char *key, const char *word)
{
	if (json_object_set_new(params, key, json_string(word)) == 0) {
		return params;
	}
	json_decref(params);
	return NULL;
}

// Asks with up to two operands as numbers.
static int
ask_numbers(struct stage_cli *cli, const char *method, json_t *params,
	const char *const keys[2], int from)
{
	for (int i = 0; i < 2 && keys[i] != NULL; i++) {
		json_int_t number = stage_song_number(cli->operands[from + i]);

		if (number == STAGE_CLI_NO_NUMBER) {
			json_decref(params);
			return STAGE_EXIT_PERMANENT;
		}
		(void)json_object_set_new(
			params, keys[i], json_integer(number));
	}
	return stage_song_ask(cli, method, params, NULL);
}

// What is done with whole lists.

static int
run_use(struct stage_cli *cli)
{
	return stage_song_ask(cli, "set-use",
		cli->operand_count > 0
			? json_pack("{s:s}", "set", cli->operands[0])
			: json_object(),
		NULL);
}

static int
run_new(struct stage_cli *cli)
{
	return stage_song_ask_of(cli, "set-new", "set");
}

static json_t *
make_pair(const struct stage_cli *cli)
{
	return json_pack("{s:s, s:s}", "set", cli->operands[0], "name",
		cli->operands[1]);
}

static int
run_rename(struct stage_cli *cli)
{
	return stage_song_ask(cli, "set-rename", make_pair(cli), NULL);
}

static int
run_duplicate(struct stage_cli *cli)
{
	return stage_song_ask(cli, "set-duplicate", make_pair(cli), NULL);
}

static int
show_delete(const json_t *answer)
{
	printf("it is in %s now\n", stage_ask_text(answer, "where"));
	return STAGE_EXIT_OK;
}

static int
run_delete(struct stage_cli *cli)
{
	return stage_song_ask(cli, "set-delete",
		json_pack("{s:s}", "set", cli->operands[0]), show_delete);
}

// What is done with a song in one.

static const char *const number_key[2] = {"number", NULL};

static int
run_add(struct stage_cli *cli)
{
	static const char *const no_key[2] = {NULL, NULL};

	return ask_numbers(cli, "set-add",
		with_text(begin_params(cli), "song", cli->operands[0]),
		cli->operand_count > 1 ? number_key : no_key, 1);
}

static int
run_remove(struct stage_cli *cli)
{
	return ask_numbers(cli, "set-remove", begin_params(cli), number_key, 0);
}

static int
run_move(struct stage_cli *cli)
{
	static const char *const keys[2] = {"number", "to"};

	return ask_numbers(cli, "set-move", begin_params(cli), keys, 0);
}

static int
run_skip(struct stage_cli *cli)
{
	json_t *params = begin_params(cli);

	(void)json_object_set_new(
		params, "skip", json_boolean(!stage_cli_has(cli, "undo")));
	return ask_numbers(cli, "set-skip", params, number_key, 0);
}

static int
run_break(struct stage_cli *cli)
{
	json_t *params = begin_params(cli);

	if (cli->operand_count > 1) {
		params = with_text(params, "text", cli->operands[1]);
	}
	return ask_numbers(cli, "set-break", params, number_key, 0);
}

static const struct stage_cli_option skip_options[] = {
	STAGE_CLI_JSON,
	{"set", 's', "SET", "another setlist than the one in force"},
	{"undo", 'u', NULL, "play it again"},
	{NULL, 0, NULL, NULL},
};

static const struct stage_cli_verb verb_use = {
	.name = "set use",
	.operands = "[SET]",
	.max_operands = 1,
	.summary = "Puts a setlist in force; without a name, none",
	.details = "Its first song is selected, or the one after that "
		   "which plays. It stays in force over every start. "
		   "With none in force the songs of the rig are the "
		   "list, by name.",
	.options = options,
	.run = run_use,
};

static const struct stage_cli_verb verb_new = {
	.name = "set new",
	.operands = "SET",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Makes an empty setlist",
	.details = "It is a file in setlists/ of the rig, a song a "
		   "line, which may as well be written by hand.",
	.options = options,
	.run = run_new,
};

static const struct stage_cli_verb verb_add = {
	.name = "set add",
	.operands = "SONG [NUMBER]",
	.min_operands = 1,
	.max_operands = 2,
	.summary = "Adds a song to a setlist",
	.details = "At its end, or as the song with that number.",
	.options = set_options,
	.run = run_add,
};

static const struct stage_cli_verb verb_remove = {
	.name = "set remove",
	.operands = "NUMBER",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Takes a song out of a setlist",
	.details = "The song itself stays.",
	.options = set_options,
	.run = run_remove,
};

static const struct stage_cli_verb verb_move = {
	.name = "set move",
	.operands = "NUMBER TO",
	.min_operands = 2,
	.max_operands = 2,
	.summary = "Moves a song in a setlist",
	.details = "So that it has the number TO. Breaks stay where "
		   "they are.",
	.options = set_options,
	.run = run_move,
};

static const struct stage_cli_verb verb_skip = {
	.name = "set skip",
	.operands = "NUMBER",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Marks a song as one that is skipped",
	.details = "Next passes it by; it keeps its number, and can "
		   "be played by that.",
	.options = skip_options,
	.run = run_skip,
};

static const struct stage_cli_verb verb_break = {
	.name = "set break",
	.operands = "NUMBER [TEXT]",
	.min_operands = 1,
	.max_operands = 2,
	.summary = "Puts a break before a song, or takes it out",
	.details = "NUMBER is that of the song which comes after it; 0 "
		   "is the end of the list. Without a TEXT the break "
		   "that is there goes.",
	.options = set_options,
	.run = run_break,
};

static const struct stage_cli_verb verb_rename = {
	.name = "set rename",
	.operands = "SET NAME",
	.min_operands = 2,
	.max_operands = 2,
	.summary = "Gives a setlist another name",
	.details = "One that is in force stays so.",
	.options = options,
	.run = run_rename,
};

static const struct stage_cli_verb verb_duplicate = {
	.name = "set duplicate",
	.operands = "SET NAME",
	.min_operands = 2,
	.max_operands = 2,
	.summary = "Makes a copy of a setlist",
	.details = "As the start of another evening's.",
	.options = options,
	.run = run_duplicate,
};

static const struct stage_cli_verb verb_delete = {
	.name = "set delete",
	.operands = "SET",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Takes a setlist away",
	.details = "Its file, and its patch, go into state/show/trash of "
		   "the rig. Its songs stay.",
	.options = options,
	.run = run_delete,
};

static const struct stage_cli_verb *const verbs[] = {
	&stage_set_cli_list,
	&stage_set_cli_show,
	&verb_use,
	&stage_set_cli_next,
	&stage_set_cli_previous,
	&stage_set_cli_go,
	&stage_set_cli_play,
	&stage_set_cli_select,
	&verb_new,
	&verb_add,
	&verb_remove,
	&verb_move,
	&verb_skip,
	&verb_break,
	&verb_rename,
	&verb_duplicate,
	&verb_delete,
	&stage_set_cli_verify,
	NULL,
};

const struct stage_cli_verb stage_verb_set = {
	.name = "set",
	.operands = "VERB",
	.max_operands = -1,
	.summary = "Goes through the songs of a setlist; has verbs of its own",
	.details = "A setlist is a file in the rig's setlists/: the songs of "
		   "an evening in their order, with breaks, and with songs "
		   "that are skipped. stagecraft-song(5) says how it is "
		   "written.",
	.verbs = verbs,
};
