/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Log lines from the audio thread.
 *
 * The audio thread writes a record, an id and two numbers, into a ring; the
 * loop drains it and writes the log lines of base/log.h. What a record says is
 * in a table that the program gives, indexed by its own enum of ids:
 *
 *     static const struct stage_rtlog_line lines[] = {
 *             [LOG_LATE] = {STAGE_LOG_WARNING, "block {a} was {b} us late"},
 *     };
 *
 * {a} and {b} stand for the numbers, in decimal. When the ring is full records
 * are dropped and counted, and the next drain says how many.
 */

#ifndef STAGE_RT_RTLOG_H
#define STAGE_RT_RTLOG_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/log.h"
#include "rt/rt.h"

struct stage_rtlog;

/** What a record says. */
struct stage_rtlog_line {
	enum stage_log_level level;
	const char *text; // borrowed; {a} and {b} are replaced
};

/** Makes a log for lines[count] with room for at least `records` of them.
 *
 * Thread: any. Ownership: lines is borrowed for the life of the log; the caller
 * calls stage_rtlog_destroy. NULL when out of memory or when there are more
 * records than a ring can hold.
 */
struct stage_rtlog *stage_rtlog_create(
	const struct stage_rtlog_line *lines, size_t count, size_t records);

/** Frees the log, drained or not. NULL is fine. Thread: any but [rt], when the
 * audio thread is done with it. */
void stage_rtlog_destroy(struct stage_rtlog *self);

/** As stage_ring_lock_memory. */
STAGE_NODISCARD enum stage_status stage_rtlog_lock_memory(
	struct stage_rtlog *self, struct stage_err *err);

/** Puts a record into the log, or counts it as dropped. Thread: [rt], one
 * thread only. */
STAGE_RT void stage_rtlog(
	struct stage_rtlog *self, uint32_t id, int64_t a, int64_t b);

/** Writes the records there are now as log lines, and one more when some were
 * dropped. Returns how many records there were. Thread: [main], one thread
 * only.
 */
size_t stage_rtlog_drain(struct stage_rtlog *self);

#endif
