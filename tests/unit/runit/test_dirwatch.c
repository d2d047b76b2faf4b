/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/dirwatch.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/str.h"
#include "failing_alloc.h"
#include "helpers.h"
#include "no_watches.h"

#define MANY 1000

struct fixture {
	struct world world;
	struct stage_runit_dirwatch *watch;
	char dir[STAGE_PATH_MAX]; // of the services
	struct stage_str story;   // "added a\n" for each change so far
	const char *wanted;       // in the story
	unsigned calls;
	unsigned counts[STAGE_RUNIT_CHANGE_KIND_COUNT];
	bool is_there;
	unsigned notices;
	struct stage_err notice;
	bool must_destroy;
};

static void
on_changed(void *data, bool is_there, const struct stage_runit_changes *changes)
{
	struct fixture *f = data;

	f->calls++;
	f->is_there = is_there;
	for (size_t i = 0; i < changes->count; i++) {
		f->counts[changes->items[i].kind]++;
		assert_int_equal(
			stage_str_addf(&f->story, "%s %s\n",
				stage_runit_change_word(changes->items[i].kind),
				changes->items[i].name),
			STAGE_OK);
	}
	if (f->must_destroy) {
		stage_runit_dirwatch_destroy(f->watch);
		stage_runit_dirwatch_destroy(f->watch); // nothing more
		f->watch = NULL;
	}
}

static void
on_notice(void *data, const struct stage_err *err)
{
	struct fixture *f = data;

	f->notices++;
	f->notice = *err;
	if (f->must_destroy) {
		stage_runit_dirwatch_destroy(f->watch);
		f->watch = NULL;
	}
}

static const struct stage_runit_dirwatch_ops ops = {on_changed, on_notice};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	world_init(&f->world);
	snprintf(f->dir, sizeof(f->dir), "%s/services", f->world.dir);
	make_dir(f->dir);
	make_dir(in_world(&f->world, "store"));
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	no_watches_after(-1, 0);
	stage_runit_dirwatch_destroy(f->watch);
	stage_str_finish(&f->story);
	world_finish(&f->world);
	free(f);
	return 0;
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

static bool
is_told(void *data)
{
	const struct fixture *f = data;

	return strstr(stage_str_text(&f->story), f->wanted) != NULL;
}

static void
forget(struct fixture *f)
{
	stage_str_clear(&f->story);
	memset(f->counts, 0, sizeof(f->counts));
	f->calls = 0;
}

static void
watch(struct fixture *f)
{
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(stage_runit_dirwatch_create(&f->world.loop, f->dir,
				 &ops, f, &f->watch, &err),
		STAGE_OK);
	assert_int_equal(f->calls, 0);
	assert_true(run_until(&f->world, is_called, f));
}

// Waits for this part of the story.
static void
hear(struct fixture *f, const char *wanted)
{
	f->wanted = wanted;
	if (!run_until(&f->world, is_told, f)) {
		fail_msg("\"%s\" is not in: %s", wanted,
			stage_str_text(&f->story));
	}
}

// Waits for this, and that nothing else is told with it or soon after it.
static void
hear_only(struct fixture *f, const char *wanted)
{
	hear(f, wanted);
	run_quietly(&f->world, 20);
	assert_string_equal(stage_str_text(&f->story), wanted);
	forget(f);
}

static void
hear_nothing(struct fixture *f)
{
	run_quietly(&f->world, 50);
	assert_string_equal(stage_str_text(&f->story), "");
}

static const char *
at(const struct fixture *f, const char *path)
{
	return in_world(&f->world, "%s", path);
}

static void
copy(const struct fixture *f, const char *from, const char *to)
{
	const char *argv[] = {"cp", "-r", at(f, from), at(f, to), NULL};

	end(start(argv), 0);
}

static void
what_is_there_is_told_first(void **state)
{
	struct fixture *f = *state;

	make_service(at(f, "services/b"), "x");
	make_service(at(f, "services/a"), "x");
	make_dir(at(f, "services/empty"));
	watch(f);
	assert_true(f->is_there);
	hear_only(f, "added a\nadded b\n");
	assert_int_equal(stage_runit_dirwatch_last(f->watch)->count, 3);
}

static void
an_empty_directory_is_told_too(void **state)
{
	struct fixture *f = *state;

	watch(f);
	assert_true(f->is_there);
	hear_nothing(f);
	assert_int_equal(f->calls, 1);
}

static void
moved_in_and_out(void **state)
{
	struct fixture *f = *state;

	watch(f);
	make_service(at(f, "store/a"), "x");
	for (int i = 0; i < 5; i++) {
		move(at(f, "store/a"), at(f, "services/a"));
		hear_only(f, "added a\n");
		move(at(f, "services/a"), at(f, "store/a"));
		hear_only(f, "removed a\n");
	}
}

// The directory comes first, its files later.
static void
copied_in(void **state)
{
	struct fixture *f = *state;

	watch(f);
	make_service(at(f, "store/a"), RUN_STAYS);
	make_dir(at(f, "store/a/env"));
	write_file(at(f, "store/a/env/X"), "x", 0644);
	make_service(at(f, "store/a/log"), RUN_STAYS);
	for (int i = 0; i < 5; i++) {
		copy(f, "store/a", "services/a");
		hear(f, "added a\n");
		run_quietly(&f->world, 20);
		assert_int_equal(f->counts[STAGE_RUNIT_ADDED], 1);
		assert_int_equal(f->counts[STAGE_RUNIT_REMOVED], 0);
		forget(f);
		remove_all(at(f, "services/a"));
		hear(f, "removed a\n");
		run_quietly(&f->world, 20);
		assert_int_equal(f->counts[STAGE_RUNIT_REMOVED], 1);
		assert_int_equal(f->counts[STAGE_RUNIT_ADDED], 0);
		forget(f);
	}
}

static void
a_directory_waits_for_its_run(void **state)
{
	struct fixture *f = *state;

	watch(f);
	make_dir(at(f, "services/a"));
	hear_nothing(f);
	write_file(at(f, "services/a/needs"), "jack\n", 0644);
	hear_nothing(f);
	write_file(at(f, "services/a/run"), "", 0755);
	hear_nothing(f);
	write_file(at(f, "services/a/run"), "x", 0644);
	hear_only(f, "added a\n");
	assert_int_equal(chmod(at(f, "services/a/run"), 0755), 0);
	hear_only(f, "touched a\n");
}

static void
linked_in_and_out(void **state)
{
	struct fixture *f = *state;

	watch(f);
	make_service(at(f, "store/a"), "x");
	make_service(at(f, "store/b"), "x");
	make_link("../store/a", at(f, "services/l"));
	hear_only(f, "added l\n");
	write_file(at(f, "store/a/run"), "more", 0755);
	hear_only(f, "touched l\n");
	make_link("../store/b", at(f, "services/.new"));
	move(at(f, "services/.new"), at(f, "services/l"));
	hear_only(f, "replaced l\n");
	write_file(at(f, "store/a/run"), "nobody minds", 0755);
	hear_nothing(f);
	write_file(at(f, "store/b/run"), "more", 0755);
	hear_only(f, "touched l\n");
	remove_all(at(f, "services/l"));
	hear_only(f, "removed l\n");
}

static void
disabled_and_enabled(void **state)
{
	struct fixture *f = *state;

	make_service(at(f, "services/a"), "x");
	watch(f);
	hear_only(f, "added a\n");
	move(at(f, "services/a"), at(f, "services/a.DISABLED"));
	hear_only(f, "removed a\n");
	write_file(at(f, "services/a.DISABLED/run"), "more", 0755);
	hear_nothing(f);
	move(at(f, "services/a.DISABLED"), at(f, "services/a"));
	hear_only(f, "added a\n");
	move(at(f, "services/a"), at(f, "services/.a"));
	hear_only(f, "removed a\n");
	move(at(f, "services/.a"), at(f, "services/b"));
	hear_only(f, "added b\n");
	move(at(f, "services/b"), at(f, "services/c"));
	hear_only(f, "removed b\nadded c\n");
}

static void
any_name_is_told_or_refused(void **state)
{
	struct fixture *f = *state;
	char name[256];

	watch(f);
	make_service(at(f, "services/my synth"), "x");
	hear_only(f, "added my synth\n");
	make_service(
		at(f, "services/t\xc3\xa9l\xc3\xa9 \xf0\x9f\x8e\xb9"), "x");
	hear_only(f, "added t\xc3\xa9l\xc3\xa9 \xf0\x9f\x8e\xb9\n");
	make_service(at(f, "services/-P"), "x");
	hear_only(f, "added -P\n");
	make_service(at(f, "services/a\nb"), "x");
	hear_only(f, "unusable a\nb\n");
	write_file(at(f, "services/a\nb/run"), "more", 0755);
	hear_nothing(f);
	memset(name, 'x', sizeof(name));
	name[201] = '\0';
	make_service(in_world(&f->world, "services/%s", name), "x");
	hear(f, "unusable xxx");
	forget(f);
	name[200] = '\0';
	make_service(in_world(&f->world, "services/%s", name), "x");
	hear(f, "added xxx");
	forget(f);
	remove_all(at(f, "services/a\nb"));
	hear_nothing(f);
	move(at(f, "services/my synth"), at(f, "services/your\tsynth"));
	hear_only(f, "removed my synth\nunusable your\tsynth\n");
}

static void
removed_and_made_again_at_once(void **state)
{
	struct fixture *f = *state;

	make_service(at(f, "services/a"), "x");
	watch(f);
	forget(f);
	for (int i = 0; i < 20; i++) {
		remove_all(at(f, "services/a"));
		make_service(at(f, "services/a"), "x");
		hear(f, " a\n"); // replaced; touched when all times are equal
		run_quietly(&f->world, 10);
		assert_int_equal(f->counts[STAGE_RUNIT_ADDED],
			f->counts[STAGE_RUNIT_REMOVED]);
		forget(f);
		// the new one is the one under watch
		write_file(at(f, "services/a/run"), "more", 0755);
		hear_only(f, "touched a\n");
	}
}

static void
swapped_with_another(void **state)
{
	struct fixture *f = *state;

	make_service(at(f, "services/a"), "x");
	make_service(at(f, "store/a"), "x");
	watch(f);
	forget(f);
	move(at(f, "services/a"), at(f, "store/old"));
	move(at(f, "store/a"), at(f, "services/a"));
	hear_only(f, "replaced a\n");
	write_file(at(f, "store/old/run"), "nobody minds", 0755);
	hear_nothing(f);
	write_file(at(f, "services/a/run"), "more", 0755);
	hear_only(f, "touched a\n");
}

// As vim does: the old file is renamed, and a new one written.
static void
an_editor_does_not_stop_a_service(void **state)
{
	struct fixture *f = *state;

	make_service(at(f, "services/a"), "x");
	watch(f);
	forget(f);
	move(at(f, "services/a/run"), at(f, "services/a/run~"));
	hear_only(f, "touched a\n");
	write_file(at(f, "services/a/run"), "more", 0755);
	hear_only(f, "touched a\n");
	remove_all(at(f, "services/a/run~"));
	hear_nothing(f);
}

static void
files_below_are_seen(void **state)
{
	struct fixture *f = *state;

	make_service(at(f, "services/a"), "x");
	make_dir(at(f, "services/a/env"));
	write_file(at(f, "services/a/env/X"), "1", 0644);
	watch(f);
	run_quietly(&f->world, 10);
	forget(f);
	write_file(at(f, "services/a/env/X"), "22", 0644);
	hear_only(f, "touched a\n");
	make_service(at(f, "services/a/log"), "x");
	hear(f, "touched a\n");
	run_quietly(&f->world, 20);
	forget(f);
	write_file(at(f, "services/a/log/run"), "more", 0755);
	hear_only(f, "touched a\n");
	remove_all(at(f, "services/a/env"));
	hear(f, "touched a\n");
	run_quietly(&f->world, 20);
	forget(f);
	make_dir(at(f, "services/a/env"));
	hear_only(f, "touched a\n");
	write_file(at(f, "services/a/env/X"), "333", 0644);
	hear_only(f, "touched a\n");
}

static bool
has_two(void *data)
{
	return ((struct fixture *)data)->counts[STAGE_RUNIT_ADDED] == 2;
}

// An ordinary runit directory: what runsv and svlogd write is no change.
static void
running_services_are_quiet(void **state)
{
	struct fixture *f = *state;
	pid_t pid;

	make_service(at(f, "services/a"), RUN_STAYS);
	make_service(at(f, "services/a/log"), "#!/bin/sh\nexec svlogd .\n");
	make_service(at(f, "services/b"), RUN_STAYS);
	watch(f);
	assert_true(run_until(&f->world, has_two, f));
	forget(f);
	pid = start_runsv(&f->world, at(f, "services/a"));
	hear_nothing(f);
	end_runsv(pid);
	hear_nothing(f);
}

static void
the_services_directory_itself_may_go_and_come(void **state)
{
	struct fixture *f = *state;

	make_service(at(f, "services/a"), "x");
	watch(f);
	forget(f);
	for (int i = 0; i < 3; i++) {
		remove_all(f->dir);
		hear(f, "removed a\n");
		run_quietly(&f->world, 10);
		assert_false(f->is_there);
		forget(f);
		make_service(at(f, "services/a"), "x");
		hear(f, "added a\n");
		assert_true(f->is_there);
		run_quietly(&f->world, 10);
		forget(f);
		write_file(at(f, "services/a/run"), "more", 0755);
		hear_only(f, "touched a\n");
	}
	make_service(at(f, "other/b"), "x");
	move(f->dir, at(f, "store/services"));
	move(at(f, "other"), f->dir);
	hear_only(f, "removed a\nadded b\n");
	make_service(at(f, "services/c"), "x");
	hear(f, "added c\n");
}

static void
the_services_directory_may_come_late(void **state)
{
	struct fixture *f = *state;

	remove_all(f->dir);
	watch(f);
	assert_false(f->is_there);
	make_service(at(f, "services/a"), "x");
	hear(f, "added a\n");
	assert_true(f->is_there);
}

static bool
has_many(void *data)
{
	const struct fixture *f = data;

	return f->counts[STAGE_RUNIT_ADDED] == MANY;
}

static bool
has_lost_many(void *data)
{
	const struct fixture *f = data;

	return f->counts[STAGE_RUNIT_REMOVED] == MANY;
}

static void
make_many(const struct fixture *f)
{
	for (int i = 0; i < MANY; i++) {
		make_service(in_world(&f->world, "services/s%d", i), "x");
	}
}

static void
a_thousand_at_once(void **state)
{
	struct fixture *f = *state;
	int64_t start_ns;

	watch(f);
	make_many(f);
	start_ns = stage_clock_now_ns();
	assert_true(run_until(&f->world, has_many, f));
	print_message("# 1000 directories reported in %.0f ms\n",
		(double)(stage_clock_now_ns() - start_ns) / STAGE_NS_PER_MS);
	run_quietly(&f->world, 50);
	forget(f);
	write_file(at(f, "services/s500/run"), "more", 0755);
	start_ns = stage_clock_now_ns();
	hear_only(f, "touched s500\n");
	print_message("# one of 1000 touched, reported in %.0f ms or less\n",
		(double)(stage_clock_now_ns() - start_ns) / STAGE_NS_PER_MS);
	remove_all(f->dir);
	assert_true(run_until(&f->world, has_lost_many, f));
	assert_int_equal(f->notices, 0);
}

// They are made while the watch runs, by another process.
static void
a_thousand_while_it_watches(void **state)
{
	struct fixture *f = *state;
	pid_t pid;

	make_many(f);
	snprintf(f->dir, sizeof(f->dir), "%s", at(f, "copies"));
	watch(f);
	const char *argv[] = {
		"cp", "-r", at(f, "services"), at(f, "copies"), NULL};
	pid = start(argv);
	assert_true(run_until(&f->world, has_many, f));
	end(pid, 0);
	run_quietly(&f->world, 50);
	assert_int_equal(f->counts[STAGE_RUNIT_ADDED], MANY);
	assert_int_equal(f->counts[STAGE_RUNIT_REMOVED], 0);
	assert_int_equal(f->counts[STAGE_RUNIT_REPLACED], 0);
}

/* So many events that the system drops some, without telling: the last change,
 * in another service, is among those that were dropped. */
static void
lost_events_lose_no_change(void **state)
{
	struct fixture *f = *state;
	char mode = 0;

	make_service(at(f, "services/busy"), "x");
	make_service(at(f, "services/calm"), "x");
	watch(f);
	run_quietly(&f->world, 10);
	forget(f);
	for (int i = 0; i < 7000; i++) { // two kinds: equal ones are merged
		mode = !mode;
		assert_int_equal(
			chmod(at(f, "services/busy/run"), mode ? 0755 : 0711),
			0);
		write_file(at(f, "services/busy/x"), "x", 0644);
	}
	write_file(at(f, "services/calm/run"), "more", 0755);
	hear(f, "touched calm\n");
}

static void
expect_refusal(struct fixture *f, int left, int errnum)
{
	make_service(at(f, "services/a"), "x");
	make_service(at(f, "services/b"), "x");
	no_watches_after(left, errnum);
	watch(f);
	hear(f, "added a\nadded b\n");
	assert_int_equal(f->notices, 1);
	assert_non_null(strstr(f->notice.text, "services"));
	assert_non_null(strstr(f->notice.text, "once a second"));
	forget(f);
	write_file(at(f, "services/b/run"), "more", 0755);
	hear_only(f, "touched b\n");
	make_service(at(f, "services/c"), "x");
	hear_only(f, "added c\n");
	assert_int_equal(f->notices, 1);
}

static void
no_watches_at_all(void **state)
{
	expect_refusal(*state, 0, ENOSPC);
}

static void
watches_for_some_services_only(void **state)
{
	struct fixture *f = *state;

	expect_refusal(f, 3, ENOSPC);
	no_watches_after(-1, 0);
	while (f->calls == 0) { // at once again, from the next second on
		write_file(at(f, "services/b/run"), "x", 0755);
		run_quietly(&f->world, 100);
		write_file(at(f, "services/b/run"), "xx", 0755);
		run_quietly(&f->world, 100);
	}
}

static void
a_directory_that_cannot_be_read_is_told(void **state)
{
	struct fixture *f = *state;

	if (geteuid() != 0) {
		skip();
	}
	assert_int_equal(chmod(f->world.dir, 0755), 0);
	make_service(at(f, "services/a"), "x");
	watch(f);
	forget(f);
	assert_int_equal(seteuid(65534), 0);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(f->dir, 0311), 0);
	assert_int_equal(seteuid(65534), 0);
	assert_true(run_until(&f->world, is_noticed, f));
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(f->notice.status, STAGE_DENIED);
	assert_string_equal(stage_str_text(&f->story), ""); // all as before
	assert_int_equal(chmod(f->dir, 0755), 0);
	make_service(at(f, "services/b"), "x");
	hear_only(f, "added b\n");
}

static void
impossible_paths_are_refused(void **state)
{
	struct fixture *f = *state;
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(stage_runit_dirwatch_create(
				 &f->world.loop, "", &ops, f, &f->watch, &err),
		STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "services directory"));
	assert_null(f->watch);
	stage_runit_dirwatch_destroy(NULL);
}

static void
it_may_be_destroyed_from_its_callbacks(void **state)
{
	static const struct stage_runit_dirwatch_ops silent = {
		on_changed, NULL};
	struct fixture *f = *state;

	make_service(at(f, "services/a"), "x");
	f->must_destroy = true;
	watch(f);
	assert_null(f->watch);
	for (int left = 0; left < 4; left += 2) { // the path's and a service's
		f->calls = 0;
		f->notices = 0;
		no_watches_after(left, ENOSPC);
		assert_int_equal(stage_runit_dirwatch_create(&f->world.loop,
					 f->dir, &ops, f, &f->watch, NULL),
			STAGE_OK);
		assert_true(run_until(&f->world, is_noticed, f));
		assert_int_equal(f->calls, 0);
		assert_null(f->watch);
	}
	f->must_destroy = false;
	assert_int_equal(stage_runit_dirwatch_create(&f->world.loop, f->dir,
				 &silent, f, &f->watch, NULL),
		STAGE_OK);
	assert_true(run_until(&f->world, is_called, f));
}

static enum stage_status
watch_services(void *user)
{
	struct fixture *f = user;
	enum stage_status status;

	forget(f);
	f->notices = 0;
	status = stage_runit_dirwatch_create(
		&f->world.loop, f->dir, &ops, f, &f->watch, NULL);
	if (status == STAGE_OK) {
		for (int i = 0; i < 10; i++) {
			uv_run(&f->world.loop, UV_RUN_NOWAIT);
		}
		status = f->notices > 0 ? f->notice.status : STAGE_OK;
	}
	stage_runit_dirwatch_destroy(f->watch);
	f->watch = NULL;
	uv_run(&f->world.loop, UV_RUN_NOWAIT);
	uv_run(&f->world.loop, UV_RUN_NOWAIT);
	return status;
}

static void
each_allocation_may_fail(void **state)
{
	struct fixture *f = *state;

	assert_int_equal( // not the test's own
		stage_str_append(&f->story, in_world(&f->world, "x"), 1),
		STAGE_OK);
	make_service(at(f, "services/a"), "x");
	make_service(at(f, "services/b"), "x");
	make_dir(at(f, "services/b/env"));
	make_dir(at(f, "services/a\nb"));
	assert_true(failing_alloc_sweep(watch_services, f) > 20);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_there_is_told_first),
		TEST(an_empty_directory_is_told_too),
		TEST(moved_in_and_out),
		TEST(copied_in),
		TEST(a_directory_waits_for_its_run),
		TEST(linked_in_and_out),
		TEST(disabled_and_enabled),
		TEST(any_name_is_told_or_refused),
		TEST(removed_and_made_again_at_once),
		TEST(swapped_with_another),
		TEST(an_editor_does_not_stop_a_service),
		TEST(files_below_are_seen),
		TEST(running_services_are_quiet),
		TEST(the_services_directory_itself_may_go_and_come),
		TEST(the_services_directory_may_come_late),
		TEST(a_thousand_at_once),
		TEST(a_thousand_while_it_watches),
		TEST(lost_events_lose_no_change),
		TEST(no_watches_at_all),
		TEST(watches_for_some_services_only),
		TEST(a_directory_that_cannot_be_read_is_told),
		TEST(impossible_paths_are_refused),
		TEST(it_may_be_destroyed_from_its_callbacks),
		TEST(each_allocation_may_fail),
	};

	return cmocka_run_group_tests_name("runit/dirwatch", tests, NULL, NULL);
}
