/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Patch files: statements about connections as text, one a line.
 *
 *     # the keyboard plays the synthesiser
 *     a2j:MT4 [20] (capture): MT4 MIDI 1 -> Zyn:midi
 *     Zyn:out_* -> system:playback_\1
 *     forbid * -> system:playback_* except Mixer:*
 *     mode lock for Mixer
 *
 * docs/internals/patchbay.md has the grammar. Lines end with a newline or with
 * carriage return and newline, the last one need not; a byte order mark at the
 * start is skipped. Zero bytes are refused everywhere, other control characters
 * and bytes that are no UTF-8 outside of comments. A file is taken whole or not
 * at all; patterns in it are good ones.
 *
 * Errors read "FILE:LINE:COLUMN: sentence", lines and columns from 1, columns
 * in characters. Reading stops at the first one.
 *
 * What is written is read back as the same statements, whatever bytes the names
 * have; `line` alone is new. Comments are not kept.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_PATCHBAY_PATCH_TEXT_H
#define STAGE_PATCHBAY_PATCH_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "patchbay/statement.h"

#define STAGE_PATCH_LINE_MAX 16384        // bytes without the line end
#define STAGE_PATCH_FILE_MAX 16777216     // bytes
#define STAGE_PATCH_STATEMENTS_MAX 100000 // of one file, mode lines and all

/** Reads a whole patch file, bytes[len], into `out`, which must be empty and
 * stays so on failure. name stands for the file in sentences.
 *
 * Errors: STAGE_BAD_INPUT; STAGE_TOO_LONG for what is beyond a limit above;
 * STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_patch_text_parse(const char *bytes,
	size_t len, const char *name, struct stage_patch_list *out,
	struct stage_err *err);

/** Appends all of a list, mode lines first, each with its newline.
 *
 * Errors: STAGE_BAD_INPUT for what no file can hold: a statement without one of
 * its names or with an empty one, an exception of what is no forbid, clients of
 * a mode that are empty. STAGE_TOO_LONG for a line beyond the limit.
 * STAGE_NO_MEMORY. out is then unchanged.
 */
STAGE_NODISCARD enum stage_status stage_patch_text_format(
	const struct stage_patch_list *list, struct stage_str *out);

/** Appends the line of one statement, without the newline. is_dated: with the
 * comment that says since when. Errors: as stage_patch_text_format. */
STAGE_NODISCARD enum stage_status stage_patch_text_format_statement(
	const struct stage_patch_statement *statement, bool is_dated,
	struct stage_str *out);

/** Appends a mode line, without the newline. Errors: as
 * stage_patch_text_format. */
STAGE_NODISCARD enum stage_status stage_patch_text_format_mode(
	const struct stage_patch_mode_line *mode, struct stage_str *out);

/** True when the text begins with a word, and a blank or the end behind it,
 * that has a meaning at the start of a line. */
bool stage_patch_text_has_keyword(const char *text);

#endif
