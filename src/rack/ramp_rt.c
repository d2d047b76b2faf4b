/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/chain.h"
#include "rack/extra.h"

STAGE_RT static void
put(struct stage_rack_link *link, uint32_t index, float value)
{
	for (uint32_t k = 0; k < link->unit_count; k++) {
		link->units[k]->cells[link->cells[index]] = value;
	}
}

STAGE_RT static float
now_of(const struct stage_rack_link *link, uint32_t index)
{
	return link->units[0]->cells[link->cells[index]];
}

// Sends a value on its way. What is not heard need not take it.
STAGE_RT static void
aim(struct stage_rack_link *link, uint32_t index, float value, uint32_t frames)
{
	struct stage_rack_ramp *ramp =
		link->ramps != NULL ? &link->ramps[index] : NULL;

	if (ramp == NULL) {
		put(link, index, value);
		return;
	}
	if (ramp->goal == value && ramp->step != 0) {
		return; // it is on its way there
	}
	ramp->goal = value;
	ramp->step = 0;
	if (!ramp->may_ramp || link->mix <= 0 || frames == 0) {
		put(link, index, value);
	} else if (now_of(link, index) != value) {
		ramp->step = (value - now_of(link, index)) / (float)frames;
		if (ramp->step == 0) {
			put(link, index, value); // too small to be a step
		}
		link->is_moving |= ramp->step != 0;
	}
}

// What a slot has besides its plug-in's values stands behind them.
STAGE_RT static void
aim_shape(struct stage_rack_link *link)
{
	uint32_t at = link->cell_count;

	stage_rack_shape_aim(&link->shape,
		stage_rack_page_get(link->page, at + STAGE_RACK_GAIN),
		stage_rack_page_get(link->page, at + STAGE_RACK_PAN),
		stage_rack_page_get(link->page, at + STAGE_RACK_WIDTH));
}

STAGE_RT void
stage_rack_link_apply(struct stage_rack_link *link)
{
	uint32_t changes = atomic_load_explicit(
		&link->page->changes, memory_order_acquire);
	uint32_t frames;

	if (changes == link->seen) {
		return;
	}
	link->seen = changes;
	link->wanted = stage_rack_page_is_bypassed(link->page)
			       ? 0
			       : stage_rack_page_wet(link->page);
	frames = atomic_exchange(&link->glide_frames, 0);
	frames = frames > 0 ? frames : link->ramp_frames;
	for (uint32_t i = 0; i < link->cell_count; i++) {
		aim(link, i, stage_rack_page_get(link->page, i), frames);
	}
	if (link->has_extras) {
		aim_shape(link);
	}
}

STAGE_RT void
stage_rack_link_move(struct stage_rack_link *link, uint32_t frames)
{
	bool is_moving = false;

	for (uint32_t i = 0; link->is_moving && i < link->cell_count; i++) {
		struct stage_rack_ramp *ramp = &link->ramps[i];
		float value;
		if (ramp->step == 0) {
			continue;
		}
		value = now_of(link, i) + ramp->step * (float)frames;
		if ((ramp->step > 0) == (value >= ramp->goal) ||
			value == ramp->goal) {
			value = ramp->goal;
			ramp->step = 0;
		}
		put(link, i, value);
		is_moving |= ramp->step != 0;
	}
	link->is_moving = is_moving;
}
