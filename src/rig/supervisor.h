/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The one runsvdir of a rig: started, found again, ended.
 *
 * Thread: any.
 */

#ifndef STAGE_RIG_SUPERVISOR_H
#define STAGE_RIG_SUPERVISOR_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/paths.h"
#include "rig/proc.h"

/** Holds RUN/lock, so that of two commands at once one waits for the other.
 *
 * *fd: close it to let go. Errors: STAGE_TIMEOUT when somebody holds it for ten
 * seconds; STAGE_DENIED when the run directory is another user's, even for
 * root; STAGE_BAD_INPUT when it holds the rig or was not made by us and is not
 * empty; as open(2).
 */
STAGE_NODISCARD enum stage_status stage_supervisor_lock(
	const struct stage_rig *rig, int *fd, struct stage_err *err);

/** The runsvdir that runs, if one does. */
bool stage_supervisor_find(
	const struct stage_rig *rig, struct stage_proc_id *id);

/** Starts runsvdir -P on RUN/tree when none runs, as a child in a session of
 * its own that outlives us. The caller holds the lock.
 *
 * *started: whether it was this call. Errors: STAGE_NOT_FOUND when runsvdir is
 * not installed, with what to install; as fork(2).
 */
STAGE_NODISCARD enum stage_status stage_supervisor_ensure(
	const struct stage_rig *rig, bool *started, struct stage_proc_id *id,
	struct stage_err *err);

#endif
