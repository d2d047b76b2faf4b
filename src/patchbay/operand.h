/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Statements from single words: what a person gives on a command line, or a
 * program over the socket.
 *
 * A word is a name as in a patch file, with "alsa:" before that of a port of
 * the ALSA sequencer: pasted, with `*` and `?` a glob, in quotes, or a regular
 * expression between slashes. Other than in a file it ends where it ends, so
 * that it may hold blanks at its edges, arrows and keywords.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_PATCHBAY_OPERAND_H
#define STAGE_PATCHBAY_OPERAND_H

#include "base/attr.h"
#include "base/err.h"
#include "patchbay/statement.h"

struct stage_patch_operands {
	enum stage_patch_policy policy;
	const char *from;
	const char *to;
	const char *except; // NULL: none
};

/** Appends the statement that the words make, patterns in it being good ones.
 *
 * Errors: STAGE_BAD_INPUT with a sentence that names the word; STAGE_TOO_LONG
 * for what fits into no line of a patch file; STAGE_NO_MEMORY. The list is then
 * as it was.
 */
STAGE_NODISCARD enum stage_status stage_patch_operands_read(
	const struct stage_patch_operands *operands,
	struct stage_patch_list *list, struct stage_err *err);

/** Reads the clients of a mode, as they stand behind "for" in a patch file: a
 * glob, or in quotes one name. Ownership: *out is the caller's to free. Errors:
 * as above; a regular expression is refused. */
STAGE_NODISCARD enum stage_status stage_patch_operand_clients(
	const char *word, char **out, struct stage_err *err);

#endif
