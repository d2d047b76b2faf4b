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

/** Adds what is left, and sees what is heard. Call it for each block. */
STAGE_RT void stage_rack_seam_pass(struct stage_rack_seam *self,
	float *const *bus, uint32_t width, uint32_t frames, float step);

#endif
