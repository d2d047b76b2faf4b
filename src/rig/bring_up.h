/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Makes a rig where there is none, and takes it up.
 *
 * Thread: main.
 */

#ifndef STAGE_RIG_BRING_UP_H
#define STAGE_RIG_BRING_UP_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/paths.h"

/** Makes the rig's directory when it is not there: a copy of the installed rig
 * `model` ("demo", "minimal"), which `fill` completes. It appears whole, by
 * rename.
 *
 * fill: gets the unfinished rig. *made: whether it was this call. Errors:
 * STAGE_EXISTS when something is there that is no rig, such as our own source,
 * or another rig is up; STAGE_NOT_FOUND when the model is not installed; as
 * mkdir(2); what fill returns.
 */
STAGE_NODISCARD enum stage_status stage_rig_make(const struct stage_rig *rig,
	const char *model,
	enum stage_status (*fill)(
		const struct stage_rig *draft, struct stage_err *err),
	bool *made, struct stage_err *err);

/** Takes the rig up: marks it as wanted, fills RUN/tree, starts runsvdir. The
 * caller holds the lock. What an earlier boot left in the run directory goes.
 *
 * *was_up: it was up already; nothing was changed then. Errors: STAGE_EXISTS
 * when another rig is up here; those of tree.h and supervisor.h.
 */
STAGE_NODISCARD enum stage_status stage_rig_bring_up(
	const struct stage_rig *rig, bool *was_up, struct stage_err *err);

#endif
