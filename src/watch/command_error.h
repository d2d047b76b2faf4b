/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Finds the reason in what a stagecraft command that failed has said.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_WATCH_COMMAND_ERROR_H
#define STAGE_WATCH_COMMAND_ERROR_H

#include <stdint.h>

#include "base/err.h"

/** Fills err with the SENTENCE of the last line "PROGRAM: error: SENTENCE" of
 * what stood on standard error, which is the one that a program ended for; or
 * else with the first line that says anything, or with words of its own. The
 * status tells by the exit code, or by 128 and the signal, whether to try
 * again: STAGE_BAD_INPUT, STAGE_BUG, STAGE_BUSY; STAGE_GONE where all was done
 * and the service did not come up. */
void stage_command_error_read(
	const char *said, int64_t exit_code, struct stage_err *err);

#endif
