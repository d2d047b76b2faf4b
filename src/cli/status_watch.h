/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Draws anew whenever something changes in a rig, until Ctrl-C. Thread: main;
 * makes a loop of its own. */

#ifndef STAGE_CLI_STATUS_WATCH_H
#define STAGE_CLI_STATUS_WATCH_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/paths.h"

/** Calls draw at once, after each change of the services or their states, and
 * with `ticks` each second, for what gives no event (processor time).
 *
 * draw returns false to end it. SIGINT, SIGTERM and SIGHUP end it too; a change
 * of the terminal's size counts as a change.
 * Errors: STAGE_NO_MEMORY; STAGE_FULL.
 */
STAGE_NODISCARD enum stage_status stage_status_watch(
	const struct stage_rig *rig, bool ticks, bool (*draw)(void *user),
	void *user, struct stage_err *err);

#endif
