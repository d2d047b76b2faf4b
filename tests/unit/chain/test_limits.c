/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // sched_getaffinity, RLIMIT_RTPRIO

#include "chain/limits.h"

#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "rig/env_dir.h"
#include "world.h"

static void
limits(void **state)
{
	static const struct {
		const char *text;
		bool ok;
	} cases[] = {
		{"core=0", true},
		{"nofile=100", true},
		{"rttime=200000", true},
		{"", false},
		{"core", false},
		{"core=", false},
		{"=0", false},
		{"core=-1", false},
		{"core=1k", false},
		{"core= 1", false},
		{"core=9223372036854775808", false},
		{"Core=0", false},
		{"cor=0", false},
		{"core=Unlimited", false},
	};
	struct rlimit limit;
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		enum stage_status status =
			stage_limits_set(cases[i].text, &err);
		assert_int_equal(
			status, cases[i].ok ? STAGE_OK : STAGE_BAD_INPUT);
		assert_int_equal(err.text[0] == '\0', cases[i].ok);
	}
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(limit.rlim_cur, 100);
	assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
	assert_int_equal(limit.rlim_cur, 0);
}

static void
raising_never_lowers(void **state)
{
	struct rlimit before;
	struct rlimit after;
	(void)state;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	stage_limits_raise();
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &after), 0);
	assert_true(after.rlim_cur >= before.rlim_cur);
	assert_true(
		after.rlim_max >= before.rlim_max || after.rlim_max >= 65536);
}

static void
cpus(void **state)
{
	static const struct {
		const char *text;
		enum stage_status status;
	} cases[] = {
		{"0", STAGE_OK},
		{"0-0", STAGE_OK},
		{"0,0-1,0", STAGE_OK},
		{"0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0",
			STAGE_OK},
		{"", STAGE_BAD_INPUT},
		{"0,,0", STAGE_BAD_INPUT},
		{"0,", STAGE_BAD_INPUT},
		{"x", STAGE_BAD_INPUT},
		{"0-x", STAGE_BAD_INPUT},
		{"1-0", STAGE_BAD_INPUT},
		{"-1", STAGE_BAD_INPUT},
		{"1024", STAGE_BAD_INPUT},
	};
	cpu_set_t before;
	cpu_set_t set;
	char text[400];
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_int_equal(stage_limits_set_cpus(cases[i].text, &err),
			cases[i].status);
	}
	memset(text, '0', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(stage_limits_set_cpus(text, &err), STAGE_BAD_INPUT);
	assert_int_equal(stage_limits_set_cpus("0", &err), STAGE_OK);
	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	assert_int_equal(CPU_COUNT(&set), 1);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
}

static void
scheduling(void **state)
{
	static const char *const bad[] = {"", "fifo", "fifo:", "fifo:0",
		"fifo:100", "rr:x", "FIFO:1", "other:1", "batch"};
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(bad); i++) {
		assert_int_equal(stage_limits_set_scheduling(bad[i], &err),
			STAGE_BAD_INPUT);
	}
	status = stage_limits_set_scheduling("rr:1", &err);
	assert_true(status == STAGE_OK || status == STAGE_DENIED);
	if (status == STAGE_OK) {
		assert_int_equal(sched_getscheduler(0), SCHED_RR);
	}
	assert_int_equal(stage_limits_set_scheduling("other", &err), STAGE_OK);
	assert_int_equal(sched_getscheduler(0), SCHED_OTHER);
}

static void
users(void **state)
{
	char name[300];
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(
		stage_limits_set_user("no-such-user", &err), STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "\"no-such-user\""));
	assert_int_equal(stage_limits_set_user("root:no-such-group", &err),
		STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "\"no-such-group\""));
	assert_int_equal(stage_limits_set_user("", &err), STAGE_NOT_FOUND);
	memset(name, 'x', sizeof(name) - 1); // as long a one is no other's
	memcpy(name, "root", 4);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(stage_limits_set_user(name, &err), STAGE_NOT_FOUND);
}

static void
an_environment_from_files(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;
	char path[STAGE_PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s", world_path(world, "env"));
	assert_int_equal(stage_env_dir_read(path, &err), STAGE_OK);
	setenv("T_EMPTY", "was set", 1);
	setenv("T_HIDDEN", "stays", 1);
	world_write(world, "env/T_ONE", 0644, "a b \t\nsecond line\n");
	world_write(world, "env/T_BARE", 0644, "no newline");
	world_write(world, "env/T_EMPTY", 0644, "");
	world_write(world, "env/T_BLANK", 0644, " \n");
	world_write(world, "env/.T_HIDDEN", 0644, "other");
	world_write(world, "env/T_ZERO", 0644, "a");
	fd = open(world_path(world, "env/T_ZERO"), O_WRONLY);
	assert_int_equal(write(fd, "x\0y\n", 4), 4);
	close(fd);
	assert_int_equal(stage_env_dir_read(path, &err), STAGE_OK);
	assert_string_equal(getenv("T_ONE"), "a b");
	assert_string_equal(getenv("T_BARE"), "no newline");
	assert_null(getenv("T_EMPTY"));
	assert_string_equal(getenv("T_BLANK"), "");
	assert_string_equal(getenv("T_ZERO"), "x\ny");
	assert_string_equal(getenv("T_HIDDEN"), "stays");
	world_write(world, "env/A=B", 0644, "x");
	assert_int_equal(stage_env_dir_read(path, &err), STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "A=B"));
	assert_int_equal(unlink(world_path(world, "env/A=B")), 0);
	assert_int_equal(mkdir(world_path(world, "env/DIR"), 0755), 0);
	assert_int_equal(stage_env_dir_read(path, &err), STAGE_BAD_INPUT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits),
		cmocka_unit_test(raising_never_lowers),
		cmocka_unit_test(cpus),
		cmocka_unit_test(scheduling),
		cmocka_unit_test(users),
		cmocka_unit_test_setup_teardown(
			an_environment_from_files, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
