/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/watch.h"

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
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/io.h"
#include "failing_alloc.h"
#include "helpers.h"
#include "no_watches.h"
#include "runit/control.h"

struct fixture {
	struct world world;
	struct stage_runit_watch *watch;
	char dir[STAGE_PATH_MAX]; // of the service
	struct stage_runit_seen seen;
	unsigned calls;
	unsigned notices;
	struct stage_err notice;
	bool must_destroy;
};

static void
on_seen(void *data, const struct stage_runit_seen *seen)
{
	struct fixture *f = data;

	f->calls++;
	f->seen = *seen;
	if (f->must_destroy) {
		stage_runit_watch_destroy(f->watch);
		stage_runit_watch_destroy(f->watch); // once more is nothing
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
		stage_runit_watch_destroy(f->watch);
		f->watch = NULL;
	}
}

static const struct stage_runit_watch_ops ops = {on_seen, on_notice};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	world_init(&f->world);
	snprintf(f->dir, sizeof(f->dir), "%s/a service", f->world.dir);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	no_watches_after(-1, 0);
	stage_runit_watch_destroy(f->watch);
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

static void
watch(struct fixture *f)
{
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(stage_runit_watch_create(&f->world.loop, f->dir, &ops,
				 f, &f->watch, &err),
		STAGE_OK);
	assert_int_equal(f->calls, 0);
	assert_false(stage_runit_watch_last(f->watch)->is_supervised);
	assert_true(run_until(&f->world, is_called, f));
}

static bool
is_running(void *data)
{
	const struct fixture *f = data;

	return f->seen.is_supervised && f->seen.has_status &&
	       f->seen.status.state == STAGE_RUNIT_RUN;
}

static bool
is_down(void *data)
{
	const struct fixture *f = data;

	return f->seen.is_supervised && f->seen.has_status &&
	       f->seen.status.state == STAGE_RUNIT_DOWN;
}

static bool
is_unsupervised(void *data)
{
	return !((struct fixture *)data)->seen.is_supervised;
}

static bool
is_statusless(void *data)
{
	return !((struct fixture *)data)->seen.has_status;
}

static void
expect(struct fixture *f, bool (*is_true)(void *data))
{
	assert_true(run_until(&f->world, is_true, f));
}

static void
control(const struct fixture *f, const char *letters)
{
	assert_int_equal(stage_runit_control(f->dir, letters, NULL), STAGE_OK);
}

static void
a_service_is_followed(void **state)
{
	struct fixture *f = *state;
	pid_t pid;

	make_service(f->dir, RUN_STAYS);
	watch(f);
	assert_false(f->seen.is_supervised);
	assert_false(f->seen.has_status);
	pid = start_runsv(&f->world, f->dir);
	expect(f, is_running);
	for (int i = 0; i < 2; i++) { // a second each: it died young
		pid_t before = f->seen.status.pid;
		control(f, "d");
		expect(f, is_down);
		assert_false(f->seen.status.wants_up);
		assert_int_equal(f->seen.status.pid, 0);
		control(f, "u");
		expect(f, is_running);
		assert_true(f->seen.status.wants_up);
		assert_int_not_equal(f->seen.status.pid, before);
		assert_true(stage_runit_status_equal(&f->seen.status,
			&stage_runit_watch_last(f->watch)->status));
	}
	end_runsv(pid);
	expect(f, is_unsupervised);
	assert_true(f->seen.has_status);
	assert_int_equal(f->notices, 0);
}

// Nothing changes in the directory then; the pipe tells.
// The status that a runsv writes first may be all that it ever does.
static void
a_service_that_is_to_stay_down_is_seen(void **state)
{
	struct fixture *f = *state;
	pid_t pid;

	make_service(f->dir, RUN_STAYS);
	write_file(in_world(&f->world, "a service/down"), "", 0644);
	watch(f);
	for (int i = 0; i < 20; i++) {
		pid = start_runsv(&f->world, f->dir);
		expect(f, is_down);
		end(pid, SIGKILL);
		expect(f, is_unsupervised);
	}
}

static void
finish_and_death_are_seen(void **state)
{
	struct fixture *f = *state;
	int64_t since_ns;
	pid_t pid;

	make_service(f->dir, RUN_STAYS);
	write_file(in_world(&f->world, "a service/finish"),
		"#!/bin/sh\nexec true\n", 0755);
	watch(f);
	pid = start_runsv(&f->world, f->dir);
	expect(f, is_running);
	since_ns = f->seen.status.since_wall_ns;
	assert_true(stage_clock_wall_ns() - since_ns < 60 * STAGE_NS_PER_S);
	assert_true(since_ns <= stage_clock_wall_ns());
	f->calls = 0;
	assert_int_equal(kill(f->seen.status.pid, SIGKILL), 0);
	while (f->seen.status.since_wall_ns == since_ns || !is_running(f)) {
		f->calls = 0;
		expect(f, is_called);
	}
	end_runsv(pid);
	expect(f, is_unsupervised);
}

static void
the_directory_may_come_last_and_go_first(void **state)
{
	struct fixture *f = *state;
	pid_t pid;

	watch(f);
	assert_false(f->seen.is_supervised);
	for (int i = 0; i < 3; i++) {
		make_service(f->dir, RUN_STAYS);
		pid = start_runsv(&f->world, f->dir);
		expect(f, is_running);
		remove_all(f->dir); // runsv lives on in what was removed
		expect(f, is_unsupervised);
		expect(f, is_statusless);
		end_runsv(pid);
	}
	make_service(f->dir, RUN_STAYS);
	pid = start_runsv(&f->world, f->dir);
	expect(f, is_running);
	remove_all(in_world(&f->world, "a service/supervise"));
	expect(f, is_unsupervised);
	end_runsv(pid);
	pid = start_runsv(&f->world, f->dir);
	expect(f, is_running);
	move(f->dir, in_world(&f->world, ".gone-1-a service"));
	expect(f, is_unsupervised);
	end_runsv(pid);
}

static void
supervise_may_be_a_link_that_dangles(void **state)
{
	struct fixture *f = *state;
	pid_t pid;

	make_service(f->dir, RUN_STAYS);
	make_dir(in_world(&f->world, "run"));
	make_link(in_world(&f->world, "run/supervise.a"),
		in_world(&f->world, "a service/supervise"));
	watch(f);
	for (int i = 0; i < 3; i++) {
		pid = start_runsv(&f->world, f->dir);
		expect(f, is_running);
		control(f, "d");
		expect(f, is_down);
		end_runsv(pid);
		expect(f, is_unsupervised);
		remove_all(in_world(&f->world, "run/supervise.a"));
		expect(f, is_statusless);
	}
}

static void
a_logger_is_a_service_too(void **state)
{
	struct fixture *f = *state;
	pid_t pid;

	make_service(f->dir, RUN_STAYS);
	make_service(
		in_world(&f->world, "a service/log"), "#!/bin/sh\nexec cat\n");
	pid = start_runsv(&f->world, f->dir);
	snprintf(f->dir, sizeof(f->dir), "%s/a service/log", f->world.dir);
	watch(f);
	expect(f, is_running);
	end_runsv(pid);
	expect(f, is_unsupervised);
}

static void
garbage_is_no_status(void **state)
{
	struct fixture *f = *state;

	make_dir(in_world(&f->world, "a service/supervise"));
	write_file(
		in_world(&f->world, "a service/supervise/status"), "x", 0644);
	write_file(
		in_world(&f->world, "a service/supervise/control"), "x", 0644);
	watch(f);
	assert_false(f->seen.is_supervised);
	assert_false(f->seen.has_status);
	assert_int_equal(f->notices, 0);
}

static void
nothing_new_is_not_told(void **state)
{
	struct fixture *f = *state;
	unsigned calls;
	pid_t pid;

	make_service(f->dir, RUN_STAYS);
	watch(f);
	pid = start_runsv(&f->world, f->dir);
	expect(f, is_running);
	run_quietly(&f->world, 50);
	calls = f->calls;
	write_file(in_world(&f->world, "a service/supervise/x"), "", 0644);
	write_file(in_world(&f->world, "a service/x"), "", 0644);
	run_quietly(&f->world, 50);
	assert_int_equal(f->calls, calls);
	end_runsv(pid);
}

static void
impossible_services_are_refused(void **state)
{
	struct fixture *f = *state;
	struct stage_err err = STAGE_ERR_INIT;
	char *path = malloc(STAGE_PATH_MAX);

	memset(path, 'x', STAGE_PATH_MAX);
	path[STAGE_PATH_MAX - 1] = '\0';
	assert_int_equal(stage_runit_watch_create(&f->world.loop, path, &ops, f,
				 &f->watch, &err),
		STAGE_TOO_LONG);
	assert_non_null(strstr(err.text, "too long"));
	assert_int_equal(stage_runit_watch_create(
				 &f->world.loop, "", &ops, f, &f->watch, &err),
		STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "without a path"));
	assert_null(f->watch);
	free(path);
	stage_runit_watch_destroy(NULL);
}

static void
it_may_be_destroyed_from_its_callbacks(void **state)
{
	static const struct stage_runit_watch_ops silent = {on_seen, NULL};
	struct fixture *f = *state;

	f->must_destroy = true;
	watch(f);
	assert_null(f->watch);
	assert_int_equal(f->calls, 1);
	no_watches_after(0, ENOSPC);
	f->calls = 0;
	assert_int_equal(stage_runit_watch_create(&f->world.loop, f->dir, &ops,
				 f, &f->watch, NULL),
		STAGE_OK);
	expect(f, is_noticed);
	assert_int_equal(f->calls, 0);
	assert_null(f->watch);
	f->must_destroy = false;
	assert_int_equal(stage_runit_watch_create(&f->world.loop, f->dir,
				 &silent, f, &f->watch, NULL),
		STAGE_OK);
	expect(f, is_called);
}

static void
without_watches_it_looks_once_a_second(void **state)
{
	struct fixture *f = *state;
	pid_t pid;

	no_watches_after(0, ENOSPC);
	make_service(f->dir, RUN_STAYS);
	watch(f);
	assert_int_equal(f->notices, 1);
	pid = start_runsv(&f->world, f->dir);
	expect(f, is_running);
	end_runsv(pid);
	expect(f, is_unsupervised);
	assert_int_equal(f->notices, 1);
}

// What is not known is not told: the last answer stands.
static void
without_descriptors_nothing_is_lost(void **state)
{
	struct fixture *f = *state;
	struct rlimit limit;
	struct rlimit less;
	pid_t pid;

	make_service(f->dir, RUN_STAYS);
	pid = start_runsv(&f->world, f->dir);
	watch(f);
	expect(f, is_running);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	less = limit;
	less.rlim_cur = 1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &less), 0);
	// the pipe is another one now, and cannot be opened
	remove_all(in_world(&f->world, "a service/supervise/control"));
	assert_int_equal(mkfifo(in_world(&f->world, "a service/supervise/"
						    "control"),
				 0600),
		0);
	expect(f, is_noticed);
	assert_true(f->seen.is_supervised);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	expect(f, is_unsupervised); // at the next second
	end_runsv(pid);
}

static enum stage_status
watch_a_service(void *user)
{
	struct fixture *f = user;
	enum stage_status status;

	f->calls = 0;
	f->notices = 0;
	f->seen = (struct stage_runit_seen){0};
	status = stage_runit_watch_create(
		&f->world.loop, f->dir, &ops, f, &f->watch, NULL);
	if (status == STAGE_OK) {
		expect(f, is_called);
		if (f->notices > 0) {
			status = f->notice.status;
		} else {
			expect(f, is_running);
		}
	}
	stage_runit_watch_destroy(f->watch);
	f->watch = NULL;
	uv_run(&f->world.loop, UV_RUN_NOWAIT);
	return status;
}

static void
each_allocation_may_fail(void **state)
{
	struct fixture *f = *state;
	pid_t pid;

	make_service(f->dir, RUN_STAYS);
	watch(f);
	pid = start_runsv(&f->world, f->dir);
	expect(f, is_running);
	stage_runit_watch_destroy(f->watch);
	f->watch = NULL;
	assert_true(failing_alloc_sweep(watch_a_service, f) > 8);
	end_runsv(pid);
}

#define TRIALS 40

struct times {
	double ms[TRIALS];
};

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
print_times(const char *what, struct times *times)
{
	qsort(times->ms, TRIALS, sizeof(times->ms[0]), compare);
	print_message("# %s: min %.1f, median %.1f, max %.1f ms\n", what,
		times->ms[0], times->ms[TRIALS / 2], times->ms[TRIALS - 1]);
}

static double
time_until(struct fixture *f, bool (*is_true)(void *data))
{
	int64_t start_ns = stage_clock_now_ns();

	expect(f, is_true);
	return (double)(stage_clock_now_ns() - start_ns) / STAGE_NS_PER_MS;
}

// For the reader only: nothing is asserted about how long it takes.
static void
times_are_printed(void **state)
{
	struct fixture *f = *state;
	struct times down;
	struct times up;
	struct times killed;
	pid_t pid;

	make_service(f->dir, RUN_STAYS);
	write_file(in_world(&f->world, "a service/down"), "", 0644);
	watch(f);
	for (int i = 0; i < TRIALS; i++) {
		pid = start_runsv(&f->world, f->dir);
		expect(f, is_down);
		control(f, "u");
		up.ms[i] = time_until(f, is_running);
		control(f, "d");
		down.ms[i] = time_until(f, is_down);
		assert_int_equal(kill(pid, SIGKILL), 0);
		killed.ms[i] = time_until(f, is_unsupervised);
		waitpid(pid, NULL, 0);
	}
	print_times("written d to seen down", &down);
	print_times("written u to seen run", &up);
	print_times("runsv killed to seen unsupervised", &killed);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_service_is_followed),
		TEST(a_service_that_is_to_stay_down_is_seen),
		TEST(finish_and_death_are_seen),
		TEST(the_directory_may_come_last_and_go_first),
		TEST(supervise_may_be_a_link_that_dangles),
		TEST(a_logger_is_a_service_too),
		TEST(garbage_is_no_status),
		TEST(nothing_new_is_not_told),
		TEST(impossible_services_are_refused),
		TEST(it_may_be_destroyed_from_its_callbacks),
		TEST(without_watches_it_looks_once_a_second),
		TEST(without_descriptors_nothing_is_lost),
		TEST(each_allocation_may_fail),
		TEST(times_are_printed),
	};

	return cmocka_run_group_tests_name("runit/watch", tests, NULL, NULL);
}
