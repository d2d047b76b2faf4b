/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Changes a value in the text of a slot file, and leaves all else of it as it
 * is: comments, blanks, the order of lines, their ends. Pure.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_RACK_TEXT_H
#define STAGE_RACK_TEXT_H

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

/** Makes the line "KEY SYMBOL VALUE" say this value, where `text` has such a
 * line; else appends one. symbol is NULL for lines "KEY VALUE". A `text` that
 * did not end with a line end gets one before what is appended.
 *
 * Errors: STAGE_BAD_INPUT with the place, when the text is no configuration, or
 * a word cannot be written; STAGE_NO_MEMORY. text is then as it was.
 */
STAGE_NODISCARD enum stage_status stage_rack_text_set(struct stage_str *text,
	const char *name, const char *key, const char *symbol,
	const char *value, struct stage_err *err);

/** Writes a float with as few digits as bring back the same one, with a point
 * or what the thread's locale has. */
void stage_rack_text_number(float value, char *out, size_t size);

#endif
