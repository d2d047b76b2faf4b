/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Calls into plug-ins that may never come back: what makes, fills, saves and
 * ends one. A thread of its own makes them while the loop waits, and the loop
 * waits no longer than its patience: then the thread is left behind in there,
 * with all that it uses, and another one makes the next call.
 *
 * It is one and the same thread as long as all goes well, for some libraries
 * want to be called by the thread that called them first.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_ERRAND_H
#define STAGE_RACK_ERRAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/status.h"

struct stage_rack_errands;
struct stage_rack_page_bytes;

/** Ownership: the caller's. NULL when out of memory. */
struct stage_rack_errands *stage_rack_errands_create(void);

/** Ends the thread; those that were left behind stay. NULL is fine. */
void stage_rack_errands_destroy(struct stage_rack_errands *self);

/** Has `call` made with arg; page is of the slot whose plug-in is called.
 *
 * Errors: STAGE_TIMEOUT: it has not come back; what arg leads to is never to be
 * freed or used again. STAGE_NO_MEMORY: no thread, and nothing was called.
 */
STAGE_NODISCARD enum stage_status stage_rack_errands_run(
	struct stage_rack_errands *self, void (*call)(void *arg), void *arg,
	struct stage_rack_page_bytes *page, int64_t patience_ns);

#endif
