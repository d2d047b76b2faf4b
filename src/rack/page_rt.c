/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "rack/page.h"

STAGE_RT static float
float_of(uint32_t bits)
{
	float value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

STAGE_RT float
stage_rack_page_get(const struct stage_rack_page *self, size_t index)
{
	return float_of(atomic_load_explicit(
		&self->bytes->values[index].bits, memory_order_relaxed));
}

STAGE_RT float
stage_rack_page_wet(const struct stage_rack_page *self)
{
	return float_of(atomic_load_explicit(
		&self->bytes->wet_bits, memory_order_relaxed));
}

STAGE_RT bool
stage_rack_page_is_bypassed(const struct stage_rack_page *self)
{
	return atomic_load_explicit(
		       &self->bytes->is_bypassed, memory_order_relaxed) != 0;
}
