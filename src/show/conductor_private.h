/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the files of the conductor share. Thread: the loop's. */

#ifndef STAGE_SHOW_CONDUCTOR_PRIVATE_H
#define STAGE_SHOW_CONDUCTOR_PRIVATE_H

#include "show/conductor.h"

/** A place in a list: on the song `number`, or in the gap behind it, which is
 * before the first one for 0. */
struct stage_show_mark {
	size_t number;
	bool is_on;
};

enum stage_show_press_kind {
	STAGE_SHOW_PRESS_NONE,
	STAGE_SHOW_PRESS_FORTH,
	STAGE_SHOW_PRESS_BACK,
	STAGE_SHOW_PRESS_PLAY,
};

struct stage_show_conductor {
	const struct stage_show_conductor_ops *ops;
	void *user;
	int64_t guard_ns;
	struct {
		enum stage_show_press_kind kind;
		size_t number;
		int64_t time_ns;
	} last; // press

	char *set; // NULL: none; owned
	struct stage_show_setlist list;
	struct stage_err trouble;

	struct stage_show_mark here;   // what is next counts from it
	struct stage_show_mark before; // what `here` was before the last wish
	size_t playing;                // 0: not in the list
	char *playing_name;            // NULL: nothing plays; owned
	size_t coming;                 // 0: nothing that was asked for here
	size_t chosen;   // by hand, to be selected; 0: what is next
	unsigned wishes; // how many there were
	char *prepared;  // what was told to ops->prepare last; owned
	struct stage_show_place place;
};

/** The songs after a mark, or before it, that are not skipped; 0: none. */
size_t stage_show_mark_next(
	const struct stage_show_setlist *list, struct stage_show_mark mark);
size_t stage_show_mark_previous(
	const struct stage_show_setlist *list, struct stage_show_mark mark);

/** The number of a song by its name, of several the one nearest to `near`;
 * 0: it is not there. */
size_t stage_show_mark_find(
	const struct stage_show_setlist *list, const char *name, size_t near);

/** Where a mark of the list `from` is in the list `to`. */
struct stage_show_mark stage_show_mark_follow(
	const struct stage_show_setlist *from,
	const struct stage_show_setlist *to, struct stage_show_mark mark);

/** Makes `place` anew, and tells of it. */
void stage_show_conductor_settle(struct stage_show_conductor *self);

#endif
