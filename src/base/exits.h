/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the exit code of each of our programs means, in skarnet's manner. */

#ifndef STAGE_BASE_EXITS_H
#define STAGE_BASE_EXITS_H

#include "base/status.h"

enum stage_exit {
	STAGE_EXIT_OK = 0,          // asked to stop, or the work is done
	STAGE_EXIT_NO = 1,          // a question was answered with no
	STAGE_EXIT_PERMANENT = 100, // wrong use or configuration: stays down
	STAGE_EXIT_BUG = 101,       // our fault
	STAGE_EXIT_TEMPORARY = 111, // the system could not, or not yet: restart
};

/** The exit code for a status: STAGE_EXIT_PERMANENT for what trying again
 * cannot mend, STAGE_EXIT_TEMPORARY for the rest. Thread: any. */
int stage_exit_code(enum stage_status status);

#endif
