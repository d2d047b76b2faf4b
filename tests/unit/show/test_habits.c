/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/habits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define S 1000000000LL
#define MB 1048576LL
#define OPEN STAGE_SHOW_DEADLINE_OPEN

static int
set_up(void **state)
{
	*state = stage_show_habits_create();
	return *state == NULL;
}

static int
tear_down(void **state)
{
	stage_show_habits_destroy(*state);
	return 0;
}

static int64_t
patience(const struct stage_show_habits *habits, const char *program)
{
	return stage_show_habits_patience_ns(habits, program, OPEN, 10 * S);
}

static void
note(struct stage_show_habits *habits, int64_t took_ns, int times)
{
	for (int i = 0; i < times; i++) {
		stage_show_habits_note(habits, "zyn", OPEN, took_ns);
	}
}

static void
the_unknown_gets_what_is_usual(void **state)
{
	struct stage_show_habits *habits = *state;

	assert_int_equal(patience(NULL, "zyn"), 10 * S);
	assert_int_equal(patience(habits, "zyn"), 10 * S);
	note(NULL, S, 3);
	stage_show_habits_miss(NULL, "zyn", OPEN);
	note(habits, S, 3);
	assert_int_equal(patience(habits, "amp"), 10 * S);
	// Each kind is known by itself.
	assert_int_equal(stage_show_habits_patience_ns(habits, "zyn",
				 STAGE_SHOW_DEADLINE_SAVE, 5 * S),
		5 * S);
}

static void
the_slow_get_more_at_once_and_the_quick_less_later(void **state)
{
	struct stage_show_habits *habits = *state;

	note(habits, 40 * S, 1);
	assert_int_equal(patience(habits, "zyn"), 80 * S);
	note(habits, S, 7);
	assert_int_equal(patience(habits, "zyn"), 80 * S);
	note(habits, S, 1); // the long one is forgotten
	assert_int_equal(patience(habits, "zyn"), 4 * S); // not below that
	note(habits, 3 * S, 1);
	assert_int_equal(patience(habits, "zyn"), 6 * S);
	note(habits, 4000 * S, 1);
	assert_int_equal(patience(habits, "zyn"), STAGE_SHOW_PATIENCE_MAX_NS);
}

static void
a_few_times_do_not_make_it_less(void **state)
{
	struct stage_show_habits *habits = *state;

	note(habits, S / 10, 2);
	assert_int_equal(patience(habits, "zyn"), 10 * S);
	note(habits, S / 10, 1);
	assert_int_equal(patience(habits, "zyn"), 4 * S);
}

static void
who_never_answers_is_waited_for_less(void **state)
{
	struct stage_show_habits *habits = *state;

	for (int i = 0; i < 3; i++) {
		assert_int_equal(patience(habits, "zyn"), 10 * S);
		stage_show_habits_miss(habits, "zyn", OPEN);
	}
	assert_int_equal(patience(habits, "zyn"), 4 * S);
	note(habits, 30 * S, 1); // late, but there
	assert_int_equal(patience(habits, "zyn"), 60 * S);
}

static void
who_never_says_that_it_is_there_is_silent(void **state)
{
	static const enum stage_show_deadline announce =
		STAGE_SHOW_DEADLINE_ANNOUNCE;
	struct stage_show_habits *habits = *state;

	assert_false(stage_show_habits_is_silent(NULL, "zyn"));
	assert_false(stage_show_habits_is_silent(habits, "zyn"));
	for (int i = 0; i < 3; i++) { // it opens late, but it is there
		stage_show_habits_miss(habits, "zyn", OPEN);
	}
	stage_show_habits_miss(habits, "zyn", announce);
	assert_false(stage_show_habits_is_silent(habits, "zyn"));
	stage_show_habits_note(habits, "zyn", announce, 30 * S); // late
	stage_show_habits_miss(habits, "zyn", announce);
	assert_false(stage_show_habits_is_silent(habits, "zyn"));
	stage_show_habits_miss(habits, "zyn", announce);
	assert_true(stage_show_habits_is_silent(habits, "zyn"));
	assert_false(stage_show_habits_is_silent(habits, "amp"));
	stage_show_habits_note(habits, "zyn", announce, S / 10);
	assert_false(stage_show_habits_is_silent(habits, "zyn"));
}

static void
those_seen_last_stay(void **state)
{
	struct stage_show_habits *habits = *state;
	char name[16];

	note(habits, 40 * S, 1);
	for (int i = 0; i < 2 * STAGE_SHOW_HABITS_MAX; i++) {
		snprintf(name, sizeof(name), "p%d", i);
		stage_show_habits_note(habits, name, OPEN, 30 * S);
		if (i == STAGE_SHOW_HABITS_MAX / 2) {
			note(habits, 40 * S, 1);
		}
	}
	assert_int_equal(patience(habits, "zyn"), 10 * S);
	assert_int_equal(patience(habits, "p0"), 10 * S);
	assert_int_equal(patience(habits, name), 60 * S);
	snprintf(name, sizeof(name), "p%d", STAGE_SHOW_HABITS_MAX);
	assert_int_equal(patience(habits, name), 60 * S);
}

static void
it_is_written_and_read(void **state)
{
	struct stage_show_habits *habits = *state;
	struct stage_show_habits *other = stage_show_habits_create();
	json_t *json;

	assert_false(stage_show_habits_take_change(habits));
	note(habits, 40 * S, 1);
	note(habits, S, 1);
	for (int i = 0; i < 3; i++) {
		stage_show_habits_miss(habits, "mute", OPEN);
	}
	assert_true(stage_show_habits_take_change(habits));
	assert_false(stage_show_habits_take_change(habits));
	json = stage_show_habits_write(habits);
	stage_show_habits_read(other, json);
	json_decref(json);
	assert_int_equal(patience(other, "zyn"), 80 * S);
	assert_int_equal(patience(other, "mute"), 4 * S);
	assert_false(stage_show_habits_take_change(other));
	stage_show_habits_destroy(other);
}

static void
memory_is_the_most_of_the_last_times(void **state)
{
	struct stage_show_habits *habits = *state;
	struct stage_show_habits *other = stage_show_habits_create();
	json_t *json;

	assert_int_equal(stage_show_habits_memory(NULL, "zyn"), 0);
	assert_int_equal(stage_show_habits_memory(habits, "zyn"), 0);
	stage_show_habits_note_memory(NULL, "zyn", MB);
	stage_show_habits_note_memory(habits, "zyn", 0); // nobody knows
	assert_false(stage_show_habits_take_change(habits));
	stage_show_habits_note_memory(habits, "zyn", 300 * MB);
	assert_true(stage_show_habits_take_change(habits));
	for (int i = 1; i < STAGE_SHOW_TIMES_MAX; i++) {
		stage_show_habits_note_memory(habits, "zyn", 20 * MB);
	}
	assert_int_equal(stage_show_habits_memory(habits, "zyn"), 300 * MB);
	// What is not known to be slow is waited for as is usual.
	assert_int_equal(patience(habits, "zyn"), 10 * S);
	json = stage_show_habits_write(habits);
	stage_show_habits_read(other, json);
	json_decref(json);
	assert_int_equal(stage_show_habits_memory(other, "zyn"), 300 * MB);
	stage_show_habits_note_memory(other, "zyn", 20 * MB);
	assert_int_equal(stage_show_habits_memory(other, "zyn"), 20 * MB);
	stage_show_habits_destroy(other);
}

static void
what_is_no_habit_is_nothing(void **state)
{
	static const char odd[] =
		"{\"programs\": [{\"program\": \"zyn\", \"open\": {\"ms\": "
		"[-5, 1e9, \"x\", 99999999999], \"misses\": -3}, "
		"\"kb\": [-1, \"x\", 1e3, 9999999999999999]}]}";
	static const char *const texts[] = {"{}", "[]", "7",
		"{\"programs\": {}}", "{\"programs\": [1, {}, null]}", odd};
	struct stage_show_habits *habits = *state;

	stage_show_habits_read(habits, NULL);
	for (size_t i = 0; i < STAGE_COUNT_OF(texts); i++) {
		json_t *json = json_loads(texts[i], JSON_DECODE_ANY, NULL);

		assert_non_null(json);
		stage_show_habits_read(habits, json);
		json_decref(json);
		assert_int_equal(patience(habits, "zyn"), 10 * S);
		assert_int_equal(stage_show_habits_memory(habits, "zyn"), 0);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(the_unknown_gets_what_is_usual),
		TEST(the_slow_get_more_at_once_and_the_quick_less_later),
		TEST(a_few_times_do_not_make_it_less),
		TEST(who_never_answers_is_waited_for_less),
		TEST(who_never_says_that_it_is_there_is_silent),
		TEST(those_seen_last_stay),
		TEST(it_is_written_and_read),
		TEST(memory_is_the_most_of_the_last_times),
		TEST(what_is_no_habit_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
