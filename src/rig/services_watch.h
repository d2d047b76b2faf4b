/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Calls back when what a snapshot of a rig shows may have changed.
 *
 * It follows the mark of the rig, its services as they come and go, and of each
 * runit's status and our marks. Changes that come together are told once.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RIG_SERVICES_WATCH_H
#define STAGE_RIG_SERVICES_WATCH_H

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/paths.h"

struct stage_services_watch;

struct stage_services_watch_config {
	uv_loop_t *loop;
	const struct stage_rig *rig; // borrowed
	/** Look for yourself. fault: NULL, or why not all is watched any more;
	 * the owner then ends. */
	void (*changed)(void *user, const struct stage_err *fault);
	void *user;
};

/** Starts watching; the first call comes from the loop, soon.
 *
 * Errors: STAGE_NO_MEMORY; STAGE_TOO_LONG.
 */
STAGE_NODISCARD enum stage_status stage_services_watch_create(
	struct stage_services_watch **out,
	const struct stage_services_watch_config *config,
	struct stage_err *err);

/** Ends the watch; no callback comes after this, which may be called from one.
 * What the loop knows of it goes in the loop's next turn. NULL is fine. */
void stage_services_watch_destroy(struct stage_services_watch *self);

#endif
