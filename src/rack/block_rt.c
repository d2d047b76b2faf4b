/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/block.h"

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "rack/bits.h"

// Four samples, and how many of these there are at a time: compilers find this
// themselves, but not that several of them need not wait for each other.
typedef uint32_t lanes __attribute__((vector_size(16)));
#define LANES ((size_t)4)
#define GROUPS ((size_t)4)
#define TURN (LANES * GROUPS)

// The highest bit of the exponent: what is smaller than 2 has it not, what is
// no number has it. One look at all samples together tells for nearly all
// sound.
#define LARGE UINT32_C(0x40000000)

STAGE_RT static bool
is_any_large(lanes all, const float *rest, size_t count)
{
	uint64_t halves[2];
	uint32_t bits = 0;

	memcpy(halves, &all, sizeof(halves));
	for (size_t i = 0; i < count; i++) {
		bits |= stage_rack_bits_of(rest[i]);
	}
	halves[0] |= halves[1];
	return ((bits | (uint32_t)halves[0] | (uint32_t)(halves[0] >> 32)) &
		       LARGE) != 0;
}

// As numbers without a sign floats are in the order of their sizes, and those
// that are no numbers behind all others.
STAGE_RT static bool
is_any_beyond(const float *samples, size_t count, uint32_t limit)
{
	uint32_t beyond = 0;

	for (size_t i = 0; i < count; i++) {
		beyond |= (stage_rack_bits_of(samples[i]) & INT32_MAX) > limit;
	}
	return beyond != 0;
}

STAGE_RT bool
stage_rack_is_beyond(const float *samples, uint32_t frames, float limit)
{
	lanes all[GROUPS] = {{0}};
	size_t i = 0;

	for (; frames - i >= TURN; i += TURN) {
		for (size_t k = 0; k < GROUPS; k++) {
			lanes now;
			memcpy(&now, &samples[i + LANES * k], sizeof(now));
			all[k] |= now;
		}
	}
	return (limit < 2 || is_any_large(all[0] | all[1] | all[2] | all[3],
				     &samples[i], frames - i)) &&
	       is_any_beyond(samples, frames, stage_rack_bits_of(limit));
}

STAGE_RT static void
silence_all(float *samples, uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++) {
		if (!isfinite(samples[i])) {
			samples[i] = 0;
		}
	}
}

STAGE_RT void
stage_rack_clean(float *samples, uint32_t frames)
{
	if (stage_rack_is_beyond(samples, frames, FLT_MAX)) {
		silence_all(samples, frames);
	}
}

STAGE_RT void
stage_rack_copy_clean(
	float *restrict to, const float *restrict from, uint32_t frames)
{
	lanes all[GROUPS] = {{0}};
	size_t i = 0;

	for (; frames - i >= TURN; i += TURN) {
		for (size_t k = 0; k < GROUPS; k++) {
			lanes now;
			memcpy(&now, &from[i + LANES * k], sizeof(now));
			memcpy(&to[i + LANES * k], &now, sizeof(now));
			all[k] |= now;
		}
	}
	memcpy(&to[i], &from[i], (frames - i) * sizeof(float));
	if (is_any_large(
		    all[0] | all[1] | all[2] | all[3], &from[i], frames - i)) {
		silence_all(to, frames);
	}
}

STAGE_RT void
stage_rack_scale(float *to, const float *from, uint32_t frames, float gain)
{
	for (uint32_t i = 0; i < frames; i++) {
		to[i] = from[i] * gain;
	}
}
