/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/pathwatch.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "base/str.h"
#include "failing_alloc.h"
#include "helpers.h"
#include "no_watches.h"
#include "runit/slot.h"

// A watched path and what was said about it. It looks for a file in it, so that
// a missed event shows as a condition that never becomes true.
struct fixture {
	struct world world;
	struct stage_runit_pathwatch *watch;
	char path[STAGE_PATH_MAX];
	char looked_for[STAGE_PATH_MAX];
	bool is_there; // at the last call
	unsigned calls;
	unsigned path_calls;
	unsigned notices;
	struct stage_err notice;
	enum stage_status fall_back; // to be said in each call
	bool must_destroy;
};

static void
on_changed(void *data, bool is_path)
{
	struct fixture *fixture = data;

	fixture->calls++;
	fixture->path_calls += is_path;
	fixture->is_there = access(fixture->looked_for, F_OK) == 0;
	if (fixture->fall_back != STAGE_OK) {
		stage_runit_pathwatch_fall_back(
			fixture->watch, "something", fixture->fall_back);
	}
	if (fixture->must_destroy) {
		stage_runit_pathwatch_destroy(fixture->watch);
		fixture->watch = NULL;
	}
}

static void
on_notice(void *data, const struct stage_err *err)
{
	struct fixture *fixture = data;

	fixture->notices++;
	fixture->notice = *err;
}

static const struct stage_runit_pathwatch_ops ops = {on_changed, on_notice};

static bool
is_there(void *data)
{
	return ((struct fixture *)data)->is_there;
}

static bool
is_gone(void *data)
{
	return !((struct fixture *)data)->is_there;
}

static bool
is_called(void *data)
{
	return ((struct fixture *)data)->calls > 0;
}

static bool
is_noticed(void *data)
{
	return ((struct fixture *)data)->notices > 0;
}

static int
setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	world_init(&fixture->world);
	*state = fixture;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *fixture = *state;

	no_watches_after(-1, 0);
	stage_runit_pathwatch_destroy(fixture->watch);
	world_finish(&fixture->world);
	free(fixture);
	return 0;
}

// Watches DIR/PATH and looks for DIR/PATH/file.
static void
watch(struct fixture *fixture, const char *path)
{
	snprintf(fixture->path, sizeof(fixture->path), "%s",
		in_world(&fixture->world, "%s", path));
	snprintf(fixture->looked_for, sizeof(fixture->looked_for), "%s",
		in_world(&fixture->world, "%s/file", path));
	assert_int_equal(stage_runit_pathwatch_create(&fixture->world.loop,
				 fixture->path, &ops, fixture, &fixture->watch),
		STAGE_OK);
	assert_int_equal(fixture->calls, 0); // never from inside a call
	assert_true(run_until(&fixture->world, is_called, fixture));
	assert_int_equal(fixture->path_calls, fixture->calls);
}

static void
touch(const struct fixture *fixture, const char *path)
{
	write_file(in_world(&fixture->world, "%s", path), "x", 0644);
}

static void
expect_there(struct fixture *fixture)
{
	assert_true(run_until(&fixture->world, is_there, fixture));
}

static void
expect_gone(struct fixture *fixture)
{
	assert_true(run_until(&fixture->world, is_gone, fixture));
}

static void
a_directory_is_seen_to_come_go_and_come(void **state)
{
	struct fixture *f = *state;

	watch(f, "d");
	for (int i = 0; i < 10; i++) {
		make_dir(f->path);
		touch(f, "d/file");
		expect_there(f);
		remove_all(f->looked_for);
		expect_gone(f);
		touch(f, "d/file");
		expect_there(f);
		remove_all(f->path);
		expect_gone(f);
	}
	assert_int_equal(f->notices, 0);
}

static void
a_long_way_up_is_no_matter(void **state)
{
	struct fixture *f = *state;

	watch(f, "a/b/c/d");
	for (int i = 0; i < 5; i++) {
		make_dir(in_world(&f->world, "a/b"));
		run_quietly(&f->world, 5);
		make_dir(f->path);
		touch(f, "a/b/c/d/file");
		expect_there(f);
		remove_all(in_world(&f->world, "a"));
		expect_gone(f);
	}
}

static void
a_swapped_directory_is_seen(void **state)
{
	struct fixture *f = *state;

	make_dir(in_world(&f->world, "d"));
	make_dir(in_world(&f->world, "other"));
	touch(f, "other/file");
	watch(f, "d");
	assert_false(f->is_there);
	for (int i = 0; i < 5; i++) {
		move(in_world(&f->world, "d"), in_world(&f->world, "away"));
		move(in_world(&f->world, "other"), in_world(&f->world, "d"));
		expect_there(f);
		move(in_world(&f->world, "d"), in_world(&f->world, "other"));
		move(in_world(&f->world, "away"), in_world(&f->world, "d"));
		expect_gone(f);
	}
	touch(f, "d/file"); // it is this one that is watched again
	expect_there(f);
}

static void
links_are_followed_when_they_dangle_and_change(void **state)
{
	struct fixture *f = *state;

	make_dir(in_world(&f->world, "far"));
	make_link("far/target", in_world(&f->world, "d"));
	watch(f, "d");
	make_dir(in_world(&f->world, "far/target"));
	touch(f, "far/target/file");
	expect_there(f);
	remove_all(in_world(&f->world, "far/target"));
	expect_gone(f);
	make_dir(in_world(&f->world, "near"));
	touch(f, "near/file");
	remove_all(in_world(&f->world, "d"));
	make_link(in_world(&f->world, "near"), in_world(&f->world, "d"));
	expect_there(f);
	remove_all(in_world(&f->world, "near/file"));
	expect_gone(f);
	// a link over a link, relative, whose way is missing too
	remove_all(in_world(&f->world, "d"));
	make_link("x/y", in_world(&f->world, "d"));
	make_link("far/deep", in_world(&f->world, "x"));
	run_quietly(&f->world, 5);
	make_dir(in_world(&f->world, "far/deep/y"));
	touch(f, "far/deep/y/file");
	expect_there(f);
}

static void
odd_things_in_place_of_the_directory_are_survived(void **state)
{
	struct fixture *f = *state;
	char long_target[STAGE_PATH_MAX];

	make_link("d", in_world(&f->world, "d")); // to itself
	watch(f, "d");
	remove_all(in_world(&f->world, "d"));
	touch(f, "d");
	run_quietly(&f->world, 5);
	remove_all(in_world(&f->world, "d"));
	memset(long_target, 'x', sizeof(long_target));
	long_target[4090] = '\0';
	make_link(long_target, in_world(&f->world, "d"));
	run_quietly(&f->world, 5);
	remove_all(in_world(&f->world, "d"));
	make_dir(f->path);
	touch(f, "d/file");
	expect_there(f);
}

static void
events_are_gathered(void **state)
{
	struct fixture *f = *state;
	unsigned calls;

	make_dir(in_world(&f->world, "d"));
	watch(f, "d");
	run_quietly(&f->world, 20);
	calls = f->calls;
	for (int i = 0; i < 100; i++) {
		touch(f, "d/other");
		touch(f, "d/file");
	}
	expect_there(f);
	run_quietly(&f->world, 20);
	assert_true(f->calls - calls <= 3);
	calls = f->calls;
	run_quietly(&f->world, 20);
	assert_int_equal(f->calls, calls); // nothing happens by itself
}

static void
a_poke_is_no_event(void **state)
{
	struct fixture *f = *state;
	unsigned path_calls;

	make_dir(in_world(&f->world, "d"));
	watch(f, "d");
	run_quietly(&f->world, 20);
	path_calls = f->path_calls;
	f->calls = 0;
	stage_runit_pathwatch_poke(f->watch);
	assert_true(run_until(&f->world, is_called, f));
	assert_int_equal(f->path_calls, path_calls);
}

static void
slashes_at_the_end_are_nothing(void **state)
{
	struct fixture *f = *state;

	watch(f, "d//");
	make_dir(in_world(&f->world, "d"));
	touch(f, "d/file");
	expect_there(f);
}

static void
relative_paths_work(void **state)
{
	struct fixture *f = *state;
	char *before = getcwd(NULL, 0);

	assert_int_equal(chdir(f->world.dir), 0);
	strcpy(f->looked_for, "d/file");
	assert_int_equal(stage_runit_pathwatch_create(
				 &f->world.loop, "d", &ops, f, &f->watch),
		STAGE_OK);
	assert_true(run_until(&f->world, is_called, f));
	make_dir("d");
	touch(f, "d/file");
	expect_there(f);
	remove_all("d");
	expect_gone(f);
	assert_int_equal(chdir(before), 0);
	free(before);
}

static void
a_lost_working_directory_is_survived(void **state)
{
	struct fixture *f = *state;
	char *before = getcwd(NULL, 0);

	make_dir(in_world(&f->world, "cwd"));
	assert_int_equal(chdir(in_world(&f->world, "cwd")), 0);
	remove_all(in_world(&f->world, "cwd"));
	assert_int_equal(stage_runit_pathwatch_create(
				 &f->world.loop, "d", &ops, f, &f->watch),
		STAGE_OK);
	assert_true(run_until(&f->world, is_called, f));
	assert_int_equal(chdir(before), 0);
	free(before);
}

static void
impossible_paths_are_refused(void **state)
{
	struct fixture *f = *state;
	char *path = malloc(STAGE_PATH_MAX + 1);

	memset(path, 'x', STAGE_PATH_MAX);
	path[STAGE_PATH_MAX] = '\0';
	assert_int_equal(stage_runit_pathwatch_create(
				 &f->world.loop, path, &ops, f, &f->watch),
		STAGE_TOO_LONG);
	assert_int_equal(stage_runit_pathwatch_create(
				 &f->world.loop, "", &ops, f, &f->watch),
		STAGE_BAD_INPUT);
	assert_null(f->watch);
	free(path);
	stage_runit_pathwatch_destroy(NULL);
	stage_runit_slot_destroy(NULL);
}

// It says so once, and looks once a second.
static void
expect_fall_back(struct fixture *f, int left, int errnum, const char *words)
{
	make_dir(in_world(&f->world, "d"));
	no_watches_after(left, errnum);
	watch(f, "d");
	assert_int_equal(f->notices, 1);
	assert_non_null(strstr(f->notice.text, f->path));
	assert_non_null(strstr(f->notice.text, "once a second"));
	assert_non_null(strstr(f->notice.text, words));
	touch(f, "d/file");
	expect_there(f);
	assert_int_equal(f->notices, 1);
}

static void
it_takes_to_watching_again(void **state)
{
	struct fixture *f = *state;
	unsigned calls;

	expect_fall_back(f, 0, ENOSPC, "");
	no_watches_after(-1, 0);
	calls = f->calls;
	while (f->calls == calls) { // the next second
		uv_run(&f->world.loop, UV_RUN_ONCE);
	}
	calls = f->path_calls;
	run_quietly(&f->world, STAGE_RUNIT_RESCAN_MS + 200);
	assert_int_equal(f->path_calls, calls); // the timer is off
	remove_all(f->looked_for);
	expect_gone(f);
}

static void
no_watches_left_falls_back_to_looking(void **state)
{
	expect_fall_back(*state, 0, ENOSPC, "max_user_watches");
}

static void
one_watch_left_falls_back_too(void **state)
{
	expect_fall_back(*state, 1, ENOSPC, "max_user_watches");
}

static void
other_refusals_fall_back_too(void **state)
{
	expect_fall_back(*state, 0, EPERM, "permission denied");
}

// As when each directory goes at the moment when it is to be watched.
static void
what_always_vanishes_falls_back_too(void **state)
{
	expect_fall_back(*state, 0, ENOENT, "no such thing");
}

static void
the_user_may_fall_back(void **state)
{
	struct fixture *f = *state;
	unsigned calls;

	make_dir(in_world(&f->world, "d"));
	f->fall_back = STAGE_FULL;
	watch(f, "d");
	assert_int_equal(f->notices, 1);
	assert_non_null(strstr(f->notice.text, "something"));
	for (int i = 0; i < 2; i++) { // by the timer alone
		calls = f->calls;
		while (f->calls == calls) {
			uv_run(&f->world.loop, UV_RUN_ONCE);
		}
	}
	f->fall_back = STAGE_OK;
	f->calls = 0;
	assert_true(run_until(&f->world, is_called, f));
	calls = f->calls;
	run_quietly(&f->world, STAGE_RUNIT_RESCAN_MS + 200);
	assert_int_equal(f->calls, calls);
	assert_int_equal(f->notices, 1);
}

static void
destroy_from_notice(void *data, const struct stage_err *err)
{
	struct fixture *f = data;

	on_notice(f, err);
	stage_runit_pathwatch_destroy(f->watch);
	f->watch = NULL;
}

static void
it_may_be_destroyed_from_its_callbacks(void **state)
{
	static const struct stage_runit_pathwatch_ops destroying = {
		on_changed, destroy_from_notice};
	static const struct stage_runit_pathwatch_ops silent = {
		on_changed, NULL};
	struct fixture *f = *state;

	f->must_destroy = true;
	watch(f, "d");
	assert_null(f->watch);
	no_watches_after(0, ENOSPC);
	f->calls = 0;
	assert_int_equal(stage_runit_pathwatch_create(&f->world.loop, f->path,
				 &destroying, f, &f->watch),
		STAGE_OK);
	assert_true(run_until(&f->world, is_noticed, f));
	assert_null(f->watch);
	assert_int_equal(f->calls, 0);
	assert_int_equal(stage_runit_pathwatch_create(&f->world.loop, f->path,
				 &silent, f, &f->watch),
		STAGE_OK);
	assert_true(run_until(&f->world, is_called, f));
}

static enum stage_status
create_and_destroy(void *user)
{
	struct fixture *f = user;
	struct stage_runit_pathwatch *watch = NULL;
	enum stage_status status = stage_runit_pathwatch_create(
		&f->world.loop, f->path, &ops, f, &watch);

	f->notices = 0;
	f->calls = 0;
	if (status == STAGE_OK) {
		assert_true(run_until(&f->world, is_called, f));
		status = f->notices > 0 ? f->notice.status : STAGE_OK;
	}
	stage_runit_pathwatch_destroy(watch);
	uv_run(&f->world.loop, UV_RUN_NOWAIT);
	return status;
}

static void
each_allocation_may_fail(void **state)
{
	struct fixture *f = *state;

	snprintf(f->path, sizeof(f->path), "%s/d", f->world.dir);
	assert_true(failing_alloc_sweep_tolerant(create_and_destroy, f) > 5);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_directory_is_seen_to_come_go_and_come),
		TEST(a_long_way_up_is_no_matter),
		TEST(a_swapped_directory_is_seen),
		TEST(links_are_followed_when_they_dangle_and_change),
		TEST(odd_things_in_place_of_the_directory_are_survived),
		TEST(events_are_gathered),
		TEST(a_poke_is_no_event),
		TEST(slashes_at_the_end_are_nothing),
		TEST(relative_paths_work),
		TEST(a_lost_working_directory_is_survived),
		TEST(impossible_paths_are_refused),
		TEST(it_takes_to_watching_again),
		TEST(no_watches_left_falls_back_to_looking),
		TEST(one_watch_left_falls_back_too),
		TEST(other_refusals_fall_back_too),
		TEST(what_always_vanishes_falls_back_too),
		TEST(the_user_may_fall_back),
		TEST(it_may_be_destroyed_from_its_callbacks),
		TEST(each_allocation_may_fail),
	};

	return cmocka_run_group_tests_name(
		"runit/pathwatch", tests, NULL, NULL);
}
