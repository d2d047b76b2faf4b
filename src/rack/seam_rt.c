/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/seam.h"

STAGE_RT void
stage_rack_seam_cut(
	struct stage_rack_seam *self, float *const *bus, uint32_t width)
{
	// What would have come next is where the line through the last goes.
	for (uint32_t c = 0; c < width; c++) {
		self->channels[c].step = self->channels[c].last +
					 self->channels[c].slope - bus[c][0];
	}
	self->left = 1;
}

STAGE_RT static void
add_rest(const struct stage_rack_seam *self, float *const *bus, uint32_t width,
	uint32_t frames, float step)
{
	for (uint32_t c = 0; c < width; c++) {
		float left = self->left;
		for (uint32_t i = 0; i < frames && left > 0; i++) {
			bus[c][i] += self->channels[c].step * left * left *
				     (3 - 2 * left);
			left = left > step ? left - step : 0;
		}
	}
}

STAGE_RT void
stage_rack_seam_pass(struct stage_rack_seam *self, float *const *bus,
	uint32_t width, uint32_t frames, float step)
{
	if (self->left > 0) {
		add_rest(self, bus, width, frames, step);
		for (uint32_t i = 0; i < frames && self->left > 0; i++) {
			self->left = self->left > step ? self->left - step : 0;
		}
	}
	stage_rack_seam_see(self, bus, width, frames);
}
