/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Which generations there are in a directory, and which of them may go; for
 * history.c.
 *
 * Each is a file learned-NUMBER.patch, the number with at least eight digits.
 * Thread: any but the real-time one, one object by one thread at a time.
 */

#ifndef STAGE_PATCHBAY_HISTORY_INDEX_H
#define STAGE_PATCHBAY_HISTORY_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "patchbay/learned_file.h"

#define STAGE_HISTORY_NEWEST 50 // are kept
#define STAGE_HISTORY_DAYS 30   // the last one of each of that many is kept
#define STAGE_HISTORY_STEPS 50  // of undo and of redo lead to what is kept

struct stage_history_index {
	struct stage_learned_head *items; // owned array, by number
	size_t count;
	size_t cap;
	uint64_t last; // highest number of any file, readable or not
};

/** Frees all and leaves a valid empty one, as zeroed memory is. */
void stage_history_index_finish(struct stage_history_index *self);

/** Reads the heads of all generations in a directory, in place of what is in
 * self. A directory that is not there is empty; a file whose head cannot be
 * read only counts for `last`. Errors: STAGE_NO_MEMORY, STAGE_DENIED, STAGE_IO,
 * STAGE_FULL; self is then empty. */
STAGE_NODISCARD enum stage_status stage_history_index_read(
	struct stage_history_index *self, const char *dir,
	struct stage_err *err);

/** Adds one, or replaces the one of its number. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_history_index_add(
	struct stage_history_index *self,
	const struct stage_learned_head *head);

/** The generation of a number, or NULL. Ownership: borrowed until the next
 * change. */
const struct stage_learned_head *stage_history_index_find(
	const struct stage_history_index *self, uint64_t number);

/** Takes out of self one that may go, and gives its number; 0: none may. What
 * stays: the newest ones; the last one of each day of the newest days there
 * are, by UTC; and where undo and redo lead to from the newest. No clock is
 * asked, so one that jumps loses nothing. */
uint64_t stage_history_index_take_old(struct stage_history_index *self);

/** Writes a generation's path into out[STAGE_PATH_MAX]. Errors: STAGE_TOO_LONG,
 * with a sentence. */
STAGE_NODISCARD enum stage_status stage_history_index_path(
	const char *dir, uint64_t number, char *out, struct stage_err *err);

#endif
