/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>

#include "base/clock.h"
#include "base/exits.h"
#include "cli/ask.h"

static const struct stage_ask_daemon bridge = {
	.socket = "midi.sock",
	.absent = "the MIDI bridge is not running; stagecraft status says why, "
		  "stagecraft enable midi makes its service",
	.no_text = "a name must be UTF-8 text",
	.patience_ns = 10 * STAGE_NS_PER_S,
};

static const struct stage_cli_option options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static bool
is_true(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

static const char *
state_of(const json_t *endpoint, const json_t *way)
{
	if (!is_true(endpoint, "here")) {
		return "away";
	}
	if (is_true(way, "muted")) {
		return "muted: it runs in a circle";
	}
	return is_true(way, "connected") ? stage_ask_text(way, "device")
					 : "not connected";
}

static void
add_way(struct stage_table *table, const json_t *endpoint, const json_t *way)
{
	const char *state = state_of(endpoint, way);
	json_int_t lost = json_integer_value(json_object_get(way, "lost"));
	enum stage_tone tone = STAGE_TONE_PLAIN;
	char text[32];

	if (!is_true(endpoint, "here")) {
		tone = STAGE_TONE_DIM;
	} else if (is_true(way, "connected")) {
		tone = state[0] == 'o' ? STAGE_TONE_GOOD : STAGE_TONE_BAD;
	}
	snprintf(text, sizeof(text), "%d",
		(int)json_integer_value(json_object_get(endpoint, "id")));
	stage_table_cell(table, text, STAGE_TONE_DIM);
	stage_table_cell(table, stage_ask_text(way, "port"), STAGE_TONE_PLAIN);
	stage_table_cell(table, state, tone);
	stage_table_cell(
		table, stage_ask_text(endpoint, "label"), STAGE_TONE_PLAIN);
	snprintf(text, sizeof(text), "%lld", (long long)lost);
	stage_table_cell(
		table, text, lost > 0 ? STAGE_TONE_BAD : STAGE_TONE_DIM);
}

static int
show_list(const json_t *list)
{
	static const struct stage_table_column columns[] = {
		{.title = "NR", .is_right = true},
		{.title = "PORT", .may_be_cut = true},
		{.title = "STATE"},
		{.title = "LABEL", .drop = 2},
		{.title = "LOST", .is_right = true, .drop = 1},
	};
	struct stage_table *table =
		stage_table_create(columns, STAGE_COUNT_OF(columns));
	size_t count = 0;

	for (size_t i = 0; table != NULL && i < json_array_size(list); i++) {
		const json_t *endpoint = json_array_get(list, i);
		const json_t *ways = json_object_get(endpoint, "ways");
		for (size_t k = 0; k < json_array_size(ways); k++) {
			add_way(table, endpoint, json_array_get(ways, k));
			count++;
		}
		stage_table_note(table, stage_ask_text(endpoint, "reason"),
			STAGE_TONE_BAD);
	}
	if (count == 0) {
		printf("there are no MIDI devices, and there were none\n");
		stage_table_destroy(table);
		return STAGE_EXIT_OK;
	}
	return stage_ask_print_table(table);
}

static int
run_list(struct stage_cli *cli)
{
	return stage_ask_do(cli, &bridge, "list", json_object(), show_list);
}

static int
ask(struct stage_cli *cli, const char *method, json_t *params)
{
	return stage_ask_do(cli, &bridge, method, params, NULL);
}

static int
run_label(struct stage_cli *cli)
{
	return ask(cli, "label",
		json_pack("{s:s, s:s}", "port", cli->operands[0], "label",
			cli->operand_count > 1 ? cli->operands[1] : ""));
}

static int
run_forget(struct stage_cli *cli)
{
	return ask(cli, "forget", json_pack("{s:s}", "port", cli->operands[0]));
}

static int
run_panic(struct stage_cli *cli)
{
	return ask(cli, "panic", json_object());
}

static int
run_test(struct stage_cli *cli)
{
	return ask(cli, "test", json_pack("{s:s}", "port", cli->operands[0]));
}

static int
run_virtual(struct stage_cli *cli)
{
	return ask(
		cli, "virtual", json_pack("{s:s}", "name", cli->operands[0]));
}

static const struct stage_cli_verb verb_list = {
	.name = "midi list",
	.operands = "",
	.summary = "Lists the MIDI ports, those that are away, too",
	.details = "Each device has a JACK port for each direction, which "
		   "stays while it is away.",
	.options = options,
	.run = run_list,
};

static const struct stage_cli_verb verb_label = {
	.name = "midi label",
	.operands = "PORT [LABEL]",
	.min_operands = 1,
	.max_operands = 2,
	.summary = "Gives a port a label, or takes it away",
	.details = "The label is an alias of its JACK port; the port's name "
		   "stays, since patch files have it.",
	.options = options,
	.run = run_label,
};

static const struct stage_cli_verb verb_forget = {
	.name = "midi forget",
	.operands = "PORT",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Forgets a port that is away",
	.details = "Its JACK port goes, and its name is free again.",
	.options = options,
	.run = run_forget,
};

static const struct stage_cli_verb verb_panic = {
	.name = "midi panic",
	.operands = "",
	.summary = "Ends all notes, everywhere",
	.details = "Those that are known to be held, and, on all channels of "
		   "all ports in use, all others.",
	.options = options,
	.run = run_panic,
};

static const struct stage_cli_verb verb_test = {
	.name = "midi test",
	.operands = "PORT",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Plays a note to a device",
	.details = "Its playback port must be connected, so that it is open.",
	.options = options,
	.run = run_test,
};

static const struct stage_cli_verb verb_virtual = {
	.name = "midi virtual",
	.operands = "NAME",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Makes a port for programs that have none of their own",
	.details = "It is in the ALSA sequencer and in JACK, and stays until "
		   "it is forgotten.",
	.options = options,
	.run = run_virtual,
};

static const struct stage_cli_verb *const verbs[] = {
	&verb_list,
	&verb_label,
	&verb_forget,
	&verb_panic,
	&verb_test,
	&verb_virtual,
	NULL,
};

const struct stage_cli_verb stage_verb_midi = {
	.name = "midi",
	.operands = "VERB",
	.max_operands = -1,
	.summary = "Shows and changes the MIDI bridge; has verbs of its own",
	.details = "PORT is a number as stagecraft midi list has it, the name "
		   "of a JACK port, of a device, or a label. "
		   "stagecraft-midi(8) has it all.",
	.verbs = verbs,
};
