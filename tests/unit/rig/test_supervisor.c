/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "rig/await.h"
#include "rig/bring_up.h"
#include "rig/mark.h"
#include "world.h"

static void
the_lock_is_taken_and_let_go(void **state)
{
	struct world *world = *state;
	int fd;
	int other;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(stage_supervisor_lock(&world->rig, &fd, NULL),
			STAGE_OK);
		other = open(world_path(world, "run/lock"), O_RDWR);
		assert_int_equal(flock(other, LOCK_EX | LOCK_NB), -1);
		close(fd);
		assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
		close(other);
	}
}

// Sends ALRM to our parent until the pipe closes: its ten seconds in short.
STAGE_NORETURN static void
hurry(pid_t parent, int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (poll(&poll_fd, 1, 10) == 0) {
		kill(parent, SIGALRM);
	}
	_exit(0);
}

static void
a_lock_that_somebody_holds(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;
	pid_t parent = getpid();
	int fds[2];
	int held;
	int fd;
	pid_t pid;

	assert_int_equal(
		stage_supervisor_lock(&world->rig, &held, NULL), STAGE_OK);
	signal(SIGALRM, SIG_IGN);
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		close(fds[1]);
		hurry(parent, fds[0]);
	}
	assert_int_equal(
		stage_supervisor_lock(&world->rig, &fd, &err), STAGE_TIMEOUT);
	assert_non_null(strstr(err.text, "another stagecraft up or down"));
	close(fds[0]);
	world_end_child(pid, fds[1]);
	close(held);
	signal(SIGALRM, SIG_DFL);
}

static void
a_run_directory_that_cannot_be(void **state)
{
	struct world *world = *state;
	struct stage_rig rig = world->rig;
	struct stage_err err = STAGE_ERR_INIT;
	int fd;

	world_write(world, "file", 0644, "");
	snprintf(rig.run, sizeof(rig.run), "%s", world_path(world, "file/run"));
	assert_int_equal(stage_supervisor_lock(&rig, &fd, &err), STAGE_EXISTS);
	assert_int_equal(
		symlink("elsewhere", world_path(world, "run/lock")), 0);
	assert_int_not_equal(
		stage_supervisor_lock(&world->rig, &fd, &err), STAGE_OK);
	assert_false(world_has(world, "run/elsewhere"));
}

static void
a_runsvdir_is_started_once(void **state)
{
	struct world *world = *state;
	struct stage_proc_id id;
	struct stage_proc_id again;
	struct stage_err err = STAGE_ERR_INIT;
	bool started;

	// It tells what it got, and stays.
	world_write(world, "bin/runsvdir", 0755,
		"#!/bin/sh\n(echo \"$1 $2\"; echo $NOTIFY_SOCKET; "
		"echo $JACK_NO_START_SERVER; echo $STAGECRAFT_RUN) "
		">$STAGECRAFT_RUN/got.new\n"
		"mv $STAGECRAFT_RUN/got.new $STAGECRAFT_RUN/got\n"
		"exec tail -f /dev/null\n");
	setenv("PATH", world_path(world, "bin:/usr/bin:/bin"), 1);
	setenv("NOTIFY_SOCKET", "/not/for/services", 1);
	assert_false(stage_supervisor_find(&world->rig, &id));
	world_write(world, "run/tree/x", 0644, "");
	assert_int_equal(
		stage_supervisor_ensure(&world->rig, &started, &id, &err),
		STAGE_OK);
	assert_true(started);
	assert_true(stage_supervisor_find(&world->rig, &again));
	assert_int_equal(again.pid, id.pid);
	assert_int_equal(getsid(id.pid), id.pid);
	assert_int_equal(
		stage_supervisor_ensure(&world->rig, &started, &again, &err),
		STAGE_OK);
	assert_false(started);
	world_await(world, "run/got", true);
	{
		char want[3 * STAGE_PATH_MAX];
		snprintf(want, sizeof(want), "-P %s/tree\n\n1\n%s\n",
			world->rig.run, world->rig.run);
		assert_true(world_holds(world, "run/got", want));
	}
	assert_string_equal(getenv("NOTIFY_SOCKET"), "/not/for/services");
	kill(id.pid, SIGKILL);
	assert_int_equal(waitpid(id.pid, NULL, 0), id.pid);
	assert_false(stage_supervisor_find(&world->rig, &again));
	unsetenv("NOTIFY_SOCKET");
}

static void
no_runsvdir_at_all(void **state)
{
	struct world *world = *state;
	struct stage_proc_id id;
	struct stage_err err = STAGE_ERR_INIT;
	bool started;

	setenv("PATH", "/nowhere", 1);
	assert_int_equal(
		stage_supervisor_ensure(&world->rig, &started, &id, &err),
		STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "install the package runit"));
	assert_false(started);
	setenv("PATH", "/usr/bin:/bin", 1);
}

static enum stage_status
fill_well(const struct stage_rig *draft, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];

	stage_rig_path(draft, path, "services");
	return stage_io_make_dirs(path, err);
}

static void
what_is_no_rig_is_left_alone(void **state)
{
	struct world *world = *state;
	struct stage_rig rig = world->rig;
	struct stage_err err = STAGE_ERR_INIT;
	bool made = true;

	assert_int_equal(
		stage_rig_make(&rig, "minimal", fill_well, &made, &err),
		STAGE_OK);
	assert_false(made); // it is one already
	snprintf(rig.rig, sizeof(rig.rig), "%s", world_path(world, "mine"));
	world_write(world, "mine/letter", 0644, "dear");
	assert_int_equal(
		stage_rig_make(&rig, "minimal", fill_well, &made, &err),
		STAGE_EXISTS);
	assert_true(world_holds(world, "mine/letter", "dear"));
	assert_int_equal(unlink(world_path(world, "mine/letter")), 0);
	// Empty, but the model is not installed here: the directory stays.
	assert_int_equal(
		stage_rig_make(&rig, "no-such-model", fill_well, &made, &err),
		STAGE_NOT_FOUND);
	assert_false(made);
	assert_true(world_has(world, "mine"));
}

static bool
is_marked(void *user)
{
	struct world *world = user;

	return stage_mark_is_ready(&world->rig, "x");
}

static struct stage_strv
one_service(void)
{
	struct stage_strv names = {0};

	assert_int_equal(stage_strv_add(&names, "x"), STAGE_OK);
	return names;
}

static void
awaiting(void **state)
{
	struct world *world = *state;
	struct stage_strv names = one_service();
	struct stage_process self = {.since_ns = 1};
	struct stage_err err = STAGE_ERR_INIT;
	pid_t parent = getpid();
	pid_t pid;

	assert_int_equal(stage_await(&world->rig, &names,
				 stage_clock_now_ns() + 20 * STAGE_NS_PER_MS,
				 is_marked, world, &err),
		STAGE_TIMEOUT);
	assert_string_equal(err.text, "it took too long");
	assert_int_equal(stage_proc_identify(parent, &self.id), STAGE_OK);
	pid = fork();
	if (pid == 0) {
		_exit(stage_mark_prepare(&world->rig, "x", NULL) != STAGE_OK ||
			stage_mark_set_process(&world->rig, "x",
				STAGE_MARK_READY, &self) != STAGE_OK);
	}
	assert_int_equal(
		stage_await(&world->rig, &names, 0, is_marked, world, &err),
		STAGE_OK);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	// True already: nothing is waited for, however late it is.
	assert_int_equal(
		stage_await(&world->rig, &names, 1, is_marked, world, &err),
		STAGE_OK);
	stage_strv_finish(&names);
}

// Its handler is there by the first question.
static bool
raise_once(void *user)
{
	int *signum = user;

	if (*signum != 0) {
		raise(*signum);
	}
	*signum = 0;
	return false;
}

static void
awaiting_is_ended_by_a_signal(void **state)
{
	struct world *world = *state;
	struct stage_strv names = one_service();
	int signums[] = {SIGTERM, SIGINT};

	for (size_t i = 0; i < STAGE_COUNT_OF(signums); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(stage_await(&world->rig, &names, 0, raise_once,
					 &signums[i], &err),
			STAGE_GONE);
		assert_string_equal(err.text, "interrupted");
	}
	stage_strv_finish(&names);
}

int
main(void)
{
#define IN_A_WORLD(name)                                                       \
	cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		IN_A_WORLD(the_lock_is_taken_and_let_go),
		IN_A_WORLD(a_lock_that_somebody_holds),
		IN_A_WORLD(a_run_directory_that_cannot_be),
		IN_A_WORLD(a_runsvdir_is_started_once),
		IN_A_WORLD(no_runsvdir_at_all),
		IN_A_WORLD(what_is_no_rig_is_left_alone),
		IN_A_WORLD(awaiting),
		IN_A_WORLD(awaiting_is_ended_by_a_signal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
