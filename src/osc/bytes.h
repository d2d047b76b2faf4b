/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Numbers of four bytes, the highest first, as OSC has them. For this
 * directory. Thread: any. */

#ifndef STAGE_OSC_BYTES_H
#define STAGE_OSC_BYTES_H

#include <stdint.h>

static inline uint32_t
stage_osc_get_uint(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24U | (uint32_t)bytes[1] << 16U |
	       (uint32_t)bytes[2] << 8U | bytes[3];
}

static inline void
stage_osc_put_uint(unsigned char *bytes, uint32_t number)
{
	bytes[0] = (unsigned char)(number >> 24U);
	bytes[1] = (unsigned char)(number >> 16U);
	bytes[2] = (unsigned char)(number >> 8U);
	bytes[3] = (unsigned char)number;
}

#endif
