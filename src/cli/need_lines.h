/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Turns the needs of a command line into the lines of a service's file
 * `needs`. Pure. Thread: any. */

#ifndef STAGE_CLI_NEED_LINES_H
#define STAGE_CLI_NEED_LINES_H

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

/** Appends one line for each need of a list such as "jack, port:Synth:*";
 * blanks around a need do not count. NULL is an empty list.
 *
 * Errors, each with a sentence: STAGE_BAD_INPUT for what cannot be waited for
 * or stand in a file, STAGE_TOO_LONG, STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_need_lines(
	const char *list, struct stage_str *lines, struct stage_err *err);

#endif
