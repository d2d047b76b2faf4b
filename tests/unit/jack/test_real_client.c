/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// The client against real servers; to be run in a sandbox.

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/clock.h"
#include "servers.h"
#include "survivor.h"

#define ROUNDS 8

static struct survivor owner;
static struct proc server;

static int
setup(void **state)
{
	(void)state;
	survivor_init(&owner);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	survivor_finish(&owner);
	proc_finish(&server);
	return 0;
}

static void
await(const unsigned *what, unsigned count)
{
	survivor_await(&owner, what, count);
}

static int
compare(const void *a, const void *b)
{
	const double *left = a;
	const double *right = b;

	return (*left > *right) - (*left < *right);
}

static void
print_times(const char *what, double *times_ms)
{
	qsort(times_ms, ROUNDS, sizeof(*times_ms), compare);
	print_message("# %s: ready to open, %d rounds: %.1f / %.1f / %.1f ms "
		      "(min, median, max)\n",
		what, ROUNDS, times_ms[0], times_ms[ROUNDS / 2],
		times_ms[ROUNDS - 1]);
}

static void
survive(bool is_ours, int signal_number, const char *what)
{
	double times_ms[ROUNDS];

	server_start(&server, is_ours, "default");
	await(&owner.opened, 1);
	await(&owner.ports, 2);
	for (unsigned i = 0; i < ROUNDS; i++) {
		int64_t ready_ns;
		proc_signal(&server, signal_number);
		await(&owner.lost, i + 1);
		assert_string_not_equal(owner.reason, "");
		proc_await_end(&server);
		server_start(&server, is_ours, "default");
		ready_ns = stage_clock_now_ns();
		await(&owner.opened, i + 2);
		await(&owner.ports, 2 * (i + 2));
		times_ms[i] = (double)(stage_clock_now_ns() - ready_ns) /
			      STAGE_NS_PER_MS;
	}
	assert_int_equal(owner.opened, ROUNDS + 1);
	assert_string_equal(owner.info.name, "survivor");
	assert_int_equal(owner.info.rate_hz, 48000);
	assert_int_equal(owner.info.period_frames, 256);
	assert_false(owner.info.is_pipewire);
	assert_int_equal(owner.lost, ROUNDS);
	print_times(what, times_ms);
}

static void
kill_9_of_jackd(void **state)
{
	(void)state;
	if (!proc_is_there("jackd")) {
		skip();
	}
	survive(false, SIGKILL, "jackd, kill -9");
}

static void
restart_of_jackd(void **state)
{
	(void)state;
	if (!proc_is_there("jackd")) {
		skip();
	}
	survive(false, SIGTERM, "jackd, TERM");
}

static void
kill_9_of_ours(void **state)
{
	(void)state;
	survive(true, SIGKILL, "stagecraft-jack, kill -9");
}

static void
restart_of_ours(void **state)
{
	(void)state;
	survive(true, SIGTERM, "stagecraft-jack, TERM");
}

static void
a_stopped_server_is_stalled_then_alive(void **state)
{
	(void)state;

	server_start(&server, true, "default");
	await(&owner.opened, 1);
	for (unsigned i = 0; i < 5; i++) {
		proc_signal(&server, SIGSTOP);
		await(&owner.stalled, i + 1);
		proc_signal(&server, SIGCONT);
		await(&owner.alive, i + 1);
	}
	assert_int_equal(owner.lost, 0);
}

static void
a_stopped_server_that_is_killed_is_lost(void **state)
{
	(void)state;

	server_start(&server, true, "default");
	await(&owner.opened, 1);
	proc_signal(&server, SIGSTOP);
	await(&owner.stalled, 1);
	proc_signal(&server, SIGKILL);
	await(&owner.lost, 1);
	proc_await_end(&server);
	server_start(&server, true, "default");
	await(&owner.opened, 2);
}

static void
another_servers_sign_is_none(void **state)
{
	struct proc other;
	(void)state;

	server_start(&other, true, "other");
	server_start(&server, true, "default");
	await(&owner.opened, 1);
	proc_signal(&other, SIGKILL);
	proc_await_end(&other);
	server_start(&other, true, "other");
	assert_int_equal(owner.lost, 0);
	proc_finish(&other);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(kill_9_of_jackd),
		TEST(restart_of_jackd),
		TEST(kill_9_of_ours),
		TEST(restart_of_ours),
		TEST(a_stopped_server_is_stalled_then_alive),
		TEST(a_stopped_server_that_is_killed_is_lost),
		TEST(another_servers_sign_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
