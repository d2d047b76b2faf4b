/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Peaks: the largest sample of each channel since somebody has asked.
 *
 * The audio thread raises them, the loop takes them; neither waits. What comes
 * while it is taken counts for this time or for the next one.
 *
 * Thread: as marked.
 */

#ifndef STAGE_RACK_METER_H
#define STAGE_RACK_METER_H

#include <stdatomic.h>
#include <stdint.h>

#include "rack/config.h"
#include "rt/rt.h"

/** Bits of floats that are not negative. Zeroed memory is silence. */
struct stage_rack_peaks {
	_Atomic uint32_t bits[STAGE_RACK_CHANNELS_MAX];
};

/** Looks at samples[frames] of a channel. Thread: [rt]. */
STAGE_RT void stage_rack_peaks_see(struct stage_rack_peaks *self,
	uint32_t channel, const float *samples, uint32_t frames);

/** What a channel's largest sample was since this was called before, without
 * its sign. Thread: any. */
STAGE_RT float stage_rack_peaks_take(
	struct stage_rack_peaks *self, uint32_t channel);

#endif
