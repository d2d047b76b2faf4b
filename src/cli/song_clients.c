/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// add, stop, start, remove, show, hide, said: the clients of the song that
// plays.

#include <stdio.h>

#include "base/exits.h"
#include "cli/song.h"

static const struct stage_cli_option options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static int
show_said(const json_t *answer)
{
	printf("%s", stage_ask_text(answer, "text"));
	return STAGE_EXIT_OK;
}

static int
run_add(struct stage_cli *cli)
{
	return stage_song_ask_of(cli, "add", "program");
}

static int
run_stop(struct stage_cli *cli)
{
	return stage_song_ask_of(cli, "stop", "client");
}

static int
run_start(struct stage_cli *cli)
{
	return stage_song_ask_of(cli, "start", "client");
}

static int
run_remove(struct stage_cli *cli)
{
	return stage_song_ask_of(cli, "remove", "client");
}

static int
run_show(struct stage_cli *cli)
{
	return stage_song_ask_of(cli, "show", "client");
}

static int
run_hide(struct stage_cli *cli)
{
	return stage_song_ask_of(cli, "hide", "client");
}

static int
run_said(struct stage_cli *cli)
{
	return stage_song_ask(cli, "said",
		json_pack("{s:s}", "client", cli->operands[0]), show_said);
}

const struct stage_cli_verb stage_song_cli_add = {
	.name = "song add",
	.operands = "PROGRAM",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Adds a program to the song and starts it",
	.details = "It must be installed, and speak NSM. It is in the "
		   "song for good when "
		   "that is saved.",
	.options = options,
	.run = run_add,
};

const struct stage_cli_verb stage_song_cli_stop = {
	.name = "song stop",
	.operands = "CLIENT",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Ends a client of the song",
	.details = "CLIENT is its id, as song now has it.",
	.options = options,
	.run = run_stop,
};

const struct stage_cli_verb stage_song_cli_start = {
	.name = "song start",
	.operands = "CLIENT",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Starts a client of the song again",
	.details = "Also one that failed.",
	.options = options,
	.run = run_start,
};

const struct stage_cli_verb stage_song_cli_remove = {
	.name = "song remove",
	.operands = "CLIENT",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Takes a client that was stopped out of the song",
	.details = "Its files stay where they are.",
	.options = options,
	.run = run_remove,
};

const struct stage_cli_verb stage_song_cli_show = {
	.name = "song show",
	.operands = "CLIENT",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Has a client show its window",
	.details = "Not all have one that can be hidden.",
	.options = options,
	.run = run_show,
};

const struct stage_cli_verb stage_song_cli_hide = {
	.name = "song hide",
	.operands = "CLIENT",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Has a client hide its window",
	.details = "Not all have one that can be hidden.",
	.options = options,
	.run = run_hide,
};

const struct stage_cli_verb stage_song_cli_said = {
	.name = "song said",
	.operands = "CLIENT",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Shows what a client has said last",
	.details = "The last lines of its output, which is kept in "
		   "memory.",
	.options = options,
	.run = run_said,
};
