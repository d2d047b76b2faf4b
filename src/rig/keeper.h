/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Keeps a runsvdir on RUN/tree for as long as the rig is meant to be up.
 *
 * The watcher has one, and `up --foreground`; they may both be there, since the
 * lock lets only one of them start a new runsvdir.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RIG_KEEPER_H
#define STAGE_RIG_KEEPER_H

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/paths.h"
#include "rig/proc.h"

struct stage_keeper;

struct stage_keeper_config {
	uv_loop_t *loop;
	const struct stage_rig *rig; // borrowed
	/** A runsvdir has been found or started. May be NULL. */
	void (*found)(void *user, const struct stage_proc_id *runsvdir);
	/** The rig is no longer meant to be up. May be NULL. */
	void (*unwanted)(void *user);
	void *user;
};

/** Looks at once, and from then on whenever the runsvdir ends.
 * Errors: STAGE_NO_MEMORY; what stage_supervisor_ensure says. */
STAGE_NODISCARD enum stage_status stage_keeper_create(struct stage_keeper **out,
	const struct stage_keeper_config *config, struct stage_err *err);

/** NULL is fine; runsvdir goes on. No callback comes after this. */
void stage_keeper_destroy(struct stage_keeper *self);

#endif
