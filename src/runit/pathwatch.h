/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Watches a directory that may not be there yet, and may be removed, replaced
 * or reached over a link that dangles, without polling.
 *
 * It watches the directory itself or, while that is missing, the nearest
 * directory above the place where it would be (at the far end of a dangling
 * link); and the directory that holds the last part of the path, so that a
 * replaced link or directory is seen. A rename two or more levels above is not
 * seen until something else happens.
 *
 * Events are gathered: the callback comes once in a turn of the loop, from the
 * loop, never from inside a call. When the system's limits for watches are
 * reached, it says so once and calls back every second instead, until they are
 * no longer; that timer is off otherwise.
 *
 * For dirwatch.h, rig/path_watch.h and who waits for a socket. Thread: the
 * loop's.
 */

#ifndef STAGE_RUNIT_PATHWATCH_H
#define STAGE_RUNIT_PATHWATCH_H

#include <stdbool.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"

#define STAGE_RUNIT_RESCAN_MS 1000 // while the system's limits are reached

struct stage_runit_pathwatch;

/** What to call; data is the first argument of all. Both may destroy it. */
struct stage_runit_pathwatch_ops {
	/** Look again. `is_path` is true the first time, after an event at the
	 * path and every second in need; false when only
	 * stage_runit_pathwatch_poke was called. */
	void (*changed)(void *data, bool is_path);
	/** A limit is reached and we look once a second; said once. May be
	 * NULL. Ownership: err is borrowed during the call. */
	void (*notice)(void *data, const struct stage_err *err);
};

/** Starts watching; the first callback comes when the loop runs.
 *
 * Ownership: free with stage_runit_pathwatch_destroy; path is copied; loop, ops
 * and data are borrowed. Errors: STAGE_NO_MEMORY, STAGE_TOO_LONG.
 */
STAGE_NODISCARD enum stage_status stage_runit_pathwatch_create(uv_loop_t *loop,
	const char *path, const struct stage_runit_pathwatch_ops *ops,
	void *data, struct stage_runit_pathwatch **out);

/** Stops and frees it when the loop has run once more; self may be NULL. */
void stage_runit_pathwatch_destroy(struct stage_runit_pathwatch *self);

/** Asks for a callback in the next turn of the loop. */
void stage_runit_pathwatch_poke(struct stage_runit_pathwatch *self);

/** To be called from `changed`, each time as long as it holds: something that
 * the user watches could not be watched for this reason. `what` names it. */
void stage_runit_pathwatch_fall_back(struct stage_runit_pathwatch *self,
	const char *what, enum stage_status why);

#endif
