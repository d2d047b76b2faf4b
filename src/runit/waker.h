/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Makes runsvdir notice a change of its directory soon, instead of within 5 s.
 *
 * One poke (scanner.h) is not enough: runsvdir looks at most once a second, and
 * a poke within a second of the last look is lost. So it is poked again a few
 * times until the caller has seen the effect, the last times more than a second
 * after the first, and then never more. The timer runs only meanwhile.
 * Thread: the loop's.
 */

#ifndef STAGE_RUNIT_WAKER_H
#define STAGE_RUNIT_WAKER_H

#include <stdbool.h>
#include <sys/types.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"

/** Asked before each further poke: has the change been noticed? For a new
 * service stage_runit_is_supervised(DIRECTORY) tells. */
typedef bool (*stage_runit_waker_fn)(void *data);

struct stage_runit_waker;

/** Makes one at rest.
 *
 * Ownership: free with stage_runit_waker_destroy; services_dir, runsvdir's
 * directory, is copied; loop and data are borrowed. Errors: STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_runit_waker_create(uv_loop_t *loop,
	const char *services_dir, stage_runit_waker_fn noticed, void *data,
	struct stage_runit_waker **out);

/** Pokes the runsvdir `pid` now, and goes on until it has been noticed.
 *
 * A second call begins anew. Where there is no way to wake it, nothing happens
 * and it notices by itself. Errors: as stage_runit_scanner_poke.
 */
STAGE_NODISCARD enum stage_status stage_runit_waker_wake(
	struct stage_runit_waker *self, pid_t pid, struct stage_err *err);

/** How many pokes since the last call of _wake, that one included. */
unsigned stage_runit_waker_pokes(const struct stage_runit_waker *self);

/** Stops and frees it when the loop has run once more; self may be NULL. Not to
 * be called from `noticed`. */
void stage_runit_waker_destroy(struct stage_runit_waker *self);

#endif
