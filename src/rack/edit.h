/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Changes what the user has written, because he said so: slot files come, go,
 * take other places, and take over the values of now. Nothing else in a rack
 * writes to its directory.
 *
 * A file is replaced whole or not at all, and the rack then reads its directory
 * again, as it does when the files were changed by hand.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_EDIT_H
#define STAGE_RACK_EDIT_H

#include "rack/rack.h"

/** Where a slot is to stand. */
enum stage_rack_where {
	STAGE_RACK_FIRST,
	STAGE_RACK_LAST,
	STAGE_RACK_BEFORE, // another slot
	STAGE_RACK_BEHIND,
};

/** Makes a slot file for a plug-in, the last one. word: as that of
 * stage_rack_catalog_find; name: of the slot, "" for one made of the plug-in's.
 * *out is the slot, borrowed. Errors: those, and STAGE_EXISTS, STAGE_FULL, as
 * stage_atomic_save. */
STAGE_NODISCARD enum stage_status stage_rack_edit_add(struct stage_rack *self,
	const char *word, const char *name, struct stage_rack_slot **out,
	struct stage_err *err);

/** Takes a slot out: its file gets another name, which is none of a slot, into
 * file. Errors: as rename(2). */
STAGE_NODISCARD enum stage_status stage_rack_edit_remove(
	struct stage_rack *self, struct stage_rack_slot *slot,
	char file[STAGE_RACK_FILE_MAX], struct stage_err *err);

/** Moves a slot, by other numbers before the names. other: for BEFORE and
 * BEHIND. Errors: as rename(2); STAGE_EXISTS when a file of that name is there.
 */
STAGE_NODISCARD enum stage_status stage_rack_edit_move(struct stage_rack *self,
	struct stage_rack_slot *slot, enum stage_rack_where where,
	const struct stage_rack_slot *other, struct stage_err *err);

/** Writes the values of now into the slot files, of one slot, or of all for
 * NULL; comments and the order of the lines stay. What was there is kept, for
 * undo. *count says how many files have changed. Errors: as stage_atomic_save;
 * those before the one that failed are changed, and when there are none, the
 * commit before can still be undone. */
STAGE_NODISCARD enum stage_status stage_rack_edit_commit(
	struct stage_rack *self, struct stage_rack_slot *slot, size_t *count,
	struct stage_err *err);

/** Puts back the files that the last commit has changed; the values stay as
 * they are now. Errors: STAGE_NOT_FOUND when there was none. */
STAGE_NODISCARD enum stage_status stage_rack_edit_undo(
	struct stage_rack *self, size_t *count, struct stage_err *err);

#endif
