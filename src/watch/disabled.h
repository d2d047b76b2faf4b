/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Sees disabled services come and go: directories NAME.DISABLED, which are no
 * services to runit/dirwatch.h.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_WATCH_DISABLED_H
#define STAGE_WATCH_DISABLED_H

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/paths.h"

struct stage_disabled;

struct stage_disabled_config {
	uv_loop_t *loop;
	const struct stage_rig *rig; // borrowed
	/** One has come, or has gone; the owner looks which. */
	void (*changed)(void *user, const char *name);
	void *user;
};

/** Starts watching; what is there then is no change.
 *
 * Errors: as stage_path_watch_create.
 */
STAGE_NODISCARD enum stage_status stage_disabled_create(
	struct stage_disabled **out, const struct stage_disabled_config *config,
	struct stage_err *err);

/** Ends the watch; no callback comes after this. NULL is fine. */
void stage_disabled_destroy(struct stage_disabled *self);

#endif
