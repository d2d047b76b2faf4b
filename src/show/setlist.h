/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** NAME.setlist: songs in the order of an evening (stagecraft-song(5)).
 *
 *     # Friday, the small stage
 *     Opener
 *     Set 1/Ballad in G
 *     - Encore that we may skip
 *     break 20 minutes
 *     "break the silence"
 *
 * A line is a song, by its name below songs/; "- " before it marks one that is
 * skipped. `break` and a text is no song. Lines that are empty or begin with a
 * number sign are comments; there are none behind a song, whose name may hold
 * any character but a colon. A name in double quotes is that of a song,
 * whatever it begins with.
 *
 * Songs have numbers from 1, also those that are skipped, and lines that can be
 * no song, for they are on paper too. A song may stand in a list twice; whether
 * there is such a song, the list does not know.
 *
 * A list that was read and is written with nothing edited has the same bytes;
 * edits leave all other lines as they are. Pure. Thread: any, one object by one
 * thread at a time.
 */

#ifndef STAGE_SHOW_SETLIST_H
#define STAGE_SHOW_SETLIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

#define STAGE_SHOW_SETLIST_SUFFIX ".setlist"
#define STAGE_SHOW_SETLIST_BYTES_MAX 1048576
#define STAGE_SHOW_SETLIST_SONGS_MAX 2000 // lines above it are comments
#define STAGE_SHOW_BREAK_MAX 200          // bytes of a break's text

enum stage_show_set_kind {
	STAGE_SHOW_SET_COMMENT, // or an empty line
	STAGE_SHOW_SET_SONG,
	STAGE_SHOW_SET_BREAK,
	STAGE_SHOW_SET_BAD, // cannot be the name of a song
	STAGE_SHOW_SET_KIND_COUNT,
};

/** One line. Ownership: of the list. */
struct stage_show_set_line {
	enum stage_show_set_kind kind;
	char *name;      // of the song; text of the break; else NULL
	bool is_skipped; // the song
	size_t number;   // of the song or bad line, from 1; else 0
	char *text;      // its bytes and those of its end, any there may be
	size_t len;      // of text
};

/** Zeroed is an empty list and valid. */
struct stage_show_setlist {
	struct stage_show_set_line *lines; // [count], owned; in order
	size_t count;
	size_t cap;
	size_t songs; // how many numbers there are
	size_t bad;   // how many of these cannot be songs
};

/** Reads text[len], whatever bytes these are, into `out`, which need not be
 * initialised. Ownership: the caller calls stage_show_setlist_finish. Errors:
 * STAGE_NO_MEMORY, out is then empty. */
STAGE_NODISCARD enum stage_status stage_show_setlist_parse(
	struct stage_show_setlist *out, const char *text, size_t len);

/** Makes a list of songs, those above the limit left out. Ownership and errors
 * as above, and STAGE_BAD_INPUT for what cannot be a song's name. */
STAGE_NODISCARD enum stage_status stage_show_setlist_of(
	struct stage_show_setlist *out, const struct stage_strv *names,
	struct stage_err *err);

/** Appends the whole file. Errors: STAGE_NO_MEMORY, out is then unchanged. */
STAGE_NODISCARD enum stage_status stage_show_setlist_write(
	const struct stage_show_setlist *self, struct stage_str *out);

/** Frees all and leaves an empty list. NULL is fine. */
void stage_show_setlist_finish(struct stage_show_setlist *self);

/** The line that has a number; NULL when there is none. Ownership: borrowed
 * until the list is changed. */
const struct stage_show_set_line *stage_show_setlist_song(
	const struct stage_show_setlist *self, size_t number);

/** Puts a song in, as number `at`; one more than there are, or 0, is the end.
 *
 * Errors: STAGE_BAD_INPUT for what cannot be a song's name; STAGE_NOT_FOUND for
 * a number beyond the end; STAGE_FULL; STAGE_NO_MEMORY. As in all edits,
 * nothing is then changed.
 */
STAGE_NODISCARD enum stage_status stage_show_setlist_add(
	struct stage_show_setlist *self, size_t at, const char *name,
	struct stage_err *err);

/** Puts a break before the song `at`, or at the end, as above. Errors: also
 * STAGE_TOO_LONG. */
STAGE_NODISCARD enum stage_status stage_show_setlist_add_break(
	struct stage_show_setlist *self, size_t at, const char *text,
	struct stage_err *err);

/** Takes a song out. Errors: STAGE_NOT_FOUND. */
STAGE_NODISCARD enum stage_status stage_show_setlist_remove(
	struct stage_show_setlist *self, size_t number, struct stage_err *err);

/** Takes the breaks between the song `at` (or the end, as above) and the one
 * before it out. Errors: STAGE_NOT_FOUND when there is none. */
STAGE_NODISCARD enum stage_status stage_show_setlist_remove_break(
	struct stage_show_setlist *self, size_t at, struct stage_err *err);

/** Makes the song `number` the one with the number `to`. Comments and breaks
 * stay where they are. Errors: STAGE_NOT_FOUND for either. */
STAGE_NODISCARD enum stage_status stage_show_setlist_move(
	struct stage_show_setlist *self, size_t number, size_t to,
	struct stage_err *err);

/** Marks a song as one that is skipped, or takes the mark off. Errors:
 * STAGE_NOT_FOUND; STAGE_BAD_INPUT for a line that is no song;
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_setlist_skip(
	struct stage_show_setlist *self, size_t number, bool is_skipped,
	struct stage_err *err);

/** Gives another name to a song wherever it stands; *changed says whether it
 * did. Errors: STAGE_BAD_INPUT, STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_setlist_rename_song(
	struct stage_show_setlist *self, const char *name, const char *fresh,
	bool *changed, struct stage_err *err);

#endif
