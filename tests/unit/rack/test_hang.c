/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Plug-ins that hang, in a rack without JACK. */

#include "offline.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/clock.h"

#define PERIOD_NS (FRAMES * STAGE_NS_PER_S / RATE_HZ)

// A source in front of a plug-in that is sick.
static void
start_with(struct world *world, const char *sick)
{
	char text[128];

	scratch_write(&world->scratch, "rack", "out 1\nin 1\npatience 1s\n");
	scratch_write(&world->scratch, "10-source.slot",
		TEST "source\nset level 0.5\n");
	snprintf(text, sizeof(text), TEST "%s\n", sick);
	scratch_write(&world->scratch, "20-sick.slot", text);
	start(world);
	stage_rack_watchdog_watch(world->watchdog, PERIOD_NS);
	set_rate(world, RATE_HZ);
}

static bool
has_fault(struct world *world, const char *part)
{
	return strstr(slot_of(world, "sick")->fault, part) != NULL;
}

// As often as it hangs a value is set back before another one is made of it.
static void
hang_once(struct world *world, double how)
{
	set(world, "sick", "now", how);
	assert_true(is_near(cycle(world), 0.5F));
	assert_true(world->wire.current->was_rescued);
	assert_true(atomic_load(&slot_of(world, "sick")->link->is_hung));
	set(world, "sick", "now", 0);
	assert_true(stage_rack_tidy(world->rack));
}

static void
hang_twice(struct world *world, double how)
{
	start_with(world, "hang-run");
	assert_true(is_near(cycles(world), 0.5F));
	assert_int_equal(world->wire.current->count, 2);

	hang_once(world, how);
	assert_true(is_near(cycles(world), 0.5F));
	assert_string_equal(slot_of(world, "sick")->fault, "");
	assert_int_equal(world->wire.current->count, 2);

	hang_once(world, how);
	assert_true(is_near(cycles(world), 0.5F));
	assert_true(has_fault(world, "crashed or hung twice"));
	assert_int_equal(world->wire.current->count, 1);
}

static void
a_plugin_that_goes_in_circles_is_left(void **state)
{
	hang_twice(*state, 1);
}

static void
a_plugin_that_waits_for_ever_is_left(void **state)
{
	hang_twice(*state, 2);
}

static void
one_that_hangs_at_once_again_is_left_out(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;

	start_with(world, "hang-run");
	(void)cycles(world);
	set(world, "sick", "now", 1);
	assert_true(is_near(cycle(world), 0.5F));
	assert_true(stage_rack_tidy(world->rack));
	assert_true(has_fault(world, "does not come back from being loaded"));
	assert_true(is_near(cycles(world), 0.5F));
	set(world, "sick", "now", 0);
	assert_int_equal(
		stage_rack_revive(world->rack, slot_of(world, "sick"), &err),
		STAGE_OK);
	assert_true(is_near(cycles(world), 0.5F));
	assert_int_equal(world->wire.current->count, 2);
}

static void *
play(void *arg)
{
	(void)cycle(arg);
	return NULL;
}

// As a thread that is cancelled in there, with its server.
static void *
end_inside(void *arg)
{
	struct world *world = arg;

	stage_rack_rescue_introduce(&world->wire.rescue);
	stage_rack_rescue_enter(
		&world->wire.rescue, world->rack->slots[1]->page.bytes);
	return NULL;
}

static void
the_next_thread_is_rescued_where_one_ended_inside(void **state)
{
	struct world *world = *state;
	pthread_t thread;

	start_with(world, "hang-run");
	(void)cycles(world);
	assert_int_equal(pthread_create(&thread, NULL, end_inside, world), 0);
	pthread_join(thread, NULL);
	(void)cycle(world);
	assert_int_equal(atomic_load(&world->wire.rescue.turn) % 2, 0);
	hang_once(world, 1);
}

static int64_t
spent_by(pthread_t thread)
{
	clockid_t clock;
	struct timespec now = {0};

	assert_int_equal(pthread_getcpuclockid(thread, &clock), 0);
	assert_int_equal(clock_gettime(clock, &now), 0);
	return now.tv_sec * STAGE_NS_PER_S + now.tv_nsec;
}

static void
nobody_is_condemned_while_time_is_free(void **state)
{
	struct world *world = *state;
	pthread_t thread;

	start_with(world, "hang-run");
	(void)cycles(world);
	atomic_store(&world->wire.rescue.is_freewheeling, true);
	set(world, "sick", "now", 1);
	assert_int_equal(pthread_create(&thread, NULL, play, world), 0);
	while (spent_by(thread) < 300 * STAGE_NS_PER_MS) {
		assert_false(
			atomic_load(&world->rack->slots[1]->link->is_hung));
	}
	atomic_store(&world->wire.rescue.is_freewheeling, false);
	pthread_join(thread, NULL);
	assert_true(atomic_load(&world->rack->slots[1]->link->is_hung));
}

// In a process of its own, which has no thread but this one at first.
static void
hang_without_signals(struct world *world)
{
	struct stage_err err = STAGE_ERR_INIT;
	sigset_t signals;

	signal(SIGABRT, SIG_DFL);
	if (stage_rack_watchdog_create(
		    &world->wire.rescue, &world->watchdog, &err) != STAGE_OK) {
		_exit(EXIT_FAILURE);
	}
	start_with(world, "hang-run");
	(void)cycles(world);
	sigemptyset(&signals);
	sigaddset(&signals, STAGE_RACK_RESCUE_SIGNAL);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	set(world, "sick", "now", 1);
	(void)cycle(world);
	_exit(EXIT_FAILURE);
}

static void
one_that_no_signal_gets_out_ends_the_process(void **state)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		hang_without_signals(*state);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

static const char *const loading[] = {"hang-instantiate", "hang-activate"};

static void
one_that_never_loads_lets_the_others_play(void **state)
{
	struct world *world = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(loading); i++) {
		start_with(world, loading[i]);
		assert_true(is_near(cycles(world), 0.5F));
		assert_int_equal(world->wire.current->count, 1);
		assert_true(has_fault(
			world, "does not come back from being loaded"));
		stop(world);
	}
}

static void
one_that_hangs_when_saved_plays_on_and_is_kept(void **state)
{
	struct world *world = *state;

	start_with(world, "hang-save");
	assert_true(is_near(cycles(world), 0.5F));
	set(world, "sick", "now", 0.25);
	assert_true(stage_rack_save(world->rack));
	set(world, "sick", "now", 0.125);
	assert_true(stage_rack_save(world->rack)); // it is not asked again
	assert_true(is_near(cycles(world), 0.5F));
	assert_int_equal(world->wire.current->count, 2);
	assert_non_null(strstr(slot_of(world, "sick")->note, "does not say"));
	stop(world);
	unlink(scratch_path(&world->scratch, "pages/sick.page"));
	start(world);
	assert_true(stage_rack_page_get(&slot_of(world, "sick")->page, 0) ==
		    0.125F);
}

static void
one_that_hangs_at_work_keeps_nobody_waiting(void **state)
{
	struct world *world = *state;
	int64_t until_ns = stage_clock_now_ns() + 60 * STAGE_NS_PER_S;
	float heard = 0;

	scratch_write(&world->scratch, "30-work.slot", TEST "worker\n");
	start_with(world, "hang-work");
	(void)cycles(world);
	set(world, "sick", "now", 1);
	(void)cycle(world);
	set(world, "work", "ask", 1);
	while (heard == 0 && stage_clock_now_ns() < until_ns) {
		heard = cycle(world);
	}
	assert_true(heard > 0); // the other worker has answered
	unlink(scratch_path(&world->scratch, "20-sick.slot"));
	stage_rack_reload(world->rack);
	(void)cycles(world);
	assert_int_equal(world->wire.current->count, 2);
	assert_int_equal(world->rack->shop.left_count, 1);
}

static void
one_that_hangs_at_its_end_is_left_behind(void **state)
{
	struct world *world = *state;

	start_with(world, "hang-cleanup");
	(void)cycles(world);
	unlink(scratch_path(&world->scratch, "20-sick.slot"));
	stage_rack_reload(world->rack);
	assert_true(is_near(cycles(world), 0.5F));
	assert_int_equal(world->wire.current->count, 1);
	assert_int_equal(world->rack->shop.left_count, 1);
}

static void
one_that_hangs_when_restored_is_left_out(void **state)
{
	struct world *world = *state;

	start_with(world, "hang-restore");
	assert_true(is_near(cycles(world), 0.5F));
	assert_int_equal(world->wire.current->count, 2);
	set(world, "sick", "now", 0.25);
	assert_true(stage_rack_save(world->rack));
	stop(world);
	start(world);
	set_rate(world, RATE_HZ);
	assert_true(is_near(cycles(world), 0.5F));
	assert_int_equal(world->wire.current->count, 1);
	assert_true(has_fault(world, "does not come back from being loaded"));
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_plugin_that_goes_in_circles_is_left),
		TEST(a_plugin_that_waits_for_ever_is_left),
		TEST(nobody_is_condemned_while_time_is_free),
		TEST(the_next_thread_is_rescued_where_one_ended_inside),
		TEST(one_that_no_signal_gets_out_ends_the_process),
		TEST(one_that_never_loads_lets_the_others_play),
		TEST(one_that_hangs_when_saved_plays_on_and_is_kept),
		TEST(one_that_hangs_at_work_keeps_nobody_waiting),
		TEST(one_that_hangs_at_its_end_is_left_behind),
		TEST(one_that_hangs_when_restored_is_left_out),
		// It goes in circles until the end of all of them.
		TEST(one_that_hangs_at_once_again_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
