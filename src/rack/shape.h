/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a slot does to the sound besides its plug-in: gain of what goes in, pan
 * and width of what comes out, in the first two channels. They move towards
 * what is wanted without a click, as everything does.
 *
 * Thread: [rt].
 */

#ifndef STAGE_RACK_SHAPE_H
#define STAGE_RACK_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "rt/rt.h"

/** Factors. Zeroed memory is to be aimed first. */
struct stage_rack_factors {
	float gain, left, right, width;
};

struct stage_rack_shape {
	struct stage_rack_factors now;
	struct stage_rack_factors goal;
	bool has_begun; // it was aimed once
	bool is_flat;   // nothing is changed, and nothing is to be
};

/** Says where to go: at once the first time, then by and by. */
STAGE_RT void stage_rack_shape_aim(
	struct stage_rack_shape *self, float gain_db, float pan, float width);

/** Changes what goes into a plug-in. May be called for several inputs before
 * stage_rack_shape_move. */
STAGE_RT void stage_rack_shape_in(const struct stage_rack_shape *self,
	float *samples, uint32_t frames, float step);

/** Makes of two channels two others. False when nothing is to be done: they
 * are then not written. */
STAGE_RT bool stage_rack_shape_out(const struct stage_rack_shape *self,
	const float *left, const float *right, float *to_left, float *to_right,
	uint32_t frames, float step);

/** Moves on by a block, whose samples were changed. */
STAGE_RT void stage_rack_shape_move(
	struct stage_rack_shape *self, uint32_t frames, float step);

#endif
