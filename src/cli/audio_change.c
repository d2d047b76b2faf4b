/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// use, set: another sound card, rate or period while the show goes on.

#include "base/exits.h"
#include "base/str.h"
#include "cli/audio.h"

static const struct stage_cli_option options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static int
show_device(const json_t *result)
{
	stage_audio_print_device(result);
	return STAGE_EXIT_OK;
}

static int
run_use(struct stage_cli *cli)
{
	struct stage_str words = {0};
	enum stage_status status = STAGE_OK;
	int code;

	for (int i = 0; status == STAGE_OK && i < cli->operand_count; i++) {
		status = stage_str_addf(
			&words, "%s%s", i > 0 ? " " : "", cli->operands[i]);
	}
	code = stage_audio_do(cli, "use",
		status == STAGE_OK
			? json_pack("{s:s}", "card", stage_str_text(&words))
			: NULL,
		show_device);
	stage_str_finish(&words);
	return code;
}

static int
run_set(struct stage_cli *cli)
{
	return stage_audio_do(cli, "set",
		json_pack("{s:s, s:s}", "key", cli->operands[0], "value",
			cli->operands[1]),
		show_device);
}

const struct stage_cli_verb stage_audio_verb_use = {
	.name = "audio use",
	.operands = "CARD...",
	.min_operands = 1,
	.max_operands = 8,
	.summary = "Plays on a sound card whenever it is there",
	.details =
		"CARD is an id that audio list shows, keys such as "
		"serial:00123, or a name that ALSA's files give. It comes "
		"before those that rig.conf names, now and after every start; "
		"default takes that back. Programs play on meanwhile.",
	.options = options,
	.run = run_use,
};

const struct stage_cli_verb stage_audio_verb_set = {
	.name = "audio set",
	.operands = "KEY VALUE",
	.min_operands = 2,
	.max_operands = 2,
	.summary = "Changes rate, period or periods",
	.details = "Above rig.conf, now and after every start; the value "
		   "default takes it back. Programs that cannot follow another "
		   "rate have to be restarted.",
	.options = options,
	.run = run_set,
};
