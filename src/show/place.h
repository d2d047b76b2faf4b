/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Directories below a root that are reached without following a link, and
 * renames that never replace; for the store's files.
 *
 * `relative` is a name that stage_show_song_name_check takes, or "" for the
 * root itself, which may be a link. Sentences name the path.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_SHOW_PLACE_H
#define STAGE_SHOW_PLACE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/io.h"

#define STAGE_SHOW_DIR_MODE 0750
#define STAGE_SHOW_FILE_MODE 0640

/** Opens a directory. Ownership: *out is closed by the caller. Errors:
 * STAGE_NOT_FOUND; STAGE_DENIED for a link on the way; and as openat(2). */
STAGE_NODISCARD enum stage_status stage_show_open_dir(const char *root,
	const char *relative, int *out, struct stage_err *err);

/** The same of the directory that `relative` is in; *name is its last part.
 * Directories that are not there are made. Ownership: as above; *name is
 * borrowed from relative. */
STAGE_NODISCARD enum stage_status stage_show_open_parent(const char *root,
	const char *relative, int *out, const char **name,
	struct stage_err *err);

/** True when there is something of that name in a directory, a dangling link
 * too. */
bool stage_show_is_there(int dir, const char *name);

/** Waits until what is in a directory would survive a power cut. Errors: as
 * fsync(2). */
STAGE_NODISCARD enum stage_status stage_show_sync_dir(
	int dir, const char *shown, struct stage_err *err);

/** Renames to a name that is not there. Errors: STAGE_EXISTS, and as
 * renameat(2); shown is for the sentence. */
STAGE_NODISCARD enum stage_status stage_show_rename(int from_dir,
	const char *from, int to_dir, const char *to, const char *shown,
	struct stage_err *err);

/** Swaps two names of a directory in one step. Errors: STAGE_UNSUPPORTED where
 * the file system cannot do that; and as renameat(2). */
STAGE_NODISCARD enum stage_status stage_show_swap(int dir, const char *a,
	const char *b, const char *shown, struct stage_err *err);

/** Takes the lock of a directory, which its descriptor then holds. Errors:
 * STAGE_BUSY, with a sentence. */
STAGE_NODISCARD enum stage_status stage_show_lock_dir(
	int dir, const char *shown, struct stage_err *err);

#endif
