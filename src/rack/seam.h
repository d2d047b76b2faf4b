/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Hides where a sound breaks off and another one begins at once: the step
 * between them is added to the other one, and fades away.
 *
 * Thread: [rt].
 */

#ifndef STAGE_RACK_SEAM_H
#define STAGE_RACK_SEAM_H

#include <stdint.h>

#include "rack/config.h"
#include "rt/rt.h"

struct stage_rack_seam {
	float left; // of the step, 1 to 0
	struct {
		float last;  // sample that was heard
		float slope; // from the one before it
		float step;
	} channels[STAGE_RACK_CHANNELS_MAX];
};

/** The sound breaks off in front of bus[width], whose first sample is another
 * sound's. */
STAGE_RT void stage_rack_seam_cut(
	struct stage_rack_seam *self, float *const *bus, uint32_t width);

/** Sees the end of what is heard. */
STAGE_RT static inline void
stage_rack_seam_see(struct stage_rack_seam *self, float *const *bus,
	uint32_t width, uint32_t frames)
{
	for (uint32_t c = 0; c < width; c++) {
		const float *end = bus[c] + frames;
		float before = frames > 1 ? end[-2] : self->channels[c].last;
		self->channels[c].slope = end[-1] - before;
		self->channels[c].last = end[-1];
	}
}

/** Adds what is left, and sees what is heard. Call it, or the one above while
 * nothing is left, for each block. */
STAGE_RT void stage_rack_seam_pass(struct stage_rack_seam *self,
	float *const *bus, uint32_t width, uint32_t frames, float step);

#endif
