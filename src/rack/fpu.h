/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Numbers too small to be heard count as zero: with them a plug-in may take
 * fifty times as long once the music has stopped. It is a setting of the
 * processor for each thread, and some plug-ins change it.
 *
 * Thread: any, the real-time one too; only the thread itself is set.
 */

#ifndef STAGE_RACK_FPU_H
#define STAGE_RACK_FPU_H

#include <float.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "rt/rt.h"

#if defined(__SSE__)
#	include <xmmintrin.h>
#endif

#define STAGE_FPU_FLUSH_BITS 0x8040U // FTZ and DAZ

/** Whether they do: what comes out too small, and what goes in. To ask for the
 * setting has the processor end all that it is in the middle of. */
STAGE_RT static inline bool
stage_fpu_flushes(void)
{
	static const volatile float small[] = {FLT_MIN, FLT_MIN / 4};
	const float results[] = {small[0] / 4, small[1] * 0x1p30F};
	uint32_t bits[2];

	memcpy(bits, results, sizeof(bits));
	return (bits[0] | bits[1]) == 0;
}

STAGE_RT static inline void
stage_fpu_flush(void)
{
	if (stage_fpu_flushes()) {
		return;
	}
#if defined(__SSE__)
	_mm_setcsr(_mm_getcsr() | STAGE_FPU_FLUSH_BITS);
#elif defined(__aarch64__)
	uint64_t fpcr;
	__asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
	fpcr |= UINT64_C(1) << 24;
	__asm__ volatile("msr fpcr, %0" : : "r"(fpcr));
#endif
}

#endif
