/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/sandbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"
#include "web/drop.h"

static struct scratch scratch;

static int
set_up(void **state)
{
	(void)state;
	scratch_init(&scratch);
	assert_int_equal(mkdir(scratch_path(&scratch, "run"), 0755), 0);
	(void)scratch_write(&scratch, "run/socket", "x");
	(void)scratch_write(&scratch, "secret", "x");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	scratch_finish(&scratch);
	return 0;
}

static bool
can(const char *name, int flags)
{
	int fd = open(scratch_path(&scratch, name), flags, 0644);

	if (fd >= 0) {
		close(fd);
	}
	return fd >= 0;
}

static void
go_in(void)
{
	char run[SCRATCH_PATH_MAX];
	char state[SCRATCH_PATH_MAX];

	(void)snprintf(run, sizeof(run), "%s", scratch_path(&scratch, "run"));
	(void)snprintf(state, sizeof(state), "%s",
		scratch_path(&scratch, "rig/state/web"));
	stage_web_sandbox(run, state);
}

// The exit code is the first thing that is not as it should be; 0: none is.
static int
try_inside(void)
{
	char program[] = "/bin/true";
	char *words[] = {program, NULL};

	go_in();
	if (!can("run/socket", O_RDWR) || !can("run/new", O_CREAT | O_WRONLY) ||
		!can("rig/state/web/devices", O_CREAT | O_WRONLY)) {
		return 1;
	}
	(void)execv(program, words);
	if (errno != EPERM && errno != EACCES) {
		return 2;
	}
	if (can("secret", O_RDONLY) || can("secret", O_WRONLY) ||
		can("run/../secret", O_RDONLY)) {
		return 77; // this kernel has no landlock, or it does not hold
	}
	if (can("new", O_CREAT | O_WRONLY) ||
		can("rig/x", O_CREAT | O_WRONLY)) {
		return 3;
	}
	if (unlink(scratch_path(&scratch, "secret")) == 0 ||
		mkdir(scratch_path(&scratch, "more"), 0755) == 0 ||
		rename(scratch_path(&scratch, "run/socket"), "/tmp/stolen") ==
			0) {
		return 4;
	}
	return 0;
}

static int
run_child(int (*what)(void))
{
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		_exit(what());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
nothing_is_to_be_had_but_the_two_directories(void **state)
{
	int code = run_child(try_inside);
	(void)state;

	if (code == 77) {
		skip();
	}
	assert_int_equal(code, 0);
	assert_true(scratch_has(&scratch, "secret"));
}

// Who is not root, or has no such user, is who it was.
static int
try_drop(void)
{
	struct stage_err err = STAGE_ERR_INIT;
	uid_t uid = geteuid() == 0 ? 61234 : geteuid();
	char run[SCRATCH_PATH_MAX];

	(void)snprintf(run, sizeof(run), "%s", scratch_path(&scratch, "run"));
	if (geteuid() == 0 && setuid(uid) != 0) {
		return 1;
	}
	if (stage_web_drop(run, "/nowhere", false, &err) != STAGE_OK) {
		return 2;
	}
	return geteuid() == uid && getuid() == uid ? 0 : 3;
}

static void
who_is_not_root_stays_who_it_is(void **state)
{
	(void)state;
	assert_int_equal(run_child(try_drop), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_to_be_had_but_the_two_directories),
		TEST(who_is_not_root_stays_who_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
