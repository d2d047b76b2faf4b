/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the files of the store share; for store*.c and generations.c.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_SHOW_STORE_PRIVATE_H
#define STAGE_SHOW_STORE_PRIVATE_H

#include <stdbool.h>

#include "show/place.h"
#include "show/store.h"

// What is made beside a song before it takes the song's place, and what is put
// beside it where two names cannot be swapped.
#define STAGE_SHOW_NEW ".stage-new"
#define STAGE_SHOW_OLD ".stage-old"

#define STAGE_SHOW_ENTRY_MAX 256 // bytes of a name in a directory, with zero

/** Locks the store, whose songs/ is made when it is not there. Ownership: close
 * *out to unlock. Errors: STAGE_BUSY, and of the disk. */
STAGE_NODISCARD enum stage_status stage_show_store_lock(
	const struct stage_show_store *self, int *out, struct stage_err *err);

/** Writes the one part that stands for a song's name in state/. */
void stage_show_store_key(const char *name, char out[STAGE_SHOW_NAME_MAX + 1]);

/** Formats a path below state/show into out[STAGE_PATH_MAX]. */
STAGE_NODISCARD enum stage_status stage_show_store_state_path(
	const struct stage_show_store *self, char *out, struct stage_err *err,
	const char *format, ...) STAGE_PRINTF(4, 5);

/** Opens a song's directory: one with a session.nsm. Ownership: the caller
 * closes *out. Errors: as stage_show_store_path. */
STAGE_NODISCARD enum stage_status stage_show_store_open(
	const struct stage_show_store *self, const char *name, int *out,
	struct stage_err *err);

/** Takes away the directories above a song that are empty. */
void stage_show_store_prune(
	const struct stage_show_store *self, const char *name);

/** Walks songs/ from the top. visit gets each directory by its name ("" is
 * songs/ itself) and an open descriptor of it, and says whether to go on below
 * it. */
struct stage_show_walk {
	enum stage_status (*visit)(void *user, const char *name, int dir,
		bool *goes_on, struct stage_err *err);
	void *user;
	struct stage_strv *odd; // sentences; NULL: nobody wants them
};

/** Errors: as stage_show_store_list, and those of visit. */
STAGE_NODISCARD enum stage_status stage_show_store_walk(
	const struct stage_show_store *self, const struct stage_show_walk *walk,
	struct stage_err *err);

/** A song's directory that is made under a hidden name, beside its place. */
struct stage_show_draft {
	int parent, dir;
	const char *name;                  // its last part; borrowed
	char hidden[STAGE_SHOW_ENTRY_MAX]; // its name until then
	char shown[STAGE_PATH_MAX];        // the path it is to have
	char path[STAGE_PATH_MAX];         // and the one it has
};

/** Makes an empty one, in place of what a crash left. `name` must outlive it.
 * Ownership: the caller calls stage_show_draft_finish. Errors: of the disk. */
STAGE_NODISCARD enum stage_status stage_show_draft_init(
	struct stage_show_draft *self, const struct stage_show_store *store,
	const char *name, struct stage_err *err);

/** Gives it its name, which nothing may have. Errors: STAGE_EXISTS, and of the
 * disk; it is then still a draft, unless only the disk could not be synced. */
STAGE_NODISCARD enum stage_status stage_show_draft_publish(
	struct stage_show_draft *self, struct stage_err *err);

/** Gives it the name of the song that is there, which becomes the draft and is
 * removed by stage_show_draft_finish. Errors: of the disk; the song is then as
 * it was, unless only the disk could not be synced. */
STAGE_NODISCARD enum stage_status stage_show_draft_replace(
	struct stage_show_draft *self, struct stage_err *err);

/** Removes what was not published, and closes all. */
void stage_show_draft_finish(struct stage_show_draft *self);

/** Errors for a name under which no song can be made: it cannot be one's, there
 * is something, or it is inside of a song. */
STAGE_NODISCARD enum stage_status stage_show_store_check_free(
	const struct stage_show_store *self, const char *name,
	struct stage_err *err);

/** Makes an empty directory in the trash for what was called `key`, and writes
 * its path into out[STAGE_PATH_MAX]. Ownership: the caller closes *dir. */
STAGE_NODISCARD enum stage_status stage_show_store_make_trash(
	const struct stage_show_store *self, const char *key, int *dir,
	char *out, struct stage_err *err);

/** Puts the generations of a key, where there are some, into a directory of the
 * trash. Errors: of the disk. */
STAGE_NODISCARD enum stage_status stage_show_store_trash_generations(
	const struct stage_show_store *self, const char *key, int trash,
	struct stage_err *err);

/** Does that with those which a song that is no more may have left under a name
 * that another one is about to get. */
STAGE_NODISCARD enum stage_status stage_show_store_clear_generations(
	const struct stage_show_store *self, const char *name,
	struct stage_err *err);

/** Ends a rename that a crash interrupted. Errors: of the disk. */
STAGE_NODISCARD enum stage_status stage_show_store_finish_rename(
	const struct stage_show_store *self, struct stage_err *err);

#endif
