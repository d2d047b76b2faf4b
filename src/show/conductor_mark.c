/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Places in a list, and where they are in the list that it has become. */

#include <string.h>

#include "show/conductor_private.h"

static bool
is_played(const struct stage_show_set_line *line)
{
	return line->kind == STAGE_SHOW_SET_SONG && !line->is_skipped;
}

size_t
stage_show_mark_next(
	const struct stage_show_setlist *list, struct stage_show_mark mark)
{
	for (size_t i = 0; i < list->count; i++) {
		if (is_played(&list->lines[i]) &&
			list->lines[i].number > mark.number) {
			return list->lines[i].number;
		}
	}
	return 0;
}

size_t
stage_show_mark_previous(
	const struct stage_show_setlist *list, struct stage_show_mark mark)
{
	size_t end = mark.is_on ? mark.number : mark.number + 1;

	for (size_t i = list->count; i > 0; i--) {
		if (is_played(&list->lines[i - 1]) &&
			list->lines[i - 1].number < end) {
			return list->lines[i - 1].number;
		}
	}
	return 0;
}

static bool
is_named(const struct stage_show_set_line *line, const char *name)
{
	return line->kind == STAGE_SHOW_SET_SONG &&
	       strcmp(line->name, name) == 0;
}

static size_t
distance(size_t a, size_t b)
{
	return a > b ? a - b : b - a;
}

size_t
stage_show_mark_find(
	const struct stage_show_setlist *list, const char *name, size_t near)
{
	size_t best = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct stage_show_set_line *line = &list->lines[i];

		if (is_named(line, name) &&
			(best == 0 || distance(line->number, near) <=
					      distance(best, near))) {
			best = line->number;
		}
	}
	return best;
}

// How often a name stands in a list, up to a number.
static size_t
count_up_to(
	const struct stage_show_setlist *list, const char *name, size_t number)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		count += is_named(&list->lines[i], name) &&
					 list->lines[i].number <= number
				 ? 1
				 : 0;
	}
	return count;
}

static size_t
find_nth(const struct stage_show_setlist *list, const char *name, size_t nth)
{
	for (size_t i = 0; i < list->count; i++) {
		if (is_named(&list->lines[i], name) && --nth == 0) {
			return list->lines[i].number;
		}
	}
	return 0;
}

/* A song that stands in both lists equally often is the same one of these, in
 * whatever order all others are; otherwise, the nearest. */
static size_t
follow_song(const struct stage_show_setlist *from,
	const struct stage_show_setlist *to, size_t number)
{
	const struct stage_show_set_line *line =
		stage_show_setlist_song(from, number);

	if (line == NULL || line->kind != STAGE_SHOW_SET_SONG) {
		return 0;
	}
	if (count_up_to(from, line->name, from->songs) ==
		count_up_to(to, line->name, to->songs)) {
		return find_nth(
			to, line->name, count_up_to(from, line->name, number));
	}
	return stage_show_mark_find(to, line->name, number);
}

struct stage_show_mark
stage_show_mark_follow(const struct stage_show_setlist *from,
	const struct stage_show_setlist *to, struct stage_show_mark mark)
{
	for (size_t number = mark.number; number > 0; number--) {
		size_t now = follow_song(from, to, number);

		if (now > 0) {
			bool is_same = number == mark.number;

			return (struct stage_show_mark){
				now, mark.is_on && is_same};
		}
	}
	return (struct stage_show_mark){0, false};
}
