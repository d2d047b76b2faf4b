/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// explain, list, missing, rules, state and events over the socket.

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
explained(struct daemon_world *w, const char *part)
{
	const char *sentence = daemon_world_explain(w, "A:out", "B:in");

	if (strstr(sentence, part) == NULL) {
		fail_msg("no \"%s\" in: %s", part, sentence);
	}
}

// The state that `list` tells of A:out -> B:in; "" when it is not listed.
static const char *
listed(struct daemon_world *w)
{
	const json_t *list = json_object_get(
		daemon_world_ask(w, "list", NULL), "connections");
	const char *state = "";
	unsigned count = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		const char *from =
			json_string_value(json_object_get(item, "from"));
		const char *to = json_string_value(json_object_get(item, "to"));
		if (strcmp(from, "A:out") == 0 && strcmp(to, "B:in") == 0) {
			state = json_string_value(
				json_object_get(item, "state"));
			count++;
		}
	}
	assert_in_range(count, 0, 1);
	return state;
}

static void
add_both(struct daemon_world *w)
{
	daemon_world_add(w, "A:out");
	daemon_world_add(w, "B:in");
	daemon_world_pass(w, 10 * S);
}

static void
want(struct daemon_world *w)
{
	daemon_world_ask(w, "connect", "from", "A:out", "to", "B:in", NULL);
}

static void
absence_is_explained(void **state)
{
	struct daemon_world *w = *state;

	explained(w, "not connected: no file says anything about it; neither "
		     "port is there now");
	assert_string_equal(listed(w), "");
	want(w);
	explained(w, "wants it, since 20");
	explained(w, "; neither port is there now");
	assert_string_equal(listed(w), "missing");
	daemon_world_add(w, "A:out");
	explained(w, "; the input is not there now");
	daemon_world_add(w, "B:in");
	daemon_world_remove(w, "A:out");
	explained(w, "; the output is not there now");
	assert_string_equal(listed(w), "missing");
}

// Of what is said about names that are not there, nothing is hidden.
static void
what_files_say_of_the_absent_is_explained(void **state)
{
	static const struct {
		const char *text, *part;
	} cases[] = {
		{"A:* -> B:*\n", "not connected: a.patch line 1 wants it; "
				 "neither port is there now"},
		{"A:out -> B:in\n\nnot A:out -> B:in\n",
			"not connected: a.patch line 3 does not want it; "
			"neither"},
		{"A:out -> B:in\nforbid * -> B:*\n",
			"not connected: a.patch line 2 forbids it; neither"},
		{"forbid * -> B:* except A:*\n", "no file says anything"},
		{"/(A):(.*)/ -> B:\\2\n/A:.*/ -> /B:i./\n",
			"a.patch line 2 wants it"},
		{"alsa A:out -> B:in\n", "no file says anything"},
		{"A:out -> C:in\n", "no file says anything"},
	};
	struct daemon_world *w = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		daemon_world_write(w, "patchbay/a.patch", cases[i].text);
		daemon_world_await(w, "A:out", "B:in", cases[i].part);
	}
}

static void
what_is_there_is_explained(void **state)
{
	struct daemon_world *w = *state;

	add_both(w);
	explained(w, "not connected: no file says anything about it");
	daemon_world_connect(w, "A:out", "B:in");
	explained(w, "connected: no file says anything about it; made by hand "
		     "just now, it is being learned");
	assert_string_equal(listed(w), "connected");
	daemon_world_pass(w, 2 * S);
	explained(w, "wants it, since ");
	explained(w, "; the patchbay did not have to make it");
	daemon_world_remove(w, "A:out");
	daemon_world_add(w, "A:out");
	daemon_world_pass(w, 100 * S);
	explained(w, "; the patchbay made it 100 s ago");
	assert_string_equal(listed(w), "connected");
}

static void
do_answer(struct daemon_world *w, void *user)
{
	const enum fake_answer *answer = user;

	w->server.answer = *answer;
}

static void
set_answer(struct daemon_world *w, enum fake_answer answer)
{
	daemon_world_do(w, do_answer, &answer);
}

static void
what_keeps_two_apart_is_explained(void **state)
{
	struct daemon_world *w = *state;

	add_both(w);
	daemon_world_write(w, "patchbay/a.patch", "forbid A:* -> B:*\n");
	daemon_world_await(w, "A:out", "B:in",
		"not connected: a.patch line 1 forbids it; so it is kept "
		"apart");
	want(w);
	assert_string_equal(listed(w), "overruled");
	daemon_world_write(w, "patchbay/a.patch", "# none\n");
	daemon_world_await(w, "A:out", "B:in", "connected: learned.patch");
	daemon_world_ask(w, "undo", NULL);
	daemon_world_write(w, "patchbay/a.patch",
		"\nnot A:out -> B:in\t# since 2026-11-2"
		"8T07:33:22Z\n");
	daemon_world_await(w, "A:out", "B:in",
		"not connected: a.patch line 2 does not want it, since "
		"2026-11-28T07:33:22Z; so it is kept apart");
	assert_string_equal(listed(w), "");
	daemon_world_write(w, "patchbay/a.patch", "only A:out -> B:in\n");
	daemon_world_await(w, "A:out", "B:in",
		"connected: a.patch line 1 wants it, and nothing else there");
	daemon_world_add(w, "C:in");
	daemon_world_write(
		w, "patchbay/a.patch", "A:out -> C:in\nalso C:in -> B:in\n");
	daemon_world_await(w, "A:out", "B:in",
		"connected: a.patch line 2 wants it as a copy of another one");
	assert_string_equal(listed(w), "connected");
}

static void
what_does_not_fit_is_explained(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;

	daemon_world_add(w, "A:out");
	daemon_world_add(w, "B:midi");
	daemon_world_ask(w, "connect", "from", "A:out", "to", "B:midi", NULL);
	assert_non_null(strstr(daemon_world_explain(w, "A:out", "B:midi"),
		"but the server cannot connect these two"));
	daemon_world_ask(w, "connect", "from", "B:in", "to", "A:out", NULL);
	daemon_world_add(w, "B:in");
	assert_non_null(strstr(daemon_world_explain(w, "B:in", "A:out"),
		"but the server cannot connect these two"));
	result = daemon_world_ask(w, "list", NULL);
	assert_non_null(strstr(daemon_world_text(w, result, NULL), "unfit"));
	assert_int_equal(w->server.edit_count, 0);
}

static void
what_the_mode_leaves_is_explained(void **state)
{
	struct daemon_world *w = *state;

	daemon_world_ask(w, "mode", "mode", "off", NULL);
	want(w);
	add_both(w);
	explained(w, "wants it, since ");
	explained(w, "; but its mode is off, so nothing is done");
	assert_string_equal(listed(w), "off");
	daemon_world_ask(w, "mode", "mode", "learn", NULL);
	assert_string_equal(listed(w), "connected");
}

static void
what_is_under_way_or_refused_is_explained(void **state)
{
	struct daemon_world *w = *state;

	set_answer(w, FAKE_LOST);
	add_both(w);
	want(w);
	explained(w, "; and it is being made");
	assert_string_equal(listed(w), "under way");
	daemon_world_go(w);
	set_answer(w, FAKE_REFUSED);
	daemon_world_come(w, false);
	add_both(w);
	for (int i = 0; i < 6; i++) {
		daemon_world_pass(w, S);
	}
	explained(w, "; but the server has refused it");
	assert_string_equal(listed(w), "refused");
	set_answer(w, FAKE_DONE);
	daemon_world_remove(w, "A:out");
	daemon_world_add(w, "A:out");
	assert_string_equal(listed(w), "connected");
}

static void
what_somebody_removes_is_explained(void **state)
{
	struct daemon_world *w = *state;

	want(w);
	add_both(w);
	daemon_world_disconnect(w, "A:out", "B:in");
	explained(w, "; but it was removed just now; a moment will tell");
	assert_string_equal(listed(w), "doubted");
	daemon_world_connect(w, "A:out", "B:in");
	daemon_world_pass(w, 10 * S);
	daemon_world_remove(w, "A:out");
	daemon_world_add(w, "A:out");
	for (int i = 0; i < 3; i++) { // a rival is quicker than any hand
		assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
		daemon_world_disconnect(w, "A:out", "B:in");
		if (i < 2) {
			explained(w, "; and it is being made");
			daemon_world_pass(w, S);
		}
	}
	explained(w, "; but somebody keeps removing it, so it is tried");
	assert_string_equal(listed(w), "contested");
	daemon_world_pass(w, 100 * S);
	assert_string_equal(listed(w), "connected");
}

static void
what_two_ports_answer_to_is_explained(void **state)
{
	static const char wish[] = "a2j:MT4 [20] (capture): MT4 MIDI:out";
	struct daemon_world *w = *state;
	const json_t *result;

	daemon_world_ask(w, "connect", "from", wish, "to", "B:in", NULL);
	daemon_world_ask(w, "connect", "from", wish, "to", "C:in", NULL);
	daemon_world_add(w, "B:in");
	result = daemon_world_ask(w, "missing", NULL);
	assert_string_equal(daemon_world_text(w, result, "names"),
		"[{\"ambiguous\":false,\"connections\":2,\"name\":\"a2j:MT4 "
		"[20] (capture): MT4 MIDI:out\"},{\"ambiguous\":false,"
		"\"connections\":1,\"name\":\"C:in\"}]");
	daemon_world_add(w, "a2j:MT4 [24] (capture): MT4 MIDI:out");
	assert_true(daemon_world_is_connected(
		w, "a2j:MT4 [24] (capture): MT4 MIDI:out", "B:in"));
	daemon_world_remove(w, "a2j:MT4 [24] (capture): MT4 MIDI:out");
	daemon_world_remove(w, "B:in");
	daemon_world_add(w, "a2j:MT4 [24] (capture): MT4 MIDI:out");
	daemon_world_add(w, "a2j:MT4 [28] (capture): MT4 MIDI:out");
	daemon_world_add(w, "B:in");
	assert_non_null(strstr(daemon_world_explain(w, wish, "B:in"),
		"; two ports answer to the name of the output equally well"));
	result = daemon_world_ask(w, "missing", NULL);
	assert_non_null(strstr(daemon_world_text(w, result, NULL),
		"\"ambiguous\":true,\"connections\":2"));
	result = daemon_world_ask(w, "list", NULL);
	assert_non_null(
		strstr(daemon_world_text(w, result, NULL), "ambiguous"));
	daemon_world_ask(w, "connect", "from",
		"a2j:MT4 [24] (capture): MT4 MIDI:out", "to",
		"a2j:Z [1] (playback): in", NULL);
	daemon_world_add(w, "a2j:Z [2] (playback): in");
	daemon_world_add(w, "a2j:Z [3] (playback): in");
	assert_non_null(strstr(
		daemon_world_explain(w, "a2j:MT4 [24] (capture): MT4 MIDI:out",
			"a2j:Z [1] (playback): in"),
		"the name of the input"));
}

static void
rules_are_counted(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;

	add_both(w);
	daemon_world_add(w, "A2:out");
	daemon_world_add(w, "C:in");
	daemon_world_write(w, "patchbay/a.patch",
		"A:out -> C:in\nA*:out -> B:in\nforbid X -> Y\n");
	daemon_world_await(w, "A2:out", "B:in", "connected: a.patch line 2");
	result = daemon_world_ask(w, "rules", NULL);
	assert_string_equal(daemon_world_text(w, result, "rules"),
		"[{\"connections\":2,\"file\":\"a.patch\",\"line\":2,"
		"\"policy\":\"want\",\"text\":\"A*:out -> B:in\"},"
		"{\"connections\":0,\"file\":\"a.patch\",\"line\":3,"
		"\"policy\":\"forbid\",\"text\":\"forbid X -> Y\"}]");
}

// What was given by command is in a line of learned.patch like any other.
static void
learned_rules_are_counted(void **state)
{
	struct daemon_world *w = *state;
	const json_t *rules;

	add_both(w);
	daemon_world_add(w, "C:out");
	daemon_world_add(w, "D:in");
	daemon_world_ask(w, "connect", "from", "A:*", "to", "B:*", NULL);
	daemon_world_ask(w, "connect", "from", "C:*", "to", "D:*", NULL);
	daemon_world_ask(w, "connect", "from", "N:*", "to", "M:*", NULL);
	rules = json_object_get(daemon_world_ask(w, "rules", NULL), "rules");
	assert_int_equal(json_array_size(rules), 3);
	for (size_t i = 0; i < 3; i++) {
		const json_t *count = json_object_get(
			json_array_get(rules, i), "connections");
		assert_int_equal(json_integer_value(count), i < 2);
	}
	assert_non_null(strstr(daemon_world_explain(w, "C:out", "D:in"),
		"learned.patch line "));
}

static void
any_file_can_be_told(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;

	add_both(w);
	daemon_world_write(w, "patchbay/Gr\xfcn.patch",
		"A:* -> B:*\nmode learn for \"Gr\\xfcn\"\n");
	daemon_world_await(w, "A:out", "B:in",
		"connected: \"Gr\\xfcn.patch\" line 1 wants it");
	result = daemon_world_ask(w, "rules", NULL);
	assert_non_null(strstr(daemon_world_text(w, result, "rules"),
		"\"file\":\"\\\"Gr\\\\xfcn.patch\\\"\""));
	result = daemon_world_ask(w, "mode", NULL);
	assert_string_equal(daemon_world_text(w, result, "lines"),
		"[{\"clients\":\"*\\\"Gr\\\\xfcn\\\"\",\"file\":\"\\\"Gr\\\\"
		"xfcn.patch\\\"\",\"line\":2,\"mode\":\"learn\"}]");
	daemon_world_write(w, "patchbay/Gr\xfcn.patch", "forbid A:* -> B:*\n");
	daemon_world_await(w, "A:out", "B:in", "forbids it");
	result = daemon_world_ask(
		w, "connect", "from", "A:out", "to", "B:in", NULL);
	assert_string_equal(daemon_world_text(w, result, "warning"),
		"\"noted, but \\\"Gr\\\\xfcn.patch\\\" line 1 stands above "
		"it\"");
}

static void
explain_takes_two_names(void **state)
{
	struct daemon_world *w = *state;

	daemon_world_refuse(w, STAGE_BAD_INPUT, "not a pattern", "explain",
		"from", "A:*", "to", "B:in", NULL);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "not a pattern", "explain",
		"from", "A:out", "to", "/B:in/", NULL);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "empty", "explain", "from", "",
		"to", "B:in", NULL);
	daemon_world_refuse(w, STAGE_BAD_INPUT, "needs the argument \"to\"",
		"explain", "from", "A", NULL);
	daemon_world_ask(w, "explain", "from", "\"A:*\"", "to", "B:in", NULL);
}

static void
all_of_it_is_the_state(void **state)
{
	struct daemon_world *w = *state;
	const json_t *result;
	const json_t *all;

	want(w);
	add_both(w);
	result = daemon_world_ask(w, "state", NULL);
	all = json_object_get(result, "state");
	assert_string_equal(daemon_world_text(w, all, "mode"), "\"learn\"");
	assert_string_equal(daemon_world_text(w, all, "song"), "\"\"");
	assert_string_equal(daemon_world_text(w, all, "is_server_up"), "true");
	assert_string_equal(daemon_world_text(w, all, "is_pipewire"), "false");
	assert_string_equal(daemon_world_text(w, all, "ports"), "2");
	assert_string_equal(daemon_world_text(w, all, "edges"), "1");
	assert_string_equal(daemon_world_text(w, all, "generation"), "1");
	assert_string_equal(daemon_world_text(w, all, "is_saved"), "true");
	assert_string_equal(daemon_world_text(w, all, "notes"),
		"{\"connected itself\":0,\"contested\":0,\"failed\":0,"
		"\"lost with an end\":0,\"made\":1,\"removed\":0,"
		"\"withheld\":0}");
	assert_int_equal(
		json_array_size(json_object_get(all, "connections")), 1);
	daemon_world_go(w);
	result = daemon_world_ask(w, "list", NULL);
	assert_string_equal(
		daemon_world_text(w, result, "is_server_up"), "false");
}

static void
await_event(struct daemon_world *w, const char *topic, const char *text)
{
	bool is_it = false;

	while (!is_it) {
		struct stage_rpc_event event;
		assert_int_equal(stage_rpc_client_next_event(w->client,
					 WORLD_DEADLINE_MS * STAGE_NS_PER_MS,
					 &event, NULL),
			STAGE_OK);
		is_it = strcmp(event.topic, topic) == 0 &&
			strcmp(daemon_world_text(w, event.data, NULL), text) ==
				0;
		stage_rpc_event_finish(&event);
	}
}

static void
what_happens_is_told(void **state)
{
	struct daemon_world *w = *state;
	json_t *snapshot;

	assert_int_equal(
		stage_rpc_client_subscribe(w->client, NULL,
			WORLD_DEADLINE_MS * STAGE_NS_PER_MS, &snapshot, NULL),
		STAGE_OK);
	json_decref(snapshot);
	add_both(w);
	want(w);
	await_event(w, "learned",
		"{\"generation\":1,\"reason\":\"connected by command\"}");
	await_event(w, "connection",
		"{\"from\":\"A:out\",\"to\":\"B:in\",\"what\":\"made\"}");
	daemon_world_pass(w, 10 * S);
	daemon_world_disconnect(w, "A:out", "B:in");
	daemon_world_pass(w, 2 * S);
	await_event(w, "connection",
		"{\"from\":\"A:out\",\"to\":\"B:in\",\"what\":\"disconnected "
		"by hand\"}");
	await_event(w, "learned",
		"{\"generation\":2,\"reason\":\"learned by hand\"}");
	daemon_world_connect(w, "A:out", "B:in");
	daemon_world_pass(w, 2 * S);
	await_event(w, "connection",
		"{\"from\":\"A:out\",\"to\":\"B:in\",\"what\":\"connected by "
		"hand\"}");
	daemon_world_ask(w, "mode", "mode", "off", NULL);
	await_event(w, "mode", "{\"mode\":\"off\"}");
	daemon_world_write(w, "songs/x/song.patch", "");
	daemon_world_ask(w, "scene", "song", "x", NULL);
	await_event(w, "scene", "{\"set\":null,\"song\":\"x\"}");
	daemon_world_write(w, "patchbay/a.patch", "X -> Y\n");
	await_event(w, "files", "{}");
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(                                       \
		name, daemon_world_setup, daemon_world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(absence_is_explained),
		TEST(what_files_say_of_the_absent_is_explained),
		TEST(what_is_there_is_explained),
		TEST(what_keeps_two_apart_is_explained),
		TEST(what_does_not_fit_is_explained),
		TEST(what_the_mode_leaves_is_explained),
		TEST(what_is_under_way_or_refused_is_explained),
		TEST(what_somebody_removes_is_explained),
		TEST(what_two_ports_answer_to_is_explained),
		TEST(rules_are_counted),
		TEST(learned_rules_are_counted),
		TEST(any_file_can_be_told),
		TEST(explain_takes_two_names),
		TEST(all_of_it_is_the_state),
		TEST(what_happens_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
