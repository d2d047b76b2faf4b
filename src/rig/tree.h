/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Keeps RUN/tree, the directory that runsvdir runs on, equal to the services
 * of the rig (docs/internals/state-files.md says why there are two).
 *
 * Thread: any, one process at a time (the watcher, or `up` before it runs).
 */

#ifndef STAGE_RIG_TREE_H
#define STAGE_RIG_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "rig/paths.h"

#define STAGE_TREE_MAX 1000 // directories that runit's runsvdir runs, no more

/** What a sync did. */
struct stage_tree_change {
	struct stage_strv added;
	struct stage_strv removed;
};

/** Adds what is missing in RUN/tree, the watcher's own service included, and
 * takes out what is no longer in services/. A directory appears whole, by
 * rename, and leaves by rename to a name that runsvdir does not see.
 *
 * change: filled; free with stage_tree_change_finish. Errors: with a sentence;
 * what could be done was done.
 */
STAGE_NODISCARD enum stage_status stage_tree_sync(const struct stage_rig *rig,
	struct stage_tree_change *change, struct stage_err *err);

/** Takes one service out and in again, so that a directory that was replaced
 * gets a new runsv. Errors: as above. */
STAGE_NODISCARD enum stage_status stage_tree_replace(
	const struct stage_rig *rig, const char *service,
	struct stage_err *err);

/** True when services/NAME is another directory than the one that RUN/tree/NAME
 * was made for: it was replaced while nobody looked. */
bool stage_tree_is_replaced(const struct stage_rig *rig, const char *service);

/** True when RUN/tree/NAME is there. */
bool stage_tree_has(const struct stage_rig *rig, const char *service);

/** True when RUN/tree holds more than runsvdir takes: it leaves some alone, and
 * does not say which. */
bool stage_tree_is_overfull(const struct stage_rig *rig);

/** Deletes what was taken out and whose runsv has ended. Returns how many are
 * still ending; their paths are added to `ending` when it is not NULL. */
size_t stage_tree_clean(const struct stage_rig *rig, struct stage_strv *ending);

/** How long ago the service in a directory that stage_tree_clean named was
 * taken out, in nanoseconds; 0 when its name does not tell. */
int64_t stage_tree_gone_age_ns(const char *path);

/** True in the finish of a service that was taken out: its working directory is
 * no longer RUN/tree/NAME, where another one may be by now. */
bool stage_tree_is_taken_out(void);

void stage_tree_change_finish(struct stage_tree_change *change);

#endif
