/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/extra.h"

#include <string.h>

const struct stage_rack_extra_kind stage_rack_extras[] = {
	[STAGE_RACK_GAIN] = {":gain", "gain", 0, -120, 24},
	[STAGE_RACK_PAN] = {":pan", "pan", 0, -1, 1},
	[STAGE_RACK_WIDTH] = {":width", "width", 1, 0, 2},
	[STAGE_RACK_SMITTEN] = {":smitten", NULL, 0, 0, 1},
};

const struct stage_rack_extra_kind *
stage_rack_extra_of(const char *word)
{
	for (size_t i = 0; i < STAGE_RACK_EXTRA_COUNT; i++) {
		const struct stage_rack_extra_kind *kind =
			&stage_rack_extras[i];
		if (kind->key != NULL &&
			(strcmp(kind->key, word) == 0 ||
				strcmp(kind->symbol, word) == 0)) {
			return kind;
		}
	}
	return NULL;
}
