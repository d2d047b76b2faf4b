/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>

#include "base/clock.h"
#include "cli/audio.h"

static const struct stage_ask_daemon jack = {
	.socket = "jack.sock",
	.absent = "stagecraft-jack is not running; stagecraft status says why, "
		  "stagecraft enable jack makes its service",
	.no_text = "a word is no UTF-8 text",
	.patience_ns = 30 * STAGE_NS_PER_S, // a device may take its time
};

int
stage_audio_do(struct stage_cli *cli, const char *method, json_t *params,
	int (*show)(const json_t *result))
{
	return stage_ask_do(cli, &jack, method, params, show);
}

int
stage_audio_number(const json_t *object, const char *key)
{
	return (int)json_number_value(json_object_get(object, key));
}

void
stage_audio_print_device(const json_t *object)
{
	const char *device = stage_ask_text(object, "device");
	const char *note = stage_ask_text(object, "note");

	printf("plays on %s at %d Hz, %d frames: %s\n",
		device[0] != '\0' ? device : stage_ask_text(object, "driver"),
		stage_audio_number(object, "rate_hz"),
		stage_audio_number(object, "period_frames"),
		stage_ask_text(object, "reason"));
	if (note[0] != '\0') {
		printf("warning: %s\n", note);
	}
}

static const struct stage_cli_verb *const verbs[] = {
	&stage_audio_verb_list,
	&stage_audio_verb_status,
	&stage_audio_verb_use,
	&stage_audio_verb_set,
	NULL,
};

const struct stage_cli_verb stage_verb_audio = {
	.name = "audio",
	.operands = "VERB",
	.max_operands = -1,
	.summary = "Shows and chooses the sound card; has verbs of its own",
	.details =
		"The JACK server plays on the best sound card that is there, "
		"on none when there is none, and moves when one comes or goes; "
		"programs play on meanwhile. stagecraft-audio(1) has it all.",
	.verbs = verbs,
};
