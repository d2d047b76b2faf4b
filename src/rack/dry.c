/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/dry.h"

#include <stdlib.h>
#include <string.h>

bool
stage_rack_dry_init(struct stage_rack_dry *self, uint32_t width)
{
	memset(self, 0, sizeof(*self));
	self->size = STAGE_RACK_DRY_START;
	for (uint32_t c = 0; c < width; c++) {
		self->lines[c] = calloc(STAGE_RACK_DRY_FRAMES, sizeof(float));
		if (self->lines[c] == NULL) {
			return false;
		}
		self->width = c + 1;
	}
	return true;
}

void
stage_rack_dry_finish(struct stage_rack_dry *self)
{
	for (uint32_t c = 0; c < self->width; c++) {
		free(self->lines[c]);
	}
	memset(self, 0, sizeof(*self));
}
