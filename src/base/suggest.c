/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/suggest.h"

#include <string.h>

#define ROW_MAX (STAGE_SUGGEST_LEN_MAX + 1)

static size_t
min3(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

// Optimal string alignment over three rows of the usual matrix.
size_t
stage_suggest_distance(const char *a, const char *b)
{
	size_t a_len = strlen(a);
	size_t b_len = strlen(b);
	size_t rows[3][ROW_MAX];
	size_t *before = rows[0];
	size_t *above = rows[1];
	size_t *row = rows[2];

	if (a_len > STAGE_SUGGEST_LEN_MAX || b_len > STAGE_SUGGEST_LEN_MAX) {
		return (size_t)-1;
	}
	for (size_t k = 0; k <= b_len; k++) {
		row[k] = k;
	}
	for (size_t i = 1; i <= a_len; i++) {
		size_t *free_row = before;
		before = above;
		above = row;
		row = free_row;
		row[0] = i;
		for (size_t k = 1; k <= b_len; k++) {
			size_t cost = a[i - 1] != b[k - 1];
			row[k] = min3(above[k] + 1, row[k - 1] + 1,
				above[k - 1] + cost);
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] &&
				a[i - 2] == b[k - 1] &&
				before[k - 2] + 1 < row[k]) {
				row[k] = before[k - 2] + 1;
			}
		}
	}
	return row[b_len];
}

void
stage_suggest_offer(struct stage_suggest *self, const char *known)
{
	size_t distance = stage_suggest_distance(self->word, known);
	size_t limit = (strlen(self->word) + 1) / 3;

	if (distance > limit) {
		return;
	}
	if (self->best == NULL || distance < self->distance) {
		self->best = known;
		self->distance = distance;
	}
}
