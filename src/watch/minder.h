/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Minds one service: sees its status change, releases its hold in time, keeps
 * its crash record on disk.
 *
 * Holds and records live in files, so that a minder that was killed goes on
 * where it was. Thread: the loop's.
 */

#ifndef STAGE_WATCH_MINDER_H
#define STAGE_WATCH_MINDER_H

#include <stdbool.h>

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/paths.h"

struct stage_minder;

struct stage_minder_config {
	uv_loop_t *loop;
	const struct stage_rig *rig; // borrowed
	const char *service;         // copied
	/** What status shows of it may have changed. */
	void (*changed)(void *user, const char *service);
	void *user;
};

/** Errors: STAGE_NO_MEMORY; STAGE_FULL without watches. */
STAGE_NODISCARD enum stage_status stage_minder_create(struct stage_minder **out,
	const struct stage_minder_config *config, struct stage_err *err);

/** A hold, even one for good, is lifted: the service is tried again. */
void stage_minder_lift_hold(struct stage_minder *self);

/** The service's directory changed: a hold is lifted when somebody else than
 * the service itself did that, which is when it came after its end. What came
 * while it ran, and might have been read in part, lifts a hold for good once:
 * nobody needs to tell of that. */
void stage_minder_touched(struct stage_minder *self);

/** Looks for all that it may not have been told: the system drops events when
 * too many come at once. */
void stage_minder_look(struct stage_minder *self);

const char *stage_minder_service(const struct stage_minder *self);

/** True while the crash record is being written, on another thread. */
bool stage_minder_is_saving(const struct stage_minder *self);

/** NULL is fine. No callback comes after this. */
void stage_minder_destroy(struct stage_minder *self);

#endif
