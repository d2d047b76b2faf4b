/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A line of a patch file on its way from bytes to words; for patch_text.c and
 * patch_name.c. Pure. Thread: any.
 */

#ifndef STAGE_PATCHBAY_PATCH_CURSOR_H
#define STAGE_PATCHBAY_PATCH_CURSOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

struct stage_patch_cursor {
	const char *file;  // for sentences
	unsigned line;     // from 1
	const char *start; // of the line
	const char *at;    // the next byte
	const char *end;   // of what is read of the line
	struct stage_err *err;
};

/** Fills err with "FILE:LINE:COLUMN: sentence" for the byte at `at`; columns
 * count characters from 1, a byte that is in none as one. Returns
 * STAGE_BAD_INPUT. */
enum stage_status stage_patch_refuse(const struct stage_patch_cursor *self,
	const char *at, const char *format, ...) STAGE_PRINTF(3, 4);

/** Puts "FILE:LINE:COLUMN: " before the sentence in err; status is returned. */
enum stage_status stage_patch_refuse_with(const struct stage_patch_cursor *self,
	const char *at, enum stage_status status);

/** True at the end of the line. */
bool stage_patch_at_end(const struct stage_patch_cursor *self);

/** True at a space, a tab or the end. */
bool stage_patch_at_blank(const struct stage_patch_cursor *self);

/** Moves over spaces and tabs. */
void stage_patch_skip_blanks(struct stage_patch_cursor *self);

/** True at this word, with a blank or the end behind it. */
bool stage_patch_at_word(
	const struct stage_patch_cursor *self, const char *word);

/** Moves over this word and the blanks behind it; false when it is not there.
 */
bool stage_patch_take_word(struct stage_patch_cursor *self, const char *word);

#endif
