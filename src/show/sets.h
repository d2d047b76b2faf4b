/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Setlists on disk: RIG/setlists/NAME.setlist.
 *
 * As in show/store.h, each change is made in one step, and links to a setlist
 * are not followed; setlists/ may be a link itself.
 *
 * Thread: any but the real-time one; all of it waits for the disk.
 */

#ifndef STAGE_SHOW_SETS_H
#define STAGE_SHOW_SETS_H

#include "show/setlist.h"
#include "show/store.h"

/** Adds the names of all setlists to a list and sorts it. A setlists/ that is
 * not there has none. Errors: as opendir(3); STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_set_list(
	const struct stage_show_store *self, struct stage_strv *names,
	struct stage_err *err);

/** Reads a setlist. Ownership: the caller calls stage_show_setlist_finish.
 * Errors: STAGE_NOT_FOUND, STAGE_BAD_INPUT for the name or for what is no file,
 * STAGE_TOO_LONG, STAGE_DENIED, STAGE_IO, STAGE_NO_MEMORY; out is then empty.
 */
STAGE_NODISCARD enum stage_status stage_show_set_load(
	const struct stage_show_store *self, const char *name,
	struct stage_show_setlist *out, struct stage_err *err);

/** Writes a setlist that is there, unless it has these bytes already. Errors:
 * as above and as stage_atomic_save. */
STAGE_NODISCARD enum stage_status stage_show_set_save(
	const struct stage_show_store *self, const char *name,
	const struct stage_show_setlist *list, struct stage_err *err);

/** Makes an empty setlist. Errors: STAGE_EXISTS, and of the disk. */
STAGE_NODISCARD enum stage_status stage_show_set_make(
	const struct stage_show_store *self, const char *name,
	struct stage_err *err);

/** Makes a copy, also of NAME.patch beside it, its connections. Errors: as
 * above; STAGE_EXISTS also when that has the new name already. */
STAGE_NODISCARD enum stage_status stage_show_set_duplicate(
	const struct stage_show_store *self, const char *name,
	const char *fresh, struct stage_err *err);

/** Gives a setlist another name; NAME.patch beside it, its connections, goes
 * with it. Errors: as above; one that comes after it has its new name says so.
 */
STAGE_NODISCARD enum stage_status stage_show_set_rename(
	const struct stage_show_store *self, const char *name,
	const char *fresh, struct stage_err *err);

/** Takes a setlist away, into the trash, with NAME.patch beside it;
 * where[STAGE_PATH_MAX], unless it is NULL, gets its path there. Errors: as
 * above; one that comes after it has gone there says so. */
STAGE_NODISCARD enum stage_status stage_show_set_remove(
	const struct stage_show_store *self, const char *name, char *where,
	struct stage_err *err);

/** Takes a song out of all setlists; *count, unless it is NULL, gets how many
 * of them it was in. Errors: as above, of the first that cannot be changed; the
 * others are. */
STAGE_NODISCARD enum stage_status stage_show_set_forget_song(
	const struct stage_show_store *self, const char *song, size_t *count,
	struct stage_err *err);

#endif
