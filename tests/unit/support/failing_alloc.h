/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Makes each allocation of a scenario fail in turn.
 *
 * A test that depends on failing_alloc_dep is linked with --wrap for malloc and
 * its family, so that allocations made by our own objects (not those inside
 * shared libraries) can be counted, failed and watched, while production code
 * knows nothing of it. Outside a sweep they go straight through.
 *
 * Thread: the one that runs the test; other threads must not allocate through
 * our own code during a sweep.
 */

#ifndef STAGE_TESTS_FAILING_ALLOC_H
#define STAGE_TESTS_FAILING_ALLOC_H

#include <stddef.h>

#include "base/status.h"

/** Does the work once, from nothing to nothing: it frees all it made, also when
 * it fails. It returns the status of the work. */
typedef enum stage_status (*failing_alloc_scenario)(void *user);

/** Runs the scenario once to count its allocations, then once for each with
 * that one failing, and fails the cmocka test unless
 *
 * - the first run gives STAGE_OK;
 * - every other run gives STAGE_NO_MEMORY;
 * - no run leaves a block allocated.
 *
 * Returns the number of allocations, which a test should check to be above 0.
 */
size_t failing_alloc_sweep(failing_alloc_scenario scenario, void *user);

/** As failing_alloc_sweep, for work that can do without some of its
 * allocations: STAGE_OK is right as well. */
size_t failing_alloc_sweep_tolerant(
	failing_alloc_scenario scenario, void *user);

#endif
