/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/dry.h"

#define MASK (STAGE_RACK_DRY_FRAMES - 1)

STAGE_RT void
stage_rack_dry_aim(struct stage_rack_dry *self, uint32_t late)
{
	// One way is gone to its end before another one begins.
	if (self->late == self->later) {
		self->later =
			late < STAGE_RACK_DRY_MAX ? late : STAGE_RACK_DRY_MAX;
		self->way = 0;
	}
}

STAGE_RT static void
pass_channel(const struct stage_rack_dry *self, float *line, float *bus,
	uint32_t frames, float step)
{
	float way = self->way;

	for (uint32_t i = 0; i < frames; i++) {
		uint32_t at = self->at + i;
		line[at & MASK] = bus[i];
		bus[i] = line[(at - self->late) & MASK];
		if (self->late != self->later) {
			way = way + step < 1 ? way + step : 1;
			bus[i] += (line[(at - self->later) & MASK] - bus[i]) *
				  way;
		}
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
	if (self->late != self->later) {
		self->way += step * (float)frames;
		if (self->way >= 1) {
			self->late = self->later;
		}
	}
}
