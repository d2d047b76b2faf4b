/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Snapshots: the values of all slots under a name, to go to at once or by and
 * by. They are kept with the checkpoints. What a slot file says to `recall
 * keep` is left as it is; so are slots that the snapshot does not know, and
 * those with another plug-in by now.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_SNAPSHOT_H
#define STAGE_RACK_SNAPSHOT_H

#include "rack/rack.h"

/** Writes down the values of now. Errors: STAGE_BAD_INPUT for a name that is
 * none; as stage_atomic_save. */
STAGE_NODISCARD enum stage_status stage_rack_snapshot_save(
	struct stage_rack *self, const char *name, struct stage_err *err);

/** Goes to a snapshot, in so much time. Values that cannot move in small steps
 * jump. Errors: STAGE_NOT_FOUND, STAGE_BAD_INPUT: nothing has changed. */
STAGE_NODISCARD enum stage_status stage_rack_snapshot_load(
	struct stage_rack *self, const char *name, int64_t morph_ns,
	struct stage_err *err);

/** Forgets one. Errors: STAGE_NOT_FOUND; as unlink(2). */
STAGE_NODISCARD enum stage_status stage_rack_snapshot_remove(
	struct stage_rack *self, const char *name, struct stage_err *err);

/** The names of all. Ownership: the caller's; NULL when out of memory. */
json_t *stage_rack_snapshot_list(const struct stage_rack *self);

#endif
