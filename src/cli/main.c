/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** stagecraft VERB [OPTIONS] [OPERANDS] */

#include <stdio.h>
#include <string.h>

#include "base/exits.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/parse.h"

const struct stage_cli_verb *const stage_cli_verbs[] = {
	&stage_verb_up,
	&stage_verb_down,
	&stage_verb_status,
	&stage_verb_start,
	&stage_verb_stop,
	&stage_verb_restart,
	&stage_verb_wait,
	&stage_verb_enable,
	&stage_verb_disable,
	&stage_verb_remove,
	&stage_verb_new,
	&stage_verb_patch,
	&stage_verb_midi,
	&stage_verb_audio,
	&stage_verb_rack,
	&stage_verb_song,
	&stage_verb_set,
	&stage_verb_show,
	&stage_verb_pair,
	&stage_verb_devices,
	&stage_verb_unpair,
	&stage_verb_logs,
	&stage_verb_crashes,
	&stage_verb_doctor,
	&stage_verb_help,
	&stage_verb_version,
	NULL,
};

int
main(int argc, char **argv)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_cli cli = {0};
	enum stage_cli_outcome outcome;

	stage_log_init("stagecraft", STAGE_LOG_INFO);
	outcome = stage_cli_parse(&cli, argc, argv, &err);
	if (outcome == STAGE_CLI_HELP) {
		stage_cli_print_help(cli.verb);
		return STAGE_EXIT_OK;
	}
	if (outcome == STAGE_CLI_WRONG) {
		stage_log_err("%s", err.text);
		return STAGE_EXIT_PERMANENT;
	}
	return cli.verb->run(&cli);
}
