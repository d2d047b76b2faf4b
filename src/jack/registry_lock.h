/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The machine-wide lock that JACK2 holds while it changes its registry.
 *
 * A System V semaphore (key 0x282929), taken with SEM_UNDO: the kernel gives it
 * back when the holder dies. It is made as JACK makes it when it is not there.
 * Never held for long by a healthy program, so waiting is bounded here.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_JACK_REGISTRY_LOCK_H
#define STAGE_JACK_REGISTRY_LOCK_H

#include "base/attr.h"
#include "base/err.h"

struct stage_jack_lock {
	int id; // of the semaphore
};

/** Takes the lock, waiting timeout_ms at most.
 *
 * A semaphore whose maker died before it gave it its first value (everybody
 * would wait for ever) is put right. Errors: STAGE_TIMEOUT, STAGE_DENIED,
 * STAGE_FULL, STAGE_UNSUPPORTED, with a sentence.
 */
STAGE_NODISCARD enum stage_status stage_jack_lock_take(
	struct stage_jack_lock *self, int timeout_ms, struct stage_err *err);

/** Gives the lock back. */
void stage_jack_lock_release(struct stage_jack_lock *self);

#endif
