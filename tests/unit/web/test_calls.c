/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Calls that are made at most once, and only while what was seen holds.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void
post(struct world *self, struct caller *caller, const char *path,
	const char *token)
{
	caller_init(caller, self);
	caller_ask(caller,
		&(struct asked){
			.method = "POST", .path = path, .token = token});
}

static void
expect(struct world *self, const char *path, const char *token, unsigned code,
	const char *part)
{
	world_expect(self,
		&(struct asked){.method = "POST", .path = path, .token = token},
		code, part);
}

static bool
is_asked(void *user)
{
	return ((struct world *)user)->later != NULL;
}

static void
one_with_an_id_is_made_once(void **state)
{
	struct world *self = *state;
	char token[TOKEN_MAX];
	char other[TOKEN_MAX];
	char path[128];

	world_start_show(self);
	world_pair(self, STAGE_WEB_PERFORMER, token);
	world_pair(self, STAGE_WEB_PERFORMER, other);
	for (int i = 0; i < 3; i++) {
		expect(self, "/api/next?id=a", token, 200, "{\"plays\":1}");
	}
	expect(self, "/api/next?id=a", other, 200, "{\"plays\":2}");
	expect(self, "/api/next?id=b", token, 200, "{\"plays\":3}");
	expect(self, "/api/next", token, 200, "{\"plays\":4}");
	expect(self, "/api/next", token, 200, "{\"plays\":5}");
	// What failed stays so, too.
	world_end_show(self);
	expect(self, "/api/next?id=c", token, 503, "does not run");
	world_start_show(self);
	expect(self, "/api/next?id=c", token, 503, "does not run");
	memset(path, 'x', sizeof(path));
	memcpy(path, "/api/next?id=", strlen("/api/next?id="));
	path[strlen("/api/next?id=") + STAGE_WEB_CALL_ID_MAX + 1] = '\0';
	expect(self, path, token, 400, "an id has 64 bytes");
	path[strlen(path) - 1] = '\0';
	expect(self, path, token, 200, "{\"plays\":6}");
	// The oldest one is forgotten at last.
	for (int i = 0; i < STAGE_WEB_CALLS_KEPT; i++) {
		(void)snprintf(path, sizeof(path), "/api/next?id=n%d", i);
		expect(self, path, token, 200, "plays");
	}
	expect(self, "/api/next?id=a", token, 200, "{\"plays\":263}");
}

static void
one_that_runs_yet_is_not_made_again(void **state)
{
	struct world *self = *state;
	struct caller caller;
	char token[TOKEN_MAX];
	char *body = NULL;

	world_start_show(self);
	world_pair(self, STAGE_WEB_PERFORMER, token);
	post(self, &caller, "/api/show/slow?id=s", token);
	world_turn_until(self, is_asked, self);
	expect(self, "/api/show/slow?id=s", token, 202, "running");
	stage_rpc_reply_ok(self->later, json_pack("{s:i}", "done", 1));
	self->later = NULL;
	assert_int_equal(caller_answer(&caller, NULL, &body), 200);
	assert_string_equal(body, "{\"done\":1}");
	free(body);
	caller_finish(&caller);
	expect(self, "/api/show/slow?id=s", token, 200, "{\"done\":1}");
}

static void
one_is_made_while_what_was_seen_plays(void **state)
{
	struct world *self = *state;
	char token[TOKEN_MAX];

	world_pair(self, STAGE_WEB_PERFORMER, token);
	expect(self, "/api/next?if_current=", token, 503, "does not run");
	world_start_show(self);
	expect(self, "/api/next?if_current=other", token, 409,
		"somebody was faster: nothing plays now");
	expect(self, "/api/next?if_current=", token, 200, "{\"plays\":1}");
	expect(self, "/api/next?if_current=", token, 409, "\\\"song 1\\\"");
	expect(self, "/api/next?if_current=song+1", token, 200, "plays");
	expect(self, "/api/next?if_current=song%202", token, 200, "plays");
	assert_int_equal(self->plays, 3);
}

// Of many that press at one time, one is not too late.
static void
of_many_at_once_one_is_made(void **state)
{
	struct world *self = *state;
	struct caller callers[20];
	char token[TOKEN_MAX];
	unsigned made = 0;

	world_start_show(self);
	world_pair(self, STAGE_WEB_PERFORMER, token);
	for (size_t i = 0; i < STAGE_COUNT_OF(callers); i++) {
		post(self, &callers[i], "/api/next?if_current=", token);
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(callers); i++) {
		unsigned code = caller_answer(&callers[i], NULL, NULL);
		assert_true(code == 200 || code == 409);
		made += code == 200;
		caller_finish(&callers[i]);
	}
	assert_int_equal(made, 1);
	assert_int_equal(self->plays, 1);
}

static void
those_that_wait_are_bounded_and_fail_together(void **state)
{
	static struct caller callers[STAGE_WEB_GUARDED_MAX + 8];
	struct world *self = *state;
	char token[TOKEN_MAX];
	unsigned busy = 0;
	unsigned gone = 0;

	world_start_show(self);
	world_pair(self, STAGE_WEB_PERFORMER, token);
	post(self, &callers[0], "/api/show/slow?if_current=", token);
	world_turn_until(self, is_asked, self);
	for (size_t i = 1; i < STAGE_COUNT_OF(callers); i++) {
		post(self, &callers[i], "/api/next?if_current=", token);
	}
	for (size_t i = STAGE_COUNT_OF(callers) - 8;
		i < STAGE_COUNT_OF(callers); i++) {
		busy += caller_answer(&callers[i], NULL, NULL) == 409;
	}
	assert_int_equal(busy, 8);
	world_end_show(self);
	for (size_t i = 0; i < STAGE_COUNT_OF(callers); i++) {
		if (i < STAGE_COUNT_OF(callers) - 8) {
			gone += caller_answer(&callers[i], NULL, NULL) == 503;
		}
		caller_finish(&callers[i]);
	}
	assert_int_equal(gone, STAGE_WEB_GUARDED_MAX);
	assert_int_equal(self->plays, 0);
}

static void
who_asked_may_be_gone_when_it_is_answered(void **state)
{
	struct world *self = *state;
	struct caller caller;
	char token[TOKEN_MAX];

	world_start_show(self);
	world_pair(self, STAGE_WEB_PERFORMER, token);
	post(self, &caller, "/api/show/slow", token);
	world_turn_until(self, is_asked, self);
	caller_finish(&caller);
	expect(self, "/api/next", token, 200, "plays");
	stage_rpc_reply_ok(self->later, json_object());
	self->later = NULL;
	expect(self, "/api/next", token, 200, "plays");
	// And we may end while somebody waits.
	post(self, &caller, "/api/show/slow", token);
	world_turn_until(self, is_asked, self);
	world_end_web(self);
	caller_finish(&caller);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_with_an_id_is_made_once),
		TEST(one_that_runs_yet_is_not_made_again),
		TEST(one_is_made_while_what_was_seen_plays),
		TEST(of_many_at_once_one_is_made),
		TEST(those_that_wait_are_bounded_and_fail_together),
		TEST(who_asked_may_be_gone_when_it_is_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
