/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Reads a command line against the table of verbs. Thread: main. */

#ifndef STAGE_CLI_PARSE_H
#define STAGE_CLI_PARSE_H

#include "base/err.h"
#include "cli/cli.h"

enum stage_cli_outcome {
	STAGE_CLI_RUN,   // cli->verb is to be run
	STAGE_CLI_HELP,  // help was asked for: of cli->verb, or of all (NULL)
	STAGE_CLI_WRONG, // err says what is wrong and what to type
};

/** Fills cli from argv[argc]; options may stand before or behind the operands,
 * "--" ends them, and everything behind it is an operand. */
enum stage_cli_outcome stage_cli_parse(
	struct stage_cli *cli, int argc, char **argv, struct stage_err *err);

/** The verb of that name; with a group, the one of its verbs. NULL: there is
 * none; err says so, and what may be meant. */
const struct stage_cli_verb *stage_cli_find_verb(
	const struct stage_cli_verb *group, const char *name,
	struct stage_err *err);

#endif
