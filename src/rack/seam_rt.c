/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/seam.h"

STAGE_RT void
stage_rack_seam_cut(
	struct stage_rack_seam *self, float *const *bus, uint32_t width)
{
	// What would have come next is where the line through the last goes.
	for (uint32_t c = 0; c < width; c++) {
		self->step[c] = self->last[c] + self->slope[c] - bus[c][0];
	}
	self->left = 1;
}

STAGE_RT void
stage_rack_seam_pass(struct stage_rack_seam *self, float *const *bus,
	uint32_t width, uint32_t frames, float step)
{
	float left = self->left;

	for (uint32_t c = 0; c < width; c++) {
		left = self->left;
		for (uint32_t i = 0; i < frames && left > 0; i++) {
			bus[c][i] +=
				self->step[c] * left * left * (3 - 2 * left);
			left = left > step ? left - step : 0;
		}
		self->slope[c] =
			frames > 1 ? bus[c][frames - 1] - bus[c][frames - 2]
				   : bus[c][0] - self->last[c];
		self->last[c] = bus[c][frames - 1];
	}
	self->left = left;
}
