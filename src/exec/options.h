/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The command line of stagecraft-exec: one table for parsing and for help.
 * Thread: main. */

#ifndef STAGE_EXEC_OPTIONS_H
#define STAGE_EXEC_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "rig/needs.h"

struct stage_exec_options {
	struct stage_needs needs;
	int64_t timeout_ns;     // 0: wait for ever
	const char *scheduling; // NULL: as it is
	const char *cpus;       // NULL: as it is
	const char *user;       // NULL: as it is
	const char *directory;  // NULL: as it is
	int64_t nice;
	bool has_nice;
	bool wants_help;
	struct stage_strv limits; // "NAME=VALUE"
	struct stage_strv env_dirs;
	struct stage_strv variables; // "NAME=VALUE"
	char **argv;                 // the program; borrowed
};

/** Reads argv[argc]. The first word that is no option begins the program.
 *
 * Errors: STAGE_BAD_INPUT, with a sentence; STAGE_NO_MEMORY. Free the options
 * in any case.
 */
STAGE_NODISCARD enum stage_status stage_exec_options_parse(
	struct stage_exec_options *options, int argc, char **argv,
	struct stage_err *err);

/** Prints the help. */
void stage_exec_options_help(void);

void stage_exec_options_finish(struct stage_exec_options *options);

#endif
