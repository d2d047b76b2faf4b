/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Whether a song will play: a dry run before doors, with nothing started.
 *
 * Looked at are the lines of session.nsm and song.conf, the programs that both
 * name, the files that song.conf names, and the ports that song.patch names and
 * that are nobody's of the song itself: those of a song come with it.
 *
 * Pure: what there is on the computer is behind stage_show_verify_ops. Thread:
 * any but the real-time one.
 */

#ifndef STAGE_SHOW_VERIFY_H
#define STAGE_SHOW_VERIFY_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "show/session.h"
#include "show/songconf.h"

struct stage_show_verify_ops {
	/** Whether a program could be started in a directory: a name in $PATH,
	 * or a path. */
	bool (*has_program)(
		void *user, const char *directory, const char *program);
	/** Whether a file of a directory can be read. */
	bool (*has_file)(void *user, const char *directory, const char *file);
	/** Adds the ports that are named in a patch and are not there. Errors:
	 * STAGE_BAD_INPUT, with what is wrong in the patch; STAGE_NOT_FOUND,
	 * there is nobody to ask. */
	enum stage_status (*lacks)(void *user, const char *patch,
		struct stage_strv *ports, struct stage_err *err);
};

/** A song as it is on disk. Borrowed. */
struct stage_show_verify_song {
	const char *directory;
	const struct stage_show_session *session;
	const struct stage_show_song_conf *conf;
	const char *patch; // text of song.patch; NULL: there is none
};

/** Adds a sentence for each thing that is wrong. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_verify(
	const struct stage_show_verify_song *song,
	const struct stage_show_verify_ops *ops, void *user,
	struct stage_strv *faults);

#endif
