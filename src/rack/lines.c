/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/lines.h"

#include "base/log.h"
#include "rack/lines_private.h"

static void
log_line(const struct stage_rack_line *line)
{
	if (line->level == STAGE_RACK_LINE_ERROR) {
		stage_log_err("%s: %s", line->slot, line->text);
	} else if (line->level == STAGE_RACK_LINE_WARNING) {
		stage_log_warn("%s: %s", line->slot, line->text);
	} else {
		stage_log_info("%s: %s", line->slot, line->text);
	}
}

void
stage_rack_lines_log(struct stage_rack_lines *self)
{
	uint32_t lost;

	for (uint32_t i = 0; i < STAGE_RACK_LINES; i++) {
		struct stage_rack_line *line = &self->lines[i];
		int is_full = LINE_FULL;
		if (atomic_compare_exchange_strong(
			    &line->state, &is_full, LINE_TAKEN)) {
			log_line(line);
			atomic_store(&line->state, LINE_FREE);
		}
	}
	lost = atomic_exchange(&self->lost, 0);
	if (lost > 0) {
		stage_log_warn("plug-ins say too much: %u lines are lost",
			(unsigned)lost);
	}
}
