/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/notify.h"
#include "scratch.h"

static struct stage_err err;

static int
setup(void **state)
{
	(void)state;
	unsetenv("NOTIFY_SOCKET");
	unsetenv("STAGECRAFT_READY_FD");
	memset(&err, 0, sizeof(err));
	return 0;
}

static int
bind_to(const char *path, size_t len)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	memcpy(address.sun_path, path, len);
	assert_int_equal(
		bind(fd, (struct sockaddr *)&address,
			(socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				    len)),
		0);
	return fd;
}

static void
assert_datagram(int fd, const char *text)
{
	char buffer[64] = "";

	assert_int_equal(recv(fd, buffer, sizeof(buffer) - 1, MSG_DONTWAIT),
		strlen(text));
	assert_string_equal(buffer, text);
}

static void
nobody_to_tell_is_fine(void **state)
{
	(void)state;

	assert_int_equal(stage_notify_ready(&err), STAGE_OK);
	setenv("NOTIFY_SOCKET", "", 1);
	setenv("STAGECRAFT_READY_FD", "", 1);
	assert_int_equal(stage_notify_ready(&err), STAGE_OK);
	assert_int_equal(stage_notify_send("STATUS=x", NULL), STAGE_OK);
	assert_string_equal(err.text, "");
}

static void
a_socket_with_a_path(void **state)
{
	struct scratch scratch;
	const char *path;
	int fd;
	(void)state;

	scratch_init(&scratch);
	path = scratch_path(&scratch, "notify");
	setenv("NOTIFY_SOCKET", path, 1);
	fd = bind_to(path, strlen(path));
	assert_int_equal(stage_notify_ready(&err), STAGE_OK);
	assert_datagram(fd, "READY=1");
	assert_int_equal(stage_notify_send("STOPPING=1", &err), STAGE_OK);
	assert_datagram(fd, "STOPPING=1");
	close(fd);
	assert_int_equal(stage_notify_ready(&err), STAGE_GONE);
	assert_non_null(strstr(err.text, "notify"));
	scratch_finish(&scratch);
	assert_int_equal(stage_notify_ready(NULL), STAGE_NOT_FOUND);
}

static void
an_abstract_socket(void **state)
{
	char name[64];
	int fd;
	(void)state;

	snprintf(name, sizeof(name), "@stagecraft-test-%ld", (long)getpid());
	setenv("NOTIFY_SOCKET", name, 1);
	name[0] = '\0';
	fd = bind_to(name, 1 + strlen(name + 1));
	assert_int_equal(stage_notify_ready(&err), STAGE_OK);
	assert_datagram(fd, "READY=1");
	close(fd);
}

static void
a_full_socket_is_not_waited_for(void **state)
{
	char name[64];
	enum stage_status status = STAGE_OK;
	int fd;
	(void)state;

	snprintf(name, sizeof(name), "@stagecraft-full-%ld", (long)getpid());
	setenv("NOTIFY_SOCKET", name, 1);
	name[0] = '\0';
	fd = bind_to(name, 1 + strlen(name + 1));
	for (int i = 0; i < 100000 && status == STAGE_OK; i++) {
		status = stage_notify_send("STATUS=again", &err);
	}
	assert_int_equal(status, STAGE_BUSY);
	close(fd);
}

static void
a_descriptor(void **state)
{
	char number[16];
	char buffer[4];
	int fds[2];
	(void)state;

	assert_int_equal(pipe(fds), 0);
	snprintf(number, sizeof(number), "%d", fds[1]);
	setenv("STAGECRAFT_READY_FD", number, 1);
	assert_int_equal(stage_notify_ready(&err), STAGE_OK);
	assert_int_equal(read(fds[0], buffer, sizeof(buffer)), 1);
	assert_int_equal(buffer[0], '\n');
	assert_int_equal(fcntl(fds[1], F_GETFD), -1); // closed
	assert_int_equal(stage_notify_ready(&err), STAGE_IO);
	assert_non_null(strstr(err.text, number));
	close(fds[0]);
}

static void
a_descriptor_that_is_full(void **state)
{
	char number[16];
	int fd = open("/dev/full", O_WRONLY);
	(void)state;

	assert_true(fd >= 3);
	snprintf(number, sizeof(number), "%d", fd);
	setenv("STAGECRAFT_READY_FD", number, 1);
	assert_int_equal(stage_notify_ready(&err), STAGE_FULL);
}

static void
senseless_variables_are_said(void **state)
{
	static const char *const numbers[] = {
		"x", "-1", "0", "2", "3x", "99999999999999999999"};
	static const char *const sockets[] = {"relative", "@", "/", "vsock:1"};
	char path[200];
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(numbers); i++) {
		setenv("STAGECRAFT_READY_FD", numbers[i], 1);
		assert_int_equal(stage_notify_ready(&err), STAGE_BAD_INPUT);
		assert_non_null(strstr(err.text, "STAGECRAFT_READY_FD"));
	}
	unsetenv("STAGECRAFT_READY_FD");
	for (size_t i = 0; i < STAGE_COUNT_OF(sockets); i++) {
		setenv("NOTIFY_SOCKET", sockets[i], 1);
		assert_int_equal(stage_notify_ready(&err), STAGE_BAD_INPUT);
	}
	memset(path, '/', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	setenv("NOTIFY_SOCKET", path, 1);
	assert_int_equal(stage_notify_ready(&err), STAGE_TOO_LONG);
}

static void
one_way_failing_leaves_the_other(void **state)
{
	char number[16];
	char buffer[4];
	int fds[2];
	(void)state;

	assert_int_equal(pipe(fds), 0);
	snprintf(number, sizeof(number), "%d", fds[1]);
	setenv("STAGECRAFT_READY_FD", number, 1);
	setenv("NOTIFY_SOCKET", "/nonexistent/socket", 1);
	assert_int_equal(stage_notify_ready(&err), STAGE_NOT_FOUND);
	assert_int_equal(read(fds[0], buffer, sizeof(buffer)), 1);
	close(fds[0]);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(nobody_to_tell_is_fine),
		TEST(a_socket_with_a_path),
		TEST(an_abstract_socket),
		TEST(a_full_socket_is_not_waited_for),
		TEST(a_descriptor),
		TEST(a_descriptor_that_is_full),
		TEST(senseless_variables_are_said),
		TEST(one_way_failing_leaves_the_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
