/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* A socket that takes nothing at once: the loopback always does, so libuv's
 * answer is changed on its way to us. */

#include "osc/udp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/socket.h>
#include <unistd.h>

#include "world.h"

int __wrap_uv_udp_try_send(uv_udp_t *handle, const uv_buf_t bufs[],
	unsigned int nbufs, const struct sockaddr *addr);

int
__wrap_uv_udp_try_send(uv_udp_t *handle, const uv_buf_t bufs[],
	unsigned int nbufs, const struct sockaddr *addr)
{
	(void)handle;
	(void)bufs;
	(void)nbufs;
	(void)addr;
	return UV_EAGAIN;
}

static size_t accepted; // by libuv, to be sent later

int __real_uv_udp_send(uv_udp_send_t *req, uv_udp_t *handle,
	const uv_buf_t bufs[], unsigned int nbufs, const struct sockaddr *addr,
	uv_udp_send_cb send_cb);
int __wrap_uv_udp_send(uv_udp_send_t *req, uv_udp_t *handle,
	const uv_buf_t bufs[], unsigned int nbufs, const struct sockaddr *addr,
	uv_udp_send_cb send_cb);

int
__wrap_uv_udp_send(uv_udp_send_t *req, uv_udp_t *handle, const uv_buf_t bufs[],
	unsigned int nbufs, const struct sockaddr *addr, uv_udp_send_cb send_cb)
{
	accepted++;
	return __real_uv_udp_send(req, handle, bufs, nbufs, addr, send_cb);
}

static void
on_message(void *user, const struct stage_osc_peer *from,
	const struct stage_osc_message *message)
{
	(void)user;
	(void)from;
	(void)message;
}

struct place {
	struct world world;
	struct stage_osc_udp *udp;
	int fd;
	struct stage_osc_peer peer;
};

static void
place_init(struct place *self)
{
	world_init(&self->world);
	assert_int_equal(stage_osc_udp_create(&self->world.loop, "127.0.0.1", 0,
				 on_message, NULL, &self->udp, NULL),
		STAGE_OK);
	self->fd = world_connect(
		AF_INET, SOCK_DGRAM, stage_osc_udp_port(self->udp));
	self->peer = world_name(self->fd);
}

static void
place_finish(struct place *self)
{
	close(self->fd);
	stage_osc_udp_destroy(self->udp);
	world_finish(&self->world);
}

static void
what_cannot_go_at_once_goes_later(void **state)
{
	struct place place;
	char bytes[] = "number 0";
	(void)state;

	place_init(&place);
	for (char i = '0'; i <= '9'; i++) {
		bytes[7] = i;
		stage_osc_udp_send(place.udp, &place.peer, bytes, 8);
	}
	bytes[7] = 'x'; // what was sent is a copy
	for (char i = '0'; i <= '9'; i++) {
		bytes[7] = i;
		world_turn(&place.world);
		world_expect(place.fd, bytes, 8);
	}
	place_finish(&place);
}

// How many of those that are sent without a turn of the loop are kept.
static size_t
count_kept(size_t len)
{
	struct place place;
	char *bytes = calloc(1, len);

	assert_non_null(bytes);
	place_init(&place);
	accepted = 0;
	for (int i = 0; i < 3000; i++) {
		stage_osc_udp_send(place.udp, &place.peer, bytes, len);
	}
	for (int i = 0; i < 3; i++) {
		world_turn(&place.world);
	}
	while (recv(place.fd, bytes, len, MSG_DONTWAIT) > 0) {
		continue;
	}
	// And it goes on.
	stage_osc_udp_send(place.udp, &place.peer, "on", 2);
	world_turn(&place.world);
	world_expect(place.fd, "on", 2);
	free(bytes);
	place_finish(&place);
	return accepted - 1;
}

static void
no_more_waits_than_may(void **state)
{
	(void)state;
	assert_int_equal(count_kept(1), 1024);
	assert_int_equal(count_kept(32768), 32);
}

static void
what_waits_ends_with_the_socket(void **state)
{
	struct place place;
	(void)state;

	place_init(&place);
	for (int i = 0; i < 10; i++) {
		stage_osc_udp_send(place.udp, &place.peer, "bytes", 5);
	}
	place_finish(&place); // a sanitizer sees that all was freed
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_go_at_once_goes_later),
		cmocka_unit_test(no_more_waits_than_may),
		cmocka_unit_test(what_waits_ends_with_the_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
