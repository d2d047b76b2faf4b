/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Numbers as they stand in a page, which other programs read.
 *
 * Thread: any, the real-time one too.
 */

#ifndef STAGE_RACK_BITS_H
#define STAGE_RACK_BITS_H

#include <stdint.h>
#include <string.h>

#include "rt/rt.h"

STAGE_RT static inline uint32_t
stage_rack_bits_of(float value)
{
	uint32_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

STAGE_RT static inline float
stage_rack_float_of(uint32_t bits)
{
	float value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

#endif
