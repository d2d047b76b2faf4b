/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What is desired, as it stands in the files of a rig: those of the user,
 * those of the scene, and what was learned.
 *
 * The user's files are only read. What was learned is changed here in memory,
 * is in force at once, and is written by stage_patch_store_save; a
 * learned.patch that the user has edited in between is read, and what was
 * learned since is put on top of it.
 *
 * Sentences about what is wrong in files go to `complain`, each once.
 *
 * Thread: any but the real-time one, one object by one thread at a time.
 */

#ifndef STAGE_PATCHBAY_STORE_H
#define STAGE_PATCHBAY_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "patchbay/called.h"
#include "patchbay/desired.h"
#include "patchbay/files.h"
#include "patchbay/history.h"
#include "patchbay/settings.h"
#include "patchbay/waiting.h"
#include "rig/paths.h"

struct stage_patch_store;

/** Reads everything.
 *
 * rig and user are borrowed. Ownership: the caller calls
 * stage_patch_store_destroy. Errors: STAGE_NO_MEMORY, STAGE_TOO_LONG, and
 * STAGE_FULL (descriptors) when what was learned cannot be read now; files that
 * are no good are none.
 */
STAGE_NODISCARD enum stage_status stage_patch_store_create(
	const struct stage_rig *rig, stage_patch_complain complain, void *user,
	struct stage_patch_store **out, struct stage_err *err);

/** Frees it; nothing is saved. NULL is fine. */
void stage_patch_store_destroy(struct stage_patch_store *self);

/** Reads what may have changed on the disk. Returns whether something that is
 * in force has. */
bool stage_patch_store_read(struct stage_patch_store *self);

/** Makes the desired state of all files.
 *
 * more: one more file, as if it were there, the last one of the user's, or
 * NULL. Ownership: *out is the caller's. Errors: as stage_desired_create.
 */
STAGE_NODISCARD enum stage_status stage_patch_store_desire(
	const struct stage_patch_store *self, bool is_pipewire,
	const struct stage_desired_file *more, struct stage_desired **out,
	struct stage_err *err);

/** Puts a statement into what was learned; about two names, in place of what it
 * said of them before. *has_changed is set when it has, else left as it is.
 * Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_patch_store_learn(
	struct stage_patch_store *self,
	const struct stage_patch_statement *statement, bool *has_changed);

/** Likewise, a WANT or NOT between two names. how: NULL is plainly. */
STAGE_NODISCARD enum stage_status stage_patch_store_learn_pair(
	struct stage_patch_store *self, enum stage_patch_policy policy,
	enum stage_patch_system system, const char *from, const char *to,
	const struct stage_patch_how *how, bool *has_changed);

/** Takes out of what was learned whatever it says about two names, forbids
 * apart. */
void stage_patch_store_unlearn(struct stage_patch_store *self,
	enum stage_patch_system system, const char *from, const char *to);

/** Takes this very statement out of what was learned. Returns whether it was
 * there. */
bool stage_patch_store_forget(struct stage_patch_store *self,
	const struct stage_patch_statement *statement);

/** Puts the mode of some clients (a glob), or takes it out again with
 * STAGE_PATCH_MODE_COUNT. Errors: STAGE_BAD_INPUT or STAGE_TOO_LONG for clients
 * that no line can hold; STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_patch_store_learn_mode(
	struct stage_patch_store *self, const char *clients,
	enum stage_patch_mode mode, struct stage_err *err);

/** Whether all that was learned is on the disk. */
bool stage_patch_store_is_saved(const struct stage_patch_store *self);

/** Writes what was learned; reason goes into the history, when there was not
 * one given since the last save. *has_changed is set when what is in force is
 * another one by that: when the user's edit of it came in, or when lines have
 * other numbers now. Errors: those of stage_history_save; all stays in force in
 * memory.
 */
STAGE_NODISCARD enum stage_status stage_patch_store_save(
	struct stage_patch_store *self, const char *reason, bool *has_changed,
	struct stage_err *err);

/** Undoes (or makes again, with is_redo) up to `count` changes, one by one.
 * *done: how many it were. Errors: what stopped it, when nothing was done. */
STAGE_NODISCARD enum stage_status stage_patch_store_undo(
	struct stage_patch_store *self, bool is_redo, unsigned count,
	unsigned *done, struct stage_err *err);

/** The history, for those who list it; borrowed. */
const struct stage_history *stage_patch_store_history(
	const struct stage_patch_store *self);

/** The mode and the scene. */
const struct stage_patch_settings *stage_patch_store_settings(
	const struct stage_patch_store *self);

/** Sets the mode. It holds when it cannot be written, too. Errors: those of
 * stage_patch_settings_save. */
STAGE_NODISCARD enum stage_status stage_patch_store_set_mode(
	struct stage_patch_store *self, enum stage_patch_mode mode,
	struct stage_err *err);

/** Puts a song's and a set's patch files in force, in place of those before; ""
 * is none.
 *
 * A song is a directory in songs/, with a song.patch or without; a set is a
 * setlist in setlists/, with a patch or without. Errors: STAGE_NOT_FOUND for
 * what is not there, STAGE_BAD_INPUT for what can be no name, and for a patch
 * that is no good: nothing has changed then. It is not written down yet.
 */
STAGE_NODISCARD enum stage_status stage_patch_store_set_scene(
	struct stage_patch_store *self, const char *song, const char *set,
	struct stage_err *err);

/** Writes the choice down. Where it cannot be it holds all the same, and
 * `complain` is told. Waits for the disk. */
void stage_patch_store_save_scene(struct stage_patch_store *self);

/** Keeps the sound of songs connected that another one has followed, below all
 * that the files in force say; their notes are not, nor what they forbid. These
 * ring, and no others; one without a good patch has nothing to ring. Not kept
 * over a restart. Errors: STAGE_NO_MEMORY; nothing has changed. */
STAGE_NODISCARD enum stage_status stage_patch_store_set_ringing(
	struct stage_patch_store *self, const struct stage_strv *songs,
	struct stage_err *err);

/** The clients that wait for their turn: what they are goes into the desired
 * state. Not kept over a restart. Ownership: borrowed. */
struct stage_patch_waiting *stage_patch_store_waiting(
	struct stage_patch_store *self);

/** What JACK calls clients of songs: their patches mean these. Not kept over a
 * restart. Ownership: borrowed; the ringing ones are to be set after it. */
struct stage_patch_called *stage_patch_store_called(
	struct stage_patch_store *self);

/** Writes a list as the patch of the song that is in force; what is desired
 * changes with it.
 *
 * One that the user wrote is not touched: STAGE_EXISTS. STAGE_NOT_FOUND when no
 * song is in force. Errors: those of stage_io_read_file and stage_atomic_save
 * too.
 */
STAGE_NODISCARD enum stage_status stage_patch_store_write_song(
	struct stage_patch_store *self, const struct stage_patch_list *list,
	struct stage_err *err);

/** Calls `visit` with each file that is in force, as stage_patch_store_desire
 * takes them. */
void stage_patch_store_each(const struct stage_patch_store *self,
	void (*visit)(void *user, const struct stage_desired_file *file),
	void *user);

/** Where the patch of the song and the set is, into out[STAGE_PATH_MAX]; ""
 * when none is chosen. For who watches them. */
void stage_patch_store_song_path(
	const struct stage_patch_store *self, char *out);
void stage_patch_store_set_path(
	const struct stage_patch_store *self, char *out);

#endif
