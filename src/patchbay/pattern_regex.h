/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** POSIX extended regular expressions over whole port names; for pattern.c and
 * the reader of names.
 *
 * Names are bytes: the C locale holds, whatever the program's is, so `.` is one
 * byte. Expressions come out of files, so what could take the C library very
 * long or very much memory is refused: back-references, and expressions that
 * are worth more than STAGE_REGEX_COST_MAX items once what is repeated (by +
 * and braces) is written out, a copy worth four; and a repetition of a
 * repetition without parentheses, which means nothing in POSIX.
 *
 * Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_PATCHBAY_PATTERN_REGEX_H
#define STAGE_PATCHBAY_PATTERN_REGEX_H

#include <locale.h>
#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "patchbay/capture.h"

#define STAGE_REGEX_TEXT_MAX 2047 // bytes
#define STAGE_REGEX_COST_MAX 1000
#define STAGE_REGEX_DEPTH_MAX 16   // parentheses in parentheses
#define STAGE_REGEX_REPEAT_MAX 255 // in braces; more is not in POSIX

struct stage_regex {
	regex_t compiled;
	locale_t locale;
};

/** Says whether an expression can be taken, and how many groups it has (may be
 * NULL). has_references: \1 to \9 are references to captures of another
 * pattern. Errors: STAGE_BAD_INPUT with a sentence that has no place. */
STAGE_NODISCARD enum stage_status stage_regex_check(const char *text,
	bool has_references, size_t *groups, struct stage_err *err);

/** Compiles an expression without references. Ownership: the caller calls
 * stage_regex_finish after STAGE_OK. Errors: as above; STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_regex_init(
	struct stage_regex *self, const char *text, struct stage_err *err);

/** Frees what stage_regex_init made. */
void stage_regex_finish(struct stage_regex *self);

/** True when the whole name matches; out as with stage_glob_match. A group that
 * took no part captured nothing. Where a name can be divided among the groups
 * in several ways, the C library decides. */
bool stage_regex_match(const struct stage_regex *self, const char *name,
	struct stage_captures *out);

/** The highest reference \1 to \9, 0 when there is none. */
unsigned stage_regex_reference(const char *text);

/** Appends the expression with its references replaced by what was captured,
 * as literal text. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_regex_add_bound(struct stage_str *out,
	const char *text, const struct stage_captures *captures);

#endif
