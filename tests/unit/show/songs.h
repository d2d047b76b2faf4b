/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A rig of a test's own, with songs in it. Failures fail the cmocka test.
 * Thread: the one that runs the test.
 */

#ifndef STAGE_TESTS_SHOW_SONGS_H
#define STAGE_TESTS_SHOW_SONGS_H

#include <stdbool.h>
#include <time.h>

#include "scratch.h"
#include "show/store.h"

struct songs {
	struct scratch scratch;
	struct stage_show_store store;
};

/** Makes an empty rig. Ownership: the caller calls songs_finish. */
void songs_init(struct songs *self);
void songs_finish(struct songs *self);

/** Empties it again. */
void songs_clear(struct songs *self);

/** Writes a file of the rig, and the directories on the way to it. */
void songs_write(struct songs *self, const char *name, const char *text);

/** Makes a link in the rig. */
void songs_link(struct songs *self, const char *name, const char *target);

/** Gives a file of the rig a time, in seconds. */
void songs_set_time(struct songs *self, const char *name, time_t seconds);

/** All that is below a directory of the rig, as text: a line for each path, in
 * order: "NAME/", "NAME -> TARGET" or "NAME: CONTENT". "" when it is not there.
 * Ownership: the caller calls stage_str_finish. */
struct stage_str songs_dump(struct songs *self, const char *name);

/** Compares it with a text. */
void songs_check(struct songs *self, const char *name, const char *text);

/** The song that tests copy and change: three clients with files, two of them
 * in directories, a song.conf, connections, a link and notes. */
void songs_make_opener(struct songs *self, const char *name);

#endif
