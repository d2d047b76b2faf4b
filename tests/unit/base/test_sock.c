/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/sock.h"

#define DEADLINE_MS 30000

static struct sockaddr_in
own_address(int fd)
{
	struct sockaddr_in address = {0};
	socklen_t len = sizeof(address);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	return address;
}

static int
listen_here(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = stage_sock_open(AF_INET);

	assert_true(fd >= 0);
	assert_int_equal(
		bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void
await(int fd, short events)
{
	struct pollfd waiting = {.fd = fd, .events = events};

	assert_int_equal(poll(&waiting, 1, DEADLINE_MS), 1);
}

// Returns the end that was accepted; *client: the other one.
static int
meet(int listener, int *client, struct sockaddr_storage *address)
{
	struct sockaddr_in there = own_address(listener);
	int got;

	*client = stage_sock_open(AF_INET);
	assert_true(*client >= 0);
	if (connect(*client, (struct sockaddr *)&there, sizeof(there)) != 0) {
		assert_int_equal(errno, EINPROGRESS);
	}
	await(listener, POLLIN);
	got = stage_sock_accept(listener, address);
	assert_true(got >= 0);
	return got;
}

static void
assert_ours(int fd)
{
	assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
	assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
}

static void
test_accepts(void **state)
{
	struct sockaddr_storage address = {0};
	struct sockaddr_in seen;
	struct sockaddr_in known;
	int listener = listen_here();
	int client;
	int got;

	(void)state;
	assert_int_equal(stage_sock_accept(listener, NULL), -1);
	assert_true(errno == EAGAIN || errno == EWOULDBLOCK);
	got = meet(listener, &client, &address);
	assert_ours(listener);
	assert_ours(client);
	assert_ours(got);
	memcpy(&seen, &address, sizeof(seen));
	known = own_address(client);
	assert_int_equal(seen.sin_family, AF_INET);
	assert_int_equal(seen.sin_port, known.sin_port);
	close(got);
	close(client);
	got = meet(listener, &client, NULL);
	close(got);
	close(client);
	close(listener);
}

// A SIGPIPE would end the test.
static void
test_outlives_the_other_side(void **state)
{
	int listener = listen_here();
	int client;
	int got = meet(listener, &client, NULL);
	ssize_t sent = 0;

	(void)state;
	close(got);
	await(client, POLLIN);
	while (sent >= 0) {
		sent = send(client, "x", 1, STAGE_SOCK_SEND);
	}
	assert_true(errno == EPIPE || errno == ECONNRESET);
	close(client);
	close(listener);
}

static void
test_has_no_such_family(void **state)
{
	(void)state;
	assert_int_equal(stage_sock_open(-1), -1);
	assert_true(errno != 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepts),
		cmocka_unit_test(test_outlives_the_other_side),
		cmocka_unit_test(test_has_no_such_family),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
