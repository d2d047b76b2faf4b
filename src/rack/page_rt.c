/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/bits.h"
#include "rack/page.h"

STAGE_RT void
stage_rack_page_tell(struct stage_rack_page *self)
{
	atomic_fetch_add_explicit(
		&self->bytes->changes, 1, memory_order_release);
	atomic_fetch_add_explicit(&self->changes, 1, memory_order_release);
	if (self->all_changes != NULL) {
		atomic_fetch_add_explicit(
			self->all_changes, 1, memory_order_release);
	}
}

STAGE_RT void
stage_rack_page_put(struct stage_rack_page *self, size_t index, float value)
{
	atomic_store(
		&self->bytes->values[index].bits, stage_rack_bits_of(value));
}

STAGE_RT void
stage_rack_page_set(struct stage_rack_page *self, size_t index, float value)
{
	stage_rack_page_put(self, index, value);
	stage_rack_page_tell(self);
}

STAGE_RT void
stage_rack_page_set_bypassed(struct stage_rack_page *self, bool is_so)
{
	atomic_store(&self->bytes->is_bypassed, is_so);
	stage_rack_page_tell(self);
}

STAGE_RT void
stage_rack_page_set_wet(struct stage_rack_page *self, float wet)
{
	atomic_store(&self->bytes->wet_bits, stage_rack_bits_of(wet));
	stage_rack_page_tell(self);
}
