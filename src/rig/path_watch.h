/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Calls back whenever a path may have appeared, changed or gone.
 *
 * A file's or a directory's view of runit/pathwatch.h: the path need not exist,
 * nor need its parents. The first call comes in the first turn of the loop; all
 * come from the loop. An event is a hint, so the owner looks for itself; hints
 * are never lost, and may be too many.
 *
 * Where the system has no watches left, a warning names the setting to raise,
 * and the path is looked at once a second for as long as that lasts.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RIG_PATH_WATCH_H
#define STAGE_RIG_PATH_WATCH_H

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"

struct stage_path_watch;

/** Starts watching.
 *
 * Ownership: path is copied; user is borrowed until destroy.
 * Errors: STAGE_NO_MEMORY; STAGE_TOO_LONG; STAGE_BAD_INPUT for an empty path.
 */
STAGE_NODISCARD enum stage_status stage_path_watch_create(
	struct stage_path_watch **out, uv_loop_t *loop, const char *path,
	void (*changed)(void *user), void *user, struct stage_err *err);

/** Ends the watch; no callback comes after this, which may be called from one.
 * What the loop knows of it goes in the loop's next turn. NULL is fine. */
void stage_path_watch_destroy(struct stage_path_watch *self);

#endif
