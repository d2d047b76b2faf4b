/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/meter.h"

#include "rack/bits.h"

// Without their signs floats are in the order of their sizes as whole numbers.
STAGE_RT static uint32_t
largest(const float *samples, uint32_t frames)
{
	int32_t peak = 0;

	for (uint32_t i = 0; i < frames; i++) {
		int32_t now =
			(int32_t)(stage_rack_bits_of(samples[i]) & INT32_MAX);
		peak = now > peak ? now : peak;
	}
	return (uint32_t)peak;
}

STAGE_RT void
stage_rack_peaks_see(struct stage_rack_peaks *self, uint32_t channel,
	const float *samples, uint32_t frames)
{
	uint32_t peak = largest(samples, frames);

	if (peak > atomic_load_explicit(
			   &self->bits[channel], memory_order_relaxed)) {
		atomic_store_explicit(
			&self->bits[channel], peak, memory_order_relaxed);
	}
}

STAGE_RT float
stage_rack_peaks_take(struct stage_rack_peaks *self, uint32_t channel)
{
	return stage_rack_float_of(atomic_exchange_explicit(
		&self->bits[channel], 0, memory_order_relaxed));
}
