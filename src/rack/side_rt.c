/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <math.h>
#include <string.h>

#include "rack/glide.h"
#include "rack/side.h"

STAGE_RT void
stage_rack_side_begin(struct stage_rack_side *self)
{
	bool is_leaving =
		atomic_load_explicit(&self->is_leaving, memory_order_relaxed);

	if (self->buffer == NULL) {
		self->level = 0; // it fades in when there is a port
	}
	self->target = is_leaving || self->buffer == NULL ? 0 : 1;
}

STAGE_RT static void
read_port(const struct stage_rack_side *self, uint32_t at, float *to,
	uint32_t frames, float step)
{
	float level =
		stage_rack_glide(self->level, self->target, step * (float)at);

	if (self->buffer == NULL) {
		memset(to, 0, frames * sizeof(float));
		return;
	}
	for (uint32_t i = 0; i < frames; i++) {
		float sample = self->buffer[at + i];
		level = stage_rack_glide(level, self->target, step);
		to[i] = isfinite(sample) ? sample * level : 0;
	}
}

STAGE_RT void
stage_rack_side_read(struct stage_rack_side *self, uint32_t at, float *to,
	uint32_t frames, uint32_t late, float step)
{
	read_port(self, at, to, frames, step);
	stage_rack_dry_aim(&self->dry, late);
	stage_rack_dry_pass(&self->dry, &to, frames, step);
}

STAGE_RT void
stage_rack_side_write(struct stage_rack_side *self, uint32_t at,
	const float *from, uint32_t frames, float mix, float target, float step)
{
	float level =
		stage_rack_glide(self->level, self->target, step * (float)at);

	if (self->buffer == NULL || frames == 0) {
		self->left = 0;
		self->last = 0;
		return;
	}
	for (uint32_t i = 0; i < frames; i++) {
		float rest = self->left * self->left * (3 - 2 * self->left);
		level = stage_rack_glide(level, self->target, step);
		mix = stage_rack_glide(mix, target, step);
		self->left = self->left > step ? self->left - step : 0;
		self->buffer[at + i] =
			(from != NULL ? from[i] * mix : 0) * level +
			self->step * rest;
	}
	self->last = self->buffer[at + frames - 1];
}

STAGE_RT void
stage_rack_side_cut(struct stage_rack_side *self)
{
	self->step = self->last;
	self->left = 1;
}

STAGE_RT void
stage_rack_side_end(struct stage_rack_side *self, uint32_t frames, float step)
{
	self->level = stage_rack_glide(
		self->level, self->target, step * (float)frames);
}
