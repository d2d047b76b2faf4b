/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** One end of a statement, ready to be compared with port names.
 *
 * A statement is looked at in two steps. First a port is matched against
 * `from`, which gives captures; then `to` is asked with them:
 *
 *     stage_pattern_create(&statement->from, NULL, &from, err)
 *     stage_pattern_create(&statement->to, from, &to, err)
 *     if stage_pattern_matches(from, "Zyn:out_1", &captures)
 *         if stage_pattern_needs_captures(to)
 *             stage_pattern_bind(to, &captures, &bound, err)
 *         name = stage_pattern_literal(bound)     one port, to be looked up
 *         stage_pattern_matches(bound, ...)       or all that match
 *
 * stage_pattern_joins does it all for one pair of names.
 *
 * Literals are compared byte for byte. Globs are those of pattern_glob.h,
 * regular expressions those of pattern_regex.h: both see bytes, in no locale.
 * A name has no zero byte, and may be empty.
 *
 * What is captured: of a glob each wildcard, of a regular expression each
 * group, the first nine; of a literal nothing. What `to` refers to is inserted
 * as literal text. Only a glob or a regular expression can refer: a literal is
 * a whole name, backslashes and all, and so is one that comes out of
 * stage_pattern_bind.
 *
 * Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_PATCHBAY_PATTERN_H
#define STAGE_PATCHBAY_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "patchbay/capture.h"
#include "patchbay/statement.h"

struct stage_pattern;

/** Makes a matcher of an end, whose text is copied.
 *
 * from: the matcher of the same statement's `from` when this is its `to`, else
 * NULL. Where that one is a pattern, \1 to \9 in a glob or regular expression
 * are references to what it captures. Ownership: the caller calls
 * stage_pattern_destroy.
 *
 * Errors: STAGE_BAD_INPUT with a sentence that has no place: no regular
 * expression, or one that would cost too much; a reference to more than `from`
 * captures. STAGE_NO_MEMORY. *out is then NULL.
 */
STAGE_NODISCARD enum stage_status stage_pattern_create(
	const struct stage_patch_end *end, const struct stage_pattern *from,
	struct stage_pattern **out, struct stage_err *err);

/** Frees it. NULL is fine. */
void stage_pattern_destroy(struct stage_pattern *self);

/** The only name that it can match, or NULL when it may match others: what may
 * be looked up in a table. Ownership: borrowed. */
const char *stage_pattern_literal(const struct stage_pattern *self);

/** How many captures a match gives, 0 to STAGE_PATCH_CAPTURES_MAX. */
size_t stage_pattern_capture_count(const struct stage_pattern *self);

/** True when it refers to captures: it matches nothing before it is bound. */
bool stage_pattern_needs_captures(const struct stage_pattern *self);

/** True when the whole name matches. captures, which may be NULL, is only of
 * use after a match; its texts lie in `name`. Time: for a glob at most the
 * product of both lengths; nothing is allocated but by regexec(3). */
bool stage_pattern_matches(const struct stage_pattern *self, const char *name,
	struct stage_captures *captures);

/** Makes a matcher with the references of `self` replaced by captures, of any
 * matcher. Ownership: as stage_pattern_create. Errors: STAGE_BAD_INPUT when a
 * regular expression grows too big by them; STAGE_NO_MEMORY. *out is then NULL.
 */
STAGE_NODISCARD enum stage_status stage_pattern_bind(
	const struct stage_pattern *self, const struct stage_captures *captures,
	struct stage_pattern **out, struct stage_err *err);

/** Says in *out whether a statement with these ends is about the connection of
 * these two ports. Errors: as stage_pattern_bind; *out is then false. */
STAGE_NODISCARD enum stage_status stage_pattern_joins(
	const struct stage_pattern *from, const struct stage_pattern *to,
	const char *from_name, const char *to_name, bool *out,
	struct stage_err *err);

#endif
