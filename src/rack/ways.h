/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The side ports of a rack's slots (side.h): which there are, and which plans
 * have them. Thread: the loop's. */

#ifndef STAGE_RACK_WAYS_H
#define STAGE_RACK_WAYS_H

#include "rack/rack.h"

/** Has the table of the wire hold what the slots ask for by now; what nobody
 * asks for any more fades with the next plan. Slots are told what they cannot
 * have. */
void stage_rack_ways_settle(struct stage_rack *rack);

/** Gives a plan, which has its links, the ports of those. False when out of
 * memory; the plan is to be destroyed all the same. */
bool stage_rack_ways_make(struct stage_rack_plan *plan);

/** Gives back what a plan has. Zeroed memory is fine. */
void stage_rack_ways_finish(struct stage_rack_plan *plan);

/** Looks after ports that come and go, and how late they are. True when the
 * client in JACK is to be tended. */
bool stage_rack_ways_tidy(struct stage_rack *rack);

/** What a person should know of a slot's side ports, or "". The text is put
 * into out[size]. */
const char *stage_rack_ways_note(
	const struct stage_rack_slot *slot, char *out, size_t size);

/** The names of its ports. Ownership: the caller's; NULL when out of memory. */
json_t *stage_rack_ways_describe(const struct stage_rack_slot *slot);

#endif
