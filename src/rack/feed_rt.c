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

STAGE_RT static void
feed_main(const struct stage_rack_plan *plan,
	const struct stage_rack_link *link, uint32_t at, uint32_t input,
	uint32_t frames)
{
	struct stage_rack_unit *unit = link->units[at];
	float *to = unit->ins[input];

	if (unit->in_count == 1 && link->unit_count == 1 && plan->width > 1) {
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

	if (at > 0 && side_in(plan, unit, 0, input) == side) {
		memcpy(unit->ins[input], link->units[0]->ins[input],
			frames * sizeof(float));
	} else {
		stage_rack_side_read(side, plan->shift, unit->ins[input],
			frames, plan->late, plan->fade_step);
	}
}

// A sidechain without a port.
STAGE_RT static void
feed_itself(struct stage_rack_unit *unit, uint32_t input, uint32_t frames)
{
	if (unit->in_count > 0) {
		memcpy(unit->ins[input],
			unit->ins[(input - unit->in_count) % unit->in_count],
			frames * sizeof(float));
	} else {
		memset(unit->ins[input], 0, frames * sizeof(float));
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
			feed_itself(unit, i, frames);
		}
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
