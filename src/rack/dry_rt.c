/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/dry.h"

#include <string.h>

#define MASK (STAGE_RACK_DRY_FRAMES - 1)

STAGE_RT void
stage_rack_dry_aim(struct stage_rack_dry *self, uint32_t late)
{
	// One way is gone to its end before another one begins.
	if (self->late == self->later && stage_rack_dry_has(self, late)) {
		self->later =
			late < STAGE_RACK_DRY_MAX ? late : STAGE_RACK_DRY_MAX;
		self->way = 0;
	}
}

STAGE_RT bool
stage_rack_dry_has(const struct stage_rack_dry *self, uint32_t late)
{
	return self->held >= STAGE_RACK_DRY_MAX || self->held >= late;
}

STAGE_RT bool
stage_rack_dry_is_late(const struct stage_rack_dry *self)
{
	return self->late > 0 || self->later > 0;
}

// How many frames there are to the end of the line.
STAGE_RT static uint32_t
piece_of(uint32_t at, uint32_t frames)
{
	uint32_t left = STAGE_RACK_DRY_FRAMES - (at & MASK);

	return left < frames ? left : frames;
}

STAGE_RT static void
put(float *line, uint32_t at, const float *from, uint32_t frames)
{
	uint32_t first = piece_of(at, frames);

	memcpy(line + (at & MASK), from, first * sizeof(float));
	memcpy(line, from + first, (frames - first) * sizeof(float));
}

STAGE_RT static void
get(const float *line, uint32_t at, float *to, uint32_t frames)
{
	uint32_t first = piece_of(at, frames);

	memcpy(to, line + (at & MASK), first * sizeof(float));
	memcpy(to + first, line, (frames - first) * sizeof(float));
}

STAGE_RT static void
pass_channel(const struct stage_rack_dry *self, float *line, float *bus,
	uint32_t frames, float step)
{
	float way = self->way;

	put(line, self->at, bus, frames);
	if (self->late > 0) {
		get(line, self->at - self->late, bus, frames);
	}
	for (uint32_t i = 0; self->late != self->later && i < frames; i++) {
		uint32_t at = self->at + i;
		way = way + step < 1 ? way + step : 1;
		bus[i] += (line[(at - self->later) & MASK] - bus[i]) * way;
	}
}

STAGE_RT void
stage_rack_dry_pass(struct stage_rack_dry *self, float *const *bus,
	uint32_t frames, float step)
{
	for (uint32_t c = 0; c < self->width; c++) {
		pass_channel(self, self->lines[c], bus[c], frames, step);
	}
	self->at += frames;
	if (self->held < STAGE_RACK_DRY_FRAMES) {
		self->held += frames;
	}
	if (self->late != self->later) {
		self->way += step * (float)frames;
		if (self->way >= 1) {
			self->late = self->later;
		}
	}
}
