/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Copies the files of a song: as links where an earlier copy has them already,
 * as clones where the file system has such, and else byte by byte.
 *
 * Links are copied as links and never followed; sockets, pipes and devices are
 * left out. Copies have the mode and the time of what they are copies of, and
 * are on the disk when the function returns.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_SHOW_TREECOPY_H
#define STAGE_SHOW_TREECOPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/** What is copied from where to where. The descriptors are the caller's. */
struct stage_show_treecopy {
	int from;
	int to;                 // an empty directory
	int earlier;            // an earlier copy of the same tree; -1: none
	int64_t taken_ns;       // wall clock, when that one was begun
	const char *from_shown; // for sentences
	const char *to_shown;
	/** Gives a name another one in the copy, out[256]; false: it keeps its
	 * own. NULL: all keep theirs. */
	bool (*rename)(void *user, const char *name, char *out);
	void *user;
};

/** What became of it. */
struct stage_show_copied {
	size_t linked;   // files that the earlier copy has
	size_t copied;   // the others
	bool is_changed; // from the earlier copy; true where there is none
};

/** Copies all that is in a directory.
 *
 * A file counts as the one of the earlier copy when it has its size and time;
 * where it was written so shortly before that the time need not tell, its bytes
 * are compared. What was copied before an error stays. Errors: as open(2),
 * write(2) and so on; STAGE_TOO_LONG where directories are too deep.
 */
STAGE_NODISCARD enum stage_status stage_show_treecopy(
	const struct stage_show_treecopy *what, struct stage_show_copied *out,
	struct stage_err *err);

#endif
