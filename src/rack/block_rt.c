/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/block.h"

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "rack/bits.h"

// Eight samples, and how many of these there are at a time: compilers find this
// themselves, but not that several of them need not wait for each other.
typedef uint32_t lanes __attribute__((vector_size(32)));
typedef float sounds __attribute__((vector_size(32)));
#define LANES ((size_t)8)
#define GROUPS ((size_t)4)
#define TURN (LANES * GROUPS)

// Each pass is written once, and made twice where the processor may take eight
// samples at a time: then it takes half as long.
#define PASS static inline __attribute__((always_inline))
#if defined(__x86_64__) && !defined(STAGE_RACK_BLOCK_NARROW)
#	define HAS_WIDE __builtin_cpu_supports("avx2")
#	define WIDE __attribute__((target("avx2")))
#else
#	define HAS_WIDE false
#	define WIDE
#endif

// The highest bit of the exponent: what is smaller than 2 has it not, what is
// no number has it. One look at all samples together tells for nearly all
// sound.
#define LARGE UINT32_C(0x40000000)

STAGE_RT PASS bool
is_any_large(const lanes *all, const float *rest, size_t count)
{
	const lanes sum = all[0] | all[1] | all[2] | all[3];
	uint64_t parts[sizeof(sum) / sizeof(uint64_t)];
	uint32_t bits = 0;

	memcpy(parts, &sum, sizeof(parts));
	for (size_t i = 0; i < count; i++) {
		bits |= stage_rack_bits_of(rest[i]);
	}
	parts[0] |= parts[1] | parts[2] | parts[3];
	return ((bits | (uint32_t)parts[0] | (uint32_t)(parts[0] >> 32)) &
		       LARGE) != 0;
}

// As numbers without a sign floats are in the order of their sizes, and those
// that are no numbers behind all others.
STAGE_RT static __attribute__((noinline)) bool
is_any_beyond(const float *samples, size_t count, uint32_t limit)
{
	uint32_t beyond = 0;

	for (size_t i = 0; i < count; i++) {
		beyond |= (stage_rack_bits_of(samples[i]) & INT32_MAX) > limit;
	}
	return beyond != 0;
}

STAGE_RT PASS bool
look(const float *samples, size_t frames)
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
	return is_any_large(all, &samples[i], frames - i);
}

STAGE_RT PASS bool
look_closely(const float *samples, uint32_t frames, float limit)
{
	return (limit < 2 || look(samples, frames)) &&
	       is_any_beyond(samples, frames, stage_rack_bits_of(limit));
}

STAGE_RT WIDE static bool
look_wide(const float *samples, uint32_t frames, float limit)
{
	return look_closely(samples, frames, limit);
}

STAGE_RT static bool
look_narrow(const float *samples, uint32_t frames, float limit)
{
	return look_closely(samples, frames, limit);
}

STAGE_RT bool
stage_rack_is_beyond(const float *samples, uint32_t frames, float limit)
{
	return HAS_WIDE ? look_wide(samples, frames, limit)
			: look_narrow(samples, frames, limit);
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

// True when something of it may be no number.
STAGE_RT PASS bool
copy(float *restrict to, const float *restrict from, size_t frames)
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
	return is_any_large(all, &from[i], frames - i);
}

STAGE_RT WIDE static bool
copy_wide(float *to, const float *from, size_t frames)
{
	return copy(to, from, frames);
}

STAGE_RT static bool
copy_narrow(float *to, const float *from, size_t frames)
{
	return copy(to, from, frames);
}

STAGE_RT void
stage_rack_copy_clean(float *to, const float *from, uint32_t frames)
{
	if (HAS_WIDE ? copy_wide(to, from, frames)
		     : copy_narrow(to, from, frames)) {
		silence_all(to, frames);
	}
}

STAGE_RT PASS void
scale(float *to, const float *from, size_t frames, float gain)
{
	size_t i = 0;

	for (; frames - i >= TURN; i += TURN) {
		for (size_t k = 0; k < GROUPS; k++) {
			sounds now;
			memcpy(&now, &from[i + LANES * k], sizeof(now));
			now *= gain;
			memcpy(&to[i + LANES * k], &now, sizeof(now));
		}
	}
	for (; i < frames; i++) {
		to[i] = from[i] * gain;
	}
}

STAGE_RT WIDE static void
scale_wide(float *to, const float *from, size_t frames, float gain)
{
	scale(to, from, frames, gain);
}

STAGE_RT static void
scale_narrow(float *to, const float *from, size_t frames, float gain)
{
	scale(to, from, frames, gain);
}

STAGE_RT void
stage_rack_scale(float *to, const float *from, uint32_t frames, float gain)
{
	if (HAS_WIDE) {
		scale_wide(to, from, frames, gain);
	} else {
		scale_narrow(to, from, frames, gain);
	}
}
