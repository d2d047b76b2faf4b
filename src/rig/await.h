/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Blocks until something is true of the services of a rig, woken by changes of
 * their status and marks. For the command line; daemons have their own loop.
 *
 * Thread: any; makes a loop of its own.
 */

#ifndef STAGE_RIG_AWAIT_H
#define STAGE_RIG_AWAIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "rig/paths.h"

/** Calls is_done at first, then after each change that concerns one of the
 * services, until it is true.
 *
 * deadline_ns: monotonic; 0 waits for ever. SIGINT and SIGTERM end the wait.
 * Errors: STAGE_TIMEOUT; STAGE_GONE after a signal; STAGE_NO_MEMORY;
 * STAGE_FULL.
 */
STAGE_NODISCARD enum stage_status stage_await(const struct stage_rig *rig,
	const struct stage_strv *services, int64_t deadline_ns,
	bool (*is_done)(void *user), void *user, struct stage_err *err);

#endif
