/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** One directory of svlogd read as a stream of lines, oldest first, across its
 * rotated files (@*.s, @*.u) and `current`, also while svlogd goes on writing
 * and rotating.
 *
 * Memory is bounded by the longest line. A line without a time stamp has the
 * time of the line before it. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_RIG_LOG_SOURCE_H
#define STAGE_RIG_LOG_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

#define STAGE_LOG_LINE_MAX 65536 // bytes; a longer line comes in parts

struct stage_log_source;

struct stage_log_line {
	const char *name; // of the service
	bool has_time;
	int64_t wall_ns;  // also set, for order, when it has no time itself
	const char *text; // without stamp and newline
	size_t len;
};

/** Opens a directory that need not be there yet.
 *
 * last_lines: how far back to begin, at a file's beginning that leaves at least
 * so many lines; 0 begins with the oldest file.
 * Ownership: free with stage_log_source_destroy. Errors: STAGE_NO_MEMORY,
 * STAGE_TOO_LONG.
 */
STAGE_NODISCARD enum stage_status stage_log_source_create(const char *directory,
	const char *name, size_t last_lines, struct stage_log_source **out,
	struct stage_err *err);

/** Gives the next line, or false when there is none now; more may come.
 *
 * wants_rest: take what stands behind the last newline for a line too. A file
 * that cannot be read is passed over, and its error kept.
 * Ownership: *line is borrowed until the next call.
 */
bool stage_log_source_peek(struct stage_log_source *self, bool wants_rest,
	struct stage_log_line *line);

/** Goes on to the line after the one that peek gave. */
void stage_log_source_next(struct stage_log_source *self);

/** The first error met while reading, or STAGE_OK. */
const struct stage_err *stage_log_source_err(
	const struct stage_log_source *self);

/** Closes and frees it; NULL is fine. */
void stage_log_source_destroy(struct stage_log_source *self);

#endif
