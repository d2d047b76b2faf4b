/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // setresuid

#include "runit/scanner.h"

#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/io.h"
#include "fake_runsvdir.h"
#include "helpers.h"
#include "runit/control.h"

#define UNTOUCHED 77 // as a way to wake: none of them
#define NOBODY 65534

static int
setup(void **state)
{
	struct world *world = malloc(sizeof(*world));

	world_init(world);
	*state = world;
	return 0;
}

static int
teardown(void **state)
{
	fake_end_all();
	world_finish(*state);
	free(*state);
	return 0;
}

static const struct {
	const char *text;
	enum stage_runit_scanner_kind kind;
} judged[] = {
	// Debian's, and upstream's
	{"Name:\trunsvdir\nUmask:\t0022\nState:\tS (sleeping)\n"
	 "SigBlk:\t0000000000010000\nSigIgn:\t0000000000000000\n"
	 "SigCgt:\t0000000000006001\nCapInh:\t0000000000000000\n",
		STAGE_RUNIT_SCANNER_HEARS},
	{"Name:\trunsvdir\nUmask:\t0022\nState:\tS (sleeping)\n"
	 "SigBlk:\t0000000000010000\nSigIgn:\t0000000000000000\n"
	 "SigCgt:\t0000000000004001\nCapInh:\t0000000000000000\n",
		STAGE_RUNIT_SCANNER_DEAF},
	// SIGALRM is bit 13, neither of its neighbours
	{"Name:\trunsvdir\nState:\tR\nSigCgt:\t2000\n",
		STAGE_RUNIT_SCANNER_HEARS},
	{"Name:\trunsvdir\nState:\tR\nSigCgt:\t1000\n",
		STAGE_RUNIT_SCANNER_DEAF},
	{"Name:\trunsvdir\nState:\tR\nSigCgt:\t4000\n",
		STAGE_RUNIT_SCANNER_DEAF},
	{"Name:\trunsvdir\nState:\tR\nSigCgt:\tffffffffffffdfff\n",
		STAGE_RUNIT_SCANNER_DEAF},
	{"Name:\trunsvdir\nState:\tR\nSigCgt:\tffffffffffffffff\n",
		STAGE_RUNIT_SCANNER_HEARS},
	// blocked or ignored is not caught
	{"Name:\trunsvdir\nState:\tR\nSigBlk:\t2000\nSigIgn:\t2000\n"
	 "SigCgt:\t0\n",
		STAGE_RUNIT_SCANNER_DEAF},
	// stopped ones hear when they go on
	{"Name:\trunsvdir\nState:\tT (stopped)\nSigCgt:\t2000\n",
		STAGE_RUNIT_SCANNER_HEARS},
	// dead
	{"Name:\trunsvdir\nState:\tZ (zombie)\nSigCgt:\t2000\n",
		STAGE_RUNIT_SCANNER_OTHER},
	{"Name:\trunsvdir\nState:\tX (dead)\nSigCgt:\t2000\n",
		STAGE_RUNIT_SCANNER_OTHER},
	{"Name:\trunsvdir\nState:\tx\nSigCgt:\t2000\n",
		STAGE_RUNIT_SCANNER_OTHER},
	// otherwise named
	{"Name:\trunsv\nState:\tR\nSigCgt:\t2000\n", STAGE_RUNIT_SCANNER_OTHER},
	{"Name:\trunsvdir2\nState:\tR\nSigCgt:\t2000\n",
		STAGE_RUNIT_SCANNER_OTHER},
	{"Name:\trunsvdir\\nName:\tx\nState:\tR\nSigCgt:\t2000\n",
		STAGE_RUNIT_SCANNER_OTHER},
	{"State:\tR\nName:\trunsvdir\nSigCgt:\t2000\n",
		STAGE_RUNIT_SCANNER_OTHER},
	// missing, empty, twice, thrice, malformed, cut off
	{"", STAGE_RUNIT_SCANNER_OTHER},
	{"Name:\trunsvdir", STAGE_RUNIT_SCANNER_OTHER},
	{"Name:\trunsvdir\n", STAGE_RUNIT_SCANNER_OTHER},
	{"Name:\trunsvdir\nSigCgt:\t2000\n", STAGE_RUNIT_SCANNER_OTHER},
	{"Name:\trunsvdir\nState:\tR\n", STAGE_RUNIT_SCANNER_OTHER},
	{"Name:\trunsvdir\nState:\t\nSigCgt:\t2000\n",
		STAGE_RUNIT_SCANNER_OTHER},
	{"Name:\trunsvdir\nState:\tR\nSigCgt:\t\n", STAGE_RUNIT_SCANNER_OTHER},
	{"Name:\trunsvdir\nState:\tR\nState:\tR\nSigCgt:\t2000\n",
		STAGE_RUNIT_SCANNER_OTHER},
	{"Name:\trunsvdir\nState:\tR\nSigCgt:\t2000\nSigCgt:\t2000\n",
		STAGE_RUNIT_SCANNER_OTHER},
	{"Name:\trunsvdir\nState:\tR\nSigCgt:\t2000\nSigCgt:\t2000\n"
	 "SigCgt:\t2000\n",
		STAGE_RUNIT_SCANNER_OTHER},
	{"Name:\trunsvdir\nState:\tR\nSigCgt:\t0x2000\n",
		STAGE_RUNIT_SCANNER_OTHER},
	{"Name:\trunsvdir\nState:\tR\nSigCgt:\t-2000\n",
		STAGE_RUNIT_SCANNER_OTHER},
	{"Name:\trunsvdir\nState:\tR\nSigCgt:\tF000\n",
		STAGE_RUNIT_SCANNER_OTHER},
	{"Name:\trunsvdir\nState:\tR\nSigCgt:\t2000 \n",
		STAGE_RUNIT_SCANNER_OTHER},
	{"Name:\trunsvdir\nState:\tR\nSigCgt:\t00000000000002000\n",
		STAGE_RUNIT_SCANNER_OTHER},
	{"Name:\trunsvdir\nState:\tR\nSigCgt:\t2000",
		STAGE_RUNIT_SCANNER_OTHER},
	{"Name:\trunsvdir\nState:\tR\nSigCgt: 2000\n",
		STAGE_RUNIT_SCANNER_OTHER},
	{"Name:\trunsvdir\nState:\tR\nsigCgt:\t2000\n",
		STAGE_RUNIT_SCANNER_OTHER},
};

static void
a_process_is_judged_by_its_status(void **state)
{
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(judged); i++) {
		// In memory of its own length: nothing is read beyond it.
		size_t len = strlen(judged[i].text);
		char *text = malloc(len + (len == 0));
		memcpy(text, judged[i].text, len);
		print_message("# row %zu\n", i);
		assert_int_equal(
			stage_runit_scanner_judge(text, len), judged[i].kind);
		free(text);
	}
}

// A zero byte is no digit, although it ends the text of all digits.
static void
zero_bytes_are_no_digits(void **state)
{
	static const char behind[] =
		"Name:\trunsvdir\nState:\tR\nSigCgt:\t2000\0\n";
	static const char alone[] = "Name:\trunsvdir\nState:\tR\nSigCgt:\t\0\n";
	(void)state;

	assert_int_equal(stage_runit_scanner_judge(behind, sizeof(behind) - 1),
		STAGE_RUNIT_SCANNER_OTHER);
	assert_int_equal(stage_runit_scanner_judge(alone, sizeof(alone) - 1),
		STAGE_RUNIT_SCANNER_OTHER);
}

static void
the_second_is_past_and_another_one(void **state)
{
	static const int64_t walls_ms[] = {
		0, 1, 1999, 1770000000000, 1770000000001, 1770000099999};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(walls_ms); i++) {
		int64_t wall_ns = walls_ms[i] * STAGE_NS_PER_MS;
		int64_t now_s = walls_ms[i] / 1000;
		int64_t seen_s = now_s;
		// However often within one millisecond.
		for (int round = 0; round < 5; round++) {
			int64_t past_s = stage_runit_scanner_past_second(
				wall_ns, seen_s);
			assert_int_not_equal(past_s, seen_s);
			assert_true(past_s <= now_s - 2);
			assert_true(past_s > now_s - 2 - 200000);
			seen_s = past_s;
		}
	}
	// A millisecond later it is another one: nothing has seen it yet.
	assert_int_not_equal(
		stage_runit_scanner_past_second(1770000000001000000, 0),
		stage_runit_scanner_past_second(1770000000002000000, 0));
}

static void
poke(const struct world *world, pid_t pid, enum stage_runit_poke expected)
{
	enum stage_runit_poke how = UNTOUCHED;
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(stage_runit_scanner_poke(pid, world->dir, &how, &err),
		STAGE_OK);
	assert_int_equal(how, expected);
	assert_int_equal(err.status, STAGE_OK);
}

static void
expect_gone(const struct world *world, pid_t pid)
{
	enum stage_runit_poke how = UNTOUCHED;
	struct stage_err err = STAGE_ERR_INIT;

	assert_false(stage_runit_scanner_wakes_by_alarm(pid));
	assert_int_equal(stage_runit_scanner_poke(pid, world->dir, &how, &err),
		STAGE_GONE);
	assert_int_equal(how, UNTOUCHED);
	assert_non_null(strstr(err.text, "unable to wake runsvdir: process "));
	assert_non_null(strstr(err.text, " is none"));
}

static time_t
directory_time(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mtim.tv_sec;
}

static void
one_that_hears_is_woken(void **state)
{
	struct world *world = *state;
	struct fake_runsvdir fake;
	time_t before = directory_time(world->dir);
	time_t first;

	fake_start(&fake, "runsvdir", FAKE_ALARM_CAUGHT, FAKE_LOG_NONE);
	assert_true(stage_runit_scanner_wakes_by_alarm(fake.pid));
	poke(world, fake.pid, STAGE_RUNIT_POKE_ALARM);
	assert_int_equal(fake_heard(&fake), FAKE_HEARD_ALARM);
	first = directory_time(world->dir);
	assert_true(first <= before - 2);
	poke(world, fake.pid, STAGE_RUNIT_POKE_ALARM);
	assert_int_equal(fake_heard(&fake), FAKE_HEARD_ALARM);
	assert_int_not_equal(directory_time(world->dir), first);
	fake_end(&fake);
}

static void
the_alarm_comes_before_the_log(void **state)
{
	struct fake_runsvdir fake;

	fake_start(&fake, "runsvdir", FAKE_ALARM_CAUGHT, FAKE_LOG_OWN);
	poke(*state, fake.pid, STAGE_RUNIT_POKE_ALARM);
	assert_int_equal(fake_heard(&fake), FAKE_HEARD_ALARM);
	fake_end(&fake);
}

static void
one_is_woken_whose_directory_is_gone(void **state)
{
	struct world *world = *state;
	struct fake_runsvdir fake;
	enum stage_runit_poke how = UNTOUCHED;

	fake_start(&fake, "runsvdir", FAKE_ALARM_CAUGHT, FAKE_LOG_NONE);
	assert_int_equal(stage_runit_scanner_poke(fake.pid,
				 in_world(world, "no such"), &how, NULL),
		STAGE_OK);
	assert_int_equal(how, STAGE_RUNIT_POKE_ALARM);
	assert_int_equal(fake_heard(&fake), FAKE_HEARD_ALARM);
	fake_end(&fake);
}

// fake_end holds that none was sent the signal: it would have died of it.
static void
deaf_ones_are_let_alone(void **state)
{
	static const struct {
		enum fake_alarm alarm;
		enum fake_log log;
	} rows[] = {
		{FAKE_ALARM_KILLS, FAKE_LOG_NONE},
		{FAKE_ALARM_IGNORED, FAKE_LOG_NONE},
		{FAKE_ALARM_KILLS, FAKE_LOG_SHARED},
		{FAKE_ALARM_KILLS, FAKE_LOG_CROSSED},
		{FAKE_ALARM_KILLS, FAKE_LOG_OWN_FULL},
	};
	struct world *world = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct fake_runsvdir fake;
		struct pollfd log = {.events = POLLIN};
		time_t before = directory_time(world->dir);

		print_message("# row %zu\n", i);
		fake_start(&fake, "runsvdir", rows[i].alarm, rows[i].log);
		assert_false(stage_runit_scanner_wakes_by_alarm(fake.pid));
		poke(world, fake.pid, STAGE_RUNIT_POKE_NONE);
		log.fd = fake.log_fd;
		poll(&log, 1, 0);
		assert_int_equal(log.revents & POLLIN, 0);
		if (rows[i].log != FAKE_LOG_OWN_FULL) {
			assert_int_equal(directory_time(world->dir), before);
		}
		fake_end(&fake);
	}
}

static void
one_with_a_log_is_woken_through_it(void **state)
{
	struct world *world = *state;
	struct fake_runsvdir fake;
	time_t before = directory_time(world->dir);

	fake_start(&fake, "runsvdir", FAKE_ALARM_KILLS, FAKE_LOG_OWN);
	assert_false(stage_runit_scanner_wakes_by_alarm(fake.pid));
	for (int i = 0; i < 3; i++) {
		poke(world, fake.pid, STAGE_RUNIT_POKE_LOG);
		assert_int_equal(fake_heard(&fake), FAKE_HEARD_LOG);
	}
	assert_true(directory_time(world->dir) <= before - 2);
	fake_end(&fake);
}

// Not even one that would not mind.
static void
others_are_sent_nothing(void **state)
{
	static const char *const names[] = {
		"runsv", "runsvdir2", "Runsvdir", " runsvdir", "sh"};

	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		struct fake_runsvdir fake;
		print_message("# %s\n", names[i]);
		fake_start(&fake, names[i], FAKE_ALARM_CAUGHT, FAKE_LOG_OWN);
		expect_gone(*state, fake.pid);
		fake_end(&fake);
	}
	expect_gone(*state, getpid());
}

static void
dead_ones_are_gone(void **state)
{
	struct fake_runsvdir fake;
	siginfo_t info;

	fake_start(&fake, "runsvdir", FAKE_ALARM_CAUGHT, FAKE_LOG_OWN);
	assert_int_equal(kill(fake.pid, SIGKILL), 0);
	assert_int_equal(
		waitid(P_PID, (id_t)fake.pid, &info, WEXITED | WNOWAIT), 0);
	expect_gone(*state, fake.pid); // a zombie
	fake_end_all();
	expect_gone(*state, fake.pid); // nothing at all
	close(fake.quit_fd);
	close(fake.told_fd);
	close(fake.log_fd);
}

// 0 and below would mean process groups.
static void
only_processes_are_woken(void **state)
{
	static const pid_t pids[] = {0, -1, -2, INT_MIN};
	struct world *world = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(pids); i++) {
		enum stage_runit_poke how = UNTOUCHED;
		struct stage_err err = STAGE_ERR_INIT;
		assert_false(stage_runit_scanner_wakes_by_alarm(pids[i]));
		assert_int_equal(stage_runit_scanner_poke(
					 pids[i], world->dir, &how, &err),
			STAGE_BAD_INPUT);
		assert_int_equal(how, UNTOUCHED);
		assert_non_null(strstr(err.text, "is no process"));
	}
}

static void
a_strangers_is_not_ours_to_wake(void **state)
{
	struct world *world = *state;
	struct fake_runsvdir hears;
	struct fake_runsvdir deaf;
	enum stage_runit_poke how = UNTOUCHED;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;

	if (getuid() != 0) {
		skip(); // without root there is no stranger to be
	}
	fake_start(&hears, "runsvdir", FAKE_ALARM_CAUGHT, FAKE_LOG_NONE);
	fake_start(&deaf, "runsvdir", FAKE_ALARM_KILLS, FAKE_LOG_OWN);
	assert_int_equal(setresuid(NOBODY, NOBODY, 0), 0);
	status = stage_runit_scanner_poke(hears.pid, world->dir, &how, &err);
	if (status == STAGE_DENIED) { // its descriptors cannot be looked at
		poke(world, deaf.pid, STAGE_RUNIT_POKE_NONE);
	}
	assert_int_equal(setresuid(0, 0, 0), 0);
	assert_int_equal(status, STAGE_DENIED);
	assert_int_equal(how, UNTOUCHED);
	assert_non_null(strstr(err.text, "unable to wake runsvdir, process "));
	fake_end(&deaf);
	fake_end(&hears);
}

struct supervised {
	struct world *world;
	const char *name;
};

static bool
is_supervised(void *data)
{
	const struct supervised *s = data;

	return stage_runit_is_supervised(in_world(s->world, "%s", s->name));
}

// Debian's catches SIGALRM, upstream's does not.
static bool
looks_like_debians(pid_t pid)
{
	struct stage_str text = {0};
	char path[64];
	bool is;

	snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
	assert_int_equal(
		stage_io_read_file(path, 65536, &text, NULL), STAGE_OK);
	is = strstr(stage_str_text(&text), "SigCgt:\t0000000000006001\n") !=
	     NULL;
	stage_str_finish(&text);
	return is;
}

static void
the_systems_own_is_known_and_survives(void **state)
{
	struct world *world = *state;
	struct supervised service = {world, "first"};
	const char *argv[] = {"runsvdir", world->dir, NULL};
	bool hears;
	pid_t pid;

	adopt_orphans();
	make_service(in_world(world, "first"), RUN_STAYS);
	pid = start(argv);
	assert_true(run_until(world, is_supervised, &service));
	hears = looks_like_debians(pid);
	assert_int_equal(stage_runit_scanner_wakes_by_alarm(pid), hears);
	poke(world, pid,
		hears ? STAGE_RUNIT_POKE_ALARM : STAGE_RUNIT_POKE_NONE);
	make_service(in_world(world, "second"), RUN_STAYS);
	service.name = "second"; // in 5 s at most, but not by a dead one
	assert_true(run_until(world, is_supervised, &service));
	end(pid, SIGHUP);
	end_orphans();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_is_judged_by_its_status),
		cmocka_unit_test(zero_bytes_are_no_digits),
		cmocka_unit_test(the_second_is_past_and_another_one),
		cmocka_unit_test_setup_teardown(
			one_that_hears_is_woken, setup, teardown),
		cmocka_unit_test_setup_teardown(
			the_alarm_comes_before_the_log, setup, teardown),
		cmocka_unit_test_setup_teardown(
			one_is_woken_whose_directory_is_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(
			deaf_ones_are_let_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(
			one_with_a_log_is_woken_through_it, setup, teardown),
		cmocka_unit_test_setup_teardown(
			others_are_sent_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(
			dead_ones_are_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(
			only_processes_are_woken, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_strangers_is_not_ours_to_wake, setup, teardown),
		cmocka_unit_test_setup_teardown(
			the_systems_own_is_known_and_survives, setup, teardown),
	};

	return cmocka_run_group_tests_name("runit/scanner", tests, NULL, NULL);
}
