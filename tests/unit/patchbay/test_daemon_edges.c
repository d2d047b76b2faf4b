/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// connect, disconnect, forbid, list, ports, missing, rules over the socket.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon_world.h"

#define S STAGE_NS_PER_S

static void
add_ports(struct daemon_world *w, const char *const *names)
{
	for (; *names != NULL; names++) {
		daemon_world_add(w, *names);
	}
	daemon_world_pass(w, 10 * S);
}

static void
add_some(struct daemon_world *w)
{
	static const char *const names[] = {
		"A:out", "C:out", "B:in", "D:in", "E:midi", NULL};

	add_ports(w, names);
}

static void
connect_is_now_and_for_ever(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;

	result = daemon_world_ask(
		w, "connect", "from", "A:out", "to", "B:in", NULL);
	assert_string_equal(daemon_world_text(w, result, NULL),
		"{\"changed\":true,\"line\":\"A:out -> B:in\","
		"\"waits_for\":[\"A:out\",\"B:in\"]}");
	daemon_world_add(w, "A:out");
	daemon_world_add(w, "B:in");
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	result = daemon_world_ask(
		w, "connect", "from", "A:out", "to", "B:in", NULL);
	assert_string_equal(daemon_world_text(w, result, "changed"), "false");
	daemon_world_remove(w, "B:in");
	daemon_world_restart(w);
	daemon_world_add(w, "B:in");
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	assert_int_equal(w->server.edit_count, 2);
}

static void
disconnect_takes_it_out_again(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;

	add_some(w);
	daemon_world_ask(w, "connect", "from", "A:out", "to", "B:in", NULL);
	result = daemon_world_ask(
		w, "disconnect", "from", "A:out", "to", "B:in", NULL);
	assert_string_equal(
		daemon_world_text(w, result, NULL), "{\"changed\":true}");
	assert_string_equal(daemon_world_learned(w), "");
	assert_false(daemon_world_is_connected(w, "A:out", "B:in"));
	// Also what nobody wants, and what is not connected.
	daemon_world_connect(w, "C:out", "D:in");
	result = daemon_world_ask(
		w, "disconnect", "from", "C:out", "to", "D:in", NULL);
	assert_string_equal(
		daemon_world_text(w, result, "line"), "\"not C:out -> D:in\"");
	assert_false(daemon_world_is_connected(w, "C:out", "D:in"));
	result = daemon_world_ask(
		w, "disconnect", "from", "C:out", "to", "D:in", NULL);
	assert_string_equal(daemon_world_text(w, result, "changed"), "false");
	daemon_world_pass(w, 10 * S);
	assert_string_equal(daemon_world_learned(w), "not C:out -> D:in;");
}

static void
what_others_want_is_denied(void **state)
{
	static const char *const texts[] = {"A:out -> B:in\n", "A:* -> B:*\n",
		"only A:out -> B:in\n", "A:out -> D:in\nalso D:in -> B:in\n"};
	struct daemon_world *w = *state;

	add_some(w);
	for (size_t i = 0; i < STAGE_COUNT_OF(texts); i++) {
		daemon_world_write(w, "patchbay/user.patch", texts[i]);
		daemon_world_await(w, "A:out", "B:in", "connected: user.patch");
		daemon_world_ask(
			w, "connect", "from", "A:out", "to", "B:in", NULL);
		daemon_world_ask(
			w, "disconnect", "from", "A:out", "to", "B:in", NULL);
		assert_string_equal(
			daemon_world_learned(w), "not A:out -> B:in;");
		assert_false(daemon_world_is_connected(w, "A:out", "B:in"));
		daemon_world_ask(
			w, "connect", "from", "A:out", "to", "B:in", NULL);
		assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
		assert_string_equal(daemon_world_learned(w), "A:out -> B:in;");
		daemon_world_ask(w, "undo", "count", "2", NULL);
		daemon_world_ask(w, "undo", "count", "50", NULL);
	}
}

// Both ports are away: it is not forgotten that a file of the user wants it.
static void
what_others_want_is_denied_unseen(void **state)
{
	static const char *const texts[] = {
		"A:out -> B:in\n", "A:* -> B:*\n", "/A:.*/ -> B:in\n"};
	struct daemon_world *w = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(texts); i++) {
		daemon_world_write(w, "patchbay/user.patch", texts[i]);
		daemon_world_add(w, "A:out");
		daemon_world_add(w, "B:in");
		daemon_world_await(w, "A:out", "B:in", "connected: user.patch");
		daemon_world_ask(
			w, "connect", "from", "A:out", "to", "B:in", NULL);
		daemon_world_remove(w, "A:out");
		daemon_world_remove(w, "B:in");
		daemon_world_ask(
			w, "disconnect", "from", "A:out", "to", "B:in", NULL);
		assert_string_equal(
			daemon_world_learned(w), "not A:out -> B:in;");
		daemon_world_add(w, "A:out");
		daemon_world_add(w, "B:in");
		assert_false(daemon_world_is_connected(w, "A:out", "B:in"));
		daemon_world_remove(w, "A:out");
		daemon_world_remove(w, "B:in");
		daemon_world_ask(w, "undo", "count", "50", NULL);
	}
}

static void
rules_are_made_and_masked(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;

	add_some(w);
	result = daemon_world_ask(
		w, "connect", "from", "*:out", "to", "B:in", NULL);
	assert_string_equal(
		daemon_world_text(w, result, "line"), "\"*:out -> B:in\"");
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	assert_true(daemon_world_is_connected(w, "C:out", "B:in"));
	result = daemon_world_ask(
		w, "disconnect", "from", "C*", "to", "*", NULL);
	assert_string_equal(
		daemon_world_text(w, result, "line"), "\"not C* -> *\"");
	assert_false(daemon_world_is_connected(w, "C:out", "B:in"));
	result = daemon_world_ask(
		w, "disconnect", "from", "*:out", "to", "B:in", NULL);
	assert_string_equal(
		daemon_world_text(w, result, NULL), "{\"changed\":true}");
	assert_false(daemon_world_is_connected(w, "A:out", "B:in"));
}

static void
a_rule_of_others_is_masked(void **state)
{
	struct daemon_world *w = *state;

	add_some(w);
	daemon_world_write(w, "patchbay/user.patch", "A:* -> B:*\n");
	daemon_world_await(w, "A:out", "B:in", "connected: user.patch");
	daemon_world_ask(w, "connect", "from", "A:*", "to", "B:*", NULL);
	daemon_world_ask(w, "disconnect", "from", "A:*", "to", "B:*", NULL);
	assert_string_equal(daemon_world_learned(w), "not A:* -> B:*;");
	assert_false(daemon_world_is_connected(w, "A:out", "B:in"));
}

static void
wrong_words_are_refused(void **state)
{
	static const char *const verbs[] = {"connect", "disconnect", "forbid"};
	struct daemon_world *w = *state;
	static char name[20000];

	memset(name, 'x', sizeof(name) - 1);
	for (size_t i = 0; i < STAGE_COUNT_OF(verbs); i++) {
		const char *verb = verbs[i];
		daemon_world_refuse(w, STAGE_BAD_INPUT,
			"needs the argument \"from\"", verb, NULL);
		daemon_world_refuse(w, STAGE_BAD_INPUT,
			"needs the argument \"to\"", verb, "from", "A", NULL);
		daemon_world_refuse(w, STAGE_BAD_INPUT, "is empty", verb,
			"from", "", "to", "B", NULL);
		daemon_world_refuse(w, STAGE_BAD_INPUT, "no argument", verb,
			"from", "A", "to", "B", "too", "C", NULL);
		daemon_world_refuse(w, STAGE_BAD_INPUT, "not closed", verb,
			"from", "A", "to", "\"B", NULL);
		daemon_world_refuse(w, STAGE_BAD_INPUT, "/(/", verb, "from",
			"/(/", "to", "B", NULL);
		daemon_world_refuse(w, STAGE_TOO_LONG, "too long for a line",
			verb, "from", name, "to", "B", NULL);
		assert_null(daemon_world_call(w, verb,
			json_pack("{s:i, s:s}", "from", 1, "to", "B")));
		assert_int_equal(w->err.status, STAGE_BAD_INPUT);
		assert_null(daemon_world_call(w, verb,
			json_pack("[s, s, s, b, s]", "A", "B", "C", 1, "D")));
		assert_int_equal(w->err.status, STAGE_BAD_INPUT);
	}
	daemon_world_refuse(w, STAGE_BAD_INPUT, "is empty", "forbid", "from",
		"A", "to", "B", "except", "", NULL);
	daemon_world_refuse(w, STAGE_NOT_FOUND, "no forbid of this", "forbid",
		"from", "A", "to", "B", "lift", "true", NULL);
	assert_string_equal(daemon_world_learned(w), "");
	// In their order, without names, it is as good.
	assert_non_null(
		daemon_world_call(w, "connect", json_pack("[s, s]", "A", "B")));
	assert_string_equal(daemon_world_learned(w), "A -> B;");
}

static void
forbid_removes_and_lift_takes_it_back(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;

	add_some(w);
	daemon_world_ask(w, "connect", "from", "A:out", "to", "B:in", NULL);
	daemon_world_ask(w, "connect", "from", "C:out", "to", "B:in", NULL);
	result = daemon_world_ask(
		w, "forbid", "from", "*", "to", "B:in", "except", "C:*", NULL);
	assert_string_equal(daemon_world_text(w, result, NULL),
		"{\"changed\":true,\"line\":\"forbid * -> B:in except C:*\"}");
	assert_false(daemon_world_is_connected(w, "A:out", "B:in"));
	assert_true(daemon_world_is_connected(w, "C:out", "B:in"));
	result = daemon_world_ask(
		w, "connect", "from", "A:out", "to", "B:in", NULL);
	assert_string_equal(daemon_world_text(w, result, "changed"), "false");
	assert_non_null(strstr(daemon_world_text(w, result, "warning"),
		"noted, but learned.patch"));
	daemon_world_refuse(w, STAGE_NOT_FOUND, "no forbid of this", "forbid",
		"from", "*", "to", "B:in", "lift", "true", NULL);
	result = daemon_world_ask(w, "forbid", "from", "*", "to", "B:in",
		"except", "C:*", "lift", "true", NULL);
	assert_string_equal(
		daemon_world_text(w, result, NULL), "{\"changed\":true}");
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
}

static void
a_wish_lifts_the_very_same_forbid(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;

	add_some(w);
	daemon_world_ask(w, "connect", "from", "A:out", "to", "B:in", NULL);
	daemon_world_ask(w, "forbid", "from", "A:out", "to", "B:in", NULL);
	assert_false(daemon_world_is_connected(w, "A:out", "B:in"));
	result = daemon_world_ask(
		w, "connect", "from", "A:out", "to", "B:in", NULL);
	assert_string_equal(daemon_world_text(w, result, "changed"), "true");
	assert_string_equal(daemon_world_text(w, result, "warning"), "absent");
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	assert_string_equal(daemon_world_learned(w), "A:out -> B:in;");
}

static void
what_stands_above_is_told(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;

	add_some(w);
	daemon_world_write(w, "songs/one/song.patch",
		"A:out -> B:in\nnot C:out -> D:in\n");
	daemon_world_ask(w, "scene", "song", "one", NULL);
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	result = daemon_world_ask(
		w, "connect", "from", "C:out", "to", "D:in", NULL);
	assert_string_equal(daemon_world_text(w, result, "warning"),
		"\"noted, but song.patch line 2 stands above it\"");
	result = daemon_world_ask(
		w, "disconnect", "from", "A:out", "to", "B:in", NULL);
	assert_string_equal(daemon_world_text(w, result, "warning"),
		"\"noted, but song.patch line 1 stands above it\"");
	// It is not torn down to be made again.
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	assert_int_equal(w->server.edit_count, 1);
}

static void
what_the_server_cannot_connect_is_told(void **state)
{
	static const char *const pairs[][2] = {{"B:in", "A:out"},
		{"A:out", "C:out"}, {"B:in", "D:in"}, {"A:out", "E:midi"}};
	struct daemon_world *w = *state;

	add_some(w);
	for (size_t i = 0; i < STAGE_COUNT_OF(pairs); i++) {
		const json_t *result = daemon_world_ask(w, "connect", "from",
			pairs[i][0], "to", pairs[i][1], NULL);
		assert_non_null(strstr(daemon_world_text(w, result, "warning"),
			"cannot connect these two"));
	}
	assert_int_equal(w->server.edit_count, 0);
}

// A port that is meant under another name than it has now: were it named
// itself, it would answer to the other one no longer.
static void
ports_are_spoken_of_as_others_do(void **state)
{
	static const char *const names[] = {
		"N.nNOWW:out", "B:in", "D:in", NULL};
	struct daemon_world *w = *state;
	const json_t *result;

	daemon_world_write(w, "patchbay/user.patch", "N.nFILE:out -> B:in\n");
	add_ports(w, names);
	daemon_world_await(w, "N.nNOWW:out", "B:in", "connected: user.patch");
	daemon_world_ask(
		w, "connect", "from", "N.nNOWW:out", "to", "D:in", NULL);
	assert_string_equal(daemon_world_learned(w), "N.nFILE:out -> D:in;");
	result = daemon_world_ask(
		w, "disconnect", "from", "N.nNOWW:out", "to", "D:in", NULL);
	assert_string_equal(
		daemon_world_text(w, result, NULL), "{\"changed\":true}");
	assert_string_equal(daemon_world_learned(w), "");
	assert_false(daemon_world_is_connected(w, "N.nNOWW:out", "D:in"));
	daemon_world_ask(
		w, "disconnect", "from", "N.nNOWW:out", "to", "D:in", NULL);
	assert_true(daemon_world_is_connected(w, "N.nNOWW:out", "B:in"));
	daemon_world_ask(
		w, "disconnect", "from", "N.nNOWW:out", "to", "B:in", NULL);
	assert_string_equal(daemon_world_learned(w),
		"not N.nFILE:out -> D:in;not N.nFILE:out -> B:in;");
	assert_false(daemon_world_is_connected(w, "N.nNOWW:out", "B:in"));
	daemon_world_ask(
		w, "forbid", "from", "N.nNOWW:out", "to", "B:in", NULL);
	result = daemon_world_ask(
		w, "connect", "from", "N.nNOWW:out", "to", "B:in", NULL);
	assert_string_equal(daemon_world_text(w, result, "warning"), "absent");
	assert_true(daemon_world_is_connected(w, "N.nNOWW:out", "B:in"));
}

static void
odd_names_come_back_as_they_were(void **state)
{
	static const char *const names[] = {"A:out \"quoted\"", "A:out\n",
		"A:out\t", "A:out\x01\x7f", "Gr\xfcn:out", "a:b:c:out",
		"A [1] (x):out {y}", " A:out ", "A:out -> B except C",
		"not A:out", "# A:out", "/A/:out/", "*\"A:out\"", "A:out*?",
		"A:out\\1\\*"};
	struct daemon_world *w = *state;
	char longest[251] = "L:out";
	json_t *list;

	memset(longest + 5, 'n', sizeof(longest) - 6);
	daemon_world_add(w, "B:in");
	daemon_world_add(w, longest);
	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		daemon_world_add(w, names[i]);
	}
	list = json_incref(
		json_object_get(daemon_world_ask(w, "ports", NULL), "ports"));
	assert_int_equal(json_array_size(list), STAGE_COUNT_OF(names) + 2);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *port = json_array_get(list, i);
		const char *name =
			json_string_value(json_object_get(port, "name"));
		assert_non_null(name);
		if (json_is_true(json_object_get(port, "is_output"))) {
			daemon_world_ask(
				w, "connect", "from", name, "to", "B:in", NULL);
		}
	}
	json_decref(list);
	assert_true(daemon_world_is_connected(w, longest, "B:in"));
	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		assert_true(daemon_world_is_connected(w, names[i], "B:in"));
	}
	daemon_world_restart(w); // and from the file
	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		daemon_world_remove(w, names[i]);
		daemon_world_add(w, names[i]);
		assert_true(daemon_world_is_connected(w, names[i], "B:in"));
	}
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(                                       \
		name, daemon_world_setup, daemon_world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(connect_is_now_and_for_ever),
		TEST(disconnect_takes_it_out_again),
		TEST(what_others_want_is_denied),
		TEST(what_others_want_is_denied_unseen),
		TEST(rules_are_made_and_masked),
		TEST(a_rule_of_others_is_masked),
		TEST(wrong_words_are_refused),
		TEST(forbid_removes_and_lift_takes_it_back),
		TEST(a_wish_lifts_the_very_same_forbid),
		TEST(what_stands_above_is_told),
		TEST(what_the_server_cannot_connect_is_told),
		TEST(ports_are_spoken_of_as_others_do),
		TEST(odd_names_come_back_as_they_were),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
