/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "rack/feed.h"

STAGE_RT static const struct stage_rack_ways *
ways_of(const struct stage_rack_plan *plan)
{
	return plan->ways != NULL ? &plan->ways[plan->at] : NULL;
}

// The side port of an input of a unit, or NULL.
STAGE_RT static struct stage_rack_side *
side_in(const struct stage_rack_plan *plan, const struct stage_rack_unit *unit,
	uint32_t at, uint32_t input)
{
	const struct stage_rack_ways *ways = ways_of(plan);
	uint32_t count = unit->in_count + unit->side_in_count;

	return ways != NULL && ways->ins != NULL ? ways->ins[at * count + input]
						 : NULL;
}

// One input for all channels: what is in the middle.
STAGE_RT static void
feed_middle(const struct stage_rack_plan *plan, float *to, uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++) {
		to[i] = 0.5F * (plan->bus[0][i] + plan->bus[1][i]);
	}
}

// Where a unit reads what is made for it.
STAGE_RT static float *
room_of(struct stage_rack_unit *unit, uint32_t input)
{
	if (unit->in_rooms != NULL) {
		unit->ins[input] = unit->in_rooms[input];
	}
	return unit->ins[input];
}

STAGE_RT static void
feed_main(const struct stage_rack_plan *plan,
	const struct stage_rack_link *link, uint32_t at, uint32_t input,
	uint32_t frames)
{
	struct stage_rack_unit *unit = link->units[at];
	bool is_middle =
		unit->in_count == 1 && link->unit_count == 1 && plan->width > 1;
	float *to;

	if (plan->is_shared && !is_middle && at + input < plan->width) {
		unit->ins[input] = plan->bus[at + input];
		return;
	}
	to = room_of(unit, input);
	if (is_middle) {
		feed_middle(plan, to, frames);
	} else if (at + input < plan->width) {
		memcpy(to, plan->bus[at + input], frames * sizeof(float));
	} else {
		memset(to, 0, frames * sizeof(float));
	}
	if (link->has_extras) {
		stage_rack_shape_in(&link->shape, to, frames, plan->fade_step);
	}
}

// One for each channel hear the same: it is read once.
STAGE_RT static void
feed_side(const struct stage_rack_plan *plan,
	const struct stage_rack_link *link, uint32_t at, uint32_t input,
	struct stage_rack_side *side, uint32_t frames)
{
	struct stage_rack_unit *unit = link->units[at];
	float *to = room_of(unit, input);

	if (at > 0 && side_in(plan, unit, 0, input) == side) {
		memcpy(to, link->units[0]->ins[input], frames * sizeof(float));
	} else {
		stage_rack_side_read(side, plan->shift, to, frames, plan->late,
			plan->fade_step);
	}
}

// A sidechain without a port.
STAGE_RT static void
feed_itself(const struct stage_rack_plan *plan, struct stage_rack_unit *unit,
	uint32_t input, uint32_t frames)
{
	uint32_t main = unit->in_count > 0 ? input % unit->in_count : 0;

	if (unit->in_count == 0) {
		memset(room_of(unit, input), 0, frames * sizeof(float));
	} else if (plan->is_shared) {
		unit->ins[input] = unit->ins[main];
	} else {
		memcpy(room_of(unit, input), unit->ins[main],
			frames * sizeof(float));
	}
}

// Of several units each has a channel, of one each output. What goes to side
// ports is there already when the next link writes.
STAGE_RT static void
place_outs(const struct stage_rack_plan *plan,
	const struct stage_rack_link *link, uint32_t at)
{
	struct stage_rack_unit *unit = link->units[at];

	for (uint32_t i = 0; i < unit->out_count; i++) {
		uint32_t channel = at + i;
		bool is_heard = plan->is_shared && channel < plan->width &&
				(i == 0 || link->unit_count == 1);
		unit->outs[i] = is_heard ? plan->own[~plan->way & 1][channel]
					 : unit->out_rooms[i];
	}
}

STAGE_RT void
stage_rack_feed(const struct stage_rack_plan *plan,
	const struct stage_rack_link *link, uint32_t at, uint32_t frames)
{
	struct stage_rack_unit *unit = link->units[at];

	for (uint32_t i = 0; i < unit->in_count + unit->side_in_count; i++) {
		struct stage_rack_side *side = side_in(plan, unit, at, i);
		if (side != NULL) {
			feed_side(plan, link, at, i, side, frames);
		} else if (i < unit->in_count) {
			feed_main(plan, link, at, i, frames);
		} else {
			feed_itself(plan, unit, i, frames);
		}
	}
	if (unit->out_rooms != NULL) {
		place_outs(plan, link, at);
		unit->has_moved = true;
	}
}

// The port of an output of a link, by its number over all units; or NULL.
STAGE_RT static struct stage_rack_side *
side_out(const struct stage_rack_plan *plan, uint32_t number)
{
	return plan->ways[plan->at].outs[number];
}

STAGE_RT static bool
gives(const struct stage_rack_plan *plan)
{
	const struct stage_rack_ways *ways = ways_of(plan);

	return ways != NULL && ways->outs != NULL;
}

STAGE_RT static uint32_t
outs_of(const struct stage_rack_link *link)
{
	return link->units[0]->out_count + link->units[0]->side_out_count;
}

STAGE_RT void
stage_rack_give(const struct stage_rack_plan *plan,
	const struct stage_rack_link *link, uint32_t frames, float target)
{
	uint32_t count = outs_of(link);

	for (uint32_t i = 0; gives(plan) && i < link->unit_count * count; i++) {
		struct stage_rack_side *side = side_out(plan, i);
		if (side != NULL) {
			stage_rack_side_write(side, plan->shift,
				link->units[i / count]->outs[i % count], frames,
				link->mix, target, plan->fade_step);
		}
	}
}

STAGE_RT void
stage_rack_give_cut(
	const struct stage_rack_plan *plan, const struct stage_rack_link *link)
{
	uint32_t count = link->unit_count * outs_of(link);

	for (uint32_t i = 0; gives(plan) && i < count; i++) {
		struct stage_rack_side *side = side_out(plan, i);
		if (side != NULL) {
			stage_rack_side_cut(side);
		}
	}
}

STAGE_RT void
stage_rack_give_rest(const struct stage_rack_plan *plan,
	const struct stage_rack_link *link, uint32_t frames)
{
	uint32_t count = link->unit_count * outs_of(link);

	for (uint32_t i = 0; gives(plan) && i < count; i++) {
		struct stage_rack_side *side = side_out(plan, i);
		if (side != NULL) {
			stage_rack_side_write(side, plan->shift, NULL, frames,
				0, 0, plan->fade_step);
		}
	}
}
