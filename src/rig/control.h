/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Starts and stops single services of a rig that is up. The command line and
 * the watcher's verbs call the same functions. Thread: any. */

#ifndef STAGE_RIG_CONTROL_H
#define STAGE_RIG_CONTROL_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "rig/paths.h"

/** Wants a service up, lifting a hold. Returns at once.
 *
 * Errors: STAGE_GONE when no runsv minds it yet, or the rig is no longer meant
 * to be up, with a sentence.
 */
STAGE_NODISCARD enum stage_status stage_control_start(
	const struct stage_rig *rig, const char *service,
	struct stage_err *err);

/** As stage_control_start, for the end of a hold: its mark stays, so that the
 * next crash is held back longer. A service that has no runsv now is left
 * alone. */
void stage_control_retry(const struct stage_rig *rig, const char *service);

/** Stops services and waits for their end: those that declare a need for them
 * first, which are wanted up again afterwards and wait.
 *
 * Not broken by signals (unbroken.h). asked: who asks, for the death records.
 * stopped: may be NULL.
 * Errors: STAGE_TIMEOUT; STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_control_stop(
	const struct stage_rig *rig, const struct stage_strv *services,
	const char *asked,
	void (*stopped)(void *user, const char *service, bool was_killed),
	void *user, struct stage_err *err);

#endif
