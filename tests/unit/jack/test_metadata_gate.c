/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/metadata_gate.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "scratch.h"

#define USER 4711

static struct scratch scratch;

static int
set_up(void **state)
{
	(void)state;
	scratch_init(&scratch);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	scratch_finish(&scratch);
	return 0;
}

// As JACK2 has it when one has opened a client.
static void
make_database(void)
{
	assert_int_equal(
		mkdir(scratch_path(&scratch, "jack_db-4711"), 0700), 0);
	scratch_write(&scratch, "jack_db-4711/__db.001", "");
}

// Another process goes in and says so; *said: the end to read from. gate is
// this process's, which a program that was started has not.
static pid_t
start_another(int gate, int *said)
{
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int own;
		char word;

		close(gate);
		own = stage_jack_metadata_gate_enter(scratch.dir, USER);
		word = own >= 0 ? 'm' : 'j'; // it makes, or it joins
		_exit(write(ends[1], &word, 1) == 1 ? 0 : 1);
	}
	close(ends[1]);
	*said = ends[0];
	return pid;
}

static bool
has_said(int said, int wait_ms)
{
	struct pollfd poll_fd = {.fd = said, .events = POLLIN};

	return poll(&poll_fd, 1, wait_ms) == 1;
}

static char
end_another(pid_t pid, int said)
{
	char word = ' ';
	int status;

	assert_true(has_said(said, 10000));
	assert_int_equal(read(said, &word, 1), 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(said);
	return word;
}

static void
the_second_waits_until_it_is_made(void **state)
{
	int gate = stage_jack_metadata_gate_enter(scratch.dir, USER);
	int said;
	pid_t another = start_another(gate, &said);
	(void)state;

	assert_true(gate >= 0);
	assert_false(has_said(said, 50));
	make_database();
	stage_jack_metadata_gate_leave(gate);
	assert_int_equal(end_another(another, said), 'j');
}

// The first one could not, or it died.
static void
the_second_makes_what_the_first_did_not(void **state)
{
	int gate = stage_jack_metadata_gate_enter(scratch.dir, USER);
	int said;
	pid_t another = start_another(gate, &said);
	(void)state;

	assert_false(has_said(said, 50));
	stage_jack_metadata_gate_leave(gate);
	assert_int_equal(end_another(another, said), 'm');
}

static void
nobody_waits_for_one_that_is_there(void **state)
{
	(void)state;
	make_database();
	assert_int_equal(stage_jack_metadata_gate_enter(scratch.dir, USER), -1);
	assert_int_equal(stage_jack_metadata_gate_enter(scratch.dir, USER), -1);
	stage_jack_metadata_gate_leave(-1);
}

static void
a_directory_that_is_not_there(void **state)
{
	(void)state;
	assert_int_equal(
		stage_jack_metadata_gate_enter("/nonexistent/shm", USER), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_second_waits_until_it_is_made),
		TEST(the_second_makes_what_the_first_did_not),
		TEST(nobody_waits_for_one_that_is_there),
		TEST(a_directory_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
