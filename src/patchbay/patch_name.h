/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** One name in a line of a patch file, read and written; for patch_text.c and
 * patch_write.c. docs/internals/patchbay.md has the grammar. Pure. Thread: any.
 */

#ifndef STAGE_PATCHBAY_PATCH_NAME_H
#define STAGE_PATCHBAY_PATCH_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "patchbay/patch_cursor.h"
#include "patchbay/statement.h"

#define STAGE_PATCH_ARROW "->"
#define STAGE_PATCH_EXCEPT "except"

/** Where in its line a name stands; what it may hold depends on that. */
enum stage_patch_place {
	STAGE_PATCH_IN_FROM,
	STAGE_PATCH_IN_TO,           // of a `from` that is no pattern
	STAGE_PATCH_IN_TO_WITH_REFS, // \1 to \9 refer to captures
	STAGE_PATCH_IN_EXCEPT,
	STAGE_PATCH_IN_MODE, // over clients, always a glob
};

/** Where `to` stands behind this `from`. */
enum stage_patch_place stage_patch_place_of_to(
	const struct stage_patch_end *from);

/** Reads the name that the cursor is at, and moves over it and the blanks
 * behind it. A bare name ends before the word `->` or `except`, or at the end.
 *
 * Whether a pattern is one is not looked at. Ownership: out->text is the
 * caller's to free after STAGE_OK. Errors: STAGE_BAD_INPUT, STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_patch_name_read(
	struct stage_patch_cursor *cursor, enum stage_patch_place place,
	struct stage_patch_end *out);

/** What the bare name text[len] means in that place. Ownership: as above.
 * Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_patch_name_of_bare(const char *text,
	size_t len, enum stage_patch_place place, struct stage_patch_end *out);

/** Appends a name so that it is read back in that place as it is: bare where
 * that does, else between quotes or slashes.
 *
 * Errors: STAGE_BAD_INPUT when no line can hold it (an empty name; a clients'
 * one that is no glob); STAGE_NO_MEMORY. out may then hold a part of it.
 */
STAGE_NODISCARD enum stage_status stage_patch_name_write(struct stage_str *out,
	const struct stage_patch_end *end, enum stage_patch_place place);

#endif
