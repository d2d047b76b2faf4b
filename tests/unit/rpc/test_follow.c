/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "actor.h"
#include "base/log.h"
#include "base/str.h"
#include "rpc/follow.h"

#define VERBS "{\"verbs\":[{\"name\":\"go\"}]}"
#define EVENT                                                                  \
	"{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{\"topic\":"     \
	"\"a\",\"epoch\":\"e\",\"seq\":1,\"data\":1}}\n"
#define RESYNC                                                                 \
	"{\"jsonrpc\":\"2.0\",\"method\":\"resync\",\"params\":{\"epoch\":"    \
	"\"e\",\"seq\":9,\"dropped\":3}}\n"

struct world {
	struct actor actor;
	struct stage_rpc_follow *follow;
	bool is_told; // there was a snapshot
	bool has_happened, has_gone;
	unsigned snapshots, events, gone;
	bool ends; // with the next of them
};

static struct world world;

static void
end_it(struct world *self)
{
	if (self->ends) {
		stage_rpc_follow_destroy(self->follow);
		self->follow = NULL;
	}
}

static void
on_snapshot(void *user, struct stage_rpc_follow *from)
{
	struct world *self = user;

	assert_string_equal(stage_rpc_follow_name(from), "demo");
	assert_non_null(stage_rpc_follow_snapshot(from));
	assert_non_null(stage_rpc_follow_verbs(from));
	self->is_told = true;
	self->snapshots++;
	end_it(self);
}

static void
on_event(void *user, struct stage_rpc_follow *from, const json_t *event)
{
	struct world *self = user;

	(void)from;
	assert_string_equal(
		json_string_value(json_object_get(event, "topic")), "a");
	self->has_happened = true;
	self->events++;
	end_it(self);
}

static void
on_gone(void *user, struct stage_rpc_follow *from)
{
	struct world *self = user;

	assert_null(stage_rpc_follow_snapshot(from));
	assert_null(stage_rpc_follow_verbs(from));
	self->has_gone = true;
	self->gone++;
	end_it(self);
}

static int
begin(void **state)
{
	static const struct stage_rpc_follow_events events = {
		.snapshot = on_snapshot, .event = on_event, .gone = on_gone};
	struct stage_err err = STAGE_ERR_INIT;

	memset(&world.follow, 0,
		sizeof(world) - offsetof(struct world, follow));
	actor_init(&world.actor);
	assert_int_equal(
		stage_rpc_follow_create(&world.follow, &world.actor.loop,
			"demo", world.actor.path, &events, &world, &err),
		STAGE_OK);
	*state = &world;
	return 0;
}

static int
end(void **state)
{
	struct world *self = *state;

	stage_rpc_follow_destroy(self->follow);
	actor_finish(&self->actor);
	return 0;
}

static void
answer(struct world *self, const char *method, const char *result)
{
	char line[256];

	(void)snprintf(line, sizeof(line),
		"{\"jsonrpc\":\"2.0\",\"id\":%d,\"result\":%s}\n",
		actor_take(&self->actor, method), result);
	actor_say(&self->actor, line);
}

static void
state_of(char out[64], const char *epoch, int seq)
{
	(void)snprintf(out, 64, "{\"epoch\":\"%s\",\"seq\":%d,\"state\":{}}",
		epoch, seq);
}

static void
tell_state(struct world *self, const char *method, const char *epoch, int seq)
{
	char state[64];
	unsigned before = self->snapshots;

	state_of(state, epoch, seq);
	self->is_told = false;
	answer(self, method, state);
	actor_turn_until_set(&self->actor, &self->is_told);
	assert_int_equal(self->snapshots, before + 1);
	if (self->follow != NULL) {
		assert_int_equal(
			json_integer_value(json_object_get(
				stage_rpc_follow_snapshot(self->follow),
				"seq")),
			seq);
	}
}

static void
meet(struct world *self, const char *epoch)
{
	actor_appear(&self->actor);
	actor_accept(&self->actor);
	answer(self, "verbs", VERBS);
	tell_state(self, "subscribe", epoch, 0);
}

static void
happen(struct world *self)
{
	self->has_happened = false;
	actor_say(&self->actor, EVENT);
	actor_turn_until_set(&self->actor, &self->has_happened);
}

static void
test_state_and_verbs_are_known_while_it_is_there(void **state)
{
	struct world *self = *state;

	assert_null(stage_rpc_follow_snapshot(self->follow));
	assert_false(stage_rpc_follow_refresh(self->follow));
	meet(self, "one");
	assert_true(stage_rpc_follow_refresh(self->follow));
	assert_int_equal(
		json_array_size(stage_rpc_follow_verbs(self->follow)), 1);
	actor_die(&self->actor);
	actor_turn_until_set(&self->actor, &self->has_gone);
	assert_false(stage_rpc_follow_refresh(self->follow));
	meet(self, "two");
	assert_int_equal(self->gone, 1);
	assert_string_equal(
		json_string_value(json_object_get(
			stage_rpc_follow_snapshot(self->follow), "epoch")),
		"two");
}

static void
test_a_snapshot_is_asked_for_once_after_events(void **state)
{
	struct world *self = *state;

	meet(self, "e");
	happen(self);
	happen(self);
	assert_false(stage_rpc_follow_refresh(self->follow));
	assert_false(stage_rpc_follow_refresh(self->follow));
	tell_state(self, "state", "e", 2);
	assert_true(stage_rpc_follow_refresh(self->follow));
	// What happens after the answer makes it old again.
	happen(self);
	assert_false(stage_rpc_follow_refresh(self->follow));
	tell_state(self, "state", "e", 3);
	assert_int_equal(self->events, 3);
}

static void
test_after_a_resync_there_is_a_snapshot(void **state)
{
	struct world *self = *state;

	meet(self, "e");
	actor_say(&self->actor, RESYNC);
	tell_state(self, "state", "e", 9);
	assert_true(stage_rpc_follow_refresh(self->follow));
}

static void
test_one_that_tells_no_state_is_not_there(void **state)
{
	static const char no[] =
		"\"error\":{\"code\":-32603,\"message\":\"no\",\"data\":{"
		"\"status\":\"no_memory\"}}}\n";
	struct world *self = *state;
	char line[256];

	actor_appear(&self->actor);
	actor_accept(&self->actor);
	(void)snprintf(line, sizeof(line), "{\"jsonrpc\":\"2.0\",\"id\":%d,%s",
		actor_take(&self->actor, "verbs"), no);
	actor_say(&self->actor, line);
	(void)snprintf(line, sizeof(line), "{\"jsonrpc\":\"2.0\",\"id\":%d,%s",
		actor_take(&self->actor, "subscribe"), no);
	actor_say(&self->actor, line);
	happen(self);
	assert_null(stage_rpc_follow_snapshot(self->follow));
	assert_null(stage_rpc_follow_verbs(self->follow));
	actor_hang_up(&self->actor);
	// It was never there, so it has not gone; it is tried once more.
	actor_accept(&self->actor);
	answer(self, "verbs", VERBS);
	tell_state(self, "subscribe", "e", 0);
	assert_int_equal(self->gone, 0);
}

static void
test_it_ends_with_an_event(void **state)
{
	struct world *self = *state;

	meet(self, "e");
	self->ends = true;
	happen(self);
	actor_await_end(&self->actor);
}

static void
test_it_ends_with_a_snapshot(void **state)
{
	struct world *self = *state;

	self->ends = true;
	meet(self, "e");
	actor_await_end(&self->actor);
}

static void
test_it_ends_with_the_daemon(void **state)
{
	struct world *self = *state;

	meet(self, "e");
	happen(self);
	assert_false(stage_rpc_follow_refresh(self->follow)); // it waits
	self->ends = true;
	actor_die(&self->actor);
	actor_turn_until_set(&self->actor, &self->has_gone);
	assert_null(self->follow);
	stage_rpc_follow_destroy(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_state_and_verbs_are_known_while_it_is_there),
		TEST(test_a_snapshot_is_asked_for_once_after_events),
		TEST(test_after_a_resync_there_is_a_snapshot),
		TEST(test_one_that_tells_no_state_is_not_there),
		TEST(test_it_ends_with_an_event),
		TEST(test_it_ends_with_a_snapshot),
		TEST(test_it_ends_with_the_daemon),
	};

	stage_log_init("test_follow", STAGE_LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
