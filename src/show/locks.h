/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The files by which NSM servers of a user, and programs that control them,
 * find each other (API 1.1.2, sections "Lockfiles" and "Daemon Discovery"):
 *
 *	$XDG_RUNTIME_DIR/nsm/d/PID	the address of a server
 *	$XDG_RUNTIME_DIR/nsm/NAMEHASH	a session that is open: its path, the
 *					address and the process of who has it
 *
 * HASH is that of the session's path as nsmd 1.6 makes it (the API says: of the
 * root's). The API's locks have no owner that could be asked; so one is in
 * force only while its process lives and has the UDP port that it names. What
 * a crash has left is no obstacle, also when its number is another process's
 * by now.
 *
 * Where these files cannot be written the show goes on without them.
 * Thread: the loop's.
 */

#ifndef STAGE_SHOW_LOCKS_H
#define STAGE_SHOW_LOCKS_H

#include "base/attr.h"
#include "base/err.h"
#include "base/io.h"

/** Zeroed it is valid, and locks nothing. */
struct stage_show_locks {
	char directory[STAGE_PATH_MAX]; // "": none
	char *url;                      // owned
	struct stage_strv held;         // paths of files of ours
};

/** The directory for a server, from $XDG_RUNTIME_DIR and the user's number.
 * run: a run directory of ours, which nobody else would look into; where
 * runtime (NULL: not set) is no other, /run/user/UID is taken when it is this
 * user's. */
void stage_show_locks_find(
	const char *runtime, const char *run, char out[STAGE_PATH_MAX]);

/** Makes the directories and the file of this server. Errors: as the system
 * says; it is then as if zeroed, and may be used. */
STAGE_NODISCARD enum stage_status stage_show_locks_init(
	struct stage_show_locks *self, const char *directory, const char *url,
	struct stage_err *err);

/** Removes all files of ours. */
void stage_show_locks_finish(struct stage_show_locks *self);

/** The file that locks a session, given by its absolute path, into out. False:
 * its name would be too long. */
bool stage_show_locks_path(const struct stage_show_locks *self,
	const char *session, char out[STAGE_PATH_MAX]);

/** Locks a session. One that is ours already is fine. Errors: STAGE_BUSY when
 * another server has it, with a sentence; all else is left out, and fine. */
STAGE_NODISCARD enum stage_status stage_show_locks_take(
	struct stage_show_locks *self, const char *session,
	struct stage_err *err);

/** Gives all back but those of these sessions, by their paths. */
void stage_show_locks_keep(
	struct stage_show_locks *self, const struct stage_strv *sessions);

#endif
