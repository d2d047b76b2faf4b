/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// To be run in an IPC namespace of its own.

#define _XOPEN_SOURCE 700

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "jack/registry_lock.h"

#define KEY 0x282929

static int
remove_semaphore(void **state)
{
	int id = semget(KEY, 0, 0);
	(void)state;

	if (id >= 0) {
		semctl(id, 0, IPC_RMID);
	}
	return 0;
}

static int
value(void)
{
	return semctl(semget(KEY, 0, 0), 0, GETVAL);
}

static void
is_made_when_it_is_not_there(void **state)
{
	struct stage_jack_lock lock;
	(void)state;

	assert_int_equal(stage_jack_lock_take(&lock, 100, NULL), STAGE_OK);
	assert_int_equal(value(), 0);
	stage_jack_lock_release(&lock);
	assert_int_equal(value(), 1);
	assert_int_equal(stage_jack_lock_take(&lock, 100, NULL), STAGE_OK);
	stage_jack_lock_release(&lock);
	assert_int_equal(value(), 1);
}

// A child that holds the lock until it is killed.
static pid_t
hold_in_child(void)
{
	struct stage_jack_lock lock;
	int fds[2];
	char byte;
	pid_t child;

	assert_int_equal(pipe(fds), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (stage_jack_lock_take(&lock, 1000, NULL) != STAGE_OK ||
			write(fds[1], "x", 1) != 1) {
			_exit(1);
		}
		for (;;) {
			pause();
		}
	}
	assert_int_equal(read(fds[0], &byte, 1), 1);
	close(fds[0]);
	close(fds[1]);
	return child;
}

static void
waiting_is_bounded(void **state)
{
	pid_t child = hold_in_child();
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_jack_lock lock;
	int64_t before_ns = stage_clock_now_ns();
	(void)state;

	assert_int_equal(stage_jack_lock_take(&lock, 50, &err), STAGE_TIMEOUT);
	assert_non_null(strstr(err.text, "50 ms"));
	assert_true(stage_clock_now_ns() - before_ns >= 50 * STAGE_NS_PER_MS);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	// the kernel gave it back
	assert_int_equal(stage_jack_lock_take(&lock, 1000, &err), STAGE_OK);
	stage_jack_lock_release(&lock);
	assert_int_equal(value(), 1);
}

static void
one_that_never_got_its_value_is_put_right(void **state)
{
	struct stage_jack_lock lock;
	(void)state;

	assert_true(semget(KEY, 1, IPC_CREAT | IPC_EXCL | 0666) >= 0);
	assert_int_equal(value(), 0);
	assert_int_equal(stage_jack_lock_take(&lock, 20, NULL), STAGE_OK);
	assert_int_equal(value(), 0);
	stage_jack_lock_release(&lock);
	assert_int_equal(value(), 1);
}

static void
a_semaphore_that_goes_meanwhile_is_an_error(void **state)
{
	pid_t holder = hold_in_child();
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_jack_lock lock;
	pid_t remover;
	(void)state;

	remover = fork();
	assert_true(remover >= 0);
	if (remover == 0) {
		int id = semget(KEY, 0, 0);
		while (semctl(id, 0, GETNCNT) == 0) {
			continue; // until our parent waits
		}
		remove_semaphore(NULL);
		_exit(0);
	}
	assert_int_not_equal(stage_jack_lock_take(&lock, 5000, &err), STAGE_OK);
	assert_non_null(strstr(err.text, "unable to lock"));
	waitpid(remover, NULL, 0);
	kill(holder, SIGKILL);
	waitpid(holder, NULL, 0);
}

int
main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(                                       \
		name, remove_semaphore, remove_semaphore)
	const struct CMUnitTest tests[] = {
		TEST(is_made_when_it_is_not_there),
		TEST(waiting_is_bounded),
		TEST(one_that_never_got_its_value_is_put_right),
		TEST(a_semaphore_that_goes_meanwhile_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
