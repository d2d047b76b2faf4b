/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Takes a whole rig down and leaves nothing of it behind but its logs.
 *
 * Thread: main.
 */

#ifndef STAGE_RIG_SHUTDOWN_H
#define STAGE_RIG_SHUTDOWN_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/paths.h"
#include "rig/stop.h"

/** Ends runsvdir and the watcher, stops all services in order, ends their runsv
 * and loggers, ends strays that were started by them, removes what dead JACK
 * servers of ours left, and the run directory but for log/.
 *
 * The caller holds the lock (supervisor.h). A rig that is not up is fine; one
 * whose earlier call was killed is found again by RUN/ending.
 * Errors: the first; everything else is done all the same.
 */
STAGE_NODISCARD enum stage_status stage_rig_shut_down(
	const struct stage_rig *asked, const struct stage_stop_config *config,
	struct stage_err *err);

#endif
