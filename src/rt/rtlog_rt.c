/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rt/rtlog_private.h"

STAGE_RT void
stage_rtlog(struct stage_rtlog *self, uint32_t id, int64_t a, int64_t b)
{
	const struct stage_rtlog_record record = {.a = a, .b = b};

	if (stage_ring_write(self->ring, id, &record, sizeof(record)) !=
		STAGE_OK) {
		atomic_fetch_add_explicit(
			&self->dropped, 1, memory_order_relaxed);
	}
}
