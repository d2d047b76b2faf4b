/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a slot remembers of values that its plug-in does not have. Another
 * version of it had them, and may be installed again: they are carried from
 * checkpoint to checkpoint, as they were.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_CARRY_H
#define STAGE_RACK_CARRY_H

#include "rack/slot.h"

/** Adds to a memory what another one has of values that the slot's plug-in does
 * not have; one that is there already is what the other one says. True in *out
 * when that was any, unless it is NULL. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_carry(
	const struct stage_rack_slot *slot,
	const struct stage_rack_memory *from, struct stage_rack_memory *to,
	bool *out);

/** Puts into the slot's note, and logs, that there are such values in what is
 * kept of it, if any. */
void stage_rack_carry_note(struct stage_rack_slot *self);

#endif
