/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Watches the entries of one directory, told anew where it is when it has been
 * replaced: one uv_fs_event_t with the memory of which directory it looks at.
 *
 * Building block of pathwatch.h and dirwatch.h. Thread: the loop's.
 */

#ifndef STAGE_RUNIT_SLOT_H
#define STAGE_RUNIT_SLOT_H

#include <stdbool.h>
#include <uv.h>

#include "base/attr.h"
#include "base/status.h"

struct stage_runit_slot;

/** Something was made, changed, renamed or removed in the directory. */
typedef void (*stage_runit_slot_fn)(void *data);

/** Makes one that watches nothing.
 *
 * Ownership: free with stage_runit_slot_destroy; loop and data are borrowed.
 * Errors: STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_runit_slot_create(uv_loop_t *loop,
	stage_runit_slot_fn changed, void *data, struct stage_runit_slot **out);

/** Watches the directory at `path` (links are followed), unless it does so
 * already; out_is_new tells whether what happened before now can have been
 * missed.
 *
 * Errors: STAGE_NOT_FOUND when no directory is there, STAGE_FULL when the
 * system's limits are reached, others as the system says; it then watches
 * nothing.
 */
STAGE_NODISCARD enum stage_status stage_runit_slot_aim(
	struct stage_runit_slot *self, const char *path, bool *out_is_new);

/** Stops and frees it when the loop has run once more; self may be NULL. */
void stage_runit_slot_destroy(struct stage_runit_slot *self);

#endif
