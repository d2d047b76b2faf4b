/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Who asks what, and what is answered.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "world.h"

#define CONF "web.port 0\n"

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

#define ORIGIN "Origin: http://localhost:%u\r\n"

static void
files_are_served_and_no_others(void **state)
{
	static const char *const none[] = {"/secret", "/../secret",
		"/web/index.html", "/%2e%2e/secret", "//secret", "/index.html/",
		"/page.js%00", "/.."};
	struct world *self = *state;
	struct caller caller;
	char *head = NULL;
	char *body = NULL;
	char etag[64] = "";
	char known[96];

	caller_init(&caller, self);
	caller_ask(&caller, &(struct asked){.path = "/"});
	assert_int_equal(caller_answer(&caller, &head, &body), 200);
	assert_string_equal(body, "<html>page\n");
	assert_non_null(strstr(head, "Content-Type: text/html"));
	assert_non_null(strstr(head, "frame-ancestors 'none'"));
	assert_non_null(strstr(head, "nosniff"));
	assert_non_null(strstr(head, "Cache-Control: no-cache"));
	assert_int_equal(sscanf(strstr(head, "ETag: "), "ETag: %63s", etag), 1);
	free(head);
	free(body);
	// One connection, one request after another.
	(void)snprintf(known, sizeof(known), "If-None-Match: %s\r\n", etag);
	caller_ask(&caller, &(struct asked){.path = "/", .headers = known});
	assert_int_equal(caller_answer(&caller, NULL, NULL), 304);
	caller_ask(&caller, &(struct asked){.path = "/page.js"});
	assert_int_equal(caller_answer(&caller, NULL, &body), 200);
	assert_string_equal(body, "let a\n");
	free(body);
	caller_finish(&caller);
	for (size_t i = 0; i < STAGE_COUNT_OF(none); i++) {
		assert_int_equal(world_code(self, "GET", none[i], NULL), 404);
	}
	assert_int_equal(world_code(self, "PUT", "/", "x"), 405);
	assert_int_equal(world_code(self, "POST", "/page.js", "x"), 405);
}

static void
who_comes_from_elsewhere_is_refused(void **state)
{
	static const struct {
		const char *headers;
		unsigned code;
	} rows[] = {
		{"Host: evil.example\r\n", 421},
		{"Host: localhost\r\n", 421},
		{"Host: localhost:1\r\n", 421},
		{"", 403}, // no Origin and no token
		{"Origin: http://evil.example\r\n", 403},
		{"Origin: null\r\n", 403},
		{"Origin: https://localhost\r\n", 403},
	};
	struct world *self = *state;
	struct caller caller;
	char two[128];
	char form[128];

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		world_expect(self,
			&(struct asked){.method = "POST",
				.path = "/api/next",
				.headers = rows[i].headers},
			rows[i].code, "\"status\":\"denied\"");
	}
	// Two names are none.
	caller_init(&caller, self);
	(void)snprintf(two, sizeof(two),
		"GET / HTTP/1.1\r\nHost: localhost:%u\r\nHost: localhost:%u"
		"\r\n\r\n",
		(unsigned)self->web->port, (unsigned)self->web->port);
	caller_say(&caller, two);
	assert_in_range(caller_answer(&caller, NULL, NULL), 400, 421);
	caller_finish(&caller);
	// What a form of another page sends.
	caller_init(&caller, self);
	(void)snprintf(form, sizeof(form),
		"POST /api/next HTTP/1.1\r\nHost: localhost:%u\r\n"
		"Authorization: Bearer x\r\nContent-Length: 3\r\n\r\na=b",
		(unsigned)self->web->port);
	caller_say(&caller, form);
	assert_int_equal(caller_answer(&caller, NULL, NULL), 415);
	caller_finish(&caller);
}

static void
a_device_may_what_its_role_may(void **state)
{
	static const struct {
		const char *path;
		unsigned codes[3]; // for viewer, performer, admin; all locked
	} rows[] = {
		{"/api/show/list", {200, 200, 200}},
		{"/api/next", {403, 200, 200}},
		{"/api/show/tempo", {403, 423, 423}},
		{"/api/show/save", {403, 403, 423}},
		{"/api/show/nothing", {403, 403, 423}},
		{"/api/web/pair", {403, 403, 423}},
		{"/api/nothing/next", {403, 403, 423}},
		{"/api/rig/restart", {403, 503, 503}}, // it does not run
		{"/api/show/subscribe", {403, 403, 423}},
		{"/api/show", {404, 404, 404}},
	};
	struct world *self = *state;
	char tokens[3][TOKEN_MAX];

	world_start_show(self);
	for (int i = 0; i < 3; i++) {
		world_pair(self, (enum stage_web_role)(STAGE_WEB_VIEWER + i),
			tokens[i]);
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		bool is_path = rows[i].codes[0] != 404;
		assert_int_equal(
			world_code(self, "POST", rows[i].path, "not a token"),
			is_path ? 401 : 404);
		for (int k = 0; k < 3; k++) {
			unsigned code = world_code(
				self, "POST", rows[i].path, tokens[k]);
			if (code != rows[i].codes[k]) {
				fail_msg("%s as %d: %u", rows[i].path, k, code);
			}
		}
	}
	assert_int_equal(self->plays, 2);
	world_expect(self,
		&(struct asked){.method = "POST",
			.path = "/api/unlock",
			.token = tokens[2]},
		200, "\"locked\":false");
	assert_int_equal(
		world_code(self, "POST", "/api/show/save", tokens[2]), 200);
	assert_int_equal(
		world_code(self, "POST", "/api/nothing/next", tokens[2]), 404);
	assert_int_equal(
		world_code(self, "POST", "/api/show/subscribe", tokens[2]),
		404);
	assert_int_equal(world_code(self, "POST", "/api/lock", tokens[2]), 200);
	assert_int_equal(
		world_code(self, "POST", "/api/show/save", tokens[2]), 423);
	assert_int_equal(world_code(self, "GET", "/api/next", tokens[2]), 405);
}

static void
short_paths_are_verbs_of_the_show(void **state)
{
	struct world *self = *state;
	char token[TOKEN_MAX];

	world_start_show(self);
	world_pair(self, STAGE_WEB_PERFORMER, token);
	world_expect(self,
		&(struct asked){
			.method = "POST", .path = "/api/go/7", .token = token},
		200, "{\"number\":7}");
	world_expect(self,
		&(struct asked){
			.method = "POST", .path = "/api/stop", .token = token},
		200, "{\"what\":\"stop\"}");
	world_expect(self,
		&(struct asked){.method = "POST",
			.path = "/api/show/play",
			.token = token,
			.body = "{\"number\":\"x\"}"},
		400, "number");
	world_expect(self,
		&(struct asked){.method = "POST",
			.path = "/api/show/play",
			.token = token,
			.body = "[1]"},
		400, "no JSON object");
	world_expect(self,
		&(struct asked){.path = "/api/show/state", .token = token}, 200,
		"\"song\":{\"name\":\"\"}");
	world_expect(self,
		&(struct asked){.path = "/api/state", .token = token}, 200,
		"\"rig\":null");
	world_expect(self,
		&(struct asked){.path = "/api/rig/state", .token = token}, 503,
		"rig does not run");
	world_expect(self,
		&(struct asked){.path = "/api/nobody/state", .token = token},
		404, "nobody");
	world_expect(self,
		&(struct asked){.path = "/api/openapi.json", .token = token},
		200, "\"/api/show/tempo\"");
}

static void
failures_have_codes(void **state)
{
	static const struct {
		enum stage_status status;
		unsigned code;
	} rows[] = {
		{STAGE_NOT_FOUND, 404},
		{STAGE_EXISTS, 409},
		{STAGE_BUSY, 409},
		{STAGE_DENIED, 403},
		{STAGE_BAD_INPUT, 400},
		{STAGE_TOO_LONG, 400},
		{STAGE_UNSUPPORTED, 501},
		{STAGE_TIMEOUT, 504},
		{STAGE_GONE, 503},
		{STAGE_FULL, 503},
		{STAGE_NO_MEMORY, 503},
		{STAGE_IO, 500},
	};
	struct world *self = *state;
	char token[TOKEN_MAX];
	char body[32];

	world_start_show(self);
	world_pair(self, STAGE_WEB_VIEWER, token);
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		(void)snprintf(body, sizeof(body), "{\"status\":%d}",
			(int)rows[i].status);
		world_expect(self,
			&(struct asked){.method = "POST",
				.path = "/api/show/fail",
				.token = token,
				.body = body},
			rows[i].code, "as told");
	}
}

static void
who_guesses_is_slowed_down(void **state)
{
	struct world *self = *state;
	char token[TOKEN_MAX];
	char origin[64];
	struct asked guess = {.method = "POST",
		.path = "/api/pair",
		.headers = origin,
		.body = "{\"code\":\"000000\"}"};
	char wrong[TOKEN_MAX];

	world_pair(self, STAGE_WEB_ADMIN, token);
	(void)snprintf(
		origin, sizeof(origin), ORIGIN, (unsigned)self->web->port);
	for (int i = 0; i < STAGE_WEB_FREE_TRIES; i++) {
		world_expect(self, &guess, 403, "that is not the code");
	}
	world_expect(self, &guess, 403, "not the code"); // costs a second
	world_expect(self, &guess, 429, "wait");
	// A token that is wrong, too; but who is known is not kept waiting.
	memset(wrong, 'a', sizeof(wrong));
	wrong[TOKEN_MAX - 1] = '\0';
	assert_int_equal(world_code(self, "GET", "/api/me", wrong), 429);
	assert_int_equal(world_code(self, "GET", "/api/me", token), 200);
	guess.body = "nonsense";
	world_expect(self, &guess, 429, "wait");
	memset(&self->web->backoff, 0, sizeof(self->web->backoff));
	world_expect(self, &guess, 400, "no JSON object");
	guess.body = "{\"code\":1,\"name\":[]}";
	world_expect(self, &guess, 403, "not the code");
}

static void
a_device_comes_and_goes(void **state)
{
	struct world *self = *state;
	char token[TOKEN_MAX];
	char other[TOKEN_MAX];
	struct caller caller;
	char *head = NULL;
	char cookie[128];

	world_pair(self, STAGE_WEB_VIEWER, token);
	world_pair(self, STAGE_WEB_VIEWER, other);
	assert_int_equal(self->web->devices.count, 2);
	(void)snprintf(cookie, sizeof(cookie),
		"Cookie: a=b; stagecraft=%s\r\nOrigin: http://localhost:%u\r\n",
		token, (unsigned)self->web->port);
	world_expect(self,
		&(struct asked){.path = "/api/me", .headers = cookie}, 200,
		"\"name\":\"phone\"");
	// They are known to who comes after us.
	world_end_web(self);
	world_start_web(self);
	assert_int_equal(world_code(self, "GET", "/api/me", token), 200);
	(void)snprintf(cookie, sizeof(cookie),
		"Cookie: stagecraft=%s\r\nOrigin: http://localhost:%u\r\n",
		token, (unsigned)self->web->port);
	caller_init(&caller, self);
	caller_ask(&caller, &(struct asked){.method = "POST",
				    .path = "/api/unpair",
				    .headers = cookie});
	assert_int_equal(caller_answer(&caller, &head, NULL), 200);
	assert_non_null(strstr(head, "Set-Cookie: stagecraft=;"));
	assert_non_null(strstr(head, "Max-Age=0"));
	free(head);
	caller_finish(&caller);
	assert_int_equal(world_code(self, "GET", "/api/me", token), 401);
	// One whose time is over.
	assert_int_equal(world_code(self, "GET", "/api/me", other), 200);
	self->web->devices.items[0].until_s = 1;
	assert_int_equal(world_code(self, "GET", "/api/me", other), 401);
}

static void
a_file_that_makes_no_sense_is_no_device(void **state)
{
	struct world *self = *state;
	char token[TOKEN_MAX];

	world_pair(self, STAGE_WEB_VIEWER, token);
	world_end_web(self);
	(void)scratch_write(
		&self->scratch, "rig/state/web/devices", "garbage \"\n");
	stage_log_init("test", STAGE_LOG_ERROR);
	world_start_web(self);
	assert_in_range(self->web->devices.count, 0, 1);
	world_pair(self, STAGE_WEB_ADMIN, token);
	assert_int_equal(world_code(self, "GET", "/api/me", token), 200);
}

// While a body is on its way its device may be locked, or taken out.
static void
what_holds_is_what_holds_at_the_end(void **state)
{
	struct world *self = *state;
	struct caller callers[2];
	char token[TOKEN_MAX];
	char head[256];

	world_start_show(self);
	world_pair(self, STAGE_WEB_ADMIN, token);
	self->web->devices.items[0].is_unlocked = true;
	(void)snprintf(head, sizeof(head),
		"POST /api/show/save HTTP/1.1\r\nHost: localhost:%u\r\n"
		"Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
		"Content-Length: 2\r\n\r\n{",
		(unsigned)self->web->port, token);
	for (int i = 0; i < 2; i++) {
		caller_init(&callers[i], self);
		caller_say(&callers[i], head);
	}
	assert_int_equal(world_code(self, "POST", "/api/lock", token), 200);
	caller_say(&callers[0], "}");
	assert_int_equal(caller_answer(&callers[0], NULL, NULL), 423);
	assert_int_equal(world_code(self, "POST", "/api/unpair", token), 200);
	caller_say(&callers[1], "}");
	assert_int_equal(caller_answer(&callers[1], NULL, NULL), 401);
	for (int i = 0; i < 2; i++) {
		caller_finish(&callers[i]);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(files_are_served_and_no_others),
		TEST(who_comes_from_elsewhere_is_refused),
		TEST(a_device_may_what_its_role_may),
		TEST(short_paths_are_verbs_of_the_show),
		TEST(failures_have_codes),
		TEST(who_guesses_is_slowed_down),
		TEST(a_device_comes_and_goes),
		TEST(a_file_that_makes_no_sense_is_no_device),
		TEST(what_holds_is_what_holds_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
