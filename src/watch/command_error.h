/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Finds the reason in what a stagecraft command that failed has said.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_WATCH_COMMAND_ERROR_H
#define STAGE_WATCH_COMMAND_ERROR_H

#include "base/err.h"

/** Fills err with the sentence of "stagecraft: error: SENTENCE", the first such
 * line of what stood on standard error, or else with the first line; with words
 * of its own when there is none. The status is STAGE_BAD_INPUT. */
void stage_command_error_read(const char *said, struct stage_err *err);

#endif
