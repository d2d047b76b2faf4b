/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Whether this process may be real-time, and whether it is: what the system
 * says of the running threads, not of a shell.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_JACKSERVER_REALTIME_H
#define STAGE_JACKSERVER_REALTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/** Tries SCHED_FIFO at a priority, in a thread of its own that ends at once.
 *
 * Errors: STAGE_DENIED with a sentence that says what to do, STAGE_BUSY.
 */
STAGE_NODISCARD enum stage_status stage_realtime_probe(
	int priority, struct stage_err *err);

/** Counts the threads of this process with a real-time policy, and the highest
 * priority among them. *highest may be NULL. Returns 0 where there is no /proc.
 */
size_t stage_realtime_count_threads(int *highest);

struct stage_realtime_memory {
	int64_t locked_kb; // of this process
	int64_t limit_kb;  // -1: none
};

/** The kilobytes of locked memory that the text of /proc/PID/status tells, 0
 * when it does not. Pure. */
int64_t stage_realtime_locked_kb(const char *status);

/** Reads how much memory is locked, and how much may be. */
void stage_realtime_read_memory(struct stage_realtime_memory *out);

#endif
