/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Songs on disk: the directories below RIG/songs that have a session.nsm.
 *
 * A song's name is its path below songs/, four directories deep at most;
 * sessions inside of a song are its own business and no songs. Links are not
 * followed on the way to a song, so that none leads out of songs/, which may be
 * a link itself.
 *
 *     RIG/songs/SONG/              session.nsm, song.conf, song.patch, files
 *     RIG/setlists/NAME.setlist    show/sets.h
 *     RIG/state/show/generations/  show/generations.h
 *     RIG/state/show/trash/        what was removed
 *     RIG/state/show/renaming      a rename on its way
 *
 * All that changes something happens in one step: whoever is killed, or loses
 * power, at any moment leaves the old or the new. What half of a step left
 * behind has a name that begins with a dot, is never taken for a song, and is
 * cleared by stage_show_store_init. When the disk is full, read-only or broken,
 * the sentence says so, and nothing has changed.
 *
 * Two programs that change things at once: the second gets STAGE_BUSY.
 *
 * Thread: any but the real-time one, one object by one thread at a time; all of
 * it waits for the disk.
 */

#ifndef STAGE_SHOW_STORE_H
#define STAGE_SHOW_STORE_H

#include "base/attr.h"
#include "base/err.h"
#include "base/io.h"
#include "base/map.h"
#include "base/str.h"
#include "show/session.h"
#include "show/songconf.h"

#define STAGE_SHOW_PATCH_FILE "song.patch"

struct stage_show_store {
	char songs[STAGE_PATH_MAX];
	char sets[STAGE_PATH_MAX];
	char state[STAGE_PATH_MAX]; // RIG/state/show
};

/** Finds the places in a rig, and finishes or takes back what a crash left
 * half done; nothing else is made.
 *
 * Errors: STAGE_TOO_LONG. What could not be cleared (on a read-only disk, say)
 * is none: it is as good as not there.
 */
STAGE_NODISCARD enum stage_status stage_show_store_init(
	struct stage_show_store *self, const char *rig, struct stage_err *err);

/** Adds the names of all songs to a list and sorts it. A songs/ that is not
 * there has none.
 *
 * odd, where it is not NULL, gets a sentence for each directory that has a
 * session.nsm and cannot be a song by its name. Errors: as opendir(3) for
 * songs/ itself; STAGE_NO_MEMORY. Deeper ones that cannot be read are odd.
 */
STAGE_NODISCARD enum stage_status stage_show_store_list(
	const struct stage_show_store *self, struct stage_strv *names,
	struct stage_strv *odd, struct stage_err *err);

/** Writes the path of a song's directory into out[STAGE_PATH_MAX].
 *
 * Errors: STAGE_BAD_INPUT, STAGE_TOO_LONG for the name; STAGE_NOT_FOUND when
 * there is no such song; STAGE_DENIED for a link on the way.
 */
STAGE_NODISCARD enum stage_status stage_show_store_path(
	const struct stage_show_store *self, const char *name, char *out,
	struct stage_err *err);

/** Reads a song. conf may be NULL; what is wrong in song.conf, or with it, is
 * among its complaints and no error.
 *
 * Ownership: the caller calls the finish functions of both. Errors: as
 * stage_show_store_path; STAGE_BAD_INPUT when session.nsm is no file,
 * STAGE_TOO_LONG, STAGE_DENIED, STAGE_IO, STAGE_NO_MEMORY. session and conf are
 * then empty.
 */
STAGE_NODISCARD enum stage_status stage_show_store_load(
	const struct stage_show_store *self, const char *name,
	struct stage_show_session *session, struct stage_show_song_conf *conf,
	struct stage_err *err);

/** Writes session.nsm, unless it has these bytes already. Errors: as
 * stage_show_store_path and stage_atomic_save; STAGE_DENIED for one that nobody
 * may write: it is a template. */
STAGE_NODISCARD enum stage_status stage_show_store_save(
	const struct stage_show_store *self, const char *name,
	const struct stage_show_session *session, struct stage_err *err);

/** Adds the ids of all clients of all songs to the keys of a map, so that a new
 * one can be made that no song has. Songs that cannot be read are left out.
 * Errors: as stage_show_store_list. */
STAGE_NODISCARD enum stage_status stage_show_store_ids(
	const struct stage_show_store *self, struct stage_map *ids,
	struct stage_err *err);

/** Makes a song without clients, and the directories on the way to it.
 *
 * Errors: STAGE_EXISTS for a song, or anything else, of that name;
 * STAGE_BAD_INPUT when it would be inside of a song; and of the disk.
 */
STAGE_NODISCARD enum stage_status stage_show_store_make(
	const struct stage_show_store *self, const char *name,
	struct stage_err *err);

/** Makes a copy of a song. Its clients get ids that no song has, so that both
 * can run at once; files whose names begin with NAME.ID are renamed, and
 * song.conf, song.patch and files of JACKPatch speak of the new ids.
 * A copy of a template is none. Generations are not copied. Errors: as above.
 */
STAGE_NODISCARD enum stage_status stage_show_store_duplicate(
	const struct stage_show_store *self, const char *name,
	const char *fresh, struct stage_err *err);

/** Gives a song another name; its generations go with it, and setlists name it
 * by the new one.
 *
 * Errors: as above. An error after the song has its new name says so; the rest
 * is then done by the next stage_show_store_init.
 */
STAGE_NODISCARD enum stage_status stage_show_store_rename(
	const struct stage_show_store *self, const char *name,
	const char *fresh, struct stage_err *err);

/** Takes a song away, into the trash, with its generations. Directories above
 * it that are empty then go, too. where[STAGE_PATH_MAX], unless it is NULL,
 * gets the path it has from now on. Errors: as above. */
STAGE_NODISCARD enum stage_status stage_show_store_remove(
	const struct stage_show_store *self, const char *name, char *where,
	struct stage_err *err);

#endif
