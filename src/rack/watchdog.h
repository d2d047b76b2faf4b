/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Sees that the audio thread hangs in a plug-in, and has it rescued.
 *
 * A hang is what the thread itself spends: so much of its own computing time in
 * one run(), or as long asleep there. On a busy computer, where it waits for
 * its turn, in one that was stopped, and while the server stands still nothing
 * of that passes. Where the signal does not help either, the plug-in is blamed
 * and the process ends, to be started again.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_WATCHDOG_H
#define STAGE_RACK_WATCHDOG_H

#include <signal.h>

#include "base/attr.h"
#include "base/err.h"
#include "rack/rescue.h"

#define STAGE_RACK_RESCUE_SIGNAL SIGVTALRM // nobody else's here

struct stage_rack_watchdog;

/** Starts the thread, which does not watch yet. Ownership: *out is the
 * caller's, rescue is borrowed. Errors: STAGE_NO_MEMORY; as pthread_create. */
STAGE_NODISCARD enum stage_status stage_rack_watchdog_create(
	struct stage_rack_rescue *rescue, struct stage_rack_watchdog **out,
	struct stage_err *err);

/** Ends it. The audio thread runs no more. NULL is fine. */
void stage_rack_watchdog_destroy(struct stage_rack_watchdog *self);

/** Watches a server of that period, or not any more: 0. */
void stage_rack_watchdog_watch(
	struct stage_rack_watchdog *self, int64_t period_ns);

#endif
