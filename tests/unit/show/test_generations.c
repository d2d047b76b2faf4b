/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/generations.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "songs.h"

#define SHELF "state/show/generations/"
#define LONG_AGO 1000000000 // seconds

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

static uint64_t
keep(struct songs *songs, const char *name, unsigned count)
{
	struct stage_err err = STAGE_ERR_INIT;
	uint64_t number = 0;

	if (stage_show_generations_keep(&songs->store, name, "test", count,
		    &number, &err) != STAGE_OK) {
		fail_msg("%s", err.text);
	}
	return number;
}

static void
revert(struct songs *songs, const char *name, uint64_t number, unsigned count)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_show_generations_revert(
		    &songs->store, name, number, count, &err) != STAGE_OK) {
		fail_msg("%s", err.text);
	}
}

// The numbers of all generations.
static void
check_numbers(struct songs *songs, const char *name, const char *numbers)
{
	struct stage_show_generations list;
	struct stage_str text = {0};

	assert_int_equal(
		stage_show_generations_list(&songs->store, name, &list, NULL),
		STAGE_OK);
	for (size_t i = 0; i < list.count; i++) {
		assert_int_equal(stage_str_addf(&text, "%s%d", i > 0 ? " " : "",
					 (int)list.items[i].number),
			STAGE_OK);
	}
	assert_string_equal(stage_str_text(&text), numbers);
	stage_str_finish(&text);
	stage_show_generations_finish(&list);
}

static struct stat
look(struct songs *songs, const char *name)
{
	struct stat st;

	assert_int_equal(lstat(scratch_path(&songs->scratch, name), &st), 0);
	return st;
}

static void
a_generation_is_all_of_a_song(void **state)
{
	struct songs *songs = *state;
	struct stage_show_generations list;
	struct stage_str song;
	int64_t before = stage_clock_wall_ns();

	songs_make_opener(songs, "Set 1/Opener");
	song = songs_dump(songs, "songs/Set 1/Opener");
	assert_int_equal(keep(songs, "Set 1/Opener", 5), 1);
	songs_check(songs, SHELF "Set 1:Opener/1/files", stage_str_text(&song));
	assert_int_equal(stage_show_generations_list(
				 &songs->store, "Set 1/Opener", &list, NULL),
		STAGE_OK);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.items[0].number, 1);
	assert_string_equal(list.items[0].why, "test");
	assert_true(list.items[0].taken_ns >= before);
	assert_true(list.items[0].taken_ns <= stage_clock_wall_ns());
	stage_show_generations_finish(&list);
	stage_show_generations_finish(NULL);
	stage_str_finish(&song);
}

static void
what_has_not_changed_costs_nothing(void **state)
{
	struct songs *songs = *state;
	struct stat a;
	struct stat b;

	songs_make_opener(songs, "a");
	assert_int_equal(keep(songs, "a", 5), 1);
	assert_int_equal(keep(songs, "a", 5), 1); // it is the same
	check_numbers(songs, "a", "1");
	songs_write(songs, "songs/a/Zyn.nAAAA.xmz", "louder");
	assert_int_equal(keep(songs, "a", 5), 2);
	a = look(songs, SHELF "a/1/files/Hydrogen.nBBBB/empty");
	b = look(songs, SHELF "a/2/files/Hydrogen.nBBBB/empty");
	assert_int_equal(a.st_ino, b.st_ino);
	assert_int_equal(a.st_nlink, 2);
	a = look(songs, SHELF "a/1/files/Zyn.nAAAA.xmz");
	b = look(songs, SHELF "a/2/files/Zyn.nAAAA.xmz");
	assert_int_not_equal(a.st_ino, b.st_ino);
	// The song's own files are never among them: a program writes into one.
	a = look(songs, "songs/a/Hydrogen.nBBBB/empty");
	assert_int_equal(a.st_nlink, 1);
	assert_true(scratch_holds(
		&songs->scratch, SHELF "a/1/files/Zyn.nAAAA.xmz", "zyn"));
	assert_true(scratch_holds(
		&songs->scratch, SHELF "a/2/files/Zyn.nAAAA.xmz", "louder"));
}

// Size and time are those of the generation, which is no older than them.
static void
a_change_within_one_tick_of_the_clock_is_seen(void **state)
{
	struct songs *songs = *state;
	time_t now = (time_t)(stage_clock_wall_ns() / STAGE_NS_PER_S) + 3600;

	songs_write(songs, "songs/a/session.nsm", "");
	songs_write(songs, "songs/a/f", "one");
	songs_set_time(songs, "songs/a/f", now);
	assert_int_equal(keep(songs, "a", 5), 1);
	assert_int_equal(keep(songs, "a", 5), 1);
	songs_write(songs, "songs/a/f", "two");
	songs_set_time(songs, "songs/a/f", now);
	assert_int_equal(keep(songs, "a", 5), 2);
	assert_true(scratch_holds(&songs->scratch, SHELF "a/2/files/f", "two"));
}

static void
each_kind_of_change_is_seen(void **state)
{
	struct songs *songs = *state;
	uint64_t number = 1;

	songs_make_opener(songs, "a");
	assert_int_equal(keep(songs, "a", 99), number);
	songs_write(songs, "songs/a/new", "");
	songs_set_time(songs, "songs/a/new", LONG_AGO);
	assert_int_equal(keep(songs, "a", 99), ++number);
	songs_set_time(songs, "songs/a/new", LONG_AGO + 1);
	assert_int_equal(keep(songs, "a", 99), ++number);
	assert_int_equal(
		chmod(scratch_path(&songs->scratch, "songs/a/new"), 0600), 0);
	assert_int_equal(keep(songs, "a", 99), ++number);
	unlink(scratch_path(&songs->scratch, "songs/a/new"));
	assert_int_equal(keep(songs, "a", 99), ++number);
	unlink(scratch_path(&songs->scratch, "songs/a/samples"));
	songs_link(songs, "songs/a/samples", "/elsewhere");
	assert_int_equal(keep(songs, "a", 99), ++number);
	songs_write(songs, "songs/a/dir/x", "");
	unlink(scratch_path(&songs->scratch, "songs/a/dir/x"));
	assert_int_equal(keep(songs, "a", 99), ++number);
	rmdir(scratch_path(&songs->scratch, "songs/a/dir"));
	assert_int_equal(keep(songs, "a", 99), ++number);
	unlink(scratch_path(&songs->scratch, "songs/a/Hydrogen.nBBBB/empty"));
	assert_int_equal(keep(songs, "a", 99), ++number);
	assert_int_equal(keep(songs, "a", 99), number);
}

static void
the_last_ones_stay(void **state)
{
	struct songs *songs = *state;

	songs_make_opener(songs, "a");
	for (int i = 1; i <= 12; i++) {
		char text[16];
		snprintf(text, sizeof(text), "%d", i);
		songs_write(songs, "songs/a/f", text);
		assert_int_equal(keep(songs, "a", 3), i);
	}
	check_numbers(songs, "a", "10 11 12");
	assert_true(scratch_holds(&songs->scratch, SHELF "a/11/files/f", "11"));
	songs_write(songs, "songs/a/f", "x");
	assert_int_equal(keep(songs, "a", 1), 13);
	check_numbers(songs, "a", "13");
	assert_true(scratch_holds(
		&songs->scratch, SHELF "a/13/files/Zyn.nAAAA.xmz", "zyn"));
}

static void
a_song_goes_back(void **state)
{
	struct songs *songs = *state;
	struct stage_str first;
	struct stage_str second;
	struct stat st;

	songs_make_opener(songs, "Set 1/a");
	assert_int_equal(
		chmod(scratch_path(&songs->scratch, "songs/Set 1/a"), 0711), 0);
	first = songs_dump(songs, "songs/Set 1/a");
	assert_int_equal(keep(songs, "Set 1/a", 5), 1);
	songs_write(songs, "songs/Set 1/a/session.nsm", "x:y:nX\n");
	songs_write(songs, "songs/Set 1/a/more", "more");
	unlink(scratch_path(&songs->scratch, "songs/Set 1/a/notes.txt"));
	second = songs_dump(songs, "songs/Set 1/a");
	revert(songs, "Set 1/a", 1, 5);
	songs_check(songs, "songs/Set 1/a", stage_str_text(&first));
	check_numbers(songs, "Set 1/a", "1 2");
	assert_int_equal(look(songs, "songs/Set 1/a").st_mode & 07777, 0711);
	st = look(songs, "songs/Set 1/a/notes.txt");
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(st.st_mtim.tv_sec, LONG_AGO);
	// And forth.
	revert(songs, "Set 1/a", 2, 5);
	songs_check(songs, "songs/Set 1/a", stage_str_text(&second));
	songs_check(songs, SHELF "Set 1:a/1/files", stage_str_text(&first));
	assert_int_equal(
		scratch_has(&songs->scratch, "songs/Set 1/.a.stage-new"),
		false);
	stage_str_finish(&first);
	stage_str_finish(&second);
}

static void
what_was_there_is_a_generation_too(void **state)
{
	struct songs *songs = *state;
	struct stage_show_generations list;

	songs_make_opener(songs, "a");
	assert_int_equal(keep(songs, "a", 5), 1);
	songs_write(songs, "songs/a/more", "never kept");
	revert(songs, "a", 1, 5);
	assert_true(scratch_holds(
		&songs->scratch, SHELF "a/2/files/more", "never kept"));
	assert_int_equal(
		stage_show_generations_list(&songs->store, "a", &list, NULL),
		STAGE_OK);
	assert_string_equal(list.items[1].why, "before going back to 1");
	stage_show_generations_finish(&list);
}

// The one that is put back is the oldest, and there is no room for it.
static void
the_one_that_is_put_back_stays(void **state)
{
	struct songs *songs = *state;

	songs_make_opener(songs, "a");
	for (int i = 1; i <= 3; i++) {
		char text[16];
		snprintf(text, sizeof(text), "%d", i);
		songs_write(songs, "songs/a/f", text);
		assert_int_equal(keep(songs, "a", 3), i);
	}
	songs_write(songs, "songs/a/f", "4");
	revert(songs, "a", 1, 2);
	check_numbers(songs, "a", "1 3 4");
	assert_true(scratch_holds(&songs->scratch, "songs/a/f", "1"));
}

static void
what_is_not_there_is_said(void **state)
{
	struct songs *songs = *state;
	struct stage_show_generations list;
	struct stage_err err = STAGE_ERR_INIT;

	songs_make_opener(songs, "a");
	check_numbers(songs, "a", "");
	assert_int_equal(
		stage_show_generations_revert(&songs->store, "a", 1, 5, &err),
		STAGE_NOT_FOUND);
	assert_string_equal(err.text, "the song \"a\" has no generation 1");
	assert_int_equal(stage_show_generations_keep(
				 &songs->store, "b", "x", 5, NULL, &err),
		STAGE_NOT_FOUND);
	assert_int_equal(
		stage_show_generations_revert(&songs->store, "b", 1, 5, &err),
		STAGE_NOT_FOUND);
	assert_int_equal(
		stage_show_generations_list(&songs->store, "../a", &list, &err),
		STAGE_BAD_INPUT);
	assert_int_equal(stage_show_generations_keep(
				 &songs->store, "a", "x", 0, NULL, &err),
		STAGE_BUG);
	assert_int_equal(stage_show_generations_keep(
				 &songs->store, "a", "x", 1001, NULL, &err),
		STAGE_BUG);
}

static void
leftovers_and_strangers_are_no_generations(void **state)
{
	struct songs *songs = *state;

	songs_make_opener(songs, "a");
	songs_write(songs, SHELF "a/.new/files/half", "");
	songs_write(songs, SHELF "a/.old/files/half", "");
	songs_write(songs, SHELF "a/007/files/x", "");
	songs_write(songs, SHELF "a/mine/x", "");
	songs_write(songs, SHELF "a/4/files/session.nsm", "");
	check_numbers(songs, "a", "4");
	assert_int_equal(keep(songs, "a", 5), 5);
	check_numbers(songs, "a", "4 5");
	assert_false(scratch_has(&songs->scratch, SHELF "a/.new"));
	assert_false(scratch_has(&songs->scratch, SHELF "a/.old"));
	assert_false(scratch_has(&songs->scratch, SHELF "a/5/files/half"));
	assert_true(scratch_has(&songs->scratch, SHELF "a/mine/x"));
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_generation_is_all_of_a_song),
		TEST(what_has_not_changed_costs_nothing),
		TEST(a_change_within_one_tick_of_the_clock_is_seen),
		TEST(each_kind_of_change_is_seen),
		TEST(the_last_ones_stay),
		TEST(a_song_goes_back),
		TEST(what_was_there_is_a_generation_too),
		TEST(the_one_that_is_put_back_stays),
		TEST(what_is_not_there_is_said),
		TEST(leftovers_and_strangers_are_no_generations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
