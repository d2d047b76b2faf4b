/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Files of other programs that keep connections: the table of formats, and
 * reading and writing them.
 *
 *     status = stage_patch_format_recognise(&input, &format, &err);
 *     status = stage_patch_format_import(format, &input, &import, &err);
 *     ... import.list, import.report
 *     stage_patch_import_finish(&import);
 *
 * What a format holds that statements cannot say, and the other way round, is
 * told in a report of sentences, never dropped silently. What one line or
 * element says wrongly, and each pattern that a patch file of ours cannot hold,
 * is told and left out, so that all statements can be written by patch_text.h
 * and read again; a file that is cut off or no file
 * of its format is refused as a whole, with "FILE:LINE:COLUMN: ".
 *
 * Names are bytes, as JACK has them. In a statement about the ALSA sequencer an
 * end is "CLIENT:PORT", where PORT is the port's number in decimal digits where
 * the format counts ports (aj-snapshot), else its name; stage_patch_alsa_split
 * divides the two. Two ALSA clients of one name cannot be told apart. Full
 * names (alsa_name.h) are written as these, and what that makes the same is
 * told.
 *
 * Names of ports that a2jmidid made are taken as they are, in all three
 * spellings; the report says how many hold a client's number.
 *
 * Pure. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_PATCHBAY_FORMAT_H
#define STAGE_PATCHBAY_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "patchbay/alsa_name.h"
#include "patchbay/patch_text.h"
#include "patchbay/statement.h"

#define STAGE_PATCH_IMPORT_MAX 100000     // statements of one file
#define STAGE_PATCH_REPORT_MAX 200        // sentences; then "and N more"
#define STAGE_PATCH_UNCONNECTED_MAX 10000 // ports that are remembered
#define STAGE_PATCH_LONG_REGEX 128        // bytes; not long yet
#define STAGE_PATCH_LONG_REGEX_MAX 65536  // bytes of all that are longer

/** A file: its name, for messages only, and what is in it. Borrowed. */
struct stage_patch_input {
	const char *name;
	const char *bytes; // may hold zero bytes
	size_t len;
};

/** What was read. Zeroed memory is an empty one. */
struct stage_patch_import {
	struct stage_patch_list list;
	struct stage_strv report; // sentences in UTF-8, each on one line

	// Ports that were there when the file was saved, and not connected, as
	// far as the format tells: "CLIENT:PORT", byte for byte.
	struct stage_strv unconnected[STAGE_PATCH_SYSTEM_COUNT];

	// False: the file says nothing about that system, which is not the same
	// as "nothing is connected".
	bool speaks_of[STAGE_PATCH_SYSTEM_COUNT];
};

/** Frees everything in it; it is empty then. */
void stage_patch_import_finish(struct stage_patch_import *self);

struct stage_patch_build;
struct stage_patch_writer;

/** One row of the table. */
struct stage_patch_format {
	const char *name;    // one word, for the command line
	const char *summary; // one line, no full stop

	// True when bytes[len] look like it, so that they are read by it.
	bool (*recognise)(const char *bytes, size_t len);

	// As stage_patch_format_import and _export, which see to the rest. NULL
	// where there is none.
	enum stage_status (*import_list)(const struct stage_patch_input *input,
		struct stage_patch_build *build, struct stage_err *err);
	enum stage_status (*export_list)(struct stage_patch_writer *writer);

	// What can be written, where there is export_list.
	const char *program;                    // its name, for sentences
	bool carries[STAGE_PATCH_SYSTEM_COUNT]; // systems that it knows
	bool carries_only;                      // knows "and nothing else"
	bool counts_alsa;                       // names ALSA's ports by number

	// Why a name cannot be written, or NULL.
	const char *(*fault)(
		enum stage_patch_system system, const char *name, bool is_from);
};

/** The row at an index, NULL behind the last one. */
const struct stage_patch_format *stage_patch_format_at(size_t index);

/** Finds a format by name. Errors: STAGE_NOT_FOUND, with a sentence that says
 * which there are. */
STAGE_NODISCARD enum stage_status stage_patch_format_find(const char *name,
	const struct stage_patch_format **out, struct stage_err *err);

/** Picks the format that the content looks like; the file's name plays no part.
 * Errors: STAGE_BAD_INPUT (empty; like none of them), STAGE_TOO_LONG. */
STAGE_NODISCARD enum stage_status stage_patch_format_recognise(
	const struct stage_patch_input *input,
	const struct stage_patch_format **out, struct stage_err *err);

/** Reads a file. Statements that come twice are taken once.
 *
 * Ownership: the caller calls stage_patch_import_finish after STAGE_OK; on
 * failure `out` is empty. Errors: STAGE_BAD_INPUT, STAGE_TOO_LONG (the file, or
 * more than STAGE_PATCH_IMPORT_MAX statements or STAGE_PATCH_LONG_REGEX_MAX
 * bytes of long expressions), STAGE_UNSUPPORTED (this format is only written),
 * STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_patch_format_import(
	const struct stage_patch_format *self,
	const struct stage_patch_input *input, struct stage_patch_import *out,
	struct stage_err *err);

/** Appends the list as a file to `out`, and what could not be written to
 * `report`.
 *
 * Errors: STAGE_UNSUPPORTED (this format is only read), STAGE_NO_MEMORY; `out`
 * and `report` may then hold a part.
 */
STAGE_NODISCARD enum stage_status stage_patch_format_export(
	const struct stage_patch_format *self,
	const struct stage_patch_list *list, struct stage_str *out,
	struct stage_strv *report, struct stage_err *err);

#endif
