/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/outbox.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/str.h"
#include "scratch.h"

struct pipe {
	int listens;
	int server; // writes
	int client;
};

static struct scratch scratch;
static struct stage_outbox outbox;
static struct pipe ill;
static char cut[256];

static void
on_cut(void *user, const char *client)
{
	(void)user;
	strncat(cut, client, sizeof(cut) - strlen(cut) - 1);
	strncat(cut, " ", sizeof(cut) - strlen(cut) - 1);
}

static void
look(int seconds)
{
	cut[0] = '\0';
	stage_outbox_look(
		&outbox, "default", seconds * STAGE_NS_PER_S, on_cut, NULL);
}

static struct sockaddr_un
address(const char *name)
{
	struct sockaddr_un out = {.sun_family = AF_UNIX};

	assert_int_equal(stage_format(out.sun_path, sizeof(out.sun_path),
				 "%s/%s", scratch.dir, name),
		STAGE_OK);
	return out;
}

static void
pipe_open(struct pipe *self, const char *name)
{
	struct sockaddr_un at = address(name);

	self->listens = socket(AF_UNIX, SOCK_STREAM, 0);
	self->server = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(
		bind(self->listens, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(self->listens, 1), 0);
	assert_int_equal(
		connect(self->server, (struct sockaddr *)&at, sizeof(at)), 0);
	self->client = accept(self->listens, NULL, NULL);
	assert_true(self->client >= 0);
}

static void
pipe_close(struct pipe *self)
{
	close(self->listens);
	close(self->server);
	close(self->client);
}

// As the server does: each number by itself. Returns how many it took.
static int
pipe_fill(struct pipe *self, int count)
{
	int i = 0;

	while (i < count && send(self->server, &i, sizeof(i),
				    MSG_DONTWAIT | MSG_NOSIGNAL) == sizeof(i)) {
		i++;
	}
	return i;
}

static void
pipe_read(struct pipe *self, int count)
{
	int number;

	while (count-- > 0) {
		assert_int_equal(read(self->client, &number, sizeof(number)),
			sizeof(number));
	}
}

static int
setup(void **state)
{
	(void)state;
	scratch_init(&scratch);
	memset(&outbox, 0, sizeof(outbox));
	pipe_open(&ill, "jack_ill_client_0_0");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	pipe_close(&ill);
	scratch_finish(&scratch);
	return 0;
}

static void
one_that_reads_nothing_is_cut_off(void **state)
{
	(void)state;

	assert_true(pipe_fill(&ill, 1 << 20) < 1 << 20);
	look(1);
	assert_string_equal(cut, "");
	look(4);
	assert_string_equal(cut, "");
	look(5);
	assert_string_equal(cut, "ill_client ");
	errno = 0;
	assert_int_equal(pipe_fill(&ill, 1), 0);
	assert_int_equal(errno, EPIPE);
	look(6);
	assert_string_equal(cut, ""); // once is enough
}

static void
one_that_reads_is_not(void **state)
{
	int room = pipe_fill(&ill, 1 << 20);
	(void)state;

	for (int second = 1; second < 20; second++) {
		look(second);
		assert_string_equal(cut, "");
		pipe_read(&ill, room / 8);
		pipe_fill(&ill, room / 8 - 1);
	}
}

static void
one_with_room_is_not(void **state)
{
	int room = pipe_fill(&ill, 1 << 20);
	(void)state;

	pipe_read(&ill, room * 3 / 4);
	for (int second = 1; second < 20; second++) {
		look(second);
		assert_string_equal(cut, "");
	}
}

static void
an_old_fault_counts_no_more(void **state)
{
	int room = pipe_fill(&ill, 1 << 20);
	(void)state;

	look(1);
	pipe_read(&ill, room);
	look(3);
	pipe_fill(&ill, 1 << 20);
	look(5);
	assert_string_equal(cut, "");
	look(8);
	assert_string_equal(cut, "");
	look(9);
	assert_string_equal(cut, "ill_client ");
}

static void
only_what_leads_to_clients(void **state)
{
	static const char *const others[] = {"jack_default_0_0", "jack_ill_0_1",
		"jack_0", "jack__0", "jack_ill_x_0", "other", "jack_0_0_1_0x"};
	struct pipe pipes[STAGE_COUNT_OF(others)];
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(others); i++) {
		pipe_open(&pipes[i], others[i]);
		pipe_fill(&pipes[i], 1 << 20);
	}
	look(1);
	look(10);
	assert_string_equal(cut, "");
	for (size_t i = 0; i < STAGE_COUNT_OF(others); i++) {
		pipe_close(&pipes[i]);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(one_that_reads_nothing_is_cut_off),
		TEST(one_that_reads_is_not),
		TEST(one_with_room_is_not),
		TEST(an_old_fault_counts_no_more),
		TEST(only_what_leads_to_clients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
