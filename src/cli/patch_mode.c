/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// mode, lock, scene, hush: what holds at the moment.

#include <stdio.h>

#include "base/exits.h"
#include "cli/patch.h"

static const struct stage_cli_option mode_options[] = {
	{"for", 'f', "CLIENTS", "only for these, such as 'Zyn*'"},
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static const struct stage_cli_option lock_options[] = {
	STAGE_CLI_JSON,
	{"off", 'o', NULL, "back to the mode before"},
	{NULL, 0, NULL, NULL},
};

static const struct stage_cli_option hush_options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static const struct stage_cli_option scene_options[] = {
	STAGE_CLI_JSON,
	{"learn", 'l', NULL, "write what is connected as the song's patch"},
	{"none", 'n', NULL, "no song and no set"},
	{"set", 's', "NAME", "the set, a list in setlists/"},
	{NULL, 0, NULL, NULL},
};

static int
show_mode(const json_t *result)
{
	const json_t *lines = json_object_get(result, "lines");

	printf("%s\n", stage_ask_text(result, "mode"));
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *line = json_array_get(lines, i);
		const char *clients = stage_ask_text(line, "clients");
		printf("%s for %s (%s)\n", stage_ask_text(line, "mode"),
			clients[0] != '\0' ? clients : "what this file says",
			stage_ask_text(line, "file"));
	}
	return STAGE_EXIT_OK;
}

static int
run_mode(struct stage_cli *cli)
{
	const char *clients = stage_cli_value(cli, "for");
	struct stage_err err = STAGE_ERR_INIT;

	if (cli->operand_count == 0) {
		if (clients != NULL) {
			stage_err_set(&err, STAGE_BAD_INPUT,
				"which mode for %s? One of off, learn, "
				"enforce, exclusive, lock, default",
				clients);
			return stage_cli_fail(&err);
		}
		return stage_patch_do(cli, "mode", json_object(), show_mode);
	}
	return stage_patch_do(cli, "mode",
		json_pack("{s:s, s:s?}", "mode", cli->operands[0], "clients",
			clients),
		show_mode);
}

static int
run_lock(struct stage_cli *cli)
{
	return stage_patch_do(cli, "lock",
		json_pack("{s:b}", "off", stage_cli_has(cli, "off")),
		show_mode);
}

static int
show_scene(const json_t *result)
{
	const char *song = stage_ask_text(result, "song");
	const char *set = stage_ask_text(result, "set");
	const json_t *learned = json_object_get(result, "learned");

	printf("song: %s\nset: %s\n", song[0] != '\0' ? song : "none",
		set[0] != '\0' ? set : "none");
	if (learned != NULL) {
		stage_ask_print_count(learned, "line");
		printf(" written as the song's patch\n");
	}
	return STAGE_EXIT_OK;
}

static int
run_scene(struct stage_cli *cli)
{
	bool is_none = stage_cli_has(cli, "none");
	const char *none = is_none ? "" : NULL;
	const char *song = cli->operand_count > 0 ? cli->operands[0] : none;
	const char *set =
		stage_cli_has(cli, "set") ? stage_cli_value(cli, "set") : none;

	return stage_patch_do(cli, "scene",
		json_pack("{s:s?, s:s?, s:b}", "song", song, "set", set,
			"learn", stage_cli_has(cli, "learn")),
		show_scene);
}

static int
show_hush(const json_t *result)
{
	printf("silence: %s\n", stage_ask_text(result, "silence"));
	return STAGE_EXIT_OK;
}

static int
run_hush(struct stage_cli *cli)
{
	return stage_patch_do(cli, "hush",
		json_pack("{s:s?}", "silence",
			cli->operand_count > 0 ? cli->operands[0] : NULL),
		show_hush);
}

const struct stage_cli_verb stage_patch_verb_mode = {
	.name = "patch mode",
	.operands = "[MODE]",
	.max_operands = 1,
	.summary = "Shows or sets the mode",
	.details =
		"off only looks; learn takes over what you do by hand; enforce "
		"makes again whatever is lost; exclusive also removes what "
		"nobody wants from ports that a file names; lock is enforce "
		"for the show, above the modes of files. With --for, default "
		"takes the clients' own mode away.",
	.options = mode_options,
	.run = run_mode,
};

const struct stage_cli_verb stage_patch_verb_lock = {
	.name = "patch lock",
	.operands = "",
	.summary = "Locks the patch for the show",
	.details = "Every connection is kept, nothing is learned.",
	.options = lock_options,
	.run = run_lock,
};

const struct stage_cli_verb stage_patch_verb_scene = {
	.name = "patch scene",
	.operands = "[SONG]",
	.max_operands = 1,
	.summary = "Shows or changes which song's patch is in force",
	.details =
		"What is new in songs/SONG/song.patch is made before what was "
		"the last song's is taken away; the global patch is not "
		"touched. --learn writes what is connected beside the global "
		"patch as the song's.",
	.options = scene_options,
	.run = run_scene,
};

const struct stage_cli_verb stage_patch_verb_hush = {
	.name = "patch hush",
	.operands = "[none|song|all]",
	.max_operands = 1,
	.summary = "Shows or sets what is kept silent",
	.details =
		"song withholds the audio connections of the song's patch, all "
		"also those to ports of the computer's, whatever the mode; "
		"none "
		"makes them again. Nothing is learned of that. A panic does it "
		"by itself: stagecraft show panic.",
	.options = hush_options,
	.run = run_hush,
};
