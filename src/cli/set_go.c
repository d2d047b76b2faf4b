/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// next, previous, go, play, select: what a pedal may ask, too.

#include <string.h>

#include "base/exits.h"
#include "cli/set.h"

static const struct stage_cli_option options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

// The verb's last word is the daemon's verb.
int
stage_set_run_go(struct stage_cli *cli)
{
	const char *method = strchr(cli->verb->name, ' ') + 1;

	return stage_song_ask(cli, method, json_object(), NULL);
}

static int
ask_number(struct stage_cli *cli, const char *method, const char *what)
{
	json_int_t number = stage_song_number(cli->operands[0]);

	return number == STAGE_CLI_NO_NUMBER
		       ? STAGE_EXIT_PERMANENT
		       : stage_song_ask(cli, method,
				 json_pack("{s:I}", what, number), NULL);
}

static int
run_play(struct stage_cli *cli)
{
	return ask_number(cli, "play", "number");
}

static int
run_select(struct stage_cli *cli)
{
	const char *word = cli->operands[0];

	return strcmp(word, "next") == 0 || strcmp(word, "previous") == 0
		       ? stage_song_ask_of(cli, "select", "which")
		       : ask_number(cli, "select", "which");
}

#define NEXT                                                                   \
	.operands = "", .summary = "Plays the next song of the setlist",       \
	.details = "The one after that which plays, or which was asked for "   \
		   "last; songs that are skipped are passed by. At the end "   \
		   "nothing happens. One that comes within show.guard of the " \
		   "last one (rig.conf) is taken for the same, and not done.", \
	.options = options, .run = stage_set_run_go
#define PREVIOUS                                                               \
	.operands = "", .summary = "Plays the song before the one that plays", \
	.details = "As next, the other way.", .options = options,              \
	.run = stage_set_run_go
#define GO                                                                     \
	.operands = "",                                                        \
	.summary = "Plays the song that is selected, and selects the next",    \
	.details = "Unless another one was selected, that is the same as "     \
		   "next.",                                                    \
	.options = options, .run = stage_set_run_go
#define PLAY                                                                   \
	.operands = "NUMBER", .min_operands = 1, .max_operands = 1,            \
	.summary = "Plays the song of that number in the setlist",             \
	.details = "Also one that is skipped.", .options = options,            \
	.run = run_play
#define SELECT                                                                 \
	.operands = "NUMBER|next|previous", .min_operands = 1,                 \
	.max_operands = 1, .summary = "Selects the song that go plays",        \
	.details = "Nothing is played yet.", .options = options,               \
	.run = run_select

const struct stage_cli_verb stage_set_cli_next = {.name = "set next", NEXT};
const struct stage_cli_verb stage_set_cli_previous = {
	.name = "set previous", PREVIOUS};
const struct stage_cli_verb stage_set_cli_go = {.name = "set go", GO};
const struct stage_cli_verb stage_set_cli_play = {.name = "set play", PLAY};
const struct stage_cli_verb stage_set_cli_select = {
	.name = "set select", SELECT};

const struct stage_cli_verb stage_show_cli_next = {.name = "show next", NEXT};
const struct stage_cli_verb stage_show_cli_previous = {
	.name = "show previous", PREVIOUS};
const struct stage_cli_verb stage_show_cli_go = {.name = "show go", GO};
const struct stage_cli_verb stage_show_cli_play = {.name = "show play", PLAY};
const struct stage_cli_verb stage_show_cli_select = {
	.name = "show select", SELECT};
