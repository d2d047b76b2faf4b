/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/waker.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "failing_alloc.h"
#include "fake_runsvdir.h"
#include "helpers.h"
#include "runit/control.h"
#include "runit/scanner.h"

#define DEAF_NS STAGE_NS_PER_S         // how long runsvdir may be, after a look
#define SLACK_NS (2 * STAGE_NS_PER_MS) // a loop's clock has milliseconds
#define ASKED_MAX 16

struct fixture {
	struct world world;
	struct stage_runit_waker *waker;
	struct fake_runsvdir fake;
	unsigned asked;
	unsigned noticed_at; // what _noticed answers yes to, 0: nothing
	int64_t asked_ns[ASKED_MAX];
	bool has_fake;
};

// Takes what the last poke has told, so that no two of them fall together.
static bool
is_noticed(void *data)
{
	struct fixture *f = data;

	if (f->has_fake) {
		assert_int_equal(fake_heard(&f->fake), FAKE_HEARD_ALARM);
	}
	assert_true(f->asked < ASKED_MAX);
	f->asked_ns[f->asked++] = stage_clock_now_ns();
	return f->asked == f->noticed_at;
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	world_init(&f->world);
	assert_int_equal(stage_runit_waker_create(&f->world.loop, f->world.dir,
				 is_noticed, f, &f->waker),
		STAGE_OK);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	fake_end_all();
	stage_runit_waker_destroy(f->waker);
	world_finish(&f->world);
	free(f);
	return 0;
}

static void
start_fake(struct fixture *f, enum fake_alarm alarm, enum fake_log log)
{
	fake_start(&f->fake, "runsvdir", alarm, log);
	f->has_fake = true;
}

static void
end_fake(struct fixture *f)
{
	f->has_fake = false;
	fake_end(&f->fake);
}

static void
wake(struct fixture *f, pid_t pid)
{
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(stage_runit_waker_wake(f->waker, pid, &err), STAGE_OK);
	assert_int_equal(err.status, STAGE_OK);
}

static bool
is_at_rest(void *data)
{
	return uv_loop_alive(&((struct fixture *)data)->world.loop) == 0;
}

// Runs the loop until it has nothing more to do.
static void
run_dry(struct fixture *f)
{
	int64_t deadline_ns =
		stage_clock_now_ns() + DEADLINE_MS * STAGE_NS_PER_MS;

	while (!is_at_rest(f)) {
		uv_run(&f->world.loop, UV_RUN_ONCE);
		assert_true(stage_clock_until_ms(deadline_ns) > 0);
	}
}

static void
it_stops_when_it_is_noticed(void **state)
{
	struct fixture *f = *state;

	start_fake(f, FAKE_ALARM_CAUGHT, FAKE_LOG_NONE);
	assert_int_equal(stage_runit_waker_pokes(f->waker), 0);
	for (f->noticed_at = 1; f->noticed_at <= 3; f->noticed_at++) {
		f->asked = 0;
		wake(f, f->fake.pid);
		assert_int_equal(stage_runit_waker_pokes(f->waker), 1);
		run_dry(f);
		assert_int_equal(f->asked, f->noticed_at);
		assert_int_equal(
			stage_runit_waker_pokes(f->waker), f->noticed_at);
	}
	end_fake(f);
}

/* A runsvdir that has looked just before the first poke is deaf for a second.
 * After that second it is poked once more soon, and one last time. */
static void
it_goes_on_for_longer_than_one_is_deaf(void **state)
{
	struct fixture *f = *state;
	int64_t start_ns = stage_clock_now_ns();
	unsigned soon = 0;

	start_fake(f, FAKE_ALARM_CAUGHT, FAKE_LOG_NONE);
	wake(f, f->fake.pid);
	run_dry(f);
	// Not asked after the last poke: that one has to be taken here.
	assert_int_equal(stage_runit_waker_pokes(f->waker), f->asked + 1);
	assert_int_equal(fake_heard(&f->fake), FAKE_HEARD_ALARM);
	while (f->asked_ns[soon] - start_ns < DEAF_NS) {
		soon++;
		assert_true(soon < f->asked);
	}
	// A busy machine may have moved others out of that second, too.
	assert_true(f->asked - soon >= 2);
	assert_true(f->asked_ns[f->asked - 1] - f->asked_ns[f->asked - 2] >=
		    DEAF_NS - SLACK_NS);
	end_fake(f); // and it has heard no more
}

static void
another_call_begins_anew(void **state)
{
	struct fixture *f = *state;

	start_fake(f, FAKE_ALARM_CAUGHT, FAKE_LOG_NONE);
	for (int i = 0; i < 3; i++) {
		wake(f, f->fake.pid);
		assert_int_equal(stage_runit_waker_pokes(f->waker), 1);
		assert_int_equal(fake_heard(&f->fake), FAKE_HEARD_ALARM);
	}
	wake(f, f->fake.pid);
	f->noticed_at = 2;
	run_dry(f);
	assert_int_equal(stage_runit_waker_pokes(f->waker), 2);
	end_fake(f);
}

/* A loop whose clock was read long ago, because it has had much to do, makes no
 * wait shorter: all that time would be missing from the second. */
static void
a_late_loop_waits_as_long(void **state)
{
	struct fixture *f = *state;
	int64_t late_ns;
	int64_t woken_ns;

	start_fake(f, FAKE_ALARM_CAUGHT, FAKE_LOG_NONE);
	uv_update_time(&f->world.loop);
	late_ns = stage_clock_now_ns() + 300 * STAGE_NS_PER_MS;
	while (stage_clock_until_ms(late_ns) > 0) {
	}
	woken_ns = stage_clock_now_ns();
	wake(f, f->fake.pid);
	f->noticed_at = 1;
	run_dry(f);
	assert_true(
		f->asked_ns[0] - woken_ns >= 25 * STAGE_NS_PER_MS - SLACK_NS);
	end_fake(f);
}

static void
one_that_cannot_be_woken_is_let_alone(void **state)
{
	struct fixture *f = *state;

	start_fake(f, FAKE_ALARM_KILLS, FAKE_LOG_NONE);
	wake(f, f->fake.pid);
	assert_true(is_at_rest(f));
	assert_int_equal(stage_runit_waker_pokes(f->waker), 0);
	assert_int_equal(f->asked, 0);
	end_fake(f);
}

static void
none_is_an_error_and_stops_it(void **state)
{
	struct fixture *f = *state;
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(
		stage_runit_waker_wake(f->waker, getpid(), &err), STAGE_GONE);
	assert_non_null(strstr(err.text, "unable to wake runsvdir: process "));
	assert_true(is_at_rest(f));
	start_fake(f, FAKE_ALARM_CAUGHT, FAKE_LOG_NONE);
	wake(f, f->fake.pid);
	assert_false(is_at_rest(f));
	assert_int_equal(
		stage_runit_waker_wake(f->waker, -1, NULL), STAGE_BAD_INPUT);
	assert_true(is_at_rest(f)); // the former one, too
	assert_int_equal(fake_heard(&f->fake), FAKE_HEARD_ALARM);
	end_fake(f);
}

static void
it_stops_when_the_process_has_ended(void **state)
{
	struct fixture *f = *state;

	start_fake(f, FAKE_ALARM_CAUGHT, FAKE_LOG_NONE);
	wake(f, f->fake.pid);
	assert_int_equal(fake_heard(&f->fake), FAKE_HEARD_ALARM);
	end_fake(f);
	run_dry(f);
	assert_int_equal(f->asked, 1);
	assert_int_equal(stage_runit_waker_pokes(f->waker), 1);
}

static void
it_may_be_destroyed_at_work(void **state)
{
	struct fixture *f = *state;

	start_fake(f, FAKE_ALARM_CAUGHT, FAKE_LOG_NONE);
	wake(f, f->fake.pid);
	assert_int_equal(fake_heard(&f->fake), FAKE_HEARD_ALARM);
	stage_runit_waker_destroy(f->waker);
	f->waker = NULL;
	run_dry(f);
	assert_int_equal(f->asked, 0);
	end_fake(f);
	stage_runit_waker_destroy(NULL);
}

static enum stage_status
make_and_destroy(void *user)
{
	struct fixture *f = user;
	struct stage_runit_waker *waker = NULL;
	enum stage_status status = stage_runit_waker_create(
		&f->world.loop, "/tmp", is_noticed, f, &waker);

	stage_runit_waker_destroy(waker);
	run_dry(f);
	return status;
}

static void
each_allocation_may_fail(void **state)
{
	assert_int_equal(failing_alloc_sweep(make_and_destroy, *state), 2);
}

// What a waker is asked for when a service was added.
struct addition {
	struct fixture *f;
	char path[256];
};

static bool
is_supervised(void *data)
{
	return stage_runit_is_supervised(((struct addition *)data)->path);
}

static void
add_service(struct addition *addition, struct fixture *f, const char *name)
{
	addition->f = f;
	snprintf(addition->path, sizeof(addition->path), "%s/%s", f->world.dir,
		name);
	make_service(addition->path, RUN_STAYS);
}

/* The system's own looks every 5 s, and so mostly when the waker has given up
 * long since. Woken it takes a little more than a second at most; how fast it
 * is on a busy machine, is bench/'s to say. */
static void
the_systems_own_looks_when_woken(void **state)
{
	struct fixture *f = *state;
	const char *argv[] = {"runsvdir", f->world.dir, NULL};
	struct addition addition;
	struct stage_runit_waker *waker = NULL;
	const int rounds = 5;
	int by_waking = 0;
	pid_t pid;

	adopt_orphans();
	add_service(&addition, f, "first");
	pid = start(argv);
	assert_true(run_until(&f->world, is_supervised, &addition));
	if (!stage_runit_scanner_wakes_by_alarm(pid)) {
		end(pid, SIGHUP);
		end_orphans();
		skip(); // not Debian's
	}
	assert_int_equal(stage_runit_waker_create(&f->world.loop, f->world.dir,
				 is_supervised, &addition, &waker),
		STAGE_OK);
	for (int i = 0; i < rounds; i++) {
		char name[16];
		snprintf(name, sizeof(name), "s%d", i);
		add_service(&addition, f, name);
		assert_int_equal(
			stage_runit_waker_wake(waker, pid, NULL), STAGE_OK);
		assert_true(run_until(&f->world, is_supervised, &addition));
		by_waking += !is_at_rest(f);
	}
	stage_runit_waker_destroy(waker);
	end(pid, SIGHUP);
	end_orphans();
	assert_true(by_waking > 0); // more, but on a very busy machine
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			it_stops_when_it_is_noticed, setup, teardown),
		cmocka_unit_test_setup_teardown(
			it_goes_on_for_longer_than_one_is_deaf, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			another_call_begins_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_late_loop_waits_as_long, setup, teardown),
		cmocka_unit_test_setup_teardown(
			one_that_cannot_be_woken_is_let_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(
			none_is_an_error_and_stops_it, setup, teardown),
		cmocka_unit_test_setup_teardown(
			it_stops_when_the_process_has_ended, setup, teardown),
		cmocka_unit_test_setup_teardown(
			it_may_be_destroyed_at_work, setup, teardown),
		cmocka_unit_test_setup_teardown(
			each_allocation_may_fail, setup, teardown),
		cmocka_unit_test_setup_teardown(
			the_systems_own_looks_when_woken, setup, teardown),
	};

	return cmocka_run_group_tests_name("runit/waker", tests, NULL, NULL);
}
