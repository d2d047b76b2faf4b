/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Finds the known word that a person most likely meant.
 *
 * Calling sequence: STAGE_SUGGEST_INIT with the mistyped word, one
 * stage_suggest_offer for each known word, then read `best`. Distance is
 * counted in single-byte insertions, deletions, replacements and swaps of
 * neighbours; only a word that differs in less than about a third is ever
 * suggested. Thread: any. Nothing here allocates.
 */

#ifndef STAGE_BASE_SUGGEST_H
#define STAGE_BASE_SUGGEST_H

#include <stddef.h>

#define STAGE_SUGGEST_LEN_MAX 63 // bytes; longer words are never suggested

struct stage_suggest {
	const char *word; // borrowed: what was typed
	const char *best; // borrowed: the nearest offer, NULL when none is near
	size_t distance;  // of best
};

#define STAGE_SUGGEST_INIT(typed)                                              \
	{                                                                      \
		.word = (typed), .best = NULL, .distance = 0                   \
	}

/** Remembers `known` if it is nearer than what was offered before; of equally
 * near ones the first wins. Ownership: known is borrowed while self lives. */
void stage_suggest_offer(struct stage_suggest *self, const char *known);

/** The number of edits between two words of at most STAGE_SUGGEST_LEN_MAX
 * bytes; (size_t)-1 when one of them is longer. */
size_t stage_suggest_distance(const char *a, const char *b);

#endif
