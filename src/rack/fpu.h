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

#include <stdint.h>

#include "rt/rt.h"

#if defined(__SSE__)
#	include <xmmintrin.h>
#endif

#define STAGE_FPU_FLUSH_BITS 0x8040U // FTZ and DAZ

STAGE_RT static inline void
stage_fpu_flush(void)
{
#if defined(__SSE__)
	unsigned is = _mm_getcsr();
	// To set it takes many times as long as to look.
	if ((is & STAGE_FPU_FLUSH_BITS) != STAGE_FPU_FLUSH_BITS) {
		_mm_setcsr(is | STAGE_FPU_FLUSH_BITS);
	}
#elif defined(__aarch64__)
	uint64_t fpcr;
	__asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
	fpcr |= UINT64_C(1) << 24;
	__asm__ volatile("msr fpcr, %0" : : "r"(fpcr));
#endif
}

#endif
