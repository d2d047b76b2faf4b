/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// What comes in over HTTP, whole, in pieces, too much, too slowly, or wrong.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

#define CONF "web.port 0\nweb.connections 12\nweb.head_timeout 300ms\n"

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

static void
a_request_may_come_in_pieces(void **state)
{
	struct world *self = *state;
	struct caller caller;
	char text[512];

	(void)snprintf(text, sizeof(text),
		"GET /page.js HTTP/1.1\r\nHost: localhost:%u\r\nX: y\r\n\r\n",
		(unsigned)self->web->port);
	caller_init(&caller, self);
	for (const char *at = text; *at != '\0'; at++) {
		caller_say_bytes(&caller, at, 1);
		(void)uv_run(&self->loop, UV_RUN_NOWAIT);
	}
	assert_int_equal(caller_answer(&caller, NULL, NULL), 200);
	// Several at once, one after the other.
	for (int i = 0; i < 3; i++) {
		caller_say(&caller, text);
	}
	for (int i = 0; i < 3; i++) {
		assert_int_equal(caller_answer(&caller, NULL, NULL), 200);
	}
	caller_finish(&caller);
}

static void
a_body_may_come_in_pieces_and_not_be_too_long(void **state)
{
	struct world *self = *state;
	struct caller caller;
	char token[TOKEN_MAX];
	char *body = calloc(1, STAGE_WEB_BODY_MAX + 100);
	char text[512];

	assert_non_null(body);
	world_start_show(self);
	world_pair(self, STAGE_WEB_PERFORMER, token);
	(void)snprintf(text, sizeof(text),
		"POST /api/show/play HTTP/1.1\r\nHost: localhost:%u\r\n"
		"Authorization: Bearer %s\r\n"
		"Content-Type: application/json; charset=utf-8\r\n"
		"Transfer-Encoding: chunked\r\n\r\n"
		"5\r\n{\"num\r\n8\r\nber\": 12\r\n1\r\n}\r\n0\r\n\r\n",
		(unsigned)self->web->port, token);
	caller_init(&caller, self);
	caller_say(&caller, text);
	caller_await(&caller, "{\"number\":12}");
	caller_finish(&caller);
	memset(body, ' ', STAGE_WEB_BODY_MAX);
	memcpy(body + STAGE_WEB_BODY_MAX - 2, "{}", 2);
	assert_int_equal(world_ask(self,
				 &(struct asked){.method = "POST",
					 .path = "/api/next",
					 .token = token,
					 .body = body},
				 NULL),
		200);
	body[STAGE_WEB_BODY_MAX] = ' ';
	world_expect(self,
		&(struct asked){.method = "POST",
			.path = "/api/next",
			.token = token,
			.body = body},
		413, "65536 bytes");
	free(body);
	assert_int_equal(self->plays, 1);
}

static void
who_must_not_is_answered_before_the_body(void **state)
{
	struct world *self = *state;
	struct caller caller;
	char text[256];

	(void)snprintf(text, sizeof(text),
		"POST /api/next HTTP/1.1\r\nHost: localhost:%u\r\n"
		"Authorization: Bearer x\r\n"
		"Content-Type: application/json\r\nContent-Length: 50000"
		"\r\n\r\n",
		(unsigned)self->web->port);
	caller_init(&caller, self);
	caller_say(&caller, text);
	assert_int_equal(caller_answer(&caller, NULL, NULL), 401);
	caller_finish(&caller);
}

static void
who_is_slow_is_cut_off(void **state)
{
	static const char *const begun[] = {
		"", "G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: local"};
	struct world *self = *state;
	struct caller caller;

	for (size_t i = 0; i < STAGE_COUNT_OF(begun); i++) {
		caller_init(&caller, self);
		caller_say(&caller, begun[i]);
		caller_await_end(&caller);
		assert_null(strstr(caller.bytes, "200"));
		caller_finish(&caller);
	}
	// After an answer, too, if nothing more is asked for.
	caller_init(&caller, self);
	caller_ask(&caller, &(struct asked){.path = "/"});
	assert_int_equal(caller_answer(&caller, NULL, NULL), 200);
	caller_await_end(&caller);
	caller_finish(&caller);
}

static bool
is_asked(void *user)
{
	return ((struct world *)user)->later != NULL;
}

static bool
is_late(void *user)
{
	return uv_now(&world.loop) > *(uint64_t *)user;
}

// An answer may take longer than a request.
static void
who_waits_for_an_answer_is_not(void **state)
{
	struct world *self = *state;
	struct caller caller;
	char token[TOKEN_MAX];
	uint64_t until_ms = uv_now(&self->loop) + 1500;

	world_start_show(self);
	world_pair(self, STAGE_WEB_VIEWER, token);
	caller_init(&caller, self);
	caller_ask(&caller, &(struct asked){.method = "POST",
				    .path = "/api/show/slow",
				    .token = token});
	world_turn_until(self, is_asked, self);
	world_turn_until(self, is_late, &until_ms);
	stage_rpc_reply_ok(self->later, json_true());
	self->later = NULL;
	assert_int_equal(caller_answer(&caller, NULL, NULL), 200);
	caller_finish(&caller);
}

static void
connections_are_counted(void **state)
{
	static struct caller callers[40];
	struct world *self = *state;
	char token[TOKEN_MAX];

	world_pair(self, STAGE_WEB_VIEWER, token);
	for (size_t i = 0; i < STAGE_COUNT_OF(callers); i++) {
		caller_init(&callers[i], self);
		(void)uv_run(&self->loop, UV_RUN_NOWAIT);
		assert_in_range(
			stage_web_http_connections(self->web->http), 0, 12);
	}
	for (size_t i = 20; i < STAGE_COUNT_OF(callers); i++) {
		caller_await_end(&callers[i]);
		assert_int_equal(callers[i].len, 0);
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(callers); i++) {
		caller_await_end(&callers[i]); // they say nothing
		caller_finish(&callers[i]);
	}
	assert_int_equal(world_code(self, "GET", "/api/me", token), 200);
}

static void
garbage_is_refused(void **state)
{
	static const char *const rows[] = {
		"\r\n\r\n",
		"\x16\x03\x01\x02",
		"GET\r\n\r\n",
		"GET / HTTP/9.9\r\n\r\n",
		"GET / HTTP/1.1\r\n: x\r\n\r\n",
		"GET / HTTP/1.1\r\nHost\r\n\r\n",
		"POST /api/pair HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
		"POST /api/pair HTTP/1.1\r\nContent-Length: 9e9\r\n\r\n",
		"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
		"GET http://evil.example/ HTTP/1.1\r\nHost: x\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"CONNECT localhost:22 HTTP/1.1\r\n\r\n",
	};
	struct world *self = *state;
	struct caller caller;
	char *head = malloc(70000);

	assert_non_null(head);
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		caller_init(&caller, self);
		caller_say(&caller, rows[i]);
		caller_await_end(&caller);
		assert_null(strstr(caller.bytes, " 200 "));
		assert_null(strstr(caller.bytes, "page"));
		caller_finish(&caller);
	}
	// A head that has no end.
	memset(head, 'a', 70000);
	memcpy(head, "GET / HTTP/1.1\r\nX: ", 19);
	caller_init(&caller, self);
	caller_say_bytes(&caller, head, 70000);
	caller_await_end(&caller);
	assert_null(strstr(caller.bytes, " 200 "));
	caller_finish(&caller);
	free(head);
	assert_int_equal(world_code(self, "GET", "/", NULL), 200);
}

static void
an_address_is_listened_at_once(void **state)
{
	struct world *self = *state;
	struct stage_web_http *http = self->web->http;
	struct stage_err err = STAGE_ERR_INIT;
	uint16_t port = self->web->port;
	size_t before = stage_web_http_addresses(http)->count;

	assert_int_equal(stage_web_http_listen(http, "127.0.0.1", &port, &err),
		STAGE_OK);
	assert_int_equal(stage_web_http_addresses(http)->count, before);
	assert_int_equal(stage_web_http_listen(http, "127.0.0.9", &port, &err),
		STAGE_OK);
	assert_int_equal(stage_web_http_addresses(http)->count, before + 1);
	assert_int_equal(
		stage_web_http_listen(http, "not an address", &port, &err),
		STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "no address to listen at"));
	assert_int_not_equal(
		stage_web_http_listen(http, "203.0.113.9", &port, &err),
		STAGE_OK);
	assert_non_null(strstr(err.text, "unable to listen at 203.0.113.9"));
	assert_int_equal(stage_web_http_addresses(http)->count, before + 1);
	// What is not wanted any more goes when somebody looks.
	stage_web_daemon_listen(self->web);
	assert_int_equal(stage_web_http_addresses(http)->count, before);
	stage_web_http_unlisten(http, "127.0.0.9");
	assert_int_equal(world_code(self, "GET", "/", NULL), 200);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_request_may_come_in_pieces),
		TEST(a_body_may_come_in_pieces_and_not_be_too_long),
		TEST(who_must_not_is_answered_before_the_body),
		TEST(who_is_slow_is_cut_off),
		TEST(who_waits_for_an_answer_is_not),
		TEST(connections_are_counted),
		TEST(garbage_is_refused),
		TEST(an_address_is_listened_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
