/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// list, status: what there is, and how it plays.

#include <stdio.h>

#include "base/attr.h"
#include "base/exits.h"
#include "cli/audio.h"

static const struct stage_cli_option options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static void
add_state(struct stage_table *table, const json_t *card)
{
	const char *wrong = stage_ask_text(card, "wrong");

	if (json_is_true(json_object_get(card, "is_used"))) {
		stage_table_cell(table, "plays", STAGE_TONE_GOOD);
	} else if (wrong[0] != '\0') {
		stage_table_cell(table, "cannot", STAGE_TONE_BAD);
	} else if (stage_audio_number(card, "rank") > 0) {
		stage_table_cell(table, "ready", STAGE_TONE_PLAIN);
	} else if (json_is_true(json_object_get(card, "plays"))) {
		stage_table_cell(table, "by name", STAGE_TONE_DIM);
	} else {
		stage_table_cell(table, "records", STAGE_TONE_DIM);
	}
}

static void
add_card(struct stage_table *table, const json_t *card)
{
	static const char *const keys[] = {
		"id", NULL, "title", "serial", "usb", "path"};

	for (size_t i = 0; i < STAGE_COUNT_OF(keys); i++) {
		if (keys[i] == NULL) {
			add_state(table, card);
		} else {
			stage_table_cell(table, stage_ask_text(card, keys[i]),
				STAGE_TONE_PLAIN);
		}
	}
	stage_table_note(table, stage_ask_text(card, "wrong"), STAGE_TONE_BAD);
}

static int
show_list(const json_t *result)
{
	static const struct stage_table_column columns[] = {
		{"CARD", false, false, 0},
		{"STATE", false, false, 0},
		{"NAME", false, true, 0},
		{"SERIAL", false, true, 2},
		{"USB", false, false, 1},
		{"PATH", false, true, 3},
	};
	const json_t *cards = json_object_get(result, "cards");
	const json_t *wishes = json_object_get(result, "wishes");
	struct stage_table *table;
	int code = STAGE_EXIT_OK;

	if (json_array_size(cards) == 0) {
		printf("there is no sound card\n");
	} else {
		table = stage_table_create(columns, STAGE_COUNT_OF(columns));
		for (size_t i = 0; table != NULL && i < json_array_size(cards);
			i++) {
			add_card(table, json_array_get(cards, i));
		}
		code = stage_ask_print_table(table);
	}
	for (size_t i = 0; i < json_array_size(wishes); i++) {
		printf("wish %zu: %s\n", i + 1,
			json_string_value(json_array_get(wishes, i)));
	}
	return code;
}

static int
run_list(struct stage_cli *cli)
{
	return stage_audio_do(cli, "list", json_object(), show_list);
}

static int
show_status(const json_t *result)
{
	const json_t *state = json_object_get(result, "state");
	const json_t *realtime = json_object_get(state, "realtime");
	const json_t *gap = json_object_get(state, "gap");
	const char *memory =
		stage_ask_text(json_object_get(state, "memory"), "reason");

	printf("JACK server %s: %s\n", stage_ask_text(state, "server"),
		stage_ask_text(state, "state"));
	stage_audio_print_device(state);
	printf("%d inputs, %d outputs; real-time: %s\n",
		stage_audio_number(state, "inputs"),
		stage_audio_number(state, "outputs"),
		json_is_true(json_object_get(realtime, "is_on"))
			? "yes"
			: stage_ask_text(realtime, "reason"));
	if (memory[0] != '\0') {
		printf("warning: its memory is %s\n", memory);
	}
	printf("load %d %%, xruns %d, devices switched %d times\n",
		stage_audio_number(state, "load_percent"),
		stage_audio_number(state, "xruns"),
		stage_audio_number(state, "switches"));
	if (stage_audio_number(state, "switches") > 0) {
		printf("the last switch, from %s: silent for %d ms at most, "
		       "%d frames, %d xruns\n",
			stage_ask_text(gap, "from"),
			stage_audio_number(gap, "ms"),
			stage_audio_number(gap, "frames"),
			stage_audio_number(gap, "xruns"));
	}
	return STAGE_EXIT_OK;
}

static int
run_status(struct stage_cli *cli)
{
	return stage_audio_do(cli, "state", json_object(), show_status);
}

const struct stage_cli_verb stage_audio_verb_list = {
	.name = "audio list",
	.operands = "",
	.summary = "Lists the sound cards and what names each of them",
	.details =
		"A card is known again by its serial number, by where it is "
		"plugged in, by its USB ids, or by its id; never by its "
		"number. Screens and loopbacks play only when they are named.",
	.options = options,
	.run = run_list,
};

const struct stage_cli_verb stage_audio_verb_status = {
	.name = "audio status",
	.operands = "",
	.summary = "Shows what the JACK server plays on, and how well",
	.details = "A warning tells what is not as it was asked for.",
	.options = options,
	.run = run_status,
};
