/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/lines.h"

#include "rack/lines_private.h"

STAGE_RT struct stage_rack_line *
stage_rack_lines_take(struct stage_rack_lines *self)
{
	for (uint32_t i = 0; i < STAGE_RACK_LINES; i++) {
		int is_free = LINE_FREE;
		if (atomic_compare_exchange_strong(
			    &self->lines[i].state, &is_free, LINE_TAKEN)) {
			return &self->lines[i];
		}
	}
	atomic_fetch_add(&self->lost, 1);
	return NULL;
}

STAGE_RT void
stage_rack_lines_put(struct stage_rack_line *line)
{
	atomic_store(&line->state, LINE_FULL);
}
