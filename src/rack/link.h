/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The life of a link: a slot's plug-in from its loading to its end. All calls
 * into the plug-in are errands (errand.h): what takes longer than the shop's
 * patience is left behind.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_LINK_H
#define STAGE_RACK_LINK_H

#include "rack/slot.h"

/** Loads the slot's plug-in at the shop's rate, fills it with what is kept and
 * runs it for a while on silence. Ownership: one reference; NULL with an error:
 * STAGE_TIMEOUT when it does not come back, else as
 * stage_rack_instance_create. */
struct stage_rack_link *stage_rack_link_create(
	struct stage_rack_slot *slot, struct stage_err *err);

/** Refers to a link, and gives that back: the last one ends it. One that hangs
 * stays as it is, for ever. NULL is fine to give back. */
struct stage_rack_link *stage_rack_link_ref(struct stage_rack_link *link);
void stage_rack_link_unref(struct stage_rack_link *link);

/** Says how long what was sent round takes to come back to a return, in frames
 * behind the sound that passes there. */
void stage_rack_link_set_away(struct stage_rack_link *link, uint32_t frames);

/** Adds what the plug-in says of itself to the memory. Errors: STAGE_TIMEOUT
 * when it does not come back, now or before; STAGE_BUSY while it works; as
 * stage_rack_instance_save. */
STAGE_NODISCARD enum stage_status stage_rack_link_save(
	struct stage_rack_link *link, struct stage_rack_memory *memory);

#endif
