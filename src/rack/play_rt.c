/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/play.h"

#include "rack/blame.h"
#include "rack/feed.h"
#include "rack/fpu.h"

STAGE_RT static bool
is_good(const struct stage_rack_unit *unit, uint32_t frames)
{
	uint32_t count = unit->out_count + unit->side_out_count;
	float *const *outs = unit->outs;

	for (uint32_t i = 0; i < count; i++) {
		if (stage_rack_is_beyond(outs[i], frames, STAGE_RACK_LIMIT)) {
			return false;
		}
	}
	return true;
}

STAGE_RT static void
run_unit(struct stage_rack_plan *plan, const struct stage_rack_link *link,
	struct stage_rack_unit *unit, const struct stage_rack_events *heard,
	uint32_t frames)
{
	if (unit->midi_in.atom != NULL) {
		stage_rack_events_copy(&unit->midi_in, plan->urids, heard);
	}
	if (unit->midi_out.atom != NULL) {
		stage_rack_events_offer(&unit->midi_out, plan->urids);
	}
	stage_fpu_flush(); // the one before may have changed it
	stage_rack_rescue_enter(plan->rescue, link->bytes);
	unit->run(unit, frames);
	stage_rack_rescue_leave(plan->rescue);
}

// Asks for what the next link is about to look at, while the sound of this one
// is looked at: its plug-in may have taken all of the cache for itself.
STAGE_RT static void
fetch_next(const struct stage_rack_plan *plan)
{
	const struct stage_rack_link *next;

	if (plan->at + 1 == plan->count) {
		return;
	}
	next = plan->links[plan->at + 1];
	__builtin_prefetch(&next->units);
	__builtin_prefetch(&next->seam);
	for (uint32_t i = 0; i < next->unit_count; i++) {
		__builtin_prefetch(next->units[i]);
		__builtin_prefetch(&next->units[i]->midi_out);
		__builtin_prefetch(next->units[i]->outs);
	}
}

// The way that a link is put on when it reads in the bus, and nothing is to be
// done for that; 0: none.
STAGE_RT static uint32_t
way_of(const struct stage_rack_plan *plan, const struct stage_rack_link *link)
{
	bool hears_sides =
		plan->ways != NULL && plan->ways[plan->at].ins != NULL;

	return plan->is_shared && link->is_direct && !hears_sides ? plan->way
								  : 0;
}

// What they have written is looked at behind the last one: it has then come to
// where it can be read.
STAGE_RT static bool
run_units(struct stage_rack_plan *plan, struct stage_rack_link *link,
	const struct stage_rack_events *heard, uint32_t frames, bool must_feed)
{
	bool are_good = true;

	stage_rack_blame(link->bytes);
	for (uint32_t i = 0; i < link->unit_count; i++) {
		if (must_feed) {
			stage_rack_feed(plan, link, i, frames);
		}
		run_unit(plan, link, link->units[i], heard, frames);
	}
	stage_rack_blame(NULL);
	fetch_next(plan);
	for (uint32_t i = 0; i < link->unit_count; i++) {
		are_good &= is_good(link->units[i], frames);
	}
	return are_good;
}

STAGE_RT bool
stage_rack_play(struct stage_rack_plan *plan, struct stage_rack_link *link,
	const struct stage_rack_events *heard, uint32_t frames)
{
	uint32_t way = way_of(plan, link);
	bool must_feed = way == 0 || link->way != way;

	link->way = way;
	return run_units(plan, link, heard, frames, must_feed);
}

STAGE_RT bool
stage_rack_play_on(struct stage_rack_plan *plan, struct stage_rack_link *link,
	uint32_t frames)
{
	return run_units(plan, link, &plan->midi, frames, false);
}
