/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Stops services in order: those that nobody needs first, the server last,
 * each level with a deadline, then KILL.
 *
 * All at once leaves JACK's registry dirty every time (docs/internals/
 * lifecycles.md). The order comes from each directory's `needs` and `provides`;
 * a service that provides something is stopped after all that provide nothing,
 * whether those declare a need or not, unless it needs them itself.
 *
 * Thread: main.
 */

#ifndef STAGE_RIG_STOP_H
#define STAGE_RIG_STOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "rig/paths.h"
#include "runit/tree.h"

struct stage_stop_config {
	const char *asked; // who asks, for the death records ("down")
	int64_t level_ns;  // how long nothing of a level may end before KILL
	/** Told as each service is down; was_killed: it had to be. May be NULL.
	 */
	void (*stopped)(void *user, const char *service, bool was_killed);
	void *user;
};

enum stage_stop_rule {
	STAGE_STOP_DECLARED, // who declares a need, and nobody else
	STAGE_STOP_SAFE, // and what provides something after all that does not
};

/** Reads what each service of the rig needs and orders them.
 *
 * Services whose files cannot be read, and those that are in RUN/tree only,
 * count as needing nothing. Ownership: *out with stage_runit_tree_destroy.
 * Errors: STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_stop_order(const struct stage_rig *rig,
	enum stage_stop_rule rule, struct stage_runit_tree **out,
	struct stage_err *err);

/** Stops the services in `names` (one level) and waits for their end.
 *
 * Errors: STAGE_TIMEOUT when one does not even end after KILL, named.
 */
STAGE_NODISCARD enum stage_status stage_stop_level(const struct stage_rig *rig,
	const struct stage_strv *names, const struct stage_stop_config *config,
	struct stage_err *err);

/** Stops everything, level by level. Errors: the first of a level; the others
 * are stopped all the same. */
STAGE_NODISCARD enum stage_status stage_stop_all(const struct stage_rig *rig,
	const struct stage_stop_config *config, struct stage_err *err);

/** True while the service's program, or its finish, or an orphan of a killed
 * runsv lives. */
bool stage_stop_is_running(const struct stage_rig *rig, const char *service);

#endif
