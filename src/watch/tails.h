/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The logs that somebody looks at: the last lines of each, and what is added
 * to them as it is written.
 *
 * A log is followed from the first question for it on, until nobody has asked
 * for STAGE_TAILS_LEASE_MS. Its lines are counted from 1; one whose number
 * follows no other was preceded by lines that were left out: at most
 * STAGE_TAILS_TOLD lines are told each STAGE_TAILS_TELL_MS, the last ones,
 * whatever a service writes.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_WATCH_TAILS_H
#define STAGE_WATCH_TAILS_H

#include <stddef.h>

#include <jansson.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/paths.h"

#define STAGE_TAILS_MAX 16        // logs that are followed at once
#define STAGE_TAILS_LINES 200     // kept of each
#define STAGE_TAILS_LINE_MAX 1024 // bytes of a line; more is cut off
#define STAGE_TAILS_TOLD 50
#define STAGE_TAILS_TELL_MS 200
#define STAGE_TAILS_LEASE_MS 30000

struct stage_tails;

struct stage_tails_config {
	uv_loop_t *loop;
	const struct stage_rig *rig; // borrowed
	/** New lines, in the form of stage_tails_read. Ownership: lines becomes
	 * the callee's; NULL: out of memory. */
	void (*told)(void *user, json_t *lines);
	void *user;
	int64_t lease_ms; // 0: STAGE_TAILS_LEASE_MS
};

/** Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_tails_create(struct stage_tails **out,
	const struct stage_tails_config *config, struct stage_err *err);

/** Gives the last `count` lines of a service's log, and follows it from there:
 * {"name", "next": the number that the next line will have, "lines":
 * [{"number", "text", "at_ms": since 1970, left out where it is not known}]}.
 * A log that is not there yet has no lines.
 *
 * Ownership: *out is the caller's. Errors: STAGE_FULL, with a sentence, when
 * STAGE_TAILS_MAX are followed; STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_tails_read(struct stage_tails *self,
	const char *service, size_t count, json_t **out, struct stage_err *err);

/** How many logs are followed. */
size_t stage_tails_count(const struct stage_tails *self);

/** NULL is fine. Nothing is told after this. */
void stage_tails_destroy(struct stage_tails *self);

#endif
