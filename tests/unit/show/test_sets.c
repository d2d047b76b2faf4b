/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/sets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "songs.h"

static int
setup(void **state)
{
	static struct songs songs;

	songs_init(&songs);
	*state = &songs;
	return 0;
}

static int
teardown(void **state)
{
	songs_finish(*state);
	return 0;
}

static void
check_names(struct songs *songs, const char *names)
{
	struct stage_strv list = {0};
	struct stage_str text = {0};

	assert_int_equal(
		stage_show_set_list(&songs->store, &list, NULL), STAGE_OK);
	for (size_t i = 0; i < list.count; i++) {
		assert_int_equal(
			stage_str_addf(&text, "%s\n", list.items[i]), STAGE_OK);
	}
	assert_string_equal(stage_str_text(&text), names);
	stage_str_finish(&text);
	stage_strv_finish(&list);
}

static void
setlists_are_listed(void **state)
{
	struct songs *songs = *state;

	check_names(songs, "");
	songs_write(songs, "setlists/friday night.setlist", "");
	songs_write(songs, "setlists/b.setlist", "");
	songs_write(songs, "setlists/.hidden.setlist", "");
	songs_write(songs, "setlists/.setlist", "");
	songs_write(songs, "setlists/a:b.setlist", "");
	songs_write(songs, "setlists/notes.txt", "");
	check_names(songs, "b\nfriday night\n");
}

static void
a_setlist_is_made_and_edited(void **state)
{
	struct songs *songs = *state;
	struct stage_show_setlist list;

	assert_int_equal(
		stage_show_set_make(&songs->store, "friday", NULL), STAGE_OK);
	songs_check(songs, "setlists", "friday.setlist: \n");
	assert_int_equal(
		stage_show_set_load(&songs->store, "friday", &list, NULL),
		STAGE_OK);
	assert_int_equal(
		stage_show_setlist_add(&list, 0, "Opener", NULL), STAGE_OK);
	assert_int_equal(
		stage_show_set_save(&songs->store, "friday", &list, NULL),
		STAGE_OK);
	stage_show_setlist_finish(&list);
	songs_check(songs, "setlists", "friday.setlist: Opener|\n");
}

static void
a_setlist_is_copied_renamed_and_removed(void **state)
{
	struct songs *songs = *state;
	char where[STAGE_PATH_MAX];

	songs_write(songs, "setlists/a.setlist", "# x\r\nOpener");
	assert_int_equal(
		stage_show_set_duplicate(&songs->store, "a", "b", NULL),
		STAGE_OK);
	assert_int_equal(
		stage_show_set_rename(&songs->store, "a", "c", NULL), STAGE_OK);
	songs_check(songs, "setlists",
		"b.setlist: # x\r|Opener\nc.setlist: # x\r|Opener\n");
	assert_int_equal(stage_show_set_remove(&songs->store, "b", where, NULL),
		STAGE_OK);
	songs_check(songs, "setlists", "c.setlist: # x\r|Opener\n");
	assert_string_equal(
		where, scratch_path(&songs->scratch,
			       "state/show/trash/b.setlist.1/b.setlist"));
	songs_check(songs, "state/show/trash",
		"b.setlist.1/\nb.setlist.1/b.setlist: # x\r|Opener\n");
}

static void
what_is_no_setlist_is_refused(void **state)
{
	static const struct {
		const char *name;
		enum stage_status status;
		const char *sentence;
	} cases[] = {
		{"none", STAGE_NOT_FOUND, "there is no setlist \"none\""},
		{"../songs/x", STAGE_BAD_INPUT, "it holds a slash"},
		{"", STAGE_BAD_INPUT, "the name of a setlist is empty"},
		{"linked", STAGE_BAD_INPUT, "is a link, and should be a file"},
		{"dir", STAGE_BAD_INPUT, "is something else, and should be"},
	};
	struct songs *songs = *state;

	songs_write(songs, "elsewhere", "Opener\n");
	songs_link(songs, "setlists/linked.setlist", "../elsewhere");
	songs_write(songs, "setlists/dir.setlist/x", "");
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_show_setlist list;
		struct stage_err err = STAGE_ERR_INIT;
		const char *name = cases[i].name;
		assert_int_equal(
			stage_show_set_load(&songs->store, name, &list, &err),
			cases[i].status);
		if (strstr(err.text, cases[i].sentence) == NULL) {
			fail_msg("%s: %s", name, err.text);
		}
		assert_int_equal(list.count, 0);
		assert_int_equal(
			stage_show_set_save(&songs->store, name, &list, NULL),
			cases[i].status);
		assert_int_equal(stage_show_set_duplicate(
					 &songs->store, name, "new", NULL),
			cases[i].status);
		assert_int_equal(
			stage_show_set_rename(&songs->store, name, "new", NULL),
			cases[i].status);
		assert_int_equal(
			stage_show_set_remove(&songs->store, name, NULL, NULL),
			cases[i].status);
	}
	assert_true(scratch_holds(&songs->scratch, "elsewhere", "Opener\n"));
}

static void
nothing_is_replaced(void **state)
{
	struct songs *songs = *state;
	struct stage_err err = STAGE_ERR_INIT;

	songs_write(songs, "setlists/a.setlist", "a");
	songs_write(songs, "setlists/b.setlist", "b");
	songs_link(songs, "setlists/c.setlist", "nowhere");
	assert_int_equal(
		stage_show_set_make(&songs->store, "a", &err), STAGE_EXISTS);
	assert_string_equal(err.text, "there is a setlist \"a\" already");
	assert_int_equal(stage_show_set_rename(&songs->store, "a", "b", &err),
		STAGE_EXISTS);
	assert_int_equal(
		stage_show_set_duplicate(&songs->store, "a", "c", &err),
		STAGE_EXISTS);
	assert_int_equal(stage_show_set_make(&songs->store, "x/y", &err),
		STAGE_BAD_INPUT);
	songs_check(songs, "setlists",
		"a.setlist: a\nb.setlist: b\nc.setlist -> nowhere\n");
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

static void
a_set_takes_its_patch_along(void **state)
{
	struct songs *songs = *state;
	struct stage_err err = STAGE_ERR_INIT;

	songs_write(songs, "setlists/a.setlist", "A\n");
	songs_write(songs, "setlists/a.patch", "x:out -> y:in\n");
	assert_int_equal(
		stage_show_set_rename(&songs->store, "a", "b", &err), STAGE_OK);
	songs_check(
		songs, "setlists", "b.patch: x:out -> y:in|\nb.setlist: A|\n");
	// One that is somebody else's is not replaced.
	songs_write(songs, "setlists/c.patch", "mine\n");
	assert_int_equal(stage_show_set_rename(&songs->store, "b", "c", &err),
		STAGE_EXISTS);
	assert_non_null(strstr(err.text, "the setlist is \"c\" now, but"));
	songs_check(songs, "setlists",
		"b.patch: x:out -> y:in|\nc.patch: mine|\nc.setlist: A|\n");
}

static void
a_copy_of_a_set_has_a_patch_of_its_own(void **state)
{
	struct songs *songs = *state;
	struct stage_err err = STAGE_ERR_INIT;

	songs_write(songs, "setlists/a.setlist", "A\n");
	songs_write(songs, "setlists/a.patch", "x:out -> y:in\n");
	assert_int_equal(
		stage_show_set_duplicate(&songs->store, "a", "b", &err),
		STAGE_OK);
	songs_check(songs, "setlists",
		"a.patch: x:out -> y:in|\na.setlist: A|\n"
		"b.patch: x:out -> y:in|\nb.setlist: A|\n");
	// One that is somebody else's is not replaced.
	songs_write(songs, "setlists/c.patch", "mine\n");
	assert_int_equal(
		stage_show_set_duplicate(&songs->store, "a", "c", &err),
		STAGE_EXISTS);
	assert_non_null(strstr(err.text, "c.patch is there already"));
	songs_check(songs, "setlists",
		"a.patch: x:out -> y:in|\na.setlist: A|\n"
		"b.patch: x:out -> y:in|\nb.setlist: A|\n"
		"c.patch: mine|\n");
}

static void
a_set_takes_its_patch_into_the_trash(void **state)
{
	struct songs *songs = *state;

	songs_write(songs, "setlists/a.setlist", "A\n");
	songs_write(songs, "setlists/a.patch", "x:out -> y:in\n");
	songs_write(songs, "setlists/ab.patch", "mine\n");
	assert_int_equal(stage_show_set_remove(&songs->store, "a", NULL, NULL),
		STAGE_OK);
	songs_check(songs, "setlists", "ab.patch: mine|\n");
	// Another one of that name has nothing of it, nor replaces it there.
	songs_write(songs, "setlists/a.setlist", "B\n");
	songs_write(songs, "setlists/a.patch", "x:out -> z:in\n");
	assert_int_equal(stage_show_set_remove(&songs->store, "a", NULL, NULL),
		STAGE_OK);
	songs_check(songs, "state/show/trash",
		"a.setlist.1/\na.setlist.1/a.patch: x:out -> y:in|\n"
		"a.setlist.1/a.setlist: A|\n"
		"a.setlist.2/\na.setlist.2/a.patch: x:out -> z:in|\n"
		"a.setlist.2/a.setlist: B|\n");
}

static void
a_song_that_is_gone_is_in_no_set(void **state)
{
	struct songs *songs = *state;
	size_t count = 9;

	songs_write(songs, "setlists/a.setlist", "A\n- B\r\n# B\nB\nC");
	songs_write(songs, "setlists/b.setlist", "Bb\nbreak B\n");
	assert_int_equal(
		stage_show_set_forget_song(&songs->store, "B", &count, NULL),
		STAGE_OK);
	assert_int_equal(count, 1);
	songs_check(songs, "setlists",
		"a.setlist: A|# B|C\nb.setlist: Bb|break B|\n");
	assert_int_equal(
		stage_show_set_forget_song(&songs->store, "B", NULL, NULL),
		STAGE_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(setlists_are_listed),
		TEST(a_setlist_is_made_and_edited),
		TEST(a_setlist_is_copied_renamed_and_removed),
		TEST(what_is_no_setlist_is_refused),
		TEST(nothing_is_replaced),
		TEST(a_set_takes_its_patch_along),
		TEST(a_copy_of_a_set_has_a_patch_of_its_own),
		TEST(a_set_takes_its_patch_into_the_trash),
		TEST(a_song_that_is_gone_is_in_no_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
