/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The frame of the command line: a table of verbs, each in a file of its own
 * (verb_NAME.c) with its name, options, help and function together.
 *
 * `stagecraft VERB --help`, the manual page and the completion come from the
 * same table; a test compares them. Every verb takes -r RIG and --help besides
 * its own options.
 *
 * Thread: main.
 */

#ifndef STAGE_CLI_CLI_H
#define STAGE_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "rig/paths.h"

#define STAGE_CLI_OPTIONS_MAX 8 // options of one verb

struct stage_cli_option {
	const char *name;     // long name without dashes; NULL ends a table
	char letter;          // short name, 0: none
	const char *argument; // what it takes, in capitals; NULL: a flag
	const char *help;     // one line, no full stop
};

struct stage_cli;

struct stage_cli_verb {
	const char *name;
	const char *operands; // as shown: "NAME...", "[NAME]", "" none
	int min_operands;
	int max_operands;    // -1: any number
	const char *summary; // one line for the list of verbs
	const char *details; // a few full sentences
	const struct stage_cli_option *options; // ended by a NULL name; or NULL
	/** Verbs of its own, ended by NULL, each named "VERB WORD"; the first
	 * operand is then the word, and `run` is not used. Else NULL. */
	const struct stage_cli_verb *const *verbs;
	/** Does it and returns the exit code (base/exits.h). */
	int (*run)(struct stage_cli *cli);
};

struct stage_cli {
	const struct stage_cli_verb *verb;
	struct stage_rig rig;                      // found already
	bool names_rig;                            // by -r or STAGECRAFT_RIG
	const char *values[STAGE_CLI_OPTIONS_MAX]; // "" for a given flag
	char **operands;                           // borrowed from argv
	int operand_count;
};

/** All verbs, ended by NULL, in the order in which they are shown. */
extern const struct stage_cli_verb *const stage_cli_verbs[];

/** True when the flag or option was given. name must be in the verb's table. */
bool stage_cli_has(const struct stage_cli *cli, const char *name);

/** The value of an option, or NULL when it was not given. */
const char *stage_cli_value(const struct stage_cli *cli, const char *name);

/** Prints "stagecraft: error: SENTENCE" and returns the exit code that belongs
 * to its status. */
int stage_cli_fail(const struct stage_err *err);

/** Makes sure that the rig is up: its path is then in cli->rig.
 *
 * Errors: STAGE_NOT_FOUND with what to do; STAGE_EXISTS when another rig is up
 * than the one named with -r or STAGECRAFT_RIG.
 */
STAGE_NODISCARD enum stage_status stage_cli_need_up(
	struct stage_cli *cli, struct stage_err *err);

/** Warns of services that need each other in a circle and never start. */
void stage_cli_warn_circles(const struct stage_cli *cli);

/** Prints the help of one verb, or of all for NULL. */
void stage_cli_print_help(const struct stage_cli_verb *verb);

/** Collects the operands, each checked to be a service of the rig; all enabled
 * services when there are none and `all` is true.
 *
 * Errors: STAGE_NOT_FOUND with the names that are there; STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_cli_services(struct stage_cli *cli,
	bool all, struct stage_strv *names, struct stage_err *err);

extern const struct stage_cli_verb stage_verb_up;
extern const struct stage_cli_verb stage_verb_down;
extern const struct stage_cli_verb stage_verb_status;
extern const struct stage_cli_verb stage_verb_start;
extern const struct stage_cli_verb stage_verb_stop;
extern const struct stage_cli_verb stage_verb_restart;
extern const struct stage_cli_verb stage_verb_wait;
extern const struct stage_cli_verb stage_verb_enable;
extern const struct stage_cli_verb stage_verb_disable;
extern const struct stage_cli_verb stage_verb_remove;
extern const struct stage_cli_verb stage_verb_new;
extern const struct stage_cli_verb stage_verb_patch;
extern const struct stage_cli_verb stage_verb_midi;
extern const struct stage_cli_verb stage_verb_song;
extern const struct stage_cli_verb stage_verb_set;
extern const struct stage_cli_verb stage_verb_show;
extern const struct stage_cli_verb stage_verb_audio;
extern const struct stage_cli_verb stage_verb_rack;
extern const struct stage_cli_verb stage_verb_pair;
extern const struct stage_cli_verb stage_verb_devices;
extern const struct stage_cli_verb stage_verb_unpair;
extern const struct stage_cli_verb stage_verb_logs;
extern const struct stage_cli_verb stage_verb_crashes;
extern const struct stage_cli_verb stage_verb_doctor;
extern const struct stage_cli_verb stage_verb_help;
extern const struct stage_cli_verb stage_verb_version;

#endif
