/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // pipe2

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/notify.h"
#include "base/str.h"
#include "scratch.h"

static int
setup(void **state)
{
	static struct scratch scratch;

	scratch_init(&scratch);
	*state = &scratch;
	unsetenv("NOTIFY_SOCKET");
	unsetenv("STAGECRAFT_READY_FD");
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

static int
teardown(void **state)
{
	scratch_finish(*state);
	return 0;
}

// Binds a datagram socket and names it in NOTIFY_SOCKET; '@' means abstract.
static int
listen_at(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t len = strlen(path);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0 && len < sizeof(address.sun_path));
	memcpy(address.sun_path, path, len);
	if (path[0] == '@') {
		address.sun_path[0] = '\0';
	}
	assert_int_equal(
		bind(fd, (const struct sockaddr *)&address,
			(socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				    len + (path[0] == '@' ? 0 : 1))),
		0);
	assert_int_equal(setenv("NOTIFY_SOCKET", path, 1), 0);
	return fd;
}

static void
heard_is(int fd, const char *expected)
{
	char text[256];
	ssize_t len = read(fd, text, sizeof(text) - 1);

	assert_true(len >= 0);
	text[len] = '\0';
	assert_string_equal(text, expected);
}

static int
open_ready_pipe(int ends[2])
{
	char number[16];

	assert_int_equal(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
	snprintf(number, sizeof(number), "%d", ends[1]);
	return setenv("STAGECRAFT_READY_FD", number, 1);
}

static void
nobody_asks(void **state)
{
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(stage_notify_ready(&err), STAGE_OK);
	assert_int_equal(stage_notify_send("STATUS=x", &err), STAGE_OK);
	setenv("NOTIFY_SOCKET", "", 1);
	setenv("STAGECRAFT_READY_FD", "", 1);
	assert_int_equal(stage_notify_ready(&err), STAGE_OK);
	assert_string_equal(err.text, "");
}

static void
both_ways_are_told(void **state)
{
	int fd = listen_at(scratch_path(*state, "notify"));
	int ends[2];

	assert_int_equal(open_ready_pipe(ends), 0);
	assert_int_equal(stage_notify_ready(NULL), STAGE_OK);
	heard_is(fd, "READY=1");
	heard_is(ends[0], "\n");
	heard_is(ends[0], ""); // closed behind it
	assert_int_equal(fcntl(ends[1], F_GETFD), -1);
	assert_int_equal(stage_notify_send("STOPPING=1", NULL), STAGE_OK);
	heard_is(fd, "STOPPING=1");
	close(ends[0]);
	close(fd);
}

static void
abstract_sockets(void **state)
{
	char name[64];
	int fd;
	(void)state;

	snprintf(name, sizeof(name), "@stage-test-%ld", (long)getpid());
	fd = listen_at(name);
	assert_int_equal(stage_notify_send("STATUS=here", NULL), STAGE_OK);
	heard_is(fd, "STATUS=here");
	close(fd);
}

static void
what_makes_no_sense_is_said(void **state)
{
	static const struct {
		const char *name;
		const char *value;
		enum stage_status status;
		const char *sentence;
	} cases[] = {
		{"NOTIFY_SOCKET", "relative", STAGE_BAD_INPUT,
			"neither a path nor an abstract socket: relative"},
		{"NOTIFY_SOCKET", "/", STAGE_BAD_INPUT, "neither a path"},
		{"NOTIFY_SOCKET", "@", STAGE_BAD_INPUT, "neither a path"},
		{"NOTIFY_SOCKET", "/nobody/listens", STAGE_NOT_FOUND,
			"unable to notify our starter: No such file"},
		{"STAGECRAFT_READY_FD", "two", STAGE_BAD_INPUT,
			"STAGECRAFT_READY_FD: \"two\" is not a whole number"},
		{"STAGECRAFT_READY_FD", "2", STAGE_BAD_INPUT,
			"is not a whole number from 3"},
		{"STAGECRAFT_READY_FD", "999999", STAGE_IO,
			"unable to write to descriptor 999999"},
	};
	char path[200];
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		setenv(cases[i].name, cases[i].value, 1);
		assert_int_equal(stage_notify_ready(&err), cases[i].status);
		assert_non_null(strstr(err.text, cases[i].sentence));
		assert_int_equal(stage_notify_ready(NULL), cases[i].status);
		unsetenv(cases[i].name);
	}
	memset(path, '/', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	setenv("NOTIFY_SOCKET", path, 1);
	assert_int_equal(stage_notify_ready(NULL), STAGE_TOO_LONG);
}

static void
one_way_failing_leaves_the_other(void **state)
{
	struct stage_err err = STAGE_ERR_INIT;
	int ends[2];
	int fd;

	setenv("NOTIFY_SOCKET", "relative", 1);
	assert_int_equal(open_ready_pipe(ends), 0);
	assert_int_equal(stage_notify_ready(&err), STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "NOTIFY_SOCKET"));
	heard_is(ends[0], "\n");
	close(ends[0]);
	fd = listen_at(scratch_path(*state, "notify"));
	assert_int_equal(open_ready_pipe(ends), 0);
	close(ends[0]); // nobody reads any more
	assert_int_equal(stage_notify_ready(&err), STAGE_GONE);
	assert_non_null(strstr(err.text, "Broken pipe"));
	heard_is(fd, "READY=1");
	close(fd);
}

static void
what_is_started_does_not_inherit_the_descriptor(void **state)
{
	int ends[2];
	(void)state;

	assert_int_equal(open_ready_pipe(ends), 0);
	assert_int_equal(fcntl(ends[1], F_SETFD, 0), 0);
	stage_notify_keep();
	assert_int_equal(fcntl(ends[1], F_GETFD), FD_CLOEXEC);
	assert_int_equal(stage_notify_ready(NULL), STAGE_OK);
	heard_is(ends[0], "\n");
	close(ends[0]);
	setenv("STAGECRAFT_READY_FD", "nonsense", 1);
	stage_notify_keep();
	unsetenv("STAGECRAFT_READY_FD");
	stage_notify_keep();
}

static void
whether_there_is_a_socket(void **state)
{
	(void)state;

	assert_false(stage_notify_has_socket());
	setenv("NOTIFY_SOCKET", "", 1);
	assert_false(stage_notify_has_socket());
	setenv("NOTIFY_SOCKET", "@any", 1);
	assert_true(stage_notify_has_socket());
}

static void
datagrams_that_say_ready(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		bool is_ready;
	} cases[] = {
		{"READY=1", 7, true},
		{"READY=1\n", 8, true},
		{"STATUS=x\nREADY=1\nMAINPID=4", 27, true},
		{"\n\nREADY=1", 9, true},
		{"READY=1\0", 8, true},
		{"READY=1", 6, false}, // cut
		{"READY=12", 8, false},
		{"READY=0", 7, false},
		{" READY=1", 8, false},
		{"XREADY=1", 8, false},
		{"x\0\nREADY=1", 10, false},
		{"", 0, false},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_int_equal(
			stage_notify_says_ready(cases[i].text, cases[i].len),
			cases[i].is_ready);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nobody_asks),
		TEST(both_ways_are_told),
		TEST(abstract_sockets),
		TEST(what_makes_no_sense_is_said),
		TEST(one_way_failing_leaves_the_other),
		TEST(what_is_started_does_not_inherit_the_descriptor),
		TEST(whether_there_is_a_socket),
		cmocka_unit_test(datagrams_that_say_ready),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
