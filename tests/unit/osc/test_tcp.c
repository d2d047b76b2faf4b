/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "osc/tcp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"
#include "osc/write.h"
#include "world.h"

#define HELLO "/hello\0\0,\0\0\0"
#define LAST "/last\0\0\0,\0\0\0"
#define SIZED(packet) "\0\0\0\x0c" packet
#define SLIP(packet) "\xc0" packet "\xc0"
#define BUNDLE                                                                 \
	"#bundle\0\0\0\0\0\0\0\0\1"                                            \
	"\0\0\0\x0c" HELLO "\0\0\0\x0c" LAST
#define SEND(fd, bytes) world_send(fd, bytes, sizeof(bytes) - 1)
#define EXPECT(fd, bytes) world_expect(fd, bytes, sizeof(bytes) - 1)

enum deed {
	NOTHING,
	ANSWER, // with what it got
	CLOSE,
	DESTROY,
};

struct place {
	struct world world;
	struct stage_osc_tcp *tcp;
	enum deed deed;
	size_t count; // of messages
	char address[64];
	struct stage_osc_link *from; // of the last one
	size_t gone;
	struct stage_osc_link *last_gone;
};

static void
on_message(void *user, struct stage_osc_link *from,
	const struct stage_osc_message *message)
{
	struct place *self = user;
	struct stage_str out = {0};

	self->count++;
	self->from = from;
	(void)!stage_format(
		self->address, sizeof(self->address), "%s", message->address);
	if (self->deed == ANSWER) {
		assert_int_equal(stage_osc_write_rest(
					 &out, message->address, message, 0),
			STAGE_OK);
		stage_osc_link_send(from, out.data, out.len);
		stage_str_finish(&out);
	} else if (self->deed == CLOSE) {
		stage_osc_link_close(from);
		stage_osc_link_close(from);
		stage_osc_link_send(from, HELLO, 12);
	} else if (self->deed == DESTROY) {
		stage_osc_tcp_destroy(self->tcp);
		self->tcp = NULL;
	}
}

static void
on_gone(void *user, struct stage_osc_link *link)
{
	struct place *self = user;

	self->gone++;
	self->last_gone = link;
}

static const struct stage_osc_tcp_ops ops = {on_message, on_gone};

static void
place_init_as(struct place *self, const struct stage_osc_tcp_config *config)
{
	struct stage_err err = STAGE_ERR_INIT;

	memset(self, 0, sizeof(*self));
	world_init(&self->world);
	(void)!stage_osc_tcp_create(
		&self->world.loop, config, &ops, self, &self->tcp, &err);
	assert_string_equal(err.text, "");
}

static void
place_init(struct place *self)
{
	const struct stage_osc_tcp_config config = {.host = "127.0.0.1"};

	place_init_as(self, &config);
}

static void
place_finish(struct place *self)
{
	stage_osc_tcp_destroy(self->tcp);
	world_finish(&self->world);
}

static int
place_connect(const struct place *self)
{
	return world_connect(
		AF_INET, SOCK_STREAM, stage_osc_tcp_port(self->tcp));
}

// Connects and says hello; gives the link.
static struct stage_osc_link *
place_meet(struct place *self, int *fd)
{
	*fd = place_connect(self);
	SEND(*fd, SLIP(HELLO));
	world_await(&self->world, &self->count, self->count + 1);
	return self->from;
}

// The other side has ended the connection, or will. What still comes is read.
static void
expect_end(struct place *self, int fd)
{
	char bytes[65536];
	ssize_t got;

	do {
		world_turn(&self->world);
		got = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	} while (got > 0 || (got < 0 && errno == EAGAIN));
	assert_true(got == 0 || errno == ECONNRESET);
}

static void
each_is_answered_in_its_own_framing(void **state)
{
	struct place place;
	int sized;
	int slip;
	(void)state;

	place_init(&place);
	place.deed = ANSWER;
	sized = place_connect(&place);
	slip = place_connect(&place);
	SEND(sized, SIZED(HELLO) SIZED(LAST));
	SEND(slip, SLIP(HELLO) SLIP(LAST));
	world_await(&place.world, &place.count, 4);
	EXPECT(sized, SIZED(HELLO) SIZED(LAST));
	EXPECT(slip, SLIP(HELLO) SLIP(LAST));
	// Not only when it asks.
	stage_osc_link_send(place.from, LAST, 12);
	EXPECT(slip, SLIP(LAST));
	close(sized);
	close(slip);
	world_await(&place.world, &place.gone, 2);
	place_finish(&place);
}

static void
a_stream_comes_byte_by_byte(void **state)
{
	static const char *const streams[] = {SIZED(HELLO), SLIP(HELLO)};
	const size_t lens[] = {16, 14};
	struct place place;
	(void)state;

	place_init(&place);
	place.deed = ANSWER;
	for (size_t i = 0; i < 2; i++) {
		int fd = place_connect(&place);
		for (size_t at = 0; at < lens[i]; at++) {
			assert_int_equal(place.count, i);
			world_send(fd, streams[i] + at, 1);
			world_turn(&place.world);
		}
		world_await(&place.world, &place.count, i + 1);
		world_expect(fd, streams[i], lens[i]);
		close(fd);
	}
	place_finish(&place);
}

static void
a_link_knows_who_it_is(void **state)
{
	struct place place;
	struct stage_osc_link *link;
	struct stage_osc_peer name;
	int fd;
	(void)state;

	place_init(&place);
	link = place_meet(&place, &fd);
	name = world_name(fd);
	assert_true(stage_osc_peer_is_same(stage_osc_link_peer(link), &name));
	assert_int_equal(place.gone, 0);
	close(fd);
	world_await(&place.world, &place.gone, 1);
	assert_ptr_equal(place.last_gone, link);
	place_finish(&place);
}

static void
both_kinds_of_addresses_are_served(void **state)
{
	const struct stage_osc_tcp_config config = {.host = "::1"};
	struct place place;
	int fd;
	(void)state;

	place_init_as(&place, &config);
	place.deed = ANSWER;
	fd = world_connect(
		AF_INET6, SOCK_STREAM, stage_osc_tcp_port(place.tcp));
	SEND(fd, SLIP(HELLO));
	world_await(&place.world, &place.count, 1);
	EXPECT(fd, SLIP(HELLO));
	close(fd);
	place_finish(&place);
}

// A packet that is no OSC, in a stream that is one.
static void
what_is_no_osc_is_passed_over(void **state)
{
	struct place place;
	int fd;
	(void)state;

	place_init(&place);
	fd = place_connect(&place);
	SEND(fd, SLIP("#bundle\0") SLIP("a") SLIP("/a\0\0") SLIP(LAST));
	world_await(&place.world, &place.count, 1);
	assert_string_equal(place.address, "/last");
	assert_int_equal(place.gone, 0);
	close(fd);
	place_finish(&place);
}

static void
what_is_no_stream_of_osc_ends_the_link(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} streams[] = {
#define STREAM(bytes) {bytes, sizeof(bytes) - 1}
		STREAM("GET / HTTP/1.1\r\n\r\n"),
		STREAM("\xc0\xdb\xc0"),
		STREAM("\0\xff\xff\xff"),
		STREAM("\0\0\0\x41"),
		STREAM(SIZED(HELLO) "\xff\0\0\0"),
		STREAM("\xc0"
		       "0123456789012345678901234567890123456789"
		       "0123456789012345678901234"),
	};
	const struct stage_osc_tcp_config config = {
		.host = "127.0.0.1", .packet_max_bytes = 64};
	struct place place;
	(void)state;

	place_init_as(&place, &config);
	for (size_t i = 0; i < STAGE_COUNT_OF(streams); i++) {
		int fd = place_connect(&place);
		world_send(fd, streams[i].bytes, streams[i].len);
		world_await(&place.world, &place.gone, i + 1);
		expect_end(&place, fd);
		close(fd);
	}
	assert_int_equal(place.count, 1);
	place_finish(&place);
}

static void
a_packet_has_a_greatest_length(void **state)
{
	const size_t most = STAGE_OSC_BYTES_MAX;
	const struct stage_osc_tcp_config config = {
		.host = "127.0.0.1", .packet_max_bytes = SIZE_MAX};
	char *bytes = calloc(1, most + 4);
	struct place place;
	size_t sent = 0;
	int fd;
	(void)state;

	assert_non_null(bytes);
	place_init_as(&place, &config);
	fd = place_connect(&place);
	memcpy(bytes, "\0\x10\0\0/blob\0\0\0,b\0\0\0\x0f\xff\xf0", 20);
	while (place.count == 0) {
		ssize_t now =
			send(fd, bytes + sent, most + 4 - sent, MSG_DONTWAIT);
		sent += now > 0 ? (size_t)now : 0;
		world_turn(&place.world);
	}
	assert_string_equal(place.address, "/blob");
	SEND(fd, "\0\x10\0\1");
	world_await(&place.world, &place.gone, 1);
	free(bytes);
	close(fd);
	place_finish(&place);
}

// Links to a few, of which each says hello.
static void
there_are_only_so_many_links(void **state)
{
	const struct stage_osc_tcp_config config = {
		.host = "127.0.0.1", .links_max = 3};
	struct place place;
	int fds[3];
	int late;
	(void)state;

	place_init_as(&place, &config);
	place.deed = ANSWER;
	for (int i = 0; i < 3; i++) {
		(void)place_meet(&place, &fds[i]);
		EXPECT(fds[i], SLIP(HELLO));
	}
	late = place_connect(&place);
	expect_end(&place, late);
	close(late);
	assert_int_equal(place.gone, 0);
	for (int i = 0; i < 3; i++) {
		SEND(fds[i], SLIP(LAST));
		world_await(&place.world, &place.count, 4 + (size_t)i);
		EXPECT(fds[i], SLIP(LAST));
	}
	close(fds[1]);
	world_await(&place.world, &place.gone, 1);
	(void)place_meet(&place, &fds[1]);
	for (int i = 0; i < 3; i++) {
		close(fds[i]);
	}
	place_finish(&place);
}

static void
who_says_nothing_gives_way(void **state)
{
	const struct stage_osc_tcp_config config = {
		.host = "127.0.0.1", .links_max = 3};
	struct place place;
	int speaker;
	int first;
	int second;
	int third;
	(void)state;

	place_init_as(&place, &config);
	place.deed = ANSWER;
	(void)place_meet(&place, &speaker);
	first = place_connect(&place);
	world_turn(&place.world);
	second = place_connect(&place);
	SEND(second, "\xc0/hel"); // half a word is none
	world_turn(&place.world);
	(void)place_meet(&place, &third);
	assert_int_equal(place.gone, 1);
	expect_end(&place, first);
	SEND(second, "lo\0\0,\0\0\0\xc0");
	world_await(&place.world, &place.count, 3);
	EXPECT(second, SLIP(HELLO));
	close(speaker);
	close(first);
	close(second);
	close(third);
	place_finish(&place);
}

static void
a_link_that_has_ended_is_sent_nothing(void **state)
{
	struct place place;
	struct stage_osc_link *link;
	int fd;
	(void)state;

	place_init(&place);
	link = place_meet(&place, &fd);
	place.deed = CLOSE; // and then tries to send
	SEND(fd, SLIP(HELLO));
	world_await(&place.world, &place.gone, 1);
	assert_ptr_equal(place.last_gone, link);
	expect_end(&place, fd);
	close(fd);
	place_finish(&place);
}

// The shortest time in which a size and then its packet arrive, as programs
// with liblo send them.
static uint64_t
measure_two_parts_ns(struct place *self, bool is_delayed)
{
	const int at_once = !is_delayed;
	uint64_t shortest_ns = UINT64_MAX;
	int fd = place_connect(self);

	assert_int_equal(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &at_once,
				 sizeof(at_once)),
		0);
	for (int i = 0; i < 50; i++) {
		uint64_t start_ns = uv_hrtime();
		uint64_t took_ns;
		SEND(fd, "\0\0\0\x0c");
		SEND(fd, HELLO);
		world_await(&self->world, &self->count, self->count + 1);
		took_ns = uv_hrtime() - start_ns;
		EXPECT(fd, SIZED(HELLO));
		// Until it sees a dialogue, the system acknowledges at once.
		if (i >= 25 && took_ns < shortest_ns) {
			shortest_ns = took_ns;
		}
	}
	close(fd);
	return shortest_ns;
}

static void
who_sends_in_two_parts_is_not_held_up(void **state)
{
	struct place place;
	uint64_t at_once_ns;
	uint64_t delayed_ns;
	(void)state;

	place_init(&place);
	place.deed = ANSWER;
	at_once_ns = measure_two_parts_ns(&place, false);
	delayed_ns = measure_two_parts_ns(&place, true);
	assert_true(delayed_ns < 100 * at_once_ns);
	place_finish(&place);
}

// Reads that while the loop turns.
static void
expect_while_turning(
	struct place *self, int fd, const unsigned char *bytes, size_t len)
{
	unsigned char got[4096];

	while (len > 0) {
		ssize_t now = recv(fd, got,
			len < sizeof(got) ? len : sizeof(got), MSG_DONTWAIT);
		world_turn(&self->world);
		if (now < 0) {
			assert_int_equal(errno, EAGAIN);
			continue;
		}
		assert_true(now > 0);
		assert_memory_equal(got, bytes, (size_t)now);
		bytes += now;
		len -= (size_t)now;
	}
}

// A reader that is slow but reads gets all, in order.
static void
what_cannot_go_at_once_goes_later(void **state)
{
	const struct stage_osc_tcp_config config = {
		.host = "127.0.0.1", .queue_max_bytes = 64U << 20U};
	const uint32_t count = 1000;
	static unsigned char packet[16384];
	static unsigned char frame[2 + sizeof(packet)];
	struct place place;
	struct stage_osc_link *link;
	int fd;
	(void)state;

	place_init_as(&place, &config);
	link = place_meet(&place, &fd);
	memset(packet, 'x', sizeof(packet));
	for (uint32_t i = 0; i < count; i++) {
		packet[0] = (unsigned char)(i & 0x7fU);
		stage_osc_link_send(link, packet, sizeof(packet));
	}
	frame[0] = 0xc0;
	memcpy(frame + 1, packet, sizeof(packet));
	frame[sizeof(frame) - 1] = 0xc0;
	for (uint32_t i = 0; i < count; i++) {
		frame[1] = (unsigned char)(i & 0x7fU);
		expect_while_turning(&place, fd, frame, sizeof(frame));
	}
	assert_int_equal(place.gone, 0);
	close(fd);
	place_finish(&place);
}

// Sends until the link has gone, one packet a turn.
static void
flood(struct place *self, struct stage_osc_link *link, size_t len)
{
	char *bytes = calloc(1, len);

	assert_non_null(bytes);
	while (self->gone == 0) {
		stage_osc_link_send(link, bytes, len);
		world_turn(&self->world);
	}
	assert_ptr_equal(self->last_gone, link);
	free(bytes);
}

static void
who_does_not_read_loses_the_link(void **state)
{
	const struct stage_osc_tcp_config config = {
		.host = "127.0.0.1", .queue_max_bytes = 100000};
	const size_t lens[] = {512, 60000, 200000, STAGE_OSC_BYTES_MAX};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(lens); i++) {
		struct place place;
		int other;
		int fd;
		place_init_as(&place, &config);
		(void)place_meet(&place, &other);
		flood(&place, place_meet(&place, &fd), lens[i]);
		// The others have noticed nothing.
		place.deed = ANSWER;
		SEND(other, SLIP(LAST));
		world_await(&place.world, &place.count, 3);
		EXPECT(other, SLIP(LAST));
		assert_int_equal(place.gone, 1);
		close(fd);
		close(other);
		place_finish(&place);
	}
}

// A program that ends while it is sent to, with a reset at once or when it gets
// something; the second is what SIGPIPE is for.
static void
who_ends_while_being_sent_to_is_gone(void **state)
{
	(void)state;
	for (int at_once = 0; at_once < 2; at_once++) {
		const struct linger linger = {.l_onoff = at_once};
		struct place place;
		struct stage_osc_link *link;
		int fd;
		place_init(&place);
		link = place_meet(&place, &fd);
		assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger,
					 sizeof(linger)),
			0);
		close(fd);
		for (int i = 0; i < 3; i++) {
			stage_osc_link_send(link, HELLO, 12);
		}
		assert_int_equal(place.gone, 0); // before the loop turns
		world_await(&place.world, &place.gone, 1);
		place_finish(&place);
	}
}

static void
a_bundle_ends_with_its_link(void **state)
{
	struct place place;
	int fd;
	(void)state;

	place_init(&place);
	place.deed = CLOSE;
	fd = place_connect(&place);
	SEND(fd, SLIP(BUNDLE) SLIP(LAST));
	world_await(&place.world, &place.gone, 1);
	assert_int_equal(place.count, 1);
	assert_string_equal(place.address, "/hello");
	close(fd);
	place_finish(&place);
}

static void
all_ends_with_the_listener(void **state)
{
	struct place place;
	int fd;
	int other;
	(void)state;

	place_init(&place);
	(void)place_meet(&place, &other);
	place.deed = DESTROY;
	fd = place_connect(&place);
	SEND(fd, SLIP(BUNDLE) SLIP(LAST));
	world_await(&place.world, &place.count, 2);
	expect_end(&place, fd);
	expect_end(&place, other);
	assert_string_equal(place.address, "/hello");
	assert_int_equal(place.count, 2);
	assert_int_equal(place.gone, 0);
	close(fd);
	close(other);
	place_finish(&place);
}

static void
nobody_needs_to_know_of_the_end(void **state)
{
	const struct stage_osc_tcp_config config = {.host = "127.0.0.1"};
	const struct stage_osc_tcp_ops quiet = {.message = on_message};
	struct place place = {0};
	int fd;
	(void)state;

	world_init(&place.world);
	assert_int_equal(stage_osc_tcp_create(&place.world.loop, &config,
				 &quiet, &place, &place.tcp, NULL),
		STAGE_OK);
	place.deed = CLOSE;
	(void)place_meet(&place, &fd);
	expect_end(&place, fd);
	close(fd);
	place_finish(&place);
}

static void
assert_refused(uv_loop_t *loop, const char *host, int port,
	enum stage_status wanted, const char *sentence)
{
	const struct stage_osc_tcp_config config = {.host = host, .port = port};
	struct stage_osc_tcp *tcp = (void *)1;
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(
		stage_osc_tcp_create(loop, &config, &ops, NULL, &tcp, &err),
		wanted);
	assert_int_equal(err.status, wanted);
	assert_true(stage_starts_with(err.text, sentence));
	assert_null(tcp);
}

static void
a_place_that_cannot_be_had_is_told(void **state)
{
	struct place place;
	char sentence[128];
	int port;
	(void)state;

	place_init(&place);
	port = stage_osc_tcp_port(place.tcp);
	snprintf(sentence, sizeof(sentence),
		"unable to listen for OSC by TCP at 127.0.0.1 port %d: ", port);
	assert_refused(
		&place.world.loop, "127.0.0.1", port, STAGE_BUSY, sentence);
	assert_refused(&place.world.loop, "localhost", 0, STAGE_BAD_INPUT,
		"unable to listen for OSC: \"localhost\" is no numeric "
		"internet address");
	assert_refused(&place.world.loop, "127.0.0.1", -1, STAGE_BAD_INPUT,
		"unable to listen for OSC: a port is 0 to 65535, not -1");
	assert_refused(&place.world.loop, "192.0.2.1", 0, STAGE_IO,
		"unable to listen for OSC by TCP at 192.0.2.1 port 0: ");
	place_finish(&place);
	stage_osc_tcp_destroy(NULL);
}

// A daemon that was killed has its port again at once, whoever was connected.
static void
a_port_can_be_had_again_at_once(void **state)
{
	struct stage_osc_tcp_config config = {.host = "127.0.0.1"};
	struct place place;
	int fd;
	(void)state;

	place_init(&place);
	config.port = stage_osc_tcp_port(place.tcp);
	(void)place_meet(&place, &fd);
	place_finish(&place);
	place_init_as(&place, &config);
	assert_int_equal(stage_osc_tcp_port(place.tcp), config.port);
	close(fd);
	place_finish(&place);
}

static void
all_sockets_end_with_exec(void **state)
{
	uint64_t before = world_inherited();
	struct place place;
	int fds[2];
	(void)state;

	place_init(&place);
	(void)place_meet(&place, &fds[0]);
	(void)place_meet(&place, &fds[1]);
	assert_int_equal(world_inherited(), before);
	close(fds[0]);
	close(fds[1]);
	place_finish(&place);
}

// With no descriptor left: who comes is turned away, who is there is served.
static void
without_descriptors_who_comes_is_turned_away(void **state)
{
	struct place place;
	struct rlimit limit;
	struct rlimit low;
	struct stage_osc_peer to;
	int used[64];
	size_t count = 0;
	int there;
	int late;
	(void)state;

	place_init(&place);
	place.deed = ANSWER;
	(void)place_meet(&place, &there);
	EXPECT(there, SLIP(HELLO));
	late = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	low = limit;
	low.rlim_cur = (rlim_t)late + 8;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	while ((used[count] = dup(late)) >= 0) {
		count++;
		assert_true(count < STAGE_COUNT_OF(used));
	}
	assert_int_equal(stage_osc_peer_init(&to, "127.0.0.1",
				 stage_osc_tcp_port(place.tcp), NULL),
		STAGE_OK);
	assert_int_equal(connect(late, (struct sockaddr *)&to.address,
				 sizeof(struct sockaddr_in)),
		0);
	expect_end(&place, late);
	SEND(there, SLIP(LAST));
	world_await(&place.world, &place.count, 2);
	EXPECT(there, SLIP(LAST));
	while (count > 0) {
		close(used[--count]);
	}
	close(late);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	(void)place_meet(&place, &late);
	close(late);
	close(there);
	place_finish(&place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_answered_in_its_own_framing),
		cmocka_unit_test(a_stream_comes_byte_by_byte),
		cmocka_unit_test(a_link_knows_who_it_is),
		cmocka_unit_test(both_kinds_of_addresses_are_served),
		cmocka_unit_test(what_is_no_osc_is_passed_over),
		cmocka_unit_test(what_is_no_stream_of_osc_ends_the_link),
		cmocka_unit_test(a_packet_has_a_greatest_length),
		cmocka_unit_test(there_are_only_so_many_links),
		cmocka_unit_test(who_says_nothing_gives_way),
		cmocka_unit_test(a_link_that_has_ended_is_sent_nothing),
		cmocka_unit_test(who_sends_in_two_parts_is_not_held_up),
		cmocka_unit_test(what_cannot_go_at_once_goes_later),
		cmocka_unit_test(who_does_not_read_loses_the_link),
		cmocka_unit_test(who_ends_while_being_sent_to_is_gone),
		cmocka_unit_test(a_bundle_ends_with_its_link),
		cmocka_unit_test(all_ends_with_the_listener),
		cmocka_unit_test(nobody_needs_to_know_of_the_end),
		cmocka_unit_test(a_place_that_cannot_be_had_is_told),
		cmocka_unit_test(a_port_can_be_had_again_at_once),
		cmocka_unit_test(all_sockets_end_with_exec),
		cmocka_unit_test(without_descriptors_who_comes_is_turned_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
