/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Lines of several logs in the order of their times; those of one log never
 * change their order among themselves, whatever the clock did. Thread: any, one
 * object by one thread at a time. */

#ifndef STAGE_CLI_LOG_MERGE_H
#define STAGE_CLI_LOG_MERGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/log_source.h"

struct stage_log_merge;

/** wants_rest: as in rig/log_source.h. Ownership: free with
 * stage_log_merge_destroy. NULL when out of memory. */
struct stage_log_merge *stage_log_merge_create(bool wants_rest);

/** Adds a log directory; see stage_log_source_create. Its number, from 0 up, is
 * that of additions before it. Errors: STAGE_NO_MEMORY, STAGE_TOO_LONG. */
STAGE_NODISCARD enum stage_status stage_log_merge_add(
	struct stage_log_merge *self, const char *directory, const char *name,
	size_t last_lines, struct stage_err *err);

/** True when a log of that name was added. */
bool stage_log_merge_has(const struct stage_log_merge *self, const char *name);

/** Says that there may be more lines in log `number` now. */
void stage_log_merge_wake(struct stage_log_merge *self, size_t number);

/** Gives the next line; false when there is none now, until a log is woken.
 * Ownership: *line is borrowed until the next call. */
bool stage_log_merge_next(
	struct stage_log_merge *self, struct stage_log_line *line);

/** The first error of a log, or NULL; each is told once. */
const struct stage_err *stage_log_merge_take_err(struct stage_log_merge *self);

/** Frees it and its sources; NULL is fine. */
void stage_log_merge_destroy(struct stage_log_merge *self);

#endif
