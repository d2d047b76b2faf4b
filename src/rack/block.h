/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Passes over the samples of a period that nothing else is done with: each of
 * them is made for every slot of a rack, so they are written for compilers to
 * make many samples at a time of them.
 *
 * Thread: any, the real-time one too.
 */

#ifndef STAGE_RACK_BLOCK_H
#define STAGE_RACK_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "rt/rt.h"

/** Whether a sample is no number, or larger than a limit above 0, of either
 * sign. */
STAGE_RT bool stage_rack_is_beyond(
	const float *samples, uint32_t frames, float limit);

/** Makes each sample that is no number silence. */
STAGE_RT void stage_rack_clean(float *samples, uint32_t frames);

/** Copies, and does the same to the copy. They do not overlap. */
STAGE_RT void stage_rack_copy_clean(
	float *to, const float *from, uint32_t frames);

/** Writes the samples times a gain; `to` may be `from`. */
STAGE_RT void stage_rack_scale(
	float *to, const float *from, uint32_t frames, float gain);

#endif
