/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// preset, snapshot, map, learn.

#include <stdio.h>

#include "base/conf.h"
#include "base/exits.h"
#include "cli/rack.h"

static const struct stage_cli_option options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static const struct stage_cli_option map_options[] = {
	{"drop", 'd', "VALUE", "forget what was learned for this value"},
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static const struct stage_cli_option snapshot_options[] = {
	STAGE_CLI_JSON,
	{"morph", 'm', "TIME", "how long it takes, such as 2s"},
	{"remove", 'R', NULL, "forget it"},
	{"save", 's', NULL, "give the values of now this name"},
	{NULL, 0, NULL, NULL},
};

static int
show_maps(const json_t *result)
{
	static const struct stage_table_column columns[] = {
		{.title = "SLOT"},
		{.title = "MAP", .may_be_cut = true},
		{.title = "FROM", .drop = 1},
	};
	const json_t *maps = json_object_get(result, "maps");
	struct stage_table *table;

	if (!json_is_array(maps)) {
		return STAGE_EXIT_OK; // one was added, or dropped
	}
	if (json_array_size(maps) == 0) {
		printf("nothing is mapped; stagecraft rack learn maps what you "
		       "turn\n");
		return STAGE_EXIT_OK;
	}
	table = stage_table_create(columns, STAGE_COUNT_OF(columns));
	for (size_t i = 0; table != NULL && i < json_array_size(maps); i++) {
		const json_t *map = json_array_get(maps, i);
		bool is_learned = json_is_true(json_object_get(map, "learned"));
		stage_table_cell(
			table, stage_ask_text(map, "slot"), STAGE_TONE_PLAIN);
		stage_table_cell(
			table, stage_ask_text(map, "map"), STAGE_TONE_PLAIN);
		stage_table_cell(
			table, is_learned ? "learned" : "file", STAGE_TONE_DIM);
	}
	return stage_ask_print_table(table);
}

// The operands from `first` on, as the words of a line. NULL, which is told as
// words that are no text, where a file could not hold them.
static json_t *
add_words(const struct stage_cli *cli, int first, json_t *params)
{
	struct stage_str text = {0};
	enum stage_status status = STAGE_OK;

	for (int i = first; status == STAGE_OK && i < cli->operand_count; i++) {
		if (i > first) {
			status = stage_str_add(&text, " ");
		}
		if (status == STAGE_OK) {
			status = stage_conf_add_word(&text, cli->operands[i]);
		}
	}
	if (status == STAGE_OK) {
		params = stage_rack_with(params, "map", stage_str_text(&text));
	} else {
		json_decref(params);
		params = NULL;
	}
	stage_str_finish(&text);
	return params;
}

static int
run_map(struct stage_cli *cli)
{
	const char *drop = stage_cli_value(cli, "drop");
	json_t *params = json_object();

	if (cli->operand_count > 1) {
		params = stage_rack_with(params, "slot", cli->operands[1]);
	}
	params = stage_rack_with(params, "drop", drop);
	if (cli->operand_count > 2) {
		params = add_words(cli, 2, params);
	}
	return stage_rack_ask(cli, "map", params, show_maps);
}

static int
show_learned(const json_t *result)
{
	printf("learned %s\n", stage_ask_text(result, "map"));
	return STAGE_EXIT_OK;
}

static int
run_learn(struct stage_cli *cli)
{
	json_t *params = json_pack("{s:s}", "slot", cli->operands[1]);

	params = add_words(cli, 2, params);
	if (!stage_cli_has(cli, "json")) {
		printf("turn or press what is to control it\n");
		fflush(stdout);
	}
	return stage_rack_ask(cli, "learn", params, show_learned);
}

static int
show_snapshots(const json_t *result)
{
	const json_t *names = json_object_get(result, "snapshots");

	for (size_t i = 0; i < json_array_size(names); i++) {
		printf("%s\n", json_string_value(json_array_get(names, i)));
	}
	if (json_is_array(names) && json_array_size(names) == 0) {
		printf("there are no snapshots; stagecraft rack snapshot RACK "
		       "NAME --save makes one\n");
	}
	return STAGE_EXIT_OK;
}

static int
run_snapshot(struct stage_cli *cli)
{
	const char *morph = stage_cli_value(cli, "morph");
	json_t *params = json_object();

	if (cli->operand_count > 1) {
		params = stage_rack_with(params, "name", cli->operands[1]);
	}
	params = stage_rack_with(params, "morph", morph);
	if (stage_cli_has(cli, "save")) {
		json_object_set_new(params, "save", json_true());
	}
	if (stage_cli_has(cli, "remove")) {
		json_object_set_new(params, "remove", json_true());
	}
	return stage_rack_ask(cli, "snapshot", params, show_snapshots);
}

static int
show_presets(const json_t *result)
{
	static const struct stage_table_column columns[] = {
		{.title = "PRESET", .may_be_cut = true},
		{.title = "URI", .drop = 1},
	};
	const json_t *presets = json_object_get(result, "presets");
	struct stage_table *table;

	if (!json_is_array(presets)) {
		return STAGE_EXIT_OK; // one was loaded
	}
	if (json_array_size(presets) == 0) {
		printf("its plug-in has no presets\n");
		return STAGE_EXIT_OK;
	}
	table = stage_table_create(columns, STAGE_COUNT_OF(columns));
	for (size_t i = 0; table != NULL && i < json_array_size(presets); i++) {
		const json_t *preset = json_array_get(presets, i);
		stage_table_cell(table, stage_ask_text(preset, "name"),
			STAGE_TONE_PLAIN);
		stage_table_cell(
			table, stage_ask_text(preset, "uri"), STAGE_TONE_DIM);
	}
	return stage_ask_print_table(table);
}

static int
run_preset(struct stage_cli *cli)
{
	json_t *params = json_pack("{s:s}", "slot", cli->operands[1]);

	if (cli->operand_count > 2) {
		params = stage_rack_with(params, "preset", cli->operands[2]);
	}
	return stage_rack_ask(cli, "preset", params, show_presets);
}

const struct stage_cli_verb stage_rack_cli_preset = {
	.name = "rack preset",
	.operands = "RACK SLOT [PRESET]",
	.min_operands = 2,
	.max_operands = 3,
	.summary = "Loads a preset of a plug-in, or lists them",
	.details = "PRESET is a name or a URI. The sound does not stop: values "
		   "move there, and a plug-in that gets another state fades "
		   "in.",
	.options = options,
	.run = run_preset,
};

const struct stage_cli_verb stage_rack_cli_map = {
	.name = "rack map",
	.operands = "RACK [SLOT [MAP...]]",
	.min_operands = 1,
	.max_operands = -1,
	.summary = "Lists what MIDI controls, or maps a controller",
	.details = "MAP is as in a slot file: cc 1 74 decay_time 0.4 15 log. "
		   "It is remembered, and not written to the file. The slot "
		   "\"rack\" is the rack itself.",
	.options = map_options,
	.run = run_map,
};

const struct stage_cli_verb stage_rack_cli_learn = {
	.name = "rack learn",
	.operands = "RACK SLOT VALUE [RANGE...]",
	.min_operands = 3,
	.max_operands = -1,
	.summary = "Maps a value to the controller that you turn next",
	.details = "RANGE is lowest and highest value, then log or pickup, as "
		   "in a map. It waits half a minute for you.",
	.options = options,
	.run = run_learn,
};

const struct stage_cli_verb stage_rack_cli_snapshot = {
	.name = "rack snapshot",
	.operands = "RACK [NAME]",
	.min_operands = 1,
	.max_operands = 2,
	.summary = "Goes to a snapshot of all values, or lists or saves them",
	.details = "What a slot file says to recall keep stays as it is.",
	.options = snapshot_options,
	.run = run_snapshot,
};
