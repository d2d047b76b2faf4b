/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// midi, learn, forget, send: pedals; tempo, calm.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exits.h"
#include "base/num.h"
#include "base/str.h"
#include "cli/set.h"
#include "cli/show.h"

static const struct stage_cli_option options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

// What came.

static void
write_ago(json_int_t ms, char *out, size_t size)
{
	if (ms < 60000) {
		snprintf(out, size, "%.1f s", (double)ms / 1e3);
	} else {
		snprintf(out, size, "%lld min", (long long)ms / 60000);
	}
}

static void
add_heard(struct stage_table *table, const json_t *heard)
{
	json_int_t count = json_integer_value(json_object_get(heard, "count"));
	const char *did = stage_ask_text(heard, "did");
	bool is_nothing = strncmp(did, "nothing", strlen("nothing")) == 0;
	char text[32];

	write_ago(json_integer_value(json_object_get(heard, "ago_ms")), text,
		sizeof(text));
	stage_table_cell(table, text, STAGE_TONE_DIM);
	stage_table_cell(
		table, stage_ask_text(heard, "text"), STAGE_TONE_PLAIN);
	snprintf(text, sizeof(text), "%lld", (long long)count);
	stage_table_cell(table, text, STAGE_TONE_DIM);
	stage_table_cell(
		table, did, is_nothing ? STAGE_TONE_DIM : STAGE_TONE_GOOD);
}

static int
show_midi(const json_t *answer)
{
	static const struct stage_table_column columns[] = {
		{.title = "AGO", .is_right = true},
		{.title = "MESSAGE", .may_be_cut = true},
		{.title = "TIMES", .is_right = true, .drop = 1},
		{.title = "DID"},
	};
	const json_t *heard = json_object_get(answer, "heard");
	const json_t *complaints = json_object_get(answer, "complaints");
	const char *learning = stage_ask_text(answer, "learning");
	struct stage_table *table;

	for (size_t i = 0; i < json_array_size(complaints); i++) {
		fprintf(stderr, "stagecraft: warning: %s\n",
			json_string_value(json_array_get(complaints, i)));
	}
	if (learning[0] != '\0') {
		printf("the next pedal will be: %s\n", learning);
	}
	if (json_array_size(heard) == 0) {
		printf("nothing has come by MIDI yet; connect a pedal to "
		       "stagecraft-show:midi_in\n");
		return STAGE_EXIT_OK;
	}
	table = stage_table_create(columns, STAGE_COUNT_OF(columns));
	for (size_t i = 0; table != NULL && i < json_array_size(heard); i++) {
		add_heard(table, json_array_get(heard, i));
	}
	return stage_ask_print_table(table);
}

static int
run_midi(struct stage_cli *cli)
{
	return stage_song_ask(cli, "midi", json_object(), show_midi);
}

// Pedals.

// The act, and its number where there is one.
static json_t *
act_params(struct stage_cli *cli)
{
	json_t *params = json_object();
	int64_t number = 0;

	if (cli->operand_count > 0) {
		json_object_set_new(
			params, "act", json_string(cli->operands[0]));
	}
	if (cli->operand_count > 1) {
		json_object_set_new(params, "number",
			stage_num_parse(cli->operands[1], 1, 100000, &number,
				NULL) == STAGE_OK
				? json_integer(number)
				: json_string(cli->operands[1]));
	}
	return params;
}

static int
run_learn(struct stage_cli *cli)
{
	return stage_song_ask(cli, "learn", act_params(cli), NULL);
}

static int
run_forget(struct stage_cli *cli)
{
	return stage_song_ask(cli, "forget", act_params(cli), NULL);
}

static int
run_send(struct stage_cli *cli)
{
	struct stage_str bytes = {0};
	json_t *params = NULL;

	for (size_t i = 0; i < (size_t)cli->operand_count; i++) {
		(void)!stage_str_addf(&bytes, "%s ", cli->operands[i]);
	}
	params = json_pack("{s:s}", "bytes", stage_str_text(&bytes));
	stage_str_finish(&bytes);
	return stage_song_ask(cli, "send", params, NULL);
}

// The tempo, and the end of a panic.

static int
show_tempo(const json_t *answer)
{
	printf("%g beats a minute, in %lld/%lld\n",
		json_number_value(json_object_get(answer, "bpm")),
		(long long)json_integer_value(json_object_get(answer, "beats")),
		(long long)json_integer_value(
			json_object_get(answer, "beat_type")));
	if (strcmp(stage_ask_text(answer, "timebase"), "ours") != 0) {
		printf("the song has it told by %s\n",
			strcmp(stage_ask_text(answer, "timebase"), "client") ==
					0
				? "a program of its own"
				: "nobody");
	} else if (!json_is_true(json_object_get(answer, "master"))) {
		printf("JACK is not told of it: it is away, or another program "
		       "is its timebase master\n");
	}
	return STAGE_EXIT_OK;
}

static int
run_tempo(struct stage_cli *cli)
{
	json_t *params = json_object();
	const char *metre = NULL;

	for (size_t i = 0; i < (size_t)cli->operand_count; i++) {
		const char *word = cli->operands[i];
		double bpm = 0;
		if (strchr(word, '/') != NULL) {
			metre = word;
		} else if (stage_num_parse_decimal(word, 0, 1e6, &bpm, NULL) ==
			   STAGE_OK) {
			json_object_set_new(params, "bpm", json_real(bpm));
		} else {
			json_object_set_new(params, "bpm", json_string(word));
		}
	}
	if (metre != NULL) {
		json_object_set_new(params, "metre", json_string(metre));
	}
	if (stage_cli_has(cli, "now")) {
		json_object_set_new(params, "at", json_string("now"));
	}
	return stage_song_ask(cli, "tempo", params, show_tempo);
}

static int
run_calm(struct stage_cli *cli)
{
	return stage_song_ask(cli, "calm", json_object(), NULL);
}

static const struct stage_cli_option tempo_options[] = {
	STAGE_CLI_JSON,
	{"now", 'n', NULL, "from now on, and not from the next bar on"},
	{NULL, 0, NULL, NULL},
};

const struct stage_cli_verb stage_show_cli_midi = {
	.name = "show midi",
	.operands = "",
	.summary = "Shows the MIDI messages that came last",
	.details = "And what each of them did: for whoever wonders why a pedal "
		   "does nothing.",
	.options = options,
	.run = run_midi,
};

const struct stage_cli_verb stage_show_cli_learn = {
	.name = "show learn",
	.operands = "[ACT [NUMBER]]",
	.max_operands = 2,
	.summary = "Has a pedal ask something",
	.details =
		"The next note, controller or program that comes within half a "
		"minute asks that from then on, and is written to the rig's "
		"show.midi. ACT is go, next, previous, play NUMBER, select "
		"NUMBER, select-next, select-previous, reset, stop, pause, "
		"resume, save, panic or tap. Without it nothing is learned any "
		"more.",
	.options = options,
	.run = run_learn,
};

const struct stage_cli_verb stage_show_cli_forget = {
	.name = "show forget",
	.operands = "ACT [NUMBER]",
	.min_operands = 1,
	.max_operands = 2,
	.summary = "Has no pedal ask something any more",
	.details = "Its lines are taken out of the rig's show.midi.",
	.options = options,
	.run = run_forget,
};

const struct stage_cli_verb stage_show_cli_send = {
	.name = "show send",
	.operands = "BYTE...",
	.min_operands = 1,
	.max_operands = -1,
	.summary = "Sends MIDI to what cues go to",
	.details = "Whole messages, in hexadecimal: 90 3c 40 begins a note, "
		   "which ends by itself.",
	.options = options,
	.run = run_send,
};

const struct stage_cli_verb stage_show_cli_tempo = {
	.name = "show tempo",
	.operands = "[BPM] [METRE]",
	.max_operands = 2,
	.summary = "Shows or sets the tempo and the metre",
	.details = "As 128 or 127.5, and as 7/8; from the next bar on. The "
		   "next song brings its own.",
	.options = tempo_options,
	.run = run_tempo,
};

const struct stage_cli_verb stage_show_cli_calm = {
	.name = "show calm",
	.operands = "",
	.summary = "Ends a panic",
	.details = "What was silenced is heard again. The next song, or "
		   "transport resume, does it, too.",
	.options = options,
	.run = run_calm,
};
