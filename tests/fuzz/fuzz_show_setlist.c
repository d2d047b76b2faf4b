/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdbool.h>
#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "show/names.h"
#include "show/setlist.h"

static void
check_line(const struct stage_show_set_line *line)
{
	bool has_name = line->kind == STAGE_SHOW_SET_SONG ||
			line->kind == STAGE_SHOW_SET_BREAK;

	FUZZ_CHECK(line->len > 0);
	FUZZ_CHECK((line->name != NULL) == has_name);
	if (line->kind == STAGE_SHOW_SET_SONG) {
		FUZZ_CHECK(stage_show_song_name_check(line->name, NULL) ==
			   STAGE_OK);
	} else {
		FUZZ_CHECK(!line->is_skipped);
	}
	if (line->kind == STAGE_SHOW_SET_BREAK) {
		fuzz_check_text(line->name, strlen(line->name));
		FUZZ_CHECK(strlen(line->name) <= STAGE_SHOW_BREAK_MAX);
	}
}

static void
check_lines(const struct stage_show_setlist *list)
{
	size_t songs = 0;
	size_t bad = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct stage_show_set_line *line = &list->lines[i];
		check_line(line);
		bad += line->kind == STAGE_SHOW_SET_BAD;
		if (line->kind == STAGE_SHOW_SET_SONG ||
			line->kind == STAGE_SHOW_SET_BAD) {
			FUZZ_CHECK(line->number == ++songs);
		} else {
			FUZZ_CHECK(line->number == 0);
		}
	}
	FUZZ_CHECK(songs == list->songs && bad == list->bad);
	FUZZ_CHECK(songs <= STAGE_SHOW_SETLIST_SONGS_MAX);
}

// What is written is read back as the same lines.
static void
check_written(const struct stage_show_setlist *list)
{
	struct stage_show_setlist again;
	struct stage_str out = {0};

	FUZZ_CHECK(stage_show_setlist_write(list, &out) == STAGE_OK);
	FUZZ_CHECK(stage_show_setlist_parse(
			   &again, stage_str_text(&out), out.len) == STAGE_OK);
	FUZZ_CHECK(again.count == list->count);
	for (size_t i = 0; i < list->count; i++) {
		const struct stage_show_set_line *a = &list->lines[i];
		const struct stage_show_set_line *b = &again.lines[i];
		FUZZ_CHECK(a->kind == b->kind && a->number == b->number);
		FUZZ_CHECK(a->is_skipped == b->is_skipped);
		FUZZ_CHECK(a->name == NULL || strcmp(a->name, b->name) == 0);
		FUZZ_CHECK(a->len == b->len);
	}
	stage_show_setlist_finish(&again);
	stage_str_finish(&out);
}

static void
check_same(const struct stage_show_setlist *list, const char *text, size_t len)
{
	struct stage_str out = {0};

	FUZZ_CHECK(stage_show_setlist_write(list, &out) == STAGE_OK);
	FUZZ_CHECK(out.len == len);
	FUZZ_CHECK(memcmp(stage_str_text(&out), text, len) == 0);
	stage_str_finish(&out);
}

// Edits whose places the input decides.
static void
edit(struct stage_show_setlist *list, const uint8_t *data, size_t size)
{
	size_t a = size > 0 ? data[0] % (list->songs + 2) : 0;
	size_t b = size > 1 ? data[1] % (list->songs + 2) : 0;
	bool changed;

	if (list->songs == STAGE_SHOW_SETLIST_SONGS_MAX) {
		return;
	}
	FUZZ_CHECK(
		stage_show_setlist_add(list, a, "break it", NULL) == STAGE_OK);
	check_written(list);
	(void)!stage_show_setlist_move(list, a, b, NULL);
	check_written(list);
	(void)!stage_show_setlist_skip(list, b, true, NULL);
	(void)!stage_show_setlist_add_break(list, b, "tea", NULL);
	check_written(list);
	FUZZ_CHECK(stage_show_setlist_rename_song(
			   list, "break it", "#1", &changed, NULL) == STAGE_OK);
	FUZZ_CHECK(changed);
	check_written(list);
	(void)!stage_show_setlist_remove_break(list, a, NULL);
	(void)!stage_show_setlist_remove(list, b, NULL);
	check_written(list);
	check_lines(list);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_show_setlist list;
	char *text = fuzz_copy(data, size);

	FUZZ_CHECK(stage_show_setlist_parse(&list, text, size) == STAGE_OK);
	check_lines(&list);
	check_same(&list, text, size);
	edit(&list, data, size);
	stage_show_setlist_finish(&list);
	free(text);
	return 0;
}
