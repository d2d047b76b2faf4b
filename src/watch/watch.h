/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The watcher: keeps RUN/tree equal to services/, wakes runsvdir, releases
 * holds, keeps crash records, and serves RUN/rig.sock.
 *
 * It decides nothing that a service needs to go on playing: it may be killed at
 * any time, and reads everything back from files when it is started again.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_WATCH_WATCH_H
#define STAGE_WATCH_WATCH_H

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/paths.h"

struct stage_tails;
struct stage_watch;

/** Starts watching in this loop. rig is borrowed until the loop has ended.
 *
 * Errors: STAGE_BUSY when another watcher serves this rig; STAGE_NO_MEMORY;
 * what the system says, with a sentence.
 */
STAGE_NODISCARD enum stage_status stage_watch_create(struct stage_watch **out,
	uv_loop_t *loop, const struct stage_rig *rig, struct stage_err *err);

/** Lets go of everything; the loop then ends by itself. Services and runsvdir
 * go on. NULL is fine. */
void stage_watch_destroy(struct stage_watch *self);

/** The rig of a watch, for the verbs. */
const struct stage_rig *stage_watch_rig(const struct stage_watch *self);
uv_loop_t *stage_watch_loop(const struct stage_watch *self);
struct stage_tails *stage_watch_tails(const struct stage_watch *self);

#endif
