/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/setlist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "failing_alloc.h"

// A text of which a zero byte may be a part.
#define TEXT(literal) (literal), sizeof(literal) - 1

#define FRIDAY                                                                 \
	"# Friday\n"                                                           \
	"Opener\n"                                                             \
	"\n"                                                                   \
	"- Ballad\n"                                                           \
	"break 20 minutes\n"                                                   \
	"# the second half\n"                                                  \
	"Set 1/Closer\n"

static void
parse(struct stage_show_setlist *list, const char *text)
{
	assert_int_equal(
		stage_show_setlist_parse(list, text, strlen(text)), STAGE_OK);
}

static void
check_text(const struct stage_show_setlist *list, const char *text)
{
	struct stage_str out = {0};

	assert_int_equal(stage_show_setlist_write(list, &out), STAGE_OK);
	assert_string_equal(stage_str_text(&out), text);
	stage_str_finish(&out);
}

// Writes "1<Opener> 2-<Ballad> |<20 minutes> 3? ...": songs with their numbers,
// those that are skipped, breaks, and what can be none.
static void
write_down(const struct stage_show_setlist *list, struct stage_str *out)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct stage_show_set_line *line = &list->lines[i];
		char text[300] = "";
		switch (line->kind) {
		case STAGE_SHOW_SET_SONG:
			snprintf(text, sizeof(text), "%zu%s<%s> ", line->number,
				line->is_skipped ? "-" : "", line->name);
			break;
		case STAGE_SHOW_SET_BAD:
			assert_null(line->name);
			assert_false(line->is_skipped);
			snprintf(text, sizeof(text), "%zu? ", line->number);
			break;
		case STAGE_SHOW_SET_BREAK:
			snprintf(text, sizeof(text), "|<%s> ", line->name);
			break;
		case STAGE_SHOW_SET_COMMENT:
		case STAGE_SHOW_SET_KIND_COUNT:
			assert_null(line->name);
			break;
		}
		assert_int_equal(line->number != 0,
			line->kind == STAGE_SHOW_SET_SONG ||
				line->kind == STAGE_SHOW_SET_BAD);
		assert_int_equal(stage_str_add(out, text), STAGE_OK);
	}
}

static void
each_kind_of_line(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *lines;
	} cases[] = {
		{TEXT(""), ""},
		{TEXT("\n\r\n \t\n#x\n  # y"), ""},
		{TEXT(FRIDAY),
			"1<Opener> 2-<Ballad> |<20 minutes> 3<Set 1/Closer> "},
		{TEXT("a\nb"), "1<a> 2<b> "},
		{TEXT("a\r\nb\r\n"), "1<a> 2<b> "},
		{TEXT("  a b  \n"), "1<a b> "},
		{TEXT("a\na\na\n"), "1<a> 2<a> 3<a> "},
		{TEXT("\xef\xbb\xbf"
		      "a\n"),
			"1<a> "},
		{TEXT("\xef\xbb\xbf"), ""},
		{TEXT("a\n\xef\xbb\xbf"
		      "b\n"),
			"1<a> 2? "},
		{TEXT("Song #1\n"), "1<Song #1> "},
		{TEXT("\"#1\"\n\"break\"\n\"break in\"\n"),
			"1<#1> 2<break> 3<break in> "},
		{TEXT("- \"#1\"\n"), "1-<#1> "},
		{TEXT("\"a\" b\na \"b\"\n\"\n"),
			"1<\"a\" b> 2<a \"b\"> 3<\"> "},
		{TEXT("\"\"\na\n"), "1? 2<a> "},
		{TEXT("\"\"a\"\"\n"), "1<\"a\"> "},
		{TEXT("break\nbreak  tea \n"), "|<> |<tea> "},
		{TEXT("breakfast\nBreak\nbreak\tx\n"),
			"1<breakfast> 2<Break> |<x> "},
		{TEXT("break a\x1b[2J\nb\n"), "1<b> "},
		{TEXT("-a\n-\n- \nb\n"), "1? 2? 3? 4<b> "},
		{TEXT("-  a\n-\ta\n"), "1-<a> 2-<a> "},
		{TEXT("a:b\n../c\nd\n"), "1? 2? 3<d> "},
		{TEXT("- a:b\n- a\x1f\n"), "1? 2? "},
		{TEXT("\xff\n\0\na\0b\nc\n"), "1? 2? 3? 4<c> "},
		{TEXT("caf\xc3\xa9\n"), "1<caf\xc3\xa9> "},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_show_setlist list;
		struct stage_str lines = {0};
		struct stage_str out = {0};
		assert_int_equal(stage_show_setlist_parse(
					 &list, cases[i].text, cases[i].len),
			STAGE_OK);
		write_down(&list, &lines);
		assert_string_equal(stage_str_text(&lines), cases[i].lines);
		// Nothing was edited: the bytes are the same.
		assert_int_equal(
			stage_show_setlist_write(&list, &out), STAGE_OK);
		assert_int_equal(out.len, cases[i].len);
		assert_memory_equal(
			stage_str_text(&out), cases[i].text, cases[i].len);
		stage_str_finish(&lines);
		stage_str_finish(&out);
		stage_show_setlist_finish(&list);
	}
	stage_show_setlist_finish(NULL);
}

static void
songs_are_found_by_number(void **state)
{
	struct stage_show_setlist list;
	(void)state;

	parse(&list, FRIDAY "a:b\n");
	assert_int_equal(list.songs, 4);
	assert_int_equal(list.bad, 1);
	assert_string_equal(stage_show_setlist_song(&list, 1)->name, "Opener");
	assert_true(stage_show_setlist_song(&list, 2)->is_skipped);
	assert_int_equal(
		stage_show_setlist_song(&list, 4)->kind, STAGE_SHOW_SET_BAD);
	assert_null(stage_show_setlist_song(&list, 0));
	assert_null(stage_show_setlist_song(&list, 5));
	stage_show_setlist_finish(&list);
}

static void
there_is_an_end_of_songs(void **state)
{
	struct stage_show_setlist list;
	struct stage_str text = {0};
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	for (int i = 0; i < STAGE_SHOW_SETLIST_SONGS_MAX + 3; i++) {
		assert_int_equal(stage_str_add(&text, "a\n"), STAGE_OK);
	}
	parse(&list, stage_str_text(&text));
	assert_int_equal(list.songs, STAGE_SHOW_SETLIST_SONGS_MAX);
	assert_int_equal(
		stage_show_setlist_add(&list, 0, "b", &err), STAGE_FULL);
	assert_int_equal(
		stage_show_setlist_add_break(&list, 0, "b", &err), STAGE_FULL);
	check_text(&list, stage_str_text(&text));
	stage_str_finish(&text);
	stage_show_setlist_finish(&list);
}

static void
a_song_is_added(void **state)
{
	static const struct {
		const char *before;
		size_t at;
		const char *name;
		const char *after;
	} cases[] = {
		{"", 0, "x", "x\n"},
		{"", 1, "x", "x\n"},
		{"a\n", 0, "x", "a\nx\n"},
		{"a\n", 1, "x", "x\na\n"},
		{"a\n", 2, "x", "a\nx\n"},
		{"a", 2, "x", "a\nx\n"},
		{"a", 1, "x", "x\na"},
		{"a\r\nb", 0, "x", "a\r\nb\r\nx\r\n"},
		{"#c\na\n#d\nb\n#e\n", 2, "x", "#c\na\n#d\nx\nb\n#e\n"},
		{"#c\na\n#e\n", 2, "x", "#c\na\n#e\nx\n"},
		{"\xef\xbb\xbf"
		 "a\n",
			1, "x",
			"\xef\xbb\xbf"
			"x\na\n"},
		{"\xef\xbb\xbf", 1, "x",
			"\xef\xbb\xbf"
			"x\n"},
		{"", 0, "break it", "\"break it\"\n"},
		{"", 0, "breakfast", "breakfast\n"},
		{"", 0, "#1", "\"#1\"\n"},
		{"", 0, "\"q\"", "\"\"q\"\"\n"},
		{"", 0, "\"q", "\"q\n"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_show_setlist list;
		struct stage_show_setlist again;
		size_t at = cases[i].at;
		parse(&list, cases[i].before);
		assert_int_equal(
			stage_show_setlist_add(&list, at, cases[i].name, NULL),
			STAGE_OK);
		check_text(&list, cases[i].after);
		at = at > 0 ? at : list.songs;
		assert_string_equal(stage_show_setlist_song(&list, at)->name,
			cases[i].name);
		parse(&again, cases[i].after);
		assert_string_equal(stage_show_setlist_song(&again, at)->name,
			cases[i].name);
		assert_int_equal(again.songs, list.songs);
		stage_show_setlist_finish(&again);
		stage_show_setlist_finish(&list);
	}
}

static void
what_cannot_be_added_is_refused(void **state)
{
	struct stage_show_setlist list;
	struct stage_err err = STAGE_ERR_INIT;
	char text[STAGE_SHOW_BREAK_MAX + 2];
	char line[3 * sizeof(text)];
	(void)state;

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	parse(&list, FRIDAY);
	assert_int_equal(stage_show_setlist_add(&list, 0, "../x", &err),
		STAGE_BAD_INPUT);
	assert_int_equal(stage_show_setlist_add(&list, 0, "a\nb", &err),
		STAGE_BAD_INPUT);
	assert_int_equal(
		stage_show_setlist_add(&list, 5, "x", &err), STAGE_NOT_FOUND);
	assert_string_equal(
		err.text, "the setlist has 3 songs and none with the number 5");
	assert_int_equal(stage_show_setlist_add_break(&list, 0, "a\nb", &err),
		STAGE_BAD_INPUT);
	assert_int_equal(stage_show_setlist_add_break(&list, 0, " b", &err),
		STAGE_BAD_INPUT);
	assert_int_equal(stage_show_setlist_add_break(&list, 0, text, &err),
		STAGE_TOO_LONG);
	assert_int_equal(stage_show_setlist_add_break(&list, 5, "b", &err),
		STAGE_NOT_FOUND);
	check_text(&list, FRIDAY);
	stage_show_setlist_finish(&list);
	// One that is too long in the file is as good as a comment.
	snprintf(line, sizeof(line), "break %s\nbreak %s\n", text, text + 1);
	parse(&list, line);
	assert_int_equal(list.lines[0].kind, STAGE_SHOW_SET_COMMENT);
	assert_int_equal(list.lines[1].kind, STAGE_SHOW_SET_BREAK);
	assert_int_equal(stage_show_setlist_add_break(&list, 0, text + 1, &err),
		STAGE_OK);
	stage_show_setlist_finish(&list);
}

static void
a_song_is_removed(void **state)
{
	struct stage_show_setlist list;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	parse(&list, FRIDAY "a:b\n");
	assert_int_equal(
		stage_show_setlist_remove(&list, 5, &err), STAGE_NOT_FOUND);
	assert_int_equal(
		stage_show_setlist_remove(&list, 0, &err), STAGE_NOT_FOUND);
	assert_int_equal(stage_show_setlist_remove(&list, 4, &err), STAGE_OK);
	assert_int_equal(list.bad, 0);
	assert_int_equal(stage_show_setlist_remove(&list, 2, &err), STAGE_OK);
	check_text(&list,
		"# Friday\nOpener\n\nbreak 20 minutes\n# the second half\n"
		"Set 1/Closer\n");
	assert_string_equal(
		stage_show_setlist_song(&list, 2)->name, "Set 1/Closer");
	stage_show_setlist_finish(&list);
}

static void
a_break_is_added_and_removed(void **state)
{
	struct stage_show_setlist list;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	parse(&list, "a\nbreak x\n#c\nbreak y\nb\n");
	assert_int_equal(stage_show_setlist_remove_break(&list, 1, &err),
		STAGE_NOT_FOUND);
	assert_int_equal(stage_show_setlist_remove_break(&list, 0, &err),
		STAGE_NOT_FOUND);
	assert_int_equal(stage_show_setlist_remove_break(&list, 4, &err),
		STAGE_NOT_FOUND);
	assert_int_equal(
		stage_show_setlist_remove_break(&list, 2, &err), STAGE_OK);
	check_text(&list, "a\n#c\nb\n");
	assert_int_equal(
		stage_show_setlist_add_break(&list, 2, "tea", &err), STAGE_OK);
	assert_int_equal(
		stage_show_setlist_add_break(&list, 0, "", &err), STAGE_OK);
	check_text(&list, "a\n#c\nbreak tea\nb\nbreak\n");
	assert_int_equal(
		stage_show_setlist_remove_break(&list, 3, &err), STAGE_OK);
	check_text(&list, "a\n#c\nbreak tea\nb\n");
	assert_string_equal(stage_show_setlist_song(&list, 2)->name, "b");
	stage_show_setlist_finish(&list);
}

static void
a_song_is_moved(void **state)
{
	static const struct {
		const char *before;
		size_t number, to;
		const char *after;
	} cases[] = {
		{"a\nb\nc\n", 1, 1, "a\nb\nc\n"},
		{"a\nb\nc\n", 1, 2, "b\na\nc\n"},
		{"a\nb\nc\n", 1, 3, "b\nc\na\n"},
		{"a\nb\nc\n", 3, 1, "c\na\nb\n"},
		{"a\nb\nc\n", 3, 2, "a\nc\nb\n"},
		{"a\nb\nc", 3, 1, "c\na\nb\n"},
		{"a\nb\nc", 1, 3, "b\nc\na\n"},
		{"a\nb\nc", 1, 2, "b\na\nc"},
		{"#1\na\n#2\n- b\n#3\nc\n", 2, 3, "#1\na\n#2\n#3\nc\n- b\n"},
		{"#1\na\nbreak x\nb\n", 2, 1, "#1\nb\na\nbreak x\n"},
		{"\xef\xbb\xbf"
		 "a\nb\n",
			1, 2,
			"\xef\xbb\xbf"
			"b\na\n"},
		{"a\na:b\n", 2, 1, "a:b\na\n"},
	};
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_show_setlist list;
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		parse(&list, cases[i].before);
		assert_int_equal(stage_show_setlist_move(&list, cases[i].number,
					 cases[i].to, NULL),
			STAGE_OK);
		check_text(&list, cases[i].after);
		for (size_t n = 1; n <= list.songs; n++) {
			assert_non_null(stage_show_setlist_song(&list, n));
		}
		stage_show_setlist_finish(&list);
	}
	parse(&list, "a\nb\n");
	assert_int_equal(
		stage_show_setlist_move(&list, 3, 1, &err), STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "number 3"));
	assert_int_equal(
		stage_show_setlist_move(&list, 1, 4, &err), STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "number 4"));
	check_text(&list, "a\nb\n");
	stage_show_setlist_finish(&list);
}

static void
a_song_is_skipped(void **state)
{
	struct stage_show_setlist list;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	parse(&list, " a \r\n-  b\n\"break c\"\nx:y\n");
	assert_int_equal(
		stage_show_setlist_skip(&list, 1, false, NULL), STAGE_OK);
	assert_int_equal(
		stage_show_setlist_skip(&list, 2, true, NULL), STAGE_OK);
	check_text(&list, " a \r\n-  b\n\"break c\"\nx:y\n");
	assert_int_equal(
		stage_show_setlist_skip(&list, 1, true, NULL), STAGE_OK);
	assert_int_equal(
		stage_show_setlist_skip(&list, 2, false, NULL), STAGE_OK);
	assert_int_equal(
		stage_show_setlist_skip(&list, 3, true, NULL), STAGE_OK);
	check_text(&list, "- a\r\nb\n- \"break c\"\nx:y\n");
	assert_true(stage_show_setlist_song(&list, 1)->is_skipped);
	assert_int_equal(
		stage_show_setlist_skip(&list, 4, true, &err), STAGE_BAD_INPUT);
	assert_int_equal(
		stage_show_setlist_skip(&list, 5, true, &err), STAGE_NOT_FOUND);
	stage_show_setlist_finish(&list);
}

static void
a_song_is_renamed_everywhere(void **state)
{
	struct stage_show_setlist list;
	bool changed = false;
	(void)state;

	parse(&list, "a\n# a\n- a\nb\nbreak a\na/a\n");
	assert_int_equal(stage_show_setlist_rename_song(
				 &list, "a", "#c", &changed, NULL),
		STAGE_OK);
	assert_true(changed);
	check_text(&list, "\"#c\"\n# a\n- \"#c\"\nb\nbreak a\na/a\n");
	assert_int_equal(
		stage_show_setlist_rename_song(&list, "x", "y", &changed, NULL),
		STAGE_OK);
	assert_false(changed);
	assert_int_equal(
		stage_show_setlist_rename_song(&list, "b", ".", &changed, NULL),
		STAGE_BAD_INPUT);
	check_text(&list, "\"#c\"\n# a\n- \"#c\"\nb\nbreak a\na/a\n");
	stage_show_setlist_finish(&list);
}

static enum stage_status
edit_all(struct stage_show_setlist *list, struct stage_str *out)
{
	bool changed = false;
	enum stage_status status = stage_show_setlist_move(list, 3, 1, NULL);

	if (status == STAGE_OK) {
		status = stage_show_setlist_add(list, 2, "x", NULL);
	}
	if (status == STAGE_OK) {
		status = stage_show_setlist_add_break(list, 0, "y", NULL);
	}
	if (status == STAGE_OK) {
		status = stage_show_setlist_skip(list, 1, true, NULL);
	}
	if (status == STAGE_OK) {
		status = stage_show_setlist_rename_song(
			list, "x", "z", &changed, NULL);
	}
	return status == STAGE_OK ? stage_show_setlist_write(list, out)
				  : status;
}

static enum stage_status
read_edit_write(void *user)
{
	static const char text[] = "a\nbreak t\nb\nc";
	struct stage_show_setlist list;
	struct stage_str out = {0};
	enum stage_status status =
		stage_show_setlist_parse(&list, text, strlen(text));
	(void)user;

	if (status == STAGE_OK) {
		status = edit_all(&list, &out);
	}
	if (status == STAGE_OK) {
		assert_string_equal(stage_str_text(&out),
			"- c\nz\na\nbreak t\nb\nbreak y\n");
	}
	stage_str_finish(&out);
	stage_show_setlist_finish(&list);
	return status;
}

static void
each_allocation_may_fail(void **state)
{
	(void)state;

	assert_true(failing_alloc_sweep(read_edit_write, NULL) > 15);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_line),
		cmocka_unit_test(songs_are_found_by_number),
		cmocka_unit_test(there_is_an_end_of_songs),
		cmocka_unit_test(a_song_is_added),
		cmocka_unit_test(what_cannot_be_added_is_refused),
		cmocka_unit_test(a_song_is_removed),
		cmocka_unit_test(a_break_is_added_and_removed),
		cmocka_unit_test(a_song_is_moved),
		cmocka_unit_test(a_song_is_skipped),
		cmocka_unit_test(a_song_is_renamed_everywhere),
		cmocka_unit_test(each_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
