/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/desired.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "failing_alloc.h"
#include "patchbay/patch_text.h"

#define FILES_MAX 4

struct fixture {
	struct stage_graph *graph;
	struct stage_desired *desired;
	struct stage_patch_list lists[FILES_MAX];
	struct stage_desired_file files[FILES_MAX];
	size_t file_count;
	bool is_pipewire;
	struct stage_str touched; // names, as they were touched
};

static void
on_touch(void *user, struct stage_graph_port *port)
{
	struct fixture *f = user;

	assert_int_equal(
		stage_str_addf(&f->touched, "%s\n", port->name), STAGE_OK);
}

static void
on_gone(void *user, struct stage_graph_port *port)
{
	(void)user;
	(void)port;
}

static void
file(struct fixture *f, enum stage_layer layer, const char *name,
	const char *text)
{
	struct stage_patch_list *list = &f->lists[f->file_count];

	assert_int_equal(
		stage_patch_text_parse(text, strlen(text), name, list, NULL),
		STAGE_OK);
	f->files[f->file_count] =
		(struct stage_desired_file){name, layer, list};
	f->file_count++;
}

static void
make(struct fixture *f)
{
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = stage_desired_create(
		f->files, f->file_count, f->is_pipewire, &f->desired, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(status, STAGE_OK);
}

static void
want(struct fixture *f, const char *text)
{
	file(f, STAGE_LAYER_GLOBAL, "a.patch", text);
	make(f);
}

static struct stage_graph_port *
add_known(struct fixture *f, const char *name, const char *alias)
{
	const struct stage_graph_port_info info = {.name = name,
		.type = "audio",
		.is_output = strstr(name, "out") != NULL,
		.aliases = {alias}};
	struct stage_graph_port *port = NULL;
	bool is_new;

	assert_int_equal(
		stage_graph_add(f->graph, &info, 0, on_gone, f, &port, &is_new),
		STAGE_OK);
	assert_int_equal(stage_desired_add_port(f->desired, port, on_touch, f),
		STAGE_OK);
	return port;
}

static struct stage_graph_port *
add(struct fixture *f, const char *name)
{
	return add_known(f, name, NULL);
}

static void
take(struct fixture *f, struct stage_graph_port *port)
{
	stage_desired_remove_port(f->desired, port, on_touch, f);
	stage_graph_remove(f->graph, port);
}

// What is said: "policy layer file:line", or "nothing".
static void
expect(struct fixture *f, const struct stage_graph_port *from,
	const struct stage_graph_port *to, const char *expected)
{
	struct stage_reason reason;
	enum stage_patch_policy policy =
		stage_desired_judge(f->desired, from, to, &reason);
	char text[128] = "nothing";

	if (reason.is_said) {
		snprintf(text, sizeof(text), "%s %s %s:%u",
			stage_patch_policy_name(policy),
			stage_layer_name(reason.layer), reason.file,
			reason.line);
	} else {
		assert_int_equal(policy, STAGE_PATCH_NOT);
	}
	assert_string_equal(text, expected);
}

static int
setup(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){.graph = stage_graph_create()};
	assert_non_null(fixture.graph);
	*state = &fixture;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	stage_desired_destroy(f->desired);
	stage_graph_destroy(f->graph);
	for (size_t i = 0; i < f->file_count; i++) {
		stage_patch_list_finish(&f->lists[i]);
	}
	stage_str_finish(&f->touched);
	return 0;
}

static void
names_are_wanted_by_line(void **state)
{
	struct fixture *f = *state;

	want(f, "# mine\nA:out -> B:in\nnot A:out -> C:in\n"
		"only A:out -> D:in\n");
	struct stage_graph_port *a = add(f, "A:out");
	struct stage_graph_port *b = add(f, "B:in");
	expect(f, a, b, "want global a.patch:2");
	expect(f, a, add(f, "C:in"), "not global a.patch:3");
	expect(f, a, add(f, "D:in"), "only global a.patch:4");
	expect(f, a, add(f, "E:in"), "nothing");
	assert_true(stage_desired_knows(f->desired, b));
	assert_false(stage_desired_knows(f->desired,
		stage_graph_find(f->graph, STAGE_PATCH_JACK, false, "E:in")));
}

static void
higher_layers_decide(void **state)
{
	static const struct {
		const char *global;
		const char *set;
		const char *song;
		const char *expected;
	} rows[] = {
		{"A:out -> B:in", "", "", "want global global:1"},
		{"A:out -> B:in", "", "not A:out -> B:in", "not song song:1"},
		{"not A:out -> B:in", "A:out -> B:in", "", "want set set:1"},
		{"A:out -> B:in", "not A:out -> B:in", "A:out -> B:in",
			"want song song:1"},
		{"A:* -> B:*", "not A:out -> B:in", "", "not set set:1"},
		{"A:out -> B:in", "not A:* -> B:*", "", "want global global:1"},
		{"A:out -> B:in\nnot A:out -> B:in", "", "",
			"not global global:2"},
		{"A:* -> B:*", "not A:* -> B:*", "", "not rules set:1"},
		{"forbid A:* -> B:*", "A:out -> B:in", "A:out -> B:in",
			"forbid forbid global:1"},
		{"", "", "forbid A:out -> B:in", "forbid forbid song:1"},
	};

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct fixture *f;
		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
		f = *state;
		// in the order of the layers from below, and from above
		if (i % 2 == 0) {
			file(f, STAGE_LAYER_GLOBAL, "global", rows[i].global);
			file(f, STAGE_LAYER_SET, "set", rows[i].set);
			file(f, STAGE_LAYER_SONG, "song", rows[i].song);
		} else {
			file(f, STAGE_LAYER_SONG, "song", rows[i].song);
			file(f, STAGE_LAYER_GLOBAL, "global", rows[i].global);
			file(f, STAGE_LAYER_SET, "set", rows[i].set);
		}
		make(f);
		expect(f, add(f, "A:out"), add(f, "B:in"), rows[i].expected);
	}
}

static void
exceptions_of_a_forbid(void **state)
{
	struct fixture *f = *state;

	want(f, "forbid * -> system:* except Mixer:*\n");
	struct stage_graph_port *speaker = add(f, "system:playback_1");
	expect(f, add(f, "Loud:out"), speaker, "forbid forbid a.patch:1");
	expect(f, add(f, "Mixer:out"), speaker, "nothing");
}

static void
captures_lead_from_one_side_to_the_other(void **state)
{
	struct fixture *f = *state;

	want(f, "Synth:out_* -> Mixer:in_\\1\n/(.*):out_(.)/ -> "
		"/Rec:\\1_\\2/\n");
	struct stage_graph_port *left = add(f, "Synth:out_l");
	struct stage_graph_port *right = add(f, "Synth:out_r");
	struct stage_graph_port *in_left = add(f, "Mixer:in_l");
	expect(f, left, in_left, "want rules a.patch:1");
	expect(f, right, in_left, "nothing");
	expect(f, right, add(f, "Rec:Synth_r"), "want rules a.patch:2");
	expect(f, right, add(f, "Rec:Synth_l"), "nothing");
}

static void
mirrors_follow_what_is_connected(void **state)
{
	struct fixture *f = *state;
	bool is_new;

	want(f, "also Mixer:in -> Rec:in\nalso Synth:out -> Copy:out\n");
	struct stage_graph_port *synth = add(f, "Synth:out");
	struct stage_graph_port *mixer = add(f, "Mixer:in");
	struct stage_graph_port *rec = add(f, "Rec:in");
	struct stage_graph_port *copy = add(f, "Copy:out");
	expect(f, synth, rec, "nothing");
	assert_int_equal(
		stage_graph_connect(f->graph, synth, mixer, &is_new), STAGE_OK);
	expect(f, synth, rec, "want rules a.patch:1");
	expect(f, copy, mixer, "want rules a.patch:2");
	expect(f, copy, rec, "nothing");
	stage_graph_disconnect(f->graph, synth, mixer);
	expect(f, synth, rec, "nothing");
}

static void
numbers_of_a2jmidid_do_not_matter(void **state)
{
	struct fixture *f = *state;

	want(f, "a2j:MT4 [128] (capture): out 1 -> Synth:in\n"
		"forbid a2j:MT4 (capture): out 2 -> *\n");
	struct stage_graph_port *in = add(f, "Synth:in");
	struct stage_graph_port *first = add(f, "a2j:MT4 (capture): out 1");
	expect(f, first, in, "want global a.patch:1");
	take(f, first);
	first = add(f, "a2j:MT4 [131] (capture): [0] out 1");
	expect(f, first, in, "want global a.patch:1");
	expect(f, add(f, "a2j:MT4 [131] (capture): [1] out 2"), in,
		"forbid forbid a.patch:2");
}

// A forbid follows its port as a wish does, and so does an exception.
static void
numbers_do_not_matter_to_a_forbid_either(void **state)
{
	struct fixture *f = *state;

	want(f, "forbid a2j:MT4 [128] (capture): out 1 -> Synth:in\n"
		"forbid * -> system:* except Mix.nABCD:out\n"
		"forbid Drum.nABCD:out -> Synth:in\n"
		"Drum.nEFGH:out -> Synth:in\n");
	struct stage_graph_port *in = add(f, "Synth:in");
	struct stage_graph_port *speaker = add(f, "system:playback_1");
	struct stage_graph_port *keys =
		add(f, "a2j:MT4 [131] (capture): out 1");
	expect(f, keys, in, "forbid forbid a.patch:1");
	expect(f, keys, speaker, "forbid forbid a.patch:2");
	expect(f, add(f, "Mix.nEFGH:out"), speaker, "nothing");
	// Somebody names that one exactly.
	expect(f, add(f, "Drum.nEFGH:out"), in, "want global a.patch:4");
	// Once that very port is there, the other one is another.
	expect(f, add(f, "a2j:MT4 [128] (capture): out 1"), in,
		"forbid forbid a.patch:1");
	expect(f, keys, in, "nothing");
}

static void
of_two_alike_neither_is_taken(void **state)
{
	struct fixture *f = *state;

	want(f, "a2j:MT4 (capture): out -> Synth:in\n");
	struct stage_graph_port *in = add(f, "Synth:in");
	struct stage_graph_port *one = add(f, "a2j:MT4 [1] (capture): out");
	expect(f, one, in, "want global a.patch:1");
	struct stage_graph_port *two = add(f, "a2j:MT4 [2] (capture): out");
	expect(f, one, in, "nothing");
	expect(f, two, in, "nothing");
	take(f, one);
	expect(f, two, in, "want global a.patch:1");
	struct stage_graph_port *exact = add(f, "a2j:MT4 (capture): out");
	expect(f, two, in, "nothing");
	expect(f, exact, in, "want global a.patch:1");
}

static void
a_second_instance_stands_in_until_the_first_is_back(void **state)
{
	struct fixture *f = *state;

	want(f, "A:out -> B:in\n");
	struct stage_graph_port *in = add(f, "B:in");
	struct stage_graph_port *second = add(f, "A-01:out");
	expect(f, second, in, "want global a.patch:1");
	stage_str_clear(&f->touched);
	struct stage_graph_port *first = add(f, "A:out");
	assert_string_equal(
		stage_str_text(&f->touched), "A:out\nA-01:out\nA:out\n");
	expect(f, first, in, "want global a.patch:1");
	expect(f, second, in, "nothing");
	stage_str_clear(&f->touched);
	take(f, first);
	assert_string_equal(stage_str_text(&f->touched), "A-01:out\n");
	expect(f, second, in, "want global a.patch:1");
}

static void
who_is_named_stands_in_for_nobody(void **state)
{
	struct fixture *f = *state;

	want(f, "A:out -> B:in\nA-01:out -> C:in\n");
	struct stage_graph_port *second = add(f, "A-01:out");
	expect(f, second, add(f, "B:in"), "nothing");
	expect(f, second, add(f, "C:in"), "want global a.patch:2");
}

static void
serials_of_pipewire(void **state)
{
	struct fixture *f = *state;

	f->is_pipewire = true;
	want(f, "A:out -> B:in\n");
	expect(f, add(f, "A-38:out-51"), add(f, "B:in"),
		"want global a.patch:1");
}

static void
aliases_are_names_too(void **state)
{
	struct fixture *f = *state;

	want(f, "Keys:out -> B:in\nforbid Keys:* -> C:in\n");
	struct stage_graph_port *in = add(f, "B:in");
	struct stage_graph_port *port = add(f, "system:midi_out_1");
	expect(f, port, in, "nothing");
	port = add_known(f, "system:midi_out_1", "Keys:out"); // set late
	expect(f, port, in, "want global a.patch:1");
	expect(f, port, add(f, "C:in"), "forbid forbid a.patch:2");
	port = add(f, "system:midi_out_1");
	expect(f, port, in, "nothing");
}

static void
modes_of_files_and_clients(void **state)
{
	struct fixture *f = *state;
	struct stage_reason reason;

	want(f, "mode enforce\nmode learn for Zyn*\nA:out -> B:in\n");
	struct stage_graph_port *in = add(f, "B:in");
	(void)stage_desired_judge(f->desired, add(f, "A:out"), in, &reason);
	assert_true(reason.has_mode);
	assert_int_equal(reason.mode, STAGE_PATCH_MODE_ENFORCE);
	(void)stage_desired_judge(f->desired, add(f, "Zyn 1:out"), in, &reason);
	assert_false(reason.is_said);
	assert_true(reason.has_mode);
	assert_int_equal(reason.mode, STAGE_PATCH_MODE_LEARN);
	(void)stage_desired_judge(f->desired, add(f, "Y:out"), in, &reason);
	assert_false(reason.has_mode);
}

static void
count_pair(
	void *user, struct stage_graph_port *from, struct stage_graph_port *to)
{
	struct stage_str *story = user;

	assert_int_equal(
		stage_str_addf(story, "%s > %s\n", from->name, to->name),
		STAGE_OK);
}

static void
expect_partners(
	struct fixture *f, struct stage_graph_port *port, const char *expected)
{
	struct stage_str story = {0};

	stage_desired_partners(f->desired, f->graph, port, count_pair, &story);
	assert_string_equal(stage_str_text(&story), expected);
	stage_str_finish(&story);
}

static void
partners_are_those_that_are_there(void **state)
{
	struct fixture *f = *state;

	want(f, "A:out -> B:in\nA:out -> C:in\nnot D:out -> B:in\n"
		"Z:* -> Y:*\n");
	struct stage_graph_port *a = add(f, "A:out");
	struct stage_graph_port *b = add(f, "B:in");
	add(f, "E:out");
	expect_partners(f, a, "A:out > B:in\n");
	expect_partners(f, b, "A:out > B:in\n");
	expect_partners(f, add(f, "Z:out"), "Z:out > B:in\n");
	expect_partners(f, add(f, "X:in"), "");
	expect_partners(f, add(f, "D:out"), "D:out > B:in\n");
}

static void
tell_wish(void *user, const struct stage_wish *wish)
{
	struct stage_str *story = user;

	assert_int_equal(stage_str_addf(story, "%s%s > %s%s%s\n", wish->from,
				 wish->from_port != NULL ? "+" : "-", wish->to,
				 wish->to_port != NULL ? "+" : "-",
				 wish->is_from_ambiguous ? "?" : ""),
		STAGE_OK);
}

static void
wishes_tell_who_is_missing(void **state)
{
	struct fixture *f = *state;
	struct stage_str story = {0};

	want(f, "A:out -> B:in\nS.nABCD:out -> B:in\nnot A:out -> C:in\n");
	add(f, "A:out");
	add(f, "S.nAAAA:out");
	add(f, "S.nBBBB:out");
	stage_desired_wishes(f->desired, tell_wish, &story);
	assert_string_equal(stage_str_text(&story),
		"A:out+ > B:in-\nS.nABCD:out- > B:in-?\n");
	stage_str_finish(&story);
}

static void
a_wrong_pattern_is_told_with_its_line(void **state)
{
	struct fixture *f = *state;
	struct stage_err err = STAGE_ERR_INIT;
	const struct stage_patch_statement wrong = {
		.from = {(char[]){"(("}, STAGE_PATCH_REGEX},
		.to = {(char[]){"B:in"}, STAGE_PATCH_LITERAL},
		.line = 12};

	assert_int_equal(stage_patch_list_add(&f->lists[0], &wrong), STAGE_OK);
	f->files[0] = (struct stage_desired_file){
		"x.patch", STAGE_LAYER_GLOBAL, &f->lists[0]};
	f->file_count = 1;
	assert_int_equal(
		stage_desired_create(f->files, 1, false, &f->desired, &err),
		STAGE_BAD_INPUT);
	assert_null(f->desired);
	assert_memory_equal(err.text, "x.patch:12: ", 12);
}

// The cost of a client's start does not grow with what is wanted otherwise.
static void
ten_thousand_wishes(void **state)
{
	struct fixture *f = *state;
	struct stage_patch_list *list = &f->lists[0];
	char from[32];
	char to[32];

	for (int i = 0; i < 10000; i++) {
		snprintf(from, sizeof(from), "A:out_%d", i);
		snprintf(to, sizeof(to), "B:in_%d", i);
		assert_int_equal(
			stage_patch_list_want(list, STAGE_PATCH_JACK, from, to),
			STAGE_OK);
	}
	f->files[0] =
		(struct stage_desired_file){"x", STAGE_LAYER_GLOBAL, list};
	f->file_count = 1;
	make(f);
	for (int i = 0; i < 10000; i += 100) {
		snprintf(from, sizeof(from), "A:out_%d", i);
		snprintf(to, sizeof(to), "B:in_%d", i);
		expect(f, add(f, from), add(f, to), "want global x:0");
	}
}

static enum stage_status
use_desired(void *user)
{
	struct fixture *f = user;
	struct stage_desired *desired = NULL;
	struct stage_graph_port *port = stage_graph_first(f->graph);
	enum stage_status status = stage_desired_create(
		f->files, f->file_count, false, &desired, NULL);

	for (; port != NULL && status == STAGE_OK; port = port->next) {
		status = stage_desired_add_port(desired, port, on_gone, f);
	}
	stage_desired_destroy(desired);
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	struct fixture *f = *state;

	file(f, STAGE_LAYER_GLOBAL, "a",
		"A:out -> B:in\nforbid C:* -> D:* except E:*\n"
		"X:* -> Y:\\1\nmode learn for Z*\n");
	make(f);
	take(f, add(f, "Q:out"));
	add_known(f, "A-01:out", "other:out");
	add(f, "B:in");
	stage_desired_destroy(f->desired);
	f->desired = NULL;
	assert_true(failing_alloc_sweep(use_desired, f) > 50);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_are_wanted_by_line),
		TEST(higher_layers_decide),
		TEST(exceptions_of_a_forbid),
		TEST(captures_lead_from_one_side_to_the_other),
		TEST(mirrors_follow_what_is_connected),
		TEST(numbers_of_a2jmidid_do_not_matter),
		TEST(numbers_do_not_matter_to_a_forbid_either),
		TEST(of_two_alike_neither_is_taken),
		TEST(a_second_instance_stands_in_until_the_first_is_back),
		TEST(who_is_named_stands_in_for_nobody),
		TEST(serials_of_pipewire),
		TEST(aliases_are_names_too),
		TEST(modes_of_files_and_clients),
		TEST(partners_are_those_that_are_there),
		TEST(wishes_tell_who_is_missing),
		TEST(a_wrong_pattern_is_told_with_its_line),
		TEST(ten_thousand_wishes),
		TEST(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
