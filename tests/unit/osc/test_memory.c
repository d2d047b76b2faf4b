/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Each of our own allocations fails once. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sys/socket.h>
#include <unistd.h>

#include "failing_alloc.h"
#include "osc/tcp.h"
#include "osc/udp.h"
#include "osc/write.h"
#include "world.h"

struct relay {
	struct stage_str out;
	enum stage_status status;
};

static void
relay(void *user, const struct stage_osc_message *message)
{
	struct relay *self = user;

	self->status =
		stage_osc_write_rest(&self->out, "/elsewhere", message, 0);
	if (self->status != STAGE_OK) {
		assert_int_equal(self->out.len, 0);
	}
}

static enum stage_status
write_and_read(void *user)
{
	struct stage_str written = {0};
	struct relay self = {.status = STAGE_NO_MEMORY};
	char text[1000] = "";
	(void)user;

	memset(text, 'x', sizeof(text) - 1);
	if (stage_osc_write(&written, "/a", "si", text, (int32_t)7) !=
		STAGE_OK) {
		assert_int_equal(written.len, 0);
		return STAGE_NO_MEMORY;
	}
	(void)stage_osc_read(written.data, written.len, relay, &self);
	stage_str_finish(&written);
	stage_str_finish(&self.out);
	return self.status;
}

static void
without_memory_no_message_is_half_there(void **state)
{
	(void)state;
	assert_true(failing_alloc_sweep(write_and_read, NULL) >= 4);
}

static void
on_message(void *user, const struct stage_osc_peer *from,
	const struct stage_osc_message *message)
{
	(void)user;
	(void)from;
	(void)message;
}

static enum stage_status
listen_by_udp(void *user)
{
	struct world world;
	struct stage_osc_udp *udp;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;
	(void)user;

	world_init(&world);
	status = stage_osc_udp_create(
		&world.loop, "127.0.0.1", 0, on_message, NULL, &udp, &err);
	assert_int_equal(err.status, status);
	stage_osc_udp_destroy(udp);
	world_finish(&world);
	return status;
}

static void
answer(void *user, struct stage_osc_link *from,
	const struct stage_osc_message *message)
{
	(void)user;
	(void)message;
	stage_osc_link_send(from, "answer", 6);
}

// Says hello and takes its leave. The status is that of the answer.
static enum stage_status
converse(struct world *world, int port)
{
	static const char hello[] = "\xc0/hello\0\0,\0\0\0\xc0";
	int fd = world_connect(AF_INET, SOCK_STREAM, port);
	char bytes[16];
	ssize_t got = -1;
	size_t total = 0;

	world_send(fd, hello, sizeof(hello) - 1);
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	while (got != 0) { // whatever fails, the link ends
		world_turn(world);
		got = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		total += got > 0 ? (size_t)got : 0;
	}
	close(fd);
	assert_true(total == 0 || total == 8);
	return total == 8 ? STAGE_OK : STAGE_NO_MEMORY;
}

static enum stage_status
serve_by_tcp(void *user)
{
	const struct stage_osc_tcp_config config = {.host = "127.0.0.1"};
	const struct stage_osc_tcp_ops ops = {.message = answer};
	struct world world;
	struct stage_osc_tcp *tcp;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;
	(void)user;

	world_init(&world);
	status = stage_osc_tcp_create(
		&world.loop, &config, &ops, NULL, &tcp, &err);
	assert_int_equal(err.status, status);
	if (status == STAGE_OK) {
		status = converse(&world, stage_osc_tcp_port(tcp));
	}
	stage_osc_tcp_destroy(tcp);
	world_finish(&world);
	return status;
}

static void
without_memory_a_link_ends_or_a_packet_is_lost(void **state)
{
	(void)state;
	assert_true(failing_alloc_sweep(serve_by_tcp, NULL) >= 5);
}

static void
without_memory_nobody_listens(void **state)
{
	(void)state;
	assert_true(failing_alloc_sweep(listen_by_udp, NULL) >= 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_memory_no_message_is_half_there),
		cmocka_unit_test(
			without_memory_a_link_ends_or_a_packet_is_lost),
		cmocka_unit_test(without_memory_nobody_listens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
