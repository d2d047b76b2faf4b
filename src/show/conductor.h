/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Where the evening is: the setlist in force, the song that plays, and the one
 * that is selected, which the next GO plays.
 *
 *     1 Opener          <- plays
 *     2 Ballad          (skipped)
 *     3 Waltz           <- selected
 *       break 20 minutes
 *     4 Encore
 *
 * Numbers are those of the setlist, from 1, also of songs that are skipped.
 * With no setlist in force the songs of the rig are the list, by name.
 *
 * The latest wish wins: what is next counts from the song that was asked for
 * last, whether it plays already or is being loaded. At the ends of the list
 * nothing happens, and a sentence says so.
 *
 * A wish that comes within the guard's time of one just like it is a foot that
 * bounced, or two people with one thought: it is not done (double GO).
 * GO and NEXT are alike; so are two PREVIOUS, and two PLAYs of one number.
 * Each press, also one that is not done, begins that time anew.
 *
 * Setlists may change on disk at any time: each wish reads its file again. The
 * place stays with the song, wherever it moves; when that is taken out or
 * renamed, between the songs that were its neighbours.
 *
 * Pure: files, the engine and the clock are behind stage_show_conductor_ops.
 * Thread: the loop's.
 */

#ifndef STAGE_SHOW_CONDUCTOR_H
#define STAGE_SHOW_CONDUCTOR_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "show/engine.h"
#include "show/setlist.h"

#define STAGE_SHOW_GUARD_DEFAULT_NS 500000000 // show.guard of rig.conf

struct stage_show_conductor_ops {
	int64_t (*now_ns)(void *user);
	/** Adds the names of all songs, in their order. */
	enum stage_status (*songs)(
		void *user, struct stage_strv *names, struct stage_err *err);
	/** Reads a setlist; out is not initialised. */
	enum stage_status (*load)(void *user, const char *set,
		struct stage_show_setlist *out, struct stage_err *err);
	/** Plays a song. May call stage_show_conductor_plays before it returns.
	 */
	void (*open)(
		void *user, const char *song, struct stage_show_asker asker);
	/** That song is the one to be prepared; NULL: none is. */
	void (*prepare)(void *user, const char *song);
	/** The place may be another one: it is to be kept, and told of. */
	void (*moved)(void *user);
};

struct stage_show_conductor;

/** One song of the list. */
struct stage_show_spot {
	size_t number;    // from 1; 0: none, or not in the list
	const char *name; // "": none
};

/** Ownership: borrowed until the next call. */
struct stage_show_place {
	const char *set;     // the setlist in force; NULL: none
	const char *trouble; // why its file cannot be read; "": it can
	size_t songs;        // numbers in the list
	struct stage_show_spot playing;
	struct stage_show_spot coming;   // asked for, and not there yet
	struct stage_show_spot selected; // what GO plays
	struct stage_show_spot next;     // what NEXT plays
	struct stage_show_spot previous; // what PREVIOUS plays
	int64_t guard_ns;
	bool is_over; // nothing is left to be played by NEXT
};

/** Makes one without a setlist. ops are borrowed. guard_ns: of the double GO;
 * 0: none. NULL: out of memory. */
struct stage_show_conductor *stage_show_conductor_create(
	const struct stage_show_conductor_ops *ops, void *user,
	int64_t guard_ns);

/** Frees it. NULL is fine. */
void stage_show_conductor_destroy(struct stage_show_conductor *self);

enum stage_show_wish {
	STAGE_SHOW_GO,       // plays the selected one
	STAGE_SHOW_NEXT,     // the one after that which plays
	STAGE_SHOW_PREVIOUS, // the one before
};

/** Plays a song, and selects the one after it. Guarded. The asker is answered
 * once: STAGE_SHOW_NOT_NOW for a double, STAGE_SHOW_NO_SUCH_FILE at the end of
 * the list, else as stage_show_engine_open. */
void stage_show_conductor_do(struct stage_show_conductor *self,
	enum stage_show_wish wish, struct stage_show_asker asker);

/** Plays the song of that number, also one that is skipped. As above. */
void stage_show_conductor_play(struct stage_show_conductor *self, size_t number,
	struct stage_show_asker asker);

/** Selects the song of that number, and plays nothing. Errors: STAGE_NOT_FOUND;
 * what cannot be read, of the setlist. */
STAGE_NODISCARD enum stage_status stage_show_conductor_select(
	struct stage_show_conductor *self, size_t number,
	struct stage_err *err);

/** Selects the song `by` further on, or back, of those that are not skipped.
 * Errors: as above; STAGE_NOT_FOUND at the ends. */
STAGE_NODISCARD enum stage_status stage_show_conductor_step(
	struct stage_show_conductor *self, int by, struct stage_err *err);

/** To the beginning: selects the first song. What plays does so still. Errors:
 * as above. */
STAGE_NODISCARD enum stage_status stage_show_conductor_reset(
	struct stage_show_conductor *self, struct stage_err *err);

/** Puts a setlist in force, and selects its first song, or the one after that
 * which plays, where that is in it. NULL: no setlist. Errors: what cannot be
 * read; the one before is then in force still. */
STAGE_NODISCARD enum stage_status stage_show_conductor_use(
	struct stage_show_conductor *self, const char *set,
	struct stage_err *err);

/** Reads the list again, and follows what has changed in it. */
void stage_show_conductor_look(struct stage_show_conductor *self);

/** What plays from now on; NULL: nothing does. Also of a song that nobody asked
 * for here. */
void stage_show_conductor_plays(
	struct stage_show_conductor *self, const char *song);

/** A song has another name, or the setlist in force has: places with it are
 * still the same. */
void stage_show_conductor_renamed(
	struct stage_show_conductor *self, const char *song, const char *fresh);
void stage_show_conductor_set_renamed(
	struct stage_show_conductor *self, const char *set, const char *fresh);

/** Where it all is. */
const struct stage_show_place *stage_show_conductor_place(
	const struct stage_show_conductor *self);

/** The list in force, as it was when it was read last. Ownership: as above. */
const struct stage_show_setlist *stage_show_conductor_list(
	const struct stage_show_conductor *self);

/** What the next start must know, as JSON. Ownership: the caller's. NULL: out
 * of memory. */
json_t *stage_show_conductor_write(const struct stage_show_conductor *self);

/** Goes on where that was written: into one that has done nothing yet. What is
 * wrong with it is passed over. */
void stage_show_conductor_read(
	struct stage_show_conductor *self, const json_t *memory);

#endif
