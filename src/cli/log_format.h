/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** How a line of a log is shown. Thread: any. */

#ifndef STAGE_CLI_LOG_FORMAT_H
#define STAGE_CLI_LOG_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "rig/log_source.h"

#define STAGE_LOG_TIME_MAX 32 // bytes of a time in words

/** Writes a moment in local time as "2026-11-24 05:01:02.123" into
 * text[STAGE_LOG_TIME_MAX]. */
void stage_log_format_time(int64_t wall_ns, char *text);

/** Appends "TIME NAME: TEXT" and a newline; a line without a time has blanks.
 *
 * is_clean: for a terminal, with what could harm it replaced (width.h).
 * Errors: STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_log_format_line(
	const struct stage_log_line *line, bool is_clean,
	struct stage_str *out);

#endif
