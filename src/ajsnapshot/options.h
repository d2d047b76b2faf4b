/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The command line of aj-snapshot 0.9.9, for a program that stands in for it
 * where people's scripts call it. What each option means here:
 *
 * | aj-snapshot     | meaning                                                 |
 * |-----------------|---------------------------------------------------------|
 * | FILE            | the connections that are there now are written to FILE, |
 * |                 | as the format aj-snapshot                               |
 * | -r FILE         | each connection in FILE is made as if by hand: learned  |
 * |                 | where the mode learns; ports that are away are told     |
 * | -d FILE         | as -r, and the program stays; HUP reads FILE again, INT |
 * |                 | and TERM end it, and the connections stay               |
 * | -x FILE         | with -r or -d: first, and with -d at each HUP, what is  |
 * |                 | connected and not in FILE is disconnected as if by hand |
 * | -x              | all is disconnected as if by hand                       |
 * | -a, -j          | only of ALSA, only of JACK; both or none: of both       |
 * | -i NAME         | clients that are left as they are: not stored, not      |
 * |                 | connected, not disconnected; a pattern of the shell's   |
 * | -f              | FILE is replaced without asking                         |
 * | -q              | only errors are told                                    |
 * | -p MILLISECONDS | is taken and means nothing, as nothing is polled for    |
 *
 * As with aj-snapshot, letters may stand together, long options may be cut off
 * where that is clear, options may stand behind FILE, and the last one of -r
 * and -d counts. Other than it, a number that is none is refused, and there may
 * be any number of -i.
 *
 * Pure. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_AJSNAPSHOT_OPTIONS_H
#define STAGE_AJSNAPSHOT_OPTIONS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

enum stage_aj_action {
	STAGE_AJ_STORE,
	STAGE_AJ_RESTORE,
	STAGE_AJ_DAEMON,
	STAGE_AJ_REMOVE, // and nothing else; there is no file
	STAGE_AJ_ACTION_COUNT,
};

struct stage_aj_options {
	enum stage_aj_action action;
	bool has_jack;
	bool has_alsa;
	bool removes_first; // before it restores; never with STORE
	bool forces;
	bool is_quiet;
	bool wants_help;           // the rest is of no use then
	const char *file;          // NULL with REMOVE; borrowed from argv
	struct stage_strv ignored; // patterns
	struct stage_strv remarks; // sentences about what means nothing here
};

/** Reads argv[argc], whose first word is the program.
 *
 * Ownership: the caller calls stage_aj_options_finish in any case. Errors:
 * STAGE_BAD_INPUT, with a sentence; STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_aj_options_parse(
	struct stage_aj_options *self, int argc, char **argv,
	struct stage_err *err);
void stage_aj_options_finish(struct stage_aj_options *self);

/** True when a client, the part of a port's name before its first colon, is to
 * be left as it is. Compared as by fnmatch(3): "[128]" is one of three digits.
 */
bool stage_aj_options_ignores(
	const struct stage_aj_options *self, const char *client);

/** Prints the help to standard output. */
void stage_aj_options_help(void);

#endif
