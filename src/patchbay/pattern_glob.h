/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Globs over port names; for pattern.c and the reader and writer of names.
 *
 * `*` is any bytes, also none; `?` is one character: a byte and the bytes 0x80
 * to 0xbf behind it, so that a name that is no UTF-8 has characters, too. `\*`,
 * `\?` and `\\` are these three themselves, a backslash before anything else,
 * or at the end, is a backslash. All else is itself, `[` too.
 *
 * Each wildcard is a capture, in their order, the first nine. Where a name can
 * be divided in several ways, each `*` takes as little as it can, the first one
 * before the second: `*:*` divides at the first colon.
 *
 * In the `to` of a statement whose `from` is a pattern, `\1` to `\9` are
 * references to captures; only the functions that say so know them.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_PATCHBAY_PATTERN_GLOB_H
#define STAGE_PATCHBAY_PATTERN_GLOB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/status.h"
#include "base/str.h"
#include "patchbay/capture.h"

/** True when the whole name matches. out may be NULL; it is only of use after a
 * match, and its texts lie in `name`. Time: at most the product of both
 * lengths. */
bool stage_glob_match(
	const char *glob, const char *name, struct stage_captures *out);

/** How many wildcards are in glob[len]. */
size_t stage_glob_wildcards(const char *glob, size_t len);

/** The highest reference \1 to \9 in glob[len], 0 when there is none. */
unsigned stage_glob_reference(const char *glob, size_t len);

/** Appends what glob[len], which has no wildcards, is the only match of. */
STAGE_NODISCARD enum stage_status stage_glob_add_literal(
	struct stage_str *out, const char *glob, size_t len);

/** Appends the glob that text[len] alone matches. */
STAGE_NODISCARD enum stage_status stage_glob_add_escaped(
	struct stage_str *out, const char *text, size_t len);

/** Appends the glob with its references replaced by what was captured, as
 * literal text; one that has no capture is replaced by nothing. */
STAGE_NODISCARD enum stage_status stage_glob_add_bound(struct stage_str *out,
	const char *glob, const struct stage_captures *captures);

#endif
