/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What importers share: adding statements, telling, lines and places.
 *
 * Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_PATCHBAY_FORMAT_BUILD_H
#define STAGE_PATCHBAY_FORMAT_BUILD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "patchbay/format.h"
#include "patchbay/statement.h"

/** A place in a file, both from 1, columns in characters; zeroed: nowhere. */
struct stage_patch_spot {
	unsigned line;
	unsigned column;
};

/** An import on its way. */
struct stage_patch_build {
	const char *file; // borrowed
	struct stage_patch_import *out;
	struct stage_map *seen;     // statements, so that each is taken once
	struct stage_map *numbered; // names with an a2jmidid number in them
	size_t repeated;            // statements that came again
	size_t long_bytes;          // of expressions that are long
	size_t untold;              // sentences that did not fit
	size_t unlisted;            // unconnected ports that did not fit
};

/** Prepares it. Ownership: the caller calls stage_patch_build_finish, also
 * after a failure. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_patch_build_init(
	struct stage_patch_build *self, const char *file,
	struct stage_patch_import *out);
void stage_patch_build_finish(struct stage_patch_build *self);

/** Tells what was counted. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_patch_build_close(
	struct stage_patch_build *self);

/** Adds a sentence to the report, behind "FILE:LINE:COLUMN: " where spot is
 * somewhere. Bytes that are no text become question marks, control characters
 * blanks. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_patch_build_tell(
	struct stage_patch_build *self, struct stage_patch_spot spot,
	const char *format, ...) STAGE_PRINTF(3, 4);

/** Takes a statement over into the list, unless it came before. One with a
 * literal end that is no port's name, or a pattern that no patch file may hold
 * (pattern.h), is told and left out. spot: where it stands.
 *
 * Errors: STAGE_NO_MEMORY; STAGE_TOO_LONG (more statements or more of long
 * expressions than may be), with a sentence.
 */
STAGE_NODISCARD enum stage_status stage_patch_build_add(
	struct stage_patch_build *self,
	const struct stage_patch_statement *statement,
	struct stage_patch_spot spot, struct stage_err *err);

/** As above, for a want between two literal names. */
STAGE_NODISCARD enum stage_status stage_patch_build_want(
	struct stage_patch_build *self, enum stage_patch_system system,
	const char *from, const char *to, struct stage_patch_spot spot,
	struct stage_err *err);

/** Remembers a port that was there and not connected. Errors: STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_patch_build_unconnected(
	struct stage_patch_build *self, enum stage_patch_system system,
	const char *name);

/** Fills err with "FILE:LINE:COLUMN: sentence"; returns STAGE_BAD_INPUT. */
enum stage_status stage_patch_build_refuse(struct stage_err *err,
	const char *file, struct stage_patch_spot spot, const char *format, ...)
	STAGE_PRINTF(4, 5);

/** As stage_patch_build_tell, into any report and without a place or a limit.
 */
STAGE_NODISCARD enum stage_status stage_patch_report_add(
	struct stage_strv *report, const char *format, ...) STAGE_PRINTF(2, 3);

/** Goes through lines that end with a newline, or carriage return and newline;
 * the last one need not. Begin with {.rest = bytes, .left = len}. */
struct stage_patch_lines {
	const char *rest;
	size_t left;
	const char *text; // this line, borrowed, not terminated
	size_t len;
	unsigned number; // from 1
};

/** Moves to the next line; false at the end. */
bool stage_patch_lines_next(struct stage_patch_lines *self);

/** Takes blanks and tabs off both ends of text[*len]. */
const char *stage_patch_trim(const char *text, size_t *len);

/** True when text[len] holds the part somewhere. */
bool stage_patch_holds(const char *text, size_t len, const char *part);

/** Where text[offset] of line `number` is. */
struct stage_patch_spot stage_patch_spot_in_line(
	unsigned number, const char *text, size_t offset);

#endif
