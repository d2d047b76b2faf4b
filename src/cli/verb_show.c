/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/exits.h"
#include "cli/set.h"
#include "cli/show.h"

static const struct stage_cli_option options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static void
show_spot(const json_t *place, const char *key, const char *what)
{
	const json_t *spot = json_object_get(place, key);
	json_int_t number = json_integer_value(json_object_get(spot, "number"));

	if (json_is_object(spot) && number > 0) {
		printf("%s: %lld %s\n", what, (long long)number,
			stage_ask_text(spot, "name"));
	} else if (json_is_object(spot)) {
		printf("%s: %s\n", what, stage_ask_text(spot, "name"));
	}
}

static int
show_now(const json_t *answer)
{
	const json_t *state = json_object_get(answer, "state");
	const json_t *place = json_object_get(state, "place");
	const char *trouble = stage_ask_text(place, "trouble");

	if (json_is_string(json_object_get(place, "set"))) {
		printf("setlist: %s\n", stage_ask_text(place, "set"));
	} else {
		printf("setlist: none; all songs by name\n");
	}
	show_spot(place, "previous", "before");
	show_spot(place, "selected", "selected");
	if (json_is_true(json_object_get(place, "over"))) {
		printf("it is over\n");
	}
	if (trouble[0] != '\0') {
		fprintf(stderr,
			"stagecraft: warning: %s; it goes on as it was "
			"read last\n",
			trouble);
	}
	return stage_song_show_now(state);
}

static int
run_now(struct stage_cli *cli)
{
	return stage_song_ask(cli, "state", json_object(), show_now);
}

static int
run_mode(struct stage_cli *cli)
{
	return stage_song_ask_of(cli, "mode", "mode");
}

static int
run_transport(struct stage_cli *cli)
{
	return stage_song_ask_of(cli, "transport", "what");
}

static const struct stage_cli_verb verb_now = {
	.name = "show now",
	.operands = "",
	.summary = "Shows where the show is",
	.details = "The setlist in force, the song that plays with its "
		   "notes and its clients, and the one that is "
		   "selected.",
	.options = options,
	.run = run_now,
};

static const struct stage_cli_verb verb_reset = {
	.name = "show reset",
	.operands = "",
	.summary = "Goes back to the first song of the setlist",
	.details = "It is selected, and not played. What plays goes "
		   "on.",
	.options = options,
	.run = stage_set_run_go,
};

static const struct stage_cli_verb verb_save = {
	.name = "show save",
	.operands = "",
	.summary = "Has all clients of the song save",
	.details = "As song save.",
	.options = options,
	.run = stage_set_run_go,
};

static const struct stage_cli_verb verb_mode = {
	.name = "show mode",
	.operands = "show|edit",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Says whether songs are saved by themselves",
	.details = "As song mode.",
	.options = options,
	.run = run_mode,
};

static const struct stage_cli_verb verb_panic = {
	.name = "show panic",
	.operands = "",
	.summary = "Ends all that sounds and should not",
	.details = "All notes, at every MIDI input and rack; the song's "
		   "sound is muted. Programs go on. A second one "
		   "within a second mutes all.",
	.options = options,
	.run = stage_set_run_go,
};

static const struct stage_cli_verb verb_tap = {
	.name = "show tap",
	.operands = "",
	.summary = "Taps the tempo",
	.details = "Twice or more often, in time.",
	.options = options,
	.run = stage_set_run_go,
};

static const struct stage_cli_verb verb_transport = {
	.name = "show transport",
	.operands = "stop|pause|resume",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Stops JACK's transport, or lets it roll",
	.details = "A stop goes back to the beginning, too.",
	.options = options,
	.run = run_transport,
};

static const struct stage_cli_verb *const verbs[] = {
	&verb_now,
	&stage_show_cli_next,
	&stage_show_cli_previous,
	&stage_show_cli_go,
	&stage_show_cli_play,
	&stage_show_cli_select,
	&verb_reset,
	&verb_save,
	&verb_mode,
	&verb_panic,
	&stage_show_cli_calm,
	&verb_tap,
	&stage_show_cli_tempo,
	&verb_transport,
	&stage_show_cli_cues,
	&stage_show_cli_cue,
	&stage_show_cli_probe,
	&stage_show_cli_midi,
	&stage_show_cli_learn,
	&stage_show_cli_forget,
	&stage_show_cli_send,
	NULL,
};

const struct stage_cli_verb stage_verb_show = {
	.name = "show",
	.operands = "VERB",
	.max_operands = -1,
	.summary = "Shows and runs the whole show; has verbs of its own",
	.details = "What a pedal, a phone or a lighting desk may ask, by hand: "
		   "they all go the same way.",
	.verbs = verbs,
};
