/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The bytes of learned.patch and of its generations: a patch file whose
 * comments say which generation it is and where it ends.
 *
 *     # What stagecraft-patchbay learned, format 1. ...
 *     # generation 17, 2026-11-28T07:33:22Z, undo 16, redo 0: connected by hand
 *     Zyn:out_1 -> system:playback_1<TAB># since 2026-11-28T07:33:20Z
 *     # end, 1 line, 8a3f...
 *
 * The last line has a checksum over all bytes before it. A file that begins
 * like this and has no such line was cut off, and is refused; so is an empty
 * one, and one of a format that is newer. One whose checksum is not right was
 * edited by a hand, and is good when it can be read; so is one that does not
 * begin like this at all, when it has anything in it but blanks.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_PATCHBAY_LEARNED_FILE_H
#define STAGE_PATCHBAY_LEARNED_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "patchbay/statement.h"

#define STAGE_LEARNED_FORMAT 1
#define STAGE_LEARNED_REASON_MAX 200 // bytes with the terminating zero
#define STAGE_LEARNED_HEAD_MAX 512   // bytes of the first two lines

/** What a generation says about itself. */
struct stage_learned_head {
	uint64_t number; // from 1
	int64_t time_s;  // since 1970
	uint64_t undo;   // the generation that an undo leads to; 0: to the
			 // empty one before all others; its own number: none
	uint64_t redo;   // the one that a redo leads to; 0: none
	char reason[STAGE_LEARNED_REASON_MAX]; // clean UTF-8, one line
};

/** A file that was read. */
struct stage_learned {
	struct stage_patch_list list;
	struct stage_learned_head head;
	bool has_head;     // else head is all zero
	bool is_untouched; // the checksum is right: it is as we wrote it
};

/** Sets a reason: cut to fit, control characters and what is no UTF-8 made
 * harmless. */
void stage_learned_set_reason(
	struct stage_learned_head *self, const char *reason);

/** Appends the whole file. Errors: those of stage_patch_text_format;
 * STAGE_TOO_LONG also for what is more than a patch file may have, which nobody
 * could read again. out is then unchanged. */
STAGE_NODISCARD enum stage_status stage_learned_write(struct stage_str *out,
	const struct stage_learned_head *head,
	const struct stage_patch_list *list);

/** Reads the head out of the first bytes of a file, STAGE_LEARNED_HEAD_MAX of
 * them or all. False when there is none; out is then all zero. */
bool stage_learned_read_head(
	const char *bytes, size_t len, struct stage_learned_head *out);

/** Gives each statement and mode line the number of the line that it has in a
 * file that was written. Returns whether any had another one. */
bool stage_learned_number(struct stage_patch_list *list);

/** Reads a whole file. Ownership: out->list is the caller's to finish after
 * STAGE_OK. Errors: STAGE_BAD_INPUT and STAGE_TOO_LONG with a sentence that
 * begins with name; STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_learned_read(const char *bytes,
	size_t len, const char *name, struct stage_learned *out,
	struct stage_err *err);

/** A number for what a list says, since when included: equal for equal lists
 * and, for all that matters, for no others. Errors: as stage_learned_write. */
STAGE_NODISCARD enum stage_status stage_learned_sum(
	const struct stage_patch_list *list, uint64_t *out);

/** A number for bytes, likewise. */
uint64_t stage_learned_sum_bytes(const void *bytes, size_t len);

#endif
