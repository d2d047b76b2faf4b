/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// What pages are told, and those that do not listen fast enough.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

#define CONF "web.port 0\nweb.head_timeout 300ms\n"

static struct world world;

static int
set_up(void **state)
{
	world_init(&world, CONF);
	*state = &world;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	world_finish(&world);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#define BIG (512 * 1024)

static void
listen_to(struct world *self, struct caller *caller, const char *token)
{
	caller_init(caller, self);
	caller_ask(
		caller, &(struct asked){.path = "/api/events", .token = token});
	caller_await(caller, "event: hello\n");
}

static void
forget(struct caller *caller)
{
	caller->len = 0;
	caller->bytes[0] = '\0';
}

static void
publish(struct world *self, const char *topic, const char *text)
{
	stage_rpc_server_publish(
		self->show, topic, json_pack("{s:s}", "text", text));
}

static void
a_page_is_told_what_there_is_and_what_becomes_of_it(void **state)
{
	struct world *self = *state;
	struct caller caller;
	char token[TOKEN_MAX];

	world_pair(self, STAGE_WEB_VIEWER, token);
	listen_to(self, &caller, token);
	caller_await(&caller, "event: down\ndata: {\"area\":\"show\"}");
	world_start_show(self);
	caller_await(&caller, "event: snapshot\ndata: {\"area\":\"show\"");
	publish(self, "tick", "one");
	caller_await(&caller, "event: change\ndata: {\"area\":\"show\"");
	caller_await(&caller, "\"data\":{\"text\":\"one\"}");
	// Nothing between: no compression, and each in its own lines.
	assert_null(strstr(caller.bytes, "Content-Encoding"));
	forget(&caller);
	world_end_show(self);
	caller_await(&caller, "event: down\ndata: {\"area\":\"show\"}");
	world_start_show(self);
	caller_await(&caller, "event: snapshot\ndata: {\"area\":\"show\"");
	forget(&caller);
	world_code(self, "POST", "/api/unlock", token);
	caller_await(&caller, "event: me\n");
	caller_await(&caller, "\"locked\":false");
	caller_await(&caller, ":\n\n"); // a sign of life, before long
	caller_finish(&caller);
}

// Who comes after something has happened gets what is new, and the same text.
static void
who_comes_later_gets_a_snapshot_that_is_as_new(void **state)
{
	struct world *self = *state;
	struct caller callers[4];
	char token[TOKEN_MAX];

	world_start_show(self);
	world_pair(self, STAGE_WEB_VIEWER, token);
	listen_to(self, &callers[0], token);
	(void)snprintf(self->song, sizeof(self->song), "first");
	publish(self, "song", "first");
	caller_await(&callers[0], "{\"text\":\"first\"}");
	for (int i = 1; i < 3; i++) {
		listen_to(self, &callers[i], token);
	}
	for (int i = 1; i < 3; i++) {
		caller_await(&callers[i], "{\"name\":\"first\"}");
	}
	(void)snprintf(self->song, sizeof(self->song), "second");
	publish(self, "song", "second");
	caller_await(&callers[0], "\"second\"");
	listen_to(self, &callers[3], token);
	caller_await(&callers[3], "{\"name\":\"second\"}");
	assert_null(strstr(callers[3].bytes, "{\"name\":\"first\"}"));
	for (int i = 0; i < 4; i++) {
		caller_finish(&callers[i]);
	}
}

static void
one_that_does_not_read_loses_and_is_told_all_again(void **state)
{
	struct world *self = *state;
	struct caller slow;
	struct caller quick;
	char token[TOKEN_MAX];
	char *text = malloc(BIG);
	size_t quick_len;

	assert_non_null(text);
	memset(text, 'x', BIG - 1);
	text[BIG - 1] = '\0';
	world_start_show(self);
	world_pair(self, STAGE_WEB_VIEWER, token);
	listen_to(self, &slow, token);
	listen_to(self, &quick, token);
	for (int i = 0; i < 30; i++) {
		char mark[32];
		(void)snprintf(mark, sizeof(mark), "mark %d.", i);
		publish(self, "tick", text);
		publish(self, "tick", mark);
		caller_await(&quick, mark);
		forget(&quick);
	}
	free(text);
	publish(self, "tick", "last");
	caller_await(&quick, "last");
	quick_len = quick.len;
	assert_in_range(quick_len, 1, 4096);
	// It reads again: what it had begun is whole, then it is told all.
	caller_await(&slow, "event: resync\n");
	caller_await(&slow, "\"seq\":61,\"state\"");
	assert_null(strstr(quick.bytes, "resync"));
	publish(self, "tick", "after");
	caller_await(&slow, "\"after\"");
	caller_finish(&slow);
	caller_finish(&quick);
}

static void
who_is_taken_out_hears_no_more(void **state)
{
	struct world *self = *state;
	struct caller caller;
	char token[TOKEN_MAX];
	char other[TOKEN_MAX];

	world_pair(self, STAGE_WEB_VIEWER, token);
	world_pair(self, STAGE_WEB_VIEWER, other);
	listen_to(self, &caller, token);
	assert_int_equal(stage_web_hub_count(self->web->hub), 1);
	world_code(self, "POST", "/api/unpair", other);
	assert_int_equal(stage_web_hub_count(self->web->hub), 1);
	world_code(self, "POST", "/api/unpair", token);
	caller_await_end(&caller);
	assert_int_equal(stage_web_hub_count(self->web->hub), 0);
	caller_finish(&caller);
}

static bool
is_alone(void *user)
{
	return stage_web_hub_count(((struct world *)user)->web->hub) == 0;
}

static void
pages_come_go_and_are_there_at_the_end(void **state)
{
	static struct caller callers[50];
	struct world *self = *state;
	char token[TOKEN_MAX];

	world_start_show(self);
	world_pair(self, STAGE_WEB_VIEWER, token);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < STAGE_COUNT_OF(callers); i++) {
			listen_to(self, &callers[i], token);
		}
		publish(self, "tick", "all");
		for (size_t i = 0; i < STAGE_COUNT_OF(callers); i++) {
			caller_await(&callers[i], "\"all\"");
		}
		if (round == 1) {
			world_end_web(self);
		}
		for (size_t i = 0; i < STAGE_COUNT_OF(callers); i++) {
			if (round == 1) {
				caller_await_end(&callers[i]);
			}
			caller_finish(&callers[i]);
		}
		if (round == 0) {
			world_turn_until(self, is_alone, self);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_page_is_told_what_there_is_and_what_becomes_of_it),
		TEST(who_comes_later_gets_a_snapshot_that_is_as_new),
		TEST(one_that_does_not_read_loses_and_is_told_all_again),
		TEST(who_is_taken_out_hears_no_more),
		TEST(pages_come_go_and_are_there_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
