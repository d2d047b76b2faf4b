/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** All that changes something on disk, each with a rig to do it in: for tests
 * that interrupt it. Failures fail the cmocka test.
 *
 * Thread: the one that runs the test.
 */

#ifndef STAGE_TESTS_SHOW_DEEDS_H
#define STAGE_TESTS_SHOW_DEEDS_H

#include "songs.h"

struct deed {
	const char *name;
	/** Fills an empty rig. */
	void (*prepare)(struct songs *songs);
	/** Does it. */
	enum stage_status (*act)(struct songs *songs, struct stage_err *err);
};

/** The deeds, ended by one without a name. */
extern const struct deed deeds[];

/** Has rigs in memory from now on, where that can be: hundreds of them are
 * made, and each save waits for the disk. */
void deeds_use_memory(void);

/** Empties the rig and prepares it for a deed. */
void deed_prepare(const struct deed *self, struct songs *songs);

/** All there is, as a program sees it that opens the store now: songs,
 * setlists, whole generations and the trash, with "nXXXX" for each id, for
 * these are new each time. What a crash left is cleared before. Ownership: as
 * songs_dump. */
struct stage_str deed_look(struct songs *songs);

/** What there is before and after it. Ownership: as songs_dump. */
struct stage_str deed_before(const struct deed *self, struct songs *songs);
struct stage_str deed_after(const struct deed *self, struct songs *songs);

#endif
