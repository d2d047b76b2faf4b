/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/mark.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "world.h"

#define NAME "My Synth 'ö'"

static void
nothing_is_set_at_first(void **state)
{
	struct world *world = *state;
	struct stage_process process;
	struct stage_wait wait;
	struct stage_hold hold;
	char text[STAGE_MARK_WORDS_MAX];

	for (int i = 0; i < STAGE_MARK_COUNT; i++) {
		stage_mark_clear(&world->rig, NAME, (enum stage_mark)i);
		assert_false(stage_mark_get_text(
			&world->rig, NAME, (enum stage_mark)i, text));
	}
	assert_false(stage_mark_get_process(
		&world->rig, NAME, STAGE_MARK_READY, &process));
	assert_false(stage_mark_get_wait(&world->rig, NAME, &wait));
	assert_false(stage_mark_get_hold(&world->rig, NAME, &hold));
	assert_false(stage_mark_is_ready(&world->rig, NAME));
	// Without its directory nothing can be set.
	assert_int_equal(
		stage_mark_set_text(&world->rig, NAME, STAGE_MARK_ASKED, "x"),
		STAGE_NOT_FOUND);
}

static void
what_is_set_is_read(void **state)
{
	struct world *world = *state;
	struct stage_process process = {{4711, 123456789}, -5};
	struct stage_process got;
	struct stage_wait wait = {INT64_MIN, "jack, port:A b:*"};
	struct stage_hold hold = {-1, 7, "gave up: exit 100"};
	char text[STAGE_MARK_WORDS_MAX];

	assert_int_equal(stage_mark_prepare(&world->rig, NAME, NULL), STAGE_OK);
	assert_int_equal(stage_mark_prepare(&world->rig, NAME, NULL), STAGE_OK);
	assert_int_equal(stage_mark_set_process(&world->rig, NAME,
				 STAGE_MARK_PROCESS, &process),
		STAGE_OK);
	assert_true(world_holds(
		world, "run/svc/" NAME "/process", "4711 123456789 -5\n"));
	assert_true(stage_mark_get_process(
		&world->rig, NAME, STAGE_MARK_PROCESS, &got));
	assert_int_equal(got.id.pid, 4711);
	assert_true(got.id.start == 123456789 && got.since_ns == -5);
	assert_int_equal(
		stage_mark_set_wait(&world->rig, NAME, &wait), STAGE_OK);
	memset(&wait, 1, sizeof(wait));
	assert_true(stage_mark_get_wait(&world->rig, NAME, &wait));
	assert_true(wait.since_wall_ns == INT64_MIN);
	assert_string_equal(wait.text, "jack, port:A b:*");
	assert_int_equal(
		stage_mark_set_hold(&world->rig, NAME, &hold), STAGE_OK);
	memset(&hold, 1, sizeof(hold));
	assert_true(stage_mark_get_hold(&world->rig, NAME, &hold));
	assert_true(hold.until_ns == -1 && hold.level == 7);
	assert_string_equal(hold.text, "gave up: exit 100");
	assert_int_equal(stage_mark_set_text(&world->rig, NAME,
				 STAGE_MARK_ASKED, "a\nb\xff\tc"),
		STAGE_OK);
	assert_true(
		stage_mark_get_text(&world->rig, NAME, STAGE_MARK_ASKED, text));
	assert_string_equal(text, "a?b??c");
	stage_mark_clear(&world->rig, NAME, STAGE_MARK_ASKED);
	assert_false(
		stage_mark_get_text(&world->rig, NAME, STAGE_MARK_ASKED, text));
}

static void
malformed_marks_are_not_set(void **state)
{
	static const struct {
		const char *mark;
		const char *text;
	} cases[] = {
		{"process", ""},
		{"process", "\n"},
		{"process", "12"},
		{"process", "12 34 56"},
		{"process", "12 34\n"},
		{"process", "12 34 \n"},
		{"process", "0 34 56\n"},
		{"process", "-1 34 56\n"},
		{"process", "99999999999 34 56\n"},
		{"process", "12 99999999999999999999999 56\n"},
		{"process", "12 34 56x\n"},
		{"process", "12 34 5 6\n"},
		{"process", "12 34 99999999999999999999\n"},
		{"process", " 12 34 56\n"},
		{"process", "12 34 56\n\n"},
		{"process", "12x34 56\n"},
		{"wait", "x jack\n"},
		{"wait", "5 jack"},
		{"wait", "99999999999999999999 jack\n"},
		{"hold", "5\n"},
		{"hold", "5 x why\n"},
		{"hold", "5 0 why\n"},
		{"hold", "5 99999999999 why\n"},
		{"hold", "5 1 why"},
	};
	struct world *world = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_process process = {{1, 2}, 3};
		struct stage_wait wait = {.since_wall_ns = 4};
		struct stage_hold hold = {.until_ns = 5, .level = 6};
		char path[64];
		assert_int_equal(stage_format(path, sizeof(path),
					 "run/svc/x/%s", cases[i].mark),
			STAGE_OK);
		world_write(world, path, 0644, cases[i].text);
		assert_false(stage_mark_get_process(
			&world->rig, "x", STAGE_MARK_PROCESS, &process));
		assert_false(stage_mark_get_wait(&world->rig, "x", &wait));
		assert_false(stage_mark_get_hold(&world->rig, "x", &hold));
		assert_true(process.id.pid == 1 && process.id.start == 2 &&
			    process.since_ns == 3 && wait.since_wall_ns == 4 &&
			    hold.until_ns == 5 && hold.level == 6);
		assert_int_equal(unlink(world_path(world, "%s", path)), 0);
	}
	// Directories and pipes never hang a reader.
	assert_int_equal(mkdir(world_path(world, "run/svc/x/wait"), 0755), 0);
	assert_int_equal(mkfifo(world_path(world, "run/svc/x/hold"), 0644), 0);
	{
		struct stage_wait wait;
		struct stage_hold hold;
		assert_false(stage_mark_get_wait(&world->rig, "x", &wait));
		assert_false(stage_mark_get_hold(&world->rig, "x", &hold));
	}
}

static void
empty_words_are_words(void **state)
{
	struct world *world = *state;
	struct stage_wait wait = {3, "x"};
	struct stage_hold hold = {4, 1, "x"};

	world_write(world, "run/svc/x/wait", 0644, "3 \n");
	world_write(world, "run/svc/x/hold", 0644, "4 1 \n");
	assert_true(stage_mark_get_wait(&world->rig, "x", &wait));
	assert_string_equal(wait.text, "");
	assert_true(stage_mark_get_hold(&world->rig, "x", &hold));
	assert_string_equal(hold.text, "");
}

static void
long_words_are_cut_between_characters(void **state)
{
	struct world *world = *state;
	struct stage_wait wait = {.since_wall_ns = INT64_MAX};
	struct stage_hold hold = {.until_ns = INT64_MIN, .level = INT32_MAX};
	struct stage_wait again;
	char text[3000];
	char got[STAGE_MARK_WORDS_MAX];

	text[0] = 'a';
	for (size_t i = 1; i + 2 < sizeof(text); i += 2) {
		memcpy(text + i, "ö", 3);
	}
	assert_int_equal(stage_mark_prepare(&world->rig, "x", NULL), STAGE_OK);
	assert_int_equal(
		stage_mark_set_text(&world->rig, "x", STAGE_MARK_ASKED, text),
		STAGE_OK);
	assert_true(
		stage_mark_get_text(&world->rig, "x", STAGE_MARK_ASKED, got));
	assert_true(strlen(got) >= STAGE_MARK_WORDS_MAX - 3);
	assert_int_equal(stage_utf8_whole(got, strlen(got)), strlen(got));
	assert_null(strchr(got, '?'));
	memcpy(wait.text, text, sizeof(wait.text) - 1);
	memcpy(hold.text, text, sizeof(hold.text) - 1);
	assert_int_equal(
		stage_mark_set_wait(&world->rig, "x", &wait), STAGE_OK);
	assert_int_equal(
		stage_mark_set_hold(&world->rig, "x", &hold), STAGE_OK);
	assert_true(stage_mark_get_wait(&world->rig, "x", &again));
	assert_true(stage_mark_get_hold(&world->rig, "x", &hold));
	assert_true(hold.until_ns == INT64_MIN && hold.level == INT32_MAX);
	// What was read is written as it was.
	assert_int_equal(
		stage_mark_set_wait(&world->rig, "x", &again), STAGE_OK);
	assert_true(stage_mark_get_wait(&world->rig, "x", &wait));
	assert_string_equal(wait.text, again.text);
}

static void
readiness_ends_with_its_process(void **state)
{
	struct world *world = *state;
	struct stage_process ready = {.since_ns = 1};
	int fd;
	pid_t pid = world_start_child(&fd);

	assert_int_equal(stage_mark_prepare(&world->rig, "x", NULL), STAGE_OK);
	assert_int_equal(stage_proc_identify(pid, &ready.id), STAGE_OK);
	assert_int_equal(stage_mark_set_process(
				 &world->rig, "x", STAGE_MARK_READY, &ready),
		STAGE_OK);
	assert_true(stage_mark_is_ready(&world->rig, "x"));
	ready.id.start++; // another incarnation
	assert_int_equal(stage_mark_set_process(
				 &world->rig, "x", STAGE_MARK_READY, &ready),
		STAGE_OK);
	assert_false(stage_mark_is_ready(&world->rig, "x"));
	ready.id.start--;
	assert_int_equal(stage_mark_set_process(
				 &world->rig, "x", STAGE_MARK_READY, &ready),
		STAGE_OK);
	world_end_child(pid, fd);
	assert_false(stage_mark_is_ready(&world->rig, "x"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			nothing_is_set_at_first, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			what_is_set_is_read, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(malformed_marks_are_not_set,
			world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			empty_words_are_words, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			long_words_are_cut_between_characters, world_setup,
			world_teardown),
		cmocka_unit_test_setup_teardown(readiness_ends_with_its_process,
			world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
