/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// What hands do is learned, saved, undone: over the socket and in the files.

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon_world.h"
#include "failing_calls.h"

#define S STAGE_NS_PER_S
#define LEARNED "rig/patchbay/learned.patch"

static void
add_some(struct daemon_world *w)
{
	static const char *const names[] = {"A:out", "C:out", "B:in", "D:in"};

	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		daemon_world_add(w, names[i]);
	}
	daemon_world_pass(w, 10 * S);
}

static void
assert_learned(struct daemon_world *w, const char *expected)
{
	assert_string_equal(daemon_world_learned(w), expected);
}

static void
hands_are_learned_and_outlive_a_kill(void **state)
{
	struct daemon_world *w = *state;

	add_some(w);
	daemon_world_connect(w, "A:out", "B:in");
	daemon_world_connect(w, "C:out", "D:in");
	daemon_world_pass(w, 2 * S);
	assert_learned(w, "A:out -> B:in;C:out -> D:in;");
	assert_true(world_has(&w->world, LEARNED)); // before it ends
	daemon_world_restart(w);
	daemon_world_disconnect(w, "A:out", "B:in");
	daemon_world_pass(w, 2 * S);
	assert_learned(w, "C:out -> D:in;");
	daemon_world_restart(w);
	assert_learned(w, "C:out -> D:in;");
	assert_false(daemon_world_is_connected(w, "A:out", "B:in"));
}

// Its own file wants it; what a hand takes away is denied there, or above it.
static void
a_hand_against_a_file_is_learned(void **state)
{
	struct daemon_world *w = *state;

	add_some(w);
	daemon_world_write(w, "patchbay/a.patch", "A:* -> B:in\n");
	daemon_world_await(w, "A:out", "B:in", "connected: a.patch");
	daemon_world_pass(w, 10 * S);
	daemon_world_disconnect(w, "A:out", "B:in");
	daemon_world_pass(w, 2 * S);
	assert_learned(w, "not A:out -> B:in;");
	assert_false(daemon_world_is_connected(w, "A:out", "B:in"));
	daemon_world_connect(w, "A:out", "B:in");
	daemon_world_pass(w, 2 * S);
	assert_learned(w, ""); // the file wants it already
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
}

static void
programs_and_deaths_are_not_learned(void **state)
{
	struct daemon_world *w = *state;

	daemon_world_add(w, "A:out");
	daemon_world_add(w, "B:in");
	daemon_world_connect(w, "A:out", "B:in"); // at once: a program
	daemon_world_pass(w, 10 * S);
	assert_learned(w, "");
	daemon_world_ask(w, "connect", "from", "A:out", "to", "B:in", NULL);
	daemon_world_remove(w, "A:out");
	daemon_world_pass(w, 10 * S);
	daemon_world_go(w);
	daemon_world_pass(w, 10 * S);
	assert_learned(w, "A:out -> B:in;");
	daemon_world_come(w, true);
	daemon_world_add(w, "B:in");
	daemon_world_add(w, "A:out");
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
}

static void
add_many(struct daemon_world *w, int count)
{
	char name[16];

	daemon_world_add(w, "A:out");
	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "B:in%d", i);
		daemon_world_add(w, name);
		daemon_world_ask(
			w, "connect", "from", "A:out", "to", name, NULL);
	}
	daemon_world_pass(w, 10 * S);
}

static void
a_mass_event_waits_for_a_word(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;

	add_many(w, 20);
	daemon_world_disconnect_all(w, "A:out", 20);
	daemon_world_pass(w, 10 * S);
	assert_int_equal(w->server.connection_count, 0);
	assert_non_null(strstr(daemon_world_explain(w, "A:out", "B:in3"),
		"but it was removed together with many others and is left so"));
	result = daemon_world_ask(w, "list", NULL);
	assert_non_null(
		strstr(daemon_world_text(w, result, NULL), "\"withheld\""));
	daemon_world_refuse(w, STAGE_BAD_INPUT, "not both", "learn", "keep",
		"true", "drop", "true", NULL);
	result = daemon_world_ask(w, "learn", "keep", "true", NULL);
	assert_string_equal(
		daemon_world_text(w, result, NULL), "{\"kept\":20}");
	assert_int_equal(w->server.connection_count, 20);
	result = daemon_world_ask(w, "learn", "keep", "true", NULL);
	assert_string_equal(daemon_world_text(w, result, NULL), "{\"kept\":0}");
	daemon_world_pass(w, 10 * S);
	daemon_world_disconnect_all(w, "A:out", 12);
	daemon_world_pass(w, 10 * S);
	result = daemon_world_ask(w, "learn", "drop", "true", NULL);
	assert_string_equal(
		daemon_world_text(w, result, NULL), "{\"dropped\":12}");
	daemon_world_pass(w, 10 * S);
	assert_int_equal(w->server.connection_count, 8);
	daemon_world_restart(w);
	assert_int_equal(w->server.connection_count, 8);
	result = daemon_world_ask(w, "undo", NULL); // it is one change
	assert_int_equal(json_array_size(json_object_get(result, "added")), 12);
	assert_int_equal(w->server.connection_count, 20);
}

static void
what_is_connected_is_learned_when_told(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;

	daemon_world_ask(w, "mode", "mode", "enforce", NULL);
	add_some(w);
	daemon_world_write(w, "patchbay/a.patch", "C:* -> D:in\n");
	daemon_world_await(w, "C:out", "D:in", "connected: a.patch");
	daemon_world_connect(w, "A:out", "B:in");
	daemon_world_connect(w, "A:out", "D:in");
	daemon_world_pass(w, 10 * S);
	assert_learned(w, "");
	result = daemon_world_ask(w, "learn", NULL);
	assert_string_equal(
		daemon_world_text(w, result, NULL), "{\"learned\":2}");
	assert_learned(w, "A:out -> B:in;A:out -> D:in;");
	result = daemon_world_ask(w, "learn", "keep", "false", NULL);
	assert_string_equal(
		daemon_world_text(w, result, NULL), "{\"learned\":0}");
	daemon_world_go(w);
	result = daemon_world_ask(w, "learn", NULL);
	assert_string_equal(
		daemon_world_text(w, result, NULL), "{\"learned\":0}");
	assert_learned(w, "A:out -> B:in;A:out -> D:in;");
}

static void
ten_changes_by_hand_are_undone(void **state)
{
	struct daemon_world *w = *state;
	char name[16];
	const json_t *result;

	daemon_world_add(w, "A:out");
	for (int i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), "B:in%d", i);
		daemon_world_add(w, name);
	}
	daemon_world_pass(w, 10 * S);
	for (int i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), "B:in%d", i);
		daemon_world_connect(w, "A:out", name);
		daemon_world_pass(w, 2 * S);
	}
	for (int i = 9; i >= 0; i--) {
		char expected[64];
		snprintf(name, sizeof(name), "B:in%d", i);
		snprintf(
			expected, sizeof(expected), "[\"A:out -> B:in%d\"]", i);
		assert_true(daemon_world_is_connected(w, "A:out", name));
		result = daemon_world_ask(w, "undo", NULL);
		assert_string_equal(
			daemon_world_text(w, result, "removed"), expected);
		assert_string_equal(daemon_world_text(w, result, "done"), "1");
		assert_false(daemon_world_is_connected(w, "A:out", name));
		assert_int_equal(w->server.connection_count, i);
		daemon_world_pass(w, 10 * S); // and that is no hand
	}
	daemon_world_refuse(
		w, STAGE_NOT_FOUND, "nothing to undo", "undo", NULL);
	result = daemon_world_ask(w, "redo", "count", "4", NULL);
	assert_int_equal(json_array_size(json_object_get(result, "added")), 4);
	assert_int_equal(w->server.connection_count, 4);
	result = daemon_world_ask(w, "redo", "count", "50", NULL);
	assert_string_equal(daemon_world_text(w, result, "done"), "6");
	daemon_world_refuse(
		w, STAGE_NOT_FOUND, "nothing to redo", "redo", NULL);
	daemon_world_refuse(
		w, STAGE_BAD_INPUT, "from 1 to 50", "undo", "count", "0", NULL);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "from 1 to 50", "redo", "count",
		"51", NULL);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "from 1 to 50", "redo", "count",
		"-1", NULL);
}

static void
generations_are_listed_and_compared(void **state)
{
	struct daemon_world *w = *state;
	const json_t *list;
	const json_t *result;

	result = daemon_world_ask(w, "history", NULL);
	assert_string_equal(
		daemon_world_text(w, result, NULL), "{\"generations\":[]}");
	result = daemon_world_ask(w, "diff", NULL);
	assert_string_equal(daemon_world_text(w, result, NULL),
		"{\"added\":[],\"from\":0,\"removed\":[],\"to\":0}");
	daemon_world_ask(w, "connect", "from", "A:out", "to", "B:in", NULL);
	daemon_world_ask(w, "mode", "mode", "lock", "clients", "Zyn*", NULL);
	daemon_world_ask(w, "undo", NULL);
	result = daemon_world_ask(w, "history", NULL);
	list = json_object_get(result, "generations");
	assert_int_equal(json_array_size(list), 3);
	assert_string_equal(
		daemon_world_text(w, json_array_get(list, 0), "in_force"),
		"true");
	assert_string_equal(
		daemon_world_text(w, json_array_get(list, 1), "reason"),
		"\"mode of clients\"");
	assert_string_equal(
		daemon_world_text(w, json_array_get(list, 2), "number"), "1");
	result = daemon_world_ask(w, "diff", NULL);
	assert_string_equal(daemon_world_text(w, result, "removed"),
		"[\"mode lock for Zyn*\"]");
	result = daemon_world_call(
		w, "diff", json_pack("{s:i, s:i}", "from", 2, "to", 0));
	assert_string_equal(daemon_world_text(w, result, "removed"),
		"[\"mode lock for Zyn*\",\"A:out -> B:in\"]");
	result = daemon_world_call(w, "diff", json_pack("{s:i}", "to", 0));
	assert_string_equal(daemon_world_text(w, result, "added"), "[]");
	assert_null(
		daemon_world_call(w, "diff", json_pack("{s:i}", "from", -1)));
	assert_int_equal(w->err.status, STAGE_BAD_INPUT);
	assert_null(daemon_world_call(
		w, "diff", json_pack("{s:I}", "to", (json_int_t)INT64_MAX)));
	assert_int_equal(w->err.status, STAGE_NOT_FOUND);
}

static void
do_fail_writes(struct daemon_world *w, void *user)
{
	(void)w;
	(void)user;
	failing_calls_arm(FAILING_FSYNC, 1, 1000000, ENOSPC);
}

static void
do_let_writes(struct daemon_world *w, void *user)
{
	(void)w;
	(void)user;
	failing_calls_disarm();
}

// The timer of the next try, as if ten seconds were over.
static void
do_try_again(struct daemon_world *w, void *user)
{
	uv_timer_t *timer = &w->patchbay->save_timer;

	(void)user;
	assert_true(uv_is_active((uv_handle_t *)timer));
	uv_timer_start(timer, timer->timer_cb, 0, 0);
}

static bool
is_saved(void *user)
{
	const json_t *result = daemon_world_ask(user, "state", NULL);

	return json_is_true(
		json_object_get(json_object_get(result, "state"), "is_saved"));
}

static void
a_full_disk_keeps_it_in_force(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;

	add_some(w);
	daemon_world_do(w, do_fail_writes, NULL);
	result = daemon_world_ask(
		w, "connect", "from", "A:out", "to", "B:in", NULL);
	assert_string_equal(daemon_world_text(w, result, "changed"), "true");
	assert_non_null(strstr(daemon_world_text(w, result, "warning"),
		"it is in force, and kept in memory"));
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	assert_false(world_has(&w->world, LEARNED));
	daemon_world_connect(w, "C:out", "D:in");
	daemon_world_pass(w, 2 * S); // learned, and not written either
	assert_learned(w, "A:out -> B:in;C:out -> D:in;");
	assert_false(is_saved(w));
	daemon_world_do(w, do_try_again, NULL);
	assert_false(is_saved(w)); // or still waiting
	daemon_world_refuse(w, STAGE_FULL, "learned.patch", "undo", NULL);
	assert_learned(w, "A:out -> B:in;C:out -> D:in;");
	daemon_world_do(w, do_let_writes, NULL);
	daemon_world_do(w, do_try_again, NULL);
	world_wait(is_saved, w);
	daemon_world_restart(w);
	assert_learned(w, "A:out -> B:in;C:out -> D:in;");
}

static void
what_is_in_memory_is_saved_at_the_end(void **state)
{
	struct daemon_world *w = *state;

	daemon_world_do(w, do_fail_writes, NULL);
	daemon_world_ask(w, "connect", "from", "A:out", "to", "B:in", NULL);
	daemon_world_do(w, do_let_writes, NULL);
	daemon_world_restart(w);
	assert_learned(w, "A:out -> B:in;");
	daemon_world_do(w, do_fail_writes, NULL);
	daemon_world_ask(w, "connect", "from", "A:out", "to", "C:in", NULL);
	daemon_world_restart(w); // it ends all the same
	daemon_world_do(w, do_let_writes, NULL);
	assert_learned(w, "A:out -> B:in;");
}

// In between a name of the user's comes in by the watch, or by the save.
static void
an_edit_at_the_same_moment_is_kept(void **state)
{
	struct daemon_world *w = *state;

	add_some(w);
	daemon_world_ask(w, "connect", "from", "A:out", "to", "B:in", NULL);
	for (int i = 0; i < 20; i++) {
		char text[128];
		char line[64];
		snprintf(text, sizeof(text), "A:out -> B:in\nuser:%d -> B:in\n",
			i);
		snprintf(line, sizeof(line), "user:%d -> B:in;", i);
		daemon_world_write(w, "patchbay/learned.patch", text);
		daemon_world_ask(w, "connect", "from", "C:out", "to",
			i % 2 == 0 ? "D:in" : "B:in", NULL);
		assert_non_null(strstr(daemon_world_learned(w), line));
		assert_non_null(strstr(daemon_world_learned(w),
			i % 2 == 0 ? "C:out -> D:in" : "C:out -> B:in"));
		assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	}
	daemon_world_restart(w);
	assert_non_null(strstr(daemon_world_learned(w), "user:19 -> B:in;"));
	assert_non_null(strstr(daemon_world_learned(w), "C:out -> B:in;"));
}

static void
an_edit_of_what_was_learned_is_in_force(void **state)
{
	struct daemon_world *w = *state;

	add_some(w);
	daemon_world_write(w, "patchbay/learned.patch", "A:out -> B:in\n");
	daemon_world_await(w, "A:out", "B:in", "connected: learned.patch");
	daemon_world_write(w, "patchbay/learned.patch", "garbage\n");
	daemon_world_write(w, "patchbay/a.patch", "C:out -> D:in\n");
	daemon_world_await(w, "C:out", "D:in", "connected: a.patch");
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	world_await(&w->world, LEARNED ".bad-1", true);
	assert_int_equal(
		unlink(world_path(&w->world, "rig/patchbay/a.patch")), 0);
	daemon_world_await(w, "C:out", "D:in", "not connected");
	daemon_world_write(w, "patchbay/learned.patch", "# none\n");
	daemon_world_await(w, "A:out", "B:in", "not connected");
	assert_learned(w, "");
}

static int
teardown(void **state)
{
	daemon_world_do(*state, do_let_writes, NULL);
	return daemon_world_teardown(state);
}

/* A program has another number at each start. What is learned about it stands
 * under the name that is wanted already, which would else mean it no longer. */
static void
what_is_meant_by_another_name_is_learned_by_that(void **state)
{
	struct daemon_world *w = *state;

	daemon_world_add(w, "B:in");
	daemon_world_add(w, "D:in");
	daemon_world_ask(
		w, "connect", "from", "Synth.nABCD:out", "to", "B:in", NULL);
	daemon_world_add(w, "Synth.nWXYZ:out");
	assert_true(daemon_world_is_connected(w, "Synth.nWXYZ:out", "B:in"));
	daemon_world_pass(w, 10 * S);
	daemon_world_connect(w, "Synth.nWXYZ:out", "D:in");
	daemon_world_pass(w, 2 * S);
	assert_string_equal(daemon_world_learned(w),
		"Synth.nABCD:out -> B:in;Synth.nABCD:out -> D:in;");
	assert_true(daemon_world_is_connected(w, "Synth.nWXYZ:out", "B:in"));
	daemon_world_pass(w, 10 * S);
	daemon_world_disconnect(w, "Synth.nWXYZ:out", "B:in");
	daemon_world_pass(w, 2 * S);
	assert_string_equal(
		daemon_world_learned(w), "Synth.nABCD:out -> D:in;");
	// A command likewise, with a name that was pasted.
	daemon_world_ask(
		w, "connect", "from", "Synth.nWXYZ:out", "to", "B:in", NULL);
	assert_string_equal(daemon_world_learned(w),
		"Synth.nABCD:out -> D:in;Synth.nABCD:out -> B:in;");
	assert_true(daemon_world_is_connected(w, "Synth.nWXYZ:out", "B:in"));
	assert_true(daemon_world_is_connected(w, "Synth.nWXYZ:out", "D:in"));
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, daemon_world_setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(hands_are_learned_and_outlive_a_kill),
		TEST(a_hand_against_a_file_is_learned),
		TEST(programs_and_deaths_are_not_learned),
		TEST(a_mass_event_waits_for_a_word),
		TEST(what_is_connected_is_learned_when_told),
		TEST(ten_changes_by_hand_are_undone),
		TEST(generations_are_listed_and_compared),
		TEST(a_full_disk_keeps_it_in_force),
		TEST(what_is_in_memory_is_saved_at_the_end),
		TEST(an_edit_at_the_same_moment_is_kept),
		TEST(an_edit_of_what_was_learned_is_in_force),
		TEST(what_is_meant_by_another_name_is_learned_by_that),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
