/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "osc/udp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"
#include "osc/write.h"
#include "world.h"

#define HELLO "/hello\0\0,\0\0\0"
#define BURST 2000
#define TURNS_MAX 1000
#define LAST "/last\0\0\0,\0\0\0"

struct place {
	struct world world;
	struct stage_osc_udp *udp;
	size_t count;
	char address[64];           // of the last message
	struct stage_osc_peer from; // of it
	bool answers;               // with what it got
	size_t ends_at;             // that message; 0: none
	struct stage_osc_peer *too; // is sent as much; NULL: nobody
};

static void
on_message(void *user, const struct stage_osc_peer *from,
	const struct stage_osc_message *message)
{
	struct place *self = user;
	struct stage_str out = {0};

	self->count++;
	self->from = *from;
	(void)!stage_format(
		self->address, sizeof(self->address), "%s", message->address);
	if (self->answers) {
		assert_int_equal(stage_osc_write_rest(
					 &out, message->address, message, 0),
			STAGE_OK);
		stage_osc_udp_send(self->udp, from, out.data, out.len);
		stage_str_finish(&out);
	}
	if (self->too != NULL) {
		stage_osc_udp_send(self->udp, self->too, HELLO, 12);
	}
	if (self->count == self->ends_at) {
		stage_osc_udp_destroy(self->udp);
		self->udp = NULL;
	}
}

static void
place_init_at(struct place *self, const char *host)
{
	struct stage_err err = STAGE_ERR_INIT;

	memset(self, 0, sizeof(*self));
	world_init(&self->world);
	(void)!stage_osc_udp_create(
		&self->world.loop, host, 0, on_message, self, &self->udp, &err);
	assert_string_equal(err.text, "");
}

static void
place_init(struct place *self)
{
	place_init_at(self, "127.0.0.1");
}

static void
place_finish(struct place *self)
{
	stage_osc_udp_destroy(self->udp);
	world_finish(&self->world);
}

static int
place_connect(const struct place *self)
{
	return world_connect(
		AF_INET, SOCK_DGRAM, stage_osc_udp_port(self->udp));
}

static void
messages_come_with_who_sent_them(void **state)
{
	struct place place;
	struct stage_osc_peer name;
	int fd;
	(void)state;

	place_init(&place);
	fd = place_connect(&place);
	world_send(fd, HELLO, 12);
	world_await(&place.world, &place.count, 1);
	assert_string_equal(place.address, "/hello");
	name = world_name(fd);
	assert_true(stage_osc_peer_is_same(&place.from, &name));
	stage_osc_udp_send(place.udp, &place.from, "bytes", 5);
	world_expect(fd, "bytes", 5);
	close(fd);
	place_finish(&place);
}

static void
both_kinds_of_addresses_are_served(void **state)
{
	struct place place;
	int fd;
	(void)state;

	place_init_at(&place, "::1");
	place.answers = true;
	fd = world_connect(AF_INET6, SOCK_DGRAM, stage_osc_udp_port(place.udp));
	world_send(fd, HELLO, 12);
	world_await(&place.world, &place.count, 1);
	world_expect(fd, HELLO, 12);
	close(fd);
	place_finish(&place);
}

static void
what_is_no_osc_is_passed_over(void **state)
{
	struct place place;
	int fd;
	(void)state;

	place_init(&place);
	fd = place_connect(&place);
	world_send(fd, "", 0);
	world_send(fd, "\0\1\2", 3);
	world_send(fd, "#bundle", 8);
	world_send(fd, LAST, 12);
	world_await(&place.world, &place.count, 1);
	assert_string_equal(place.address, "/last");
	close(fd);
	place_finish(&place);
}

// A message of just that size: an address, and the rest is one blob.
static char *
make_blob(size_t len)
{
	char *bytes = calloc(1, len);
	size_t blob = len - 16;

	assert_non_null(bytes);
	memcpy(bytes, "/blob\0\0\0,b\0", 12);
	bytes[12] = (char)(blob >> 24U);
	bytes[13] = (char)(blob >> 16U & 0xffU);
	bytes[14] = (char)(blob >> 8U & 0xffU);
	bytes[15] = (char)(blob & 0xffU);
	memset(bytes + 16, 'x', blob);
	return bytes;
}

static void
the_largest_datagram_goes_both_ways(void **state)
{
	// OSC needs a multiple of four.
	size_t len = STAGE_OSC_DATAGRAM_MAX / 4 * 4;
	char *bytes = make_blob(len);
	struct place place;
	int fd;
	(void)state;

	place_init(&place);
	place.answers = true;
	fd = place_connect(&place);
	world_send(fd, bytes, len);
	world_await(&place.world, &place.count, 1);
	assert_string_equal(place.address, "/blob");
	world_expect(fd, bytes, len);
	// Out goes any, up to the last byte, and none that is longer.
	free(bytes);
	bytes = calloc(1, STAGE_OSC_DATAGRAM_MAX + 1);
	assert_non_null(bytes);
	stage_osc_udp_send(
		place.udp, &place.from, bytes, STAGE_OSC_DATAGRAM_MAX + 1);
	stage_osc_udp_send(
		place.udp, &place.from, bytes, STAGE_OSC_DATAGRAM_MAX);
	world_expect(fd, bytes, STAGE_OSC_DATAGRAM_MAX);
	// In comes one of that size, too, though it is no OSC.
	world_send(fd, bytes, STAGE_OSC_DATAGRAM_MAX);
	world_send(fd, LAST, 12);
	world_await(&place.world, &place.count, 2);
	assert_string_equal(place.address, "/last");
	free(bytes);
	close(fd);
	place_finish(&place);
}

// How many datagrams a socket holds that nobody reads meanwhile; *can_grow:
// the system would let it hold more.
static size_t
count_held_by_default(bool *can_grow)
{
	const int wanted = 1 << 20;
	int before = 0;
	int after = 0;
	socklen_t len = sizeof(before);
	struct stage_osc_peer at;
	size_t held = 0;
	char byte;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	int to;

	assert_int_equal(
		stage_osc_peer_init(&at, "127.0.0.1", 0, NULL), STAGE_OK);
	assert_int_equal(bind(fd, (struct sockaddr *)&at.address,
				 sizeof(struct sockaddr_in)),
		0);
	at = world_name(fd);
	to = world_connect(AF_INET, SOCK_DGRAM, stage_osc_peer_port(&at));
	for (int i = 0; i < BURST; i++) {
		world_send(to, HELLO, 12);
	}
	while (recv(fd, &byte, 1, MSG_DONTWAIT) > 0) {
		held++;
	}
	getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &before, &len);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof(wanted));
	getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &after, &len);
	*can_grow = after >= before / 2 * 3;
	close(to);
	close(fd);
	return held;
}

// Shows send in bursts, and the system's own size is small.
static void
a_burst_is_held_until_it_is_read(void **state)
{
	struct place place;
	bool can_grow;
	size_t by_default = count_held_by_default(&can_grow);
	int fd;
	(void)state;

	if (!can_grow || by_default == BURST) {
		skip();
	}
	place_init(&place);
	fd = place_connect(&place);
	for (int i = 0; i < BURST; i++) {
		world_send(fd, HELLO, 12);
	}
	for (int i = 0; i < BURST; i++) {
		world_turn(&place.world);
	}
	assert_true(place.count > by_default);
	close(fd);
	place_finish(&place);
}

static void
a_bundle_ends_with_the_socket(void **state)
{
	static const char two[] = "#bundle\0\0\0\0\0\0\0\0\1"
				  "\0\0\0\x0c" HELLO "\0\0\0\x0c" LAST;
	struct place place;
	int fd;
	(void)state;

	place_init(&place);
	fd = place_connect(&place);
	world_send(fd, two, sizeof(two) - 1);
	world_await(&place.world, &place.count, 2);
	assert_string_equal(place.address, "/last");
	place.ends_at = 3;
	place.answers = true;
	world_send(fd, two, sizeof(two) - 1);
	world_send(fd, LAST, 12);
	world_await(&place.world, &place.count, 3);
	assert_string_equal(place.address, "/hello");
	world_turn(&place.world);
	world_turn(&place.world);
	assert_int_equal(place.count, 3);
	close(fd);
	place_finish(&place);
}

static void
sending_to_nobody_does_no_harm(void **state)
{
	struct stage_osc_peer nobody = {0};
	struct stage_osc_peer gone;
	struct stage_osc_peer other;
	struct place place;
	int fd;
	(void)state;

	place_init(&place);
	fd = place_connect(&place);
	gone = world_name(fd);
	close(fd);
	assert_int_equal(stage_osc_peer_init(&other, "::1", 9, NULL), STAGE_OK);
	for (int i = 0; i < 3; i++) {
		stage_osc_udp_send(place.udp, &gone, HELLO, 12);
		stage_osc_udp_send(place.udp, &nobody, HELLO, 12);
		stage_osc_udp_send(place.udp, &other, HELLO, 12);
		world_turn(&place.world);
	}
	fd = place_connect(&place);
	world_send(fd, LAST, 12);
	world_await(&place.world, &place.count, 1);
	close(fd);
	place_finish(&place);
}

// Who refused.

static size_t refusals;
static struct stage_osc_peer refused_by;

static void
on_refused(void *user, const struct stage_osc_peer *by)
{
	(void)user;
	refusals++;
	refused_by = *by;
}

static void
who_refuses_is_told_and_costs_the_others_nothing(void **state)
{
	static const char *const hosts[] = {"127.0.0.1", "::1"};
	static const int families[] = {AF_INET, AF_INET6};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(hosts); i++) {
		struct place place;
		struct stage_osc_peer gone;
		struct stage_osc_peer there;
		int fd;
		int other;
		place_init_at(&place, hosts[i]);
		stage_osc_udp_watch_refusals(place.udp, on_refused);
		fd = world_connect(
			families[i], SOCK_DGRAM, stage_osc_udp_port(place.udp));
		gone = world_name(fd);
		close(fd);
		other = world_connect(
			families[i], SOCK_DGRAM, stage_osc_udp_port(place.udp));
		there = world_name(other);
		refusals = 0;
		for (int round = 0; round < 3; round++) {
			stage_osc_udp_send(place.udp, &gone, HELLO, 12);
			stage_osc_udp_send(place.udp, &there, HELLO, 12);
			world_expect(other, HELLO, 12);
		}
		world_await(&place.world, &refusals, 3);
		assert_true(stage_osc_peer_is_same(&refused_by, &gone));
		world_send(other, LAST, 12);
		world_await(&place.world, &place.count, 1);
		assert_int_equal(refusals, 3);
		close(other);
		place_finish(&place);
	}
}

// Whoever waits behind them is heard in the same turn.
static void
refusals_hold_up_nobody_who_speaks(void **state)
{
	struct place place;
	struct stage_osc_peer gone;
	int fd;
	(void)state;

	place_init(&place);
	stage_osc_udp_watch_refusals(place.udp, on_refused);
	fd = place_connect(&place);
	gone = world_name(fd);
	close(fd);
	fd = place_connect(&place);
	place.too = &gone;
	refusals = 0;
	for (int i = 0; i < 20; i++) {
		world_send(fd, HELLO, 12);
	}
	world_turn(&place.world);
	assert_int_equal(place.count, 20);
	world_await(&place.world, &refusals, 20);
	assert_true(stage_osc_peer_is_same(&refused_by, &gone));
	place.ends_at = 22; // while it reads on
	world_send(fd, HELLO, 12);
	world_send(fd, LAST, 12);
	world_send(fd, HELLO, 12);
	world_await(&place.world, &place.count, 22);
	assert_string_equal(place.address, "/last");
	close(fd);
	place_finish(&place);
}

static void
assert_refused(uv_loop_t *loop, const char *host, int port,
	enum stage_status wanted, const char *sentence)
{
	struct stage_osc_udp *udp = (void *)1;
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(stage_osc_udp_create(loop, host, port, on_message,
				 NULL, &udp, &err),
		wanted);
	assert_int_equal(err.status, wanted);
	assert_string_equal(err.text, sentence);
	assert_null(udp);
}

struct pair {
	struct world world;
	struct stage_osc_udp *udps[2];
	char heard[256];
	bool ends_first; // with the first message that the second one hears
};

static void
note(struct pair *self, const char *address)
{
	size_t len = strlen(self->heard);

	snprintf(self->heard + len, sizeof(self->heard) - len, "%s ", address);
}

static void
on_first(void *user, const struct stage_osc_peer *from,
	const struct stage_osc_message *message)
{
	(void)from;
	note(user, message->address);
}

static void
on_second(void *user, const struct stage_osc_peer *from,
	const struct stage_osc_message *message)
{
	struct pair *self = user;

	(void)from;
	note(self, message->address);
	if (self->ends_first) {
		stage_osc_udp_destroy(self->udps[0]);
		self->udps[0] = NULL;
	}
}

// Sends each letter to the first one, or, of capitals, to the second.
static void
send_letters(struct pair *self, const char *letters)
{
	int fds[2];

	for (int i = 0; i < 2; i++) {
		fds[i] = world_connect(
			AF_INET, SOCK_DGRAM, stage_osc_udp_port(self->udps[i]));
	}
	for (; *letters != '\0'; letters++) {
		char packet[] = "/?\0\0,\0\0\0";

		packet[1] = *letters;
		world_send(fds[*letters >= 'A' && *letters <= 'Z'], packet, 8);
	}
	close(fds[0]);
	close(fds[1]);
}

// The system begins to note times a moment after it was asked to.
static void
await_order(struct pair *self)
{
	for (int i = 0; i < TURNS_MAX && strcmp(self->heard, "/a /B /c ") != 0;
		i++) {
		self->heard[0] = '\0';
		send_letters(self, "aBc");
		world_turn(&self->world);
	}
}

static void
in_order_they_hear_what_came_first_first(void **state)
{
	static const struct {
		const char *sent;
		bool ends_first;
		const char *wanted;
	} cases[] = {
		{"aBc", false, "/a /B /c "},
		{"AbC", false, "/A /b /C "},
		{"abCDefGHi", false, "/a /b /C /D /e /f /G /H /i "},
		{"ABab", false, "/A /B /a /b "},
		{"abAB", false, "/a /b /A /B "},
		{"aBcD", true, "/a /B /D "},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct pair pair = {.ends_first = false};
		struct stage_err err = STAGE_ERR_INIT;

		world_init(&pair.world);
		assert_int_equal(
			stage_osc_udp_create(&pair.world.loop, "127.0.0.1", 0,
				on_first, &pair, &pair.udps[0], &err),
			STAGE_OK);
		assert_int_equal(
			stage_osc_udp_create(&pair.world.loop, "127.0.0.1", 0,
				on_second, &pair, &pair.udps[1], &err),
			STAGE_OK);
		stage_osc_udp_order(pair.udps[1], pair.udps[0]);
		await_order(&pair);
		pair.ends_first = cases[i].ends_first;
		pair.heard[0] = '\0';
		send_letters(&pair, cases[i].sent);
		world_turn(&pair.world);
		world_turn(&pair.world);
		assert_string_equal(pair.heard, cases[i].wanted);
		stage_osc_udp_destroy(pair.udps[0]);
		stage_osc_udp_destroy(pair.udps[1]);
		world_finish(&pair.world);
	}
}

static void
a_place_that_cannot_be_had_is_told(void **state)
{
	struct place place;
	char sentence[128];
	int port;
	(void)state;

	place_init(&place);
	port = stage_osc_udp_port(place.udp);
	snprintf(sentence, sizeof(sentence),
		"unable to listen for OSC at 127.0.0.1 port %d: address "
		"already in use",
		port);
	assert_refused(
		&place.world.loop, "127.0.0.1", port, STAGE_BUSY, sentence);
	assert_refused(&place.world.loop, "localhost", 0, STAGE_BAD_INPUT,
		"unable to listen for OSC: \"localhost\" is no numeric "
		"internet address");
	assert_refused(&place.world.loop, "127.0.0.1", 65536, STAGE_BAD_INPUT,
		"unable to listen for OSC: a port is 0 to 65535, not 65536");
	assert_refused(&place.world.loop, "192.0.2.1", 0, STAGE_IO,
		"unable to listen for OSC at 192.0.2.1 port 0: address not "
		"available");
	place_finish(&place);
	stage_osc_udp_destroy(NULL);
}

static void
the_socket_ends_with_exec(void **state)
{
	uint64_t before = world_inherited();
	struct place place;
	(void)state;

	place_init(&place);
	assert_int_equal(world_inherited(), before);
	place_finish(&place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_come_with_who_sent_them),
		cmocka_unit_test(both_kinds_of_addresses_are_served),
		cmocka_unit_test(what_is_no_osc_is_passed_over),
		cmocka_unit_test(the_largest_datagram_goes_both_ways),
		cmocka_unit_test(a_burst_is_held_until_it_is_read),
		cmocka_unit_test(a_bundle_ends_with_the_socket),
		cmocka_unit_test(sending_to_nobody_does_no_harm),
		cmocka_unit_test(
			who_refuses_is_told_and_costs_the_others_nothing),
		cmocka_unit_test(refusals_hold_up_nobody_who_speaks),
		cmocka_unit_test(in_order_they_hear_what_came_first_first),
		cmocka_unit_test(a_place_that_cannot_be_had_is_told),
		cmocka_unit_test(the_socket_ends_with_exec),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
