/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Regular expressions of Python and Qt as POSIX extended ones over a whole
 * name, and the other way round.
 *
 * Taken are groups with and without a name or number, sets with \d \w \s, lazy
 * repetition (as a plain one: the same names match), anchors at the ends. Not
 * taken: looking around, back-references, flags, possessive repetition, sets
 * with characters that are not ASCII.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_PATCHBAY_FORMAT_REGEX_H
#define STAGE_PATCHBAY_FORMAT_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"
#include "patchbay/statement.h"

#define STAGE_PATCH_REGEX_MAX 2047     // bytes that are read
#define STAGE_PATCH_REGEX_DEPTH_MAX 16 // groups in groups

/** In an expression that is read: a byte of 1 to 8 stands for \1 to \8 of the
 * pattern that it follows. (9 is TAB, so there is no \9.) */
#define STAGE_PATCH_REGEX_REF_MAX 8

/** What was read. Zeroed memory is an empty one. */
struct stage_patch_regex {
	struct stage_str text;    // STAGE_PATCH_REGEX, or the name
	bool is_literal;          // only one name matches
	bool has_choice;          // "|" outside of all groups
	struct stage_strv groups; // the name of each group, "" without one
	const char *fault;        // after STAGE_BAD_INPUT: static
};

enum stage_patch_regex_flags {
	STAGE_PATCH_REGEX_IS_PREFIX = 1, // anchored at its start only
	STAGE_PATCH_REGEX_HAS_REFS = 2,
};

/** Reads text[len]. Ownership: the caller calls stage_patch_regex_finish, also
 * after a failure. Errors: STAGE_BAD_INPUT, with fault set; STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_patch_regex_read(const char *text,
	size_t len, unsigned flags, struct stage_patch_regex *out);
void stage_patch_regex_finish(struct stage_patch_regex *self);

/** Appends a name so that it stands for itself. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_patch_regex_quote(
	struct stage_str *out, const char *name);

/** Appends what text[len], the inside of a set at "[", means; moves *at to
 * behind its "]". For format_regex.c. Errors: STAGE_BAD_INPUT (fault),
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_patch_regex_set(const char *text,
	size_t len, size_t *at, struct stage_str *out, const char **fault);

/** Adds what \d and the like mean to set[128]; false when c is none of them. */
bool stage_patch_regex_add_class(char c, bool *set);

/** Appends set[128] as a POSIX bracket expression, "[^" when is_negated. An
 * empty one is refused. Errors: as above. */
STAGE_NODISCARD enum stage_status stage_patch_regex_write_set(const bool *set,
	bool is_negated, struct stage_str *out, const char **fault);

#endif
