/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/shape.h"

#include <math.h>

#include "rack/glide.h"

#define SILENT_DB (-119.9F) // as good as nothing

// A gain moves as far as it is large: from 4 to 0 takes as long as from 1.
STAGE_RT static float
gain_step(const struct stage_rack_shape *self, float step)
{
	float most = self->now.gain > self->goal.gain ? self->now.gain
						      : self->goal.gain;

	return most > 1 ? step * most : step;
}

STAGE_RT static bool
is_flat(const struct stage_rack_factors *factors)
{
	return factors->left == 1 && factors->right == 1 && factors->width == 1;
}

STAGE_RT static void
note_flat(struct stage_rack_shape *self)
{
	self->is_flat = self->now.gain == 1 && self->goal.gain == 1 &&
			is_flat(&self->now) && is_flat(&self->goal);
}

STAGE_RT void
stage_rack_shape_aim(
	struct stage_rack_shape *self, float gain_db, float pan, float width)
{
	self->goal.gain = gain_db < SILENT_DB ? 0 : powf(10, gain_db / 20);
	self->goal.left = pan > 0 ? 1 - pan : 1;
	self->goal.right = pan < 0 ? 1 + pan : 1;
	self->goal.width = width;
	if (!self->has_begun) {
		self->now = self->goal;
		self->has_begun = true;
	}
	note_flat(self);
}

STAGE_RT void
stage_rack_shape_in(const struct stage_rack_shape *self, float *samples,
	uint32_t frames, float step)
{
	float gain = self->now.gain;
	float goal = self->goal.gain;

	if (gain == 1 && goal == 1) {
		return;
	}
	step = gain_step(self, step);
	for (uint32_t i = 0; i < frames; i++) {
		gain = stage_rack_glide(gain, goal, step);
		samples[i] *= gain;
	}
}

STAGE_RT bool
stage_rack_shape_out(const struct stage_rack_shape *self, const float *left,
	const float *right, float *to_left, float *to_right, uint32_t frames,
	float step)
{
	struct stage_rack_factors now = self->now;

	if (is_flat(&now) && is_flat(&self->goal)) {
		return false;
	}
	for (uint32_t i = 0; i < frames; i++) {
		float middle = 0.5F * (left[i] + right[i]);
		float side = 0.5F * (left[i] - right[i]);
		now.left = stage_rack_glide(now.left, self->goal.left, step);
		now.right = stage_rack_glide(now.right, self->goal.right, step);
		now.width = stage_rack_glide(now.width, self->goal.width, step);
		to_left[i] = (middle + side * now.width) * now.left;
		to_right[i] = (middle - side * now.width) * now.right;
	}
	return true;
}

STAGE_RT void
stage_rack_shape_move(
	struct stage_rack_shape *self, uint32_t frames, float step)
{
	float way = step * (float)frames;

	self->now.gain = stage_rack_glide(self->now.gain, self->goal.gain,
		gain_step(self, step) * (float)frames);
	self->now.left = stage_rack_glide(self->now.left, self->goal.left, way);
	self->now.right =
		stage_rack_glide(self->now.right, self->goal.right, way);
	self->now.width =
		stage_rack_glide(self->now.width, self->goal.width, way);
	note_flat(self);
}
