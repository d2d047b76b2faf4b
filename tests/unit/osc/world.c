/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>

#define DEADLINE_MS 60000

static void
on_deadline(uv_timer_t *timer)
{
	(void)timer;
	fail_msg("what is waited for has not come within a minute");
}

void
world_init(struct world *self)
{
	assert_int_equal(uv_loop_init(&self->loop), 0);
	assert_int_equal(uv_timer_init(&self->loop, &self->deadline), 0);
	uv_timer_start(&self->deadline, on_deadline, DEADLINE_MS, 0);
	uv_unref((uv_handle_t *)&self->deadline);
}

void
world_await(struct world *self, const size_t *count, size_t wanted)
{
	while (*count != wanted) {
		uv_run(&self->loop, UV_RUN_ONCE);
	}
}

void
world_turn(struct world *self)
{
	uv_run(&self->loop, UV_RUN_NOWAIT);
}

uint64_t
world_inherited(void)
{
	uint64_t inherited = 0;

	for (int fd = 0; fd < 64; fd++) {
		int flags = fcntl(fd, F_GETFD);
		if (flags >= 0 && (flags & FD_CLOEXEC) == 0) {
			inherited |= UINT64_C(1) << (unsigned)fd;
		}
	}
	return inherited;
}

void
world_finish(struct world *self)
{
	uv_close((uv_handle_t *)&self->deadline, NULL);
	uv_run(&self->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&self->loop), 0);
}

int
world_connect(int family, int type, int port)
{
	const struct timeval limit = {.tv_sec = DEADLINE_MS / 1000};
	struct stage_osc_peer to;
	int fd = socket(family, type, 0);

	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_SETFD, FD_CLOEXEC), 0);
	assert_int_equal(
		stage_osc_peer_init(&to,
			family == AF_INET6 ? "::1" : "127.0.0.1", port, NULL),
		STAGE_OK);
	assert_int_equal(
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)),
		0);
	assert_int_equal(
		connect(fd, (const struct sockaddr *)&to.address,
			family == AF_INET6 ? sizeof(struct sockaddr_in6)
					   : sizeof(struct sockaddr_in)),
		0);
	return fd;
}

struct stage_osc_peer
world_name(int fd)
{
	struct sockaddr_storage address = {0};
	socklen_t len = sizeof(address);
	struct stage_osc_peer peer;

	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	stage_osc_peer_copy(&peer, (const struct sockaddr *)&address);
	return peer;
}

void
world_send(int fd, const void *bytes, size_t len)
{
	assert_int_equal(send(fd, bytes, len, MSG_NOSIGNAL), len);
}

static bool
is_stream(int fd)
{
	int type = 0;
	socklen_t len = sizeof(type);

	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len), 0);
	return type == SOCK_STREAM;
}

void
world_expect(int fd, const void *bytes, size_t len)
{
	char *got = malloc(len + 1);
	size_t room = is_stream(fd) ? len : len + 1; // more would be seen
	size_t count = 0;

	assert_non_null(got);
	do {
		ssize_t more = recv(fd, got + count, room - count, 0);
		assert_true(more > 0);
		count += (size_t)more;
	} while (room == len && count < len);
	assert_int_equal(count, len);
	assert_memory_equal(got, bytes, len);
	free(got);
}
