/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* What other programs' files become in patch files of ours: the same statements
 * when these are read again, patterns that cost little and join the right
 * ports, and names with any bytes. */

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "fixture.h"
#include "patchbay/desired.h"
#include "patchbay/patch_text.h"
#include "patchbay/pattern.h"

// Writes a list as a patch file, reads that, and compares all in order.
static void
check_patch(const struct stage_patch_list *list)
{
	struct stage_patch_list again = {0};
	struct stage_str text = {0};
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(stage_patch_text_format(list, &text), STAGE_OK);
	if (stage_patch_text_parse(stage_str_text(&text), text.len, "FILE",
		    &again, &err) != STAGE_OK) {
		fail_msg("%s in\n%s", err.text, text.data);
	}
	assert_int_equal(again.count, list->count);
	for (size_t i = 0; i < list->count; i++) {
		const struct stage_patch_statement *a = &list->items[i];
		const struct stage_patch_statement *b = &again.items[i];
		assert_int_equal(a->policy, b->policy);
		assert_int_equal(a->system, b->system);
		if (!stage_patch_end_is_same(&a->from, &b->from) ||
			!stage_patch_end_is_same(&a->to, &b->to)) {
			fail_msg("%s -> %s became %s -> %s", a->from.text,
				a->to.text, b->from.text, b->to.text);
		}
	}
	stage_patch_list_finish(&again);
	stage_str_finish(&text);
}

static void
check_fixture(const char *name)
{
	const struct stage_patch_format *format = NULL;
	struct stage_patch_import import;
	struct stage_patch_input input = {.name = name};
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_str bytes;

	fixture_load(name, &bytes);
	input.bytes = bytes.data;
	input.len = bytes.len;
	if (stage_patch_format_recognise(&input, &format, &err) != STAGE_OK) {
		// One has bytes in it that no such file would have.
		assert_string_equal(name, "matchmaker-left-out");
		assert_int_equal(stage_patch_format_find(
					 "jack-matchmaker", &format, &err),
			STAGE_OK);
	}
	if (stage_patch_format_import(format, &input, &import, &err) !=
		STAGE_OK) {
		fail_msg("%s", err.text);
	}
	check_patch(&import.list);
	stage_patch_import_finish(&import);
	stage_str_finish(&bytes);
}

static void
every_fixture_comes_back(void **state)
{
	DIR *directory = opendir(FIXTURES);
	size_t count = 0;
	(void)state;

	assert_non_null(directory);
	for (struct dirent *entry = readdir(directory); entry != NULL;
		entry = readdir(directory)) {
		if (entry->d_name[0] != '.' &&
			strncmp(entry->d_name, "broken-", 7) != 0) {
			check_fixture(entry->d_name);
			count++;
		}
	}
	closedir(directory);
	assert_true(count > 20);
}

static void
read_text(
	const char *format, const char *text, struct stage_patch_import *import)
{
	struct stage_str bytes = {0};

	assert_int_equal(stage_str_add(&bytes, text), STAGE_OK);
	fixture_read(format, &bytes, import);
	stage_str_finish(&bytes);
}

static bool
joins(const struct stage_patch_statement *statement, const char *from_name,
	const char *to_name)
{
	struct stage_pattern *from = NULL;
	struct stage_pattern *to = NULL;
	struct stage_err err = STAGE_ERR_INIT;
	bool is_joined = false;

	assert_int_equal(
		stage_pattern_create(&statement->from, NULL, &from, &err),
		STAGE_OK);
	assert_int_equal(stage_pattern_create(&statement->to, from, &to, &err),
		STAGE_OK);
	assert_int_equal(stage_pattern_joins(from, to, from_name, to_name,
				 &is_joined, &err),
		STAGE_OK);
	stage_pattern_destroy(from);
	stage_pattern_destroy(to);
	return is_joined;
}

static void
patterns_join_what_the_other_program_would(void **state)
{
	static const struct {
		const char *format;
		const char *text;
		const char *from;
		const char *to;
		bool is_joined;
	} cases[] = {
		{"jack-matchmaker", "/Z:o_(?P<n>.+)/\nB:i.{n}*", "Z:o_1",
			"B:i.1*", true},
		{"jack-matchmaker", "/Z:o_(?P<n>.+)/\nB:i.{n}*", "Z:o_1",
			"B:ix1", false},
		{"jack-matchmaker", "/Z:o_(?P<n>.+)/\nB:i.{n}*", "Z:o_.+",
			"B:i..+*", true},
		{"jack-matchmaker", "/Z:(?P<n>.)$/\nB:{{\\1}}{n}", "Z:*",
			"B:{\\1}*", true},
		{"jack-matchmaker", "/Z:(?P<n>.)$/\nB:{{\\1}}{n}", "Z:q",
			"B:{q}q", false},
		{"jack-matchmaker", "/Z:out/\nB:\\1*?", "Z:out_2", "B:\\1*?",
			true},
		{"jack-matchmaker", "/Z:out/\nB:\\1*?", "Z:out_2", "B:1ab",
			false},
		{"jack-matchmaker-regex",
			"Z:(?P<a>l)(x)(?P<b>r)\nB:{b}_{a}_{nobody}$", "Z:lxr",
			"B:r_l_", true},
		{"jack-matchmaker-regex", "Z:(?:a|b)(?P<n>.)$\nB:{n}$", "Z:b7",
			"B:7", true},
		{"jack-matchmaker-regex", "Z:a$\nB:in", "Z:ab", "B:in", false},
		{"jack-plumbing", "(connect \"Z:(.)\" \"B:\\1\")", "Z:.", "B:.",
			true},
		{"jack-plumbing", "(connect \"Z:(.)\" \"B:\\1\")", "Z:.", "B:x",
			false},
		{"jackpatch", "Z:\\1*?[x] |> B:/in/\n", "Z:\\1*?[x]", "B:/in/",
			true},
		{"jackpatch", "Z:\\1*?[x] |> B:/in/\n", "Z:\\1aax", "B:/in/",
			false},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_patch_import import;
		read_text(cases[i].format, cases[i].text, &import);
		check_patch(&import.list);
		if (import.list.count != 1 ||
			joins(&import.list.items[0], cases[i].from,
				cases[i].to) != cases[i].is_joined) {
			fail_msg("%s: %s and %s", cases[i].text, cases[i].from,
				cases[i].to);
		}
		stage_patch_import_finish(&import);
	}
}

#define SOCKETS(client, plug)                                                  \
	"<patchbay><output-sockets><socket name=\"S\" client=\"" client        \
	"\"><plug>" plug "</plug></socket></output-sockets>"                   \
	"<input-sockets><socket name=\"S\" client=\"B\"><plug>in</plug>"       \
	"</socket></input-sockets>\n<cables><cable output=\"S\" "              \
	"input=\"S\"/></cables></patchbay>"

// What would take seconds, or is no pattern to us, is listed and loses nothing
// else.
static void
patterns_that_cannot_be_taken_are_told(void **state)
{
	static const struct {
		const char *format;
		const char *text;
		const char *told;
		size_t left;
	} cases[] = {
		{"jack-matchmaker-regex",
			"A:((a{99}){99}){99}$\nB:in\nA:x\nB:y",
			"FILE:1:1: left out, as \"A:((a{99}){99}){99}\" cannot "
			"be taken: this regular expression is too big, with "
			"all that it repeats",
			1},
		{"jack-matchmaker", "/A:(a+){200}$/\nB:in\nA:x\nB:y",
			"FILE:1:1: left out, as \"A:(a+){200}\" cannot be "
			"taken: this regular expression is too big",
			1},
		{"jack-matchmaker", "A:out\n/B:(((x?){99}){9}){9}$/",
			"FILE:1:1: left out, as \"B:(((x?){99}){9}){9}\" "
			"cannot be taken: this regular expression is too big",
			0},
		{"jack-plumbing",
			"(connect \"A:(a)\\1\" \"B:in\")\n(connect \"A\" "
			"\"B\")\n(connect \"A:x\" \"B:y\")",
			"FILE:1:1: left out, as \"A:(a)\\1\" cannot be taken: "
			"a back-reference like \\1 has no meaning here",
			1},
		{"jack-plumbing",
			"(connect \"A:(a)\" \"B:\\2\")\n(connect \"A:x\" "
			"\"B:y\")",
			"FILE:1:1: left out, as \"B:\\2\" cannot be taken: \\2 "
			"stands for nothing",
			1},
		{"jack-plumbing", "(connect \"A:a\" \"B:\\1\")",
			"FILE:1:1: left out, as \"B:\\1\" cannot be taken: a "
			"back-reference",
			0},
		{"jack-plumbing",
			"(also-connect \"A:[z-a]\" \"B:in\")\n(connect \"A:x\" "
			"\"B:y\")",
			"cannot be taken: this is not a regular expression: ",
			1},
		{"jack-plumbing", "(connect \"A:**\" \"B:in\")",
			"twice in a row how often", 0},
		{"jack-plumbing", "(disconnect \"A:(.\" \"B:in\")",
			"does not close a parenthesis", 0},
		{"qjackctl", SOCKETS("A((b{9}){99}){99}", "out"),
			"FILE:2:9: left out, as \"A((b{9}){99}){99}:out\" "
			"cannot be taken: this regular expression is too big",
			0},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_patch_import import;
		read_text(cases[i].format, cases[i].text, &import);
		if (fixture_told(&import.report, cases[i].told) != 1 ||
			import.list.count != cases[i].left) {
			fail_msg("%s: %zu left, told: %s", cases[i].text,
				import.list.count,
				import.report.count == 0
					? "nothing"
					: import.report
						  .items[import.report.count -
							  1]);
		}
		check_patch(&import.list);
		stage_patch_import_finish(&import);
	}
}

// As long as they may be, and of bytes that are written by four.
static void
the_longest_patterns_fit_a_line(void **state)
{
	struct stage_str text = {0};
	struct stage_patch_import import;
	(void)state;

	assert_int_equal(stage_str_add(&text, "(also-connect \"["), STAGE_OK);
	for (int i = 0; i < 2 * 2045; i++) {
		assert_int_equal(stage_str_add(&text,
					 i == 2045 ? "]\" \"[\x01" : "\x01"),
			STAGE_OK);
	}
	assert_int_equal(stage_str_add(&text, "]\")\n"), STAGE_OK);
	fixture_read("jack-plumbing", &text, &import);
	assert_int_equal(import.list.count, 1);
	assert_int_equal(strlen(import.list.items[0].from.text), 2047);
	assert_int_equal(strlen(import.list.items[0].to.text), 2047);
	check_patch(&import.list);
	stage_patch_import_finish(&import);
	stage_str_finish(&text);
}

// Each may be; all of them would take a minute.
static void
many_long_patterns_are_refused(void **state)
{
	struct stage_str text = {0};
	struct stage_patch_import import;
	struct stage_patch_input input = {.name = "FILE"};
	const struct stage_patch_format *format = NULL;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	for (int i = 0; i < 300; i++) {
		assert_int_equal(stage_str_addf(&text, "A:%0255d.*$\nB:i\n", i),
			STAGE_OK);
	}
	assert_int_equal(
		stage_patch_format_find("jack-matchmaker-regex", &format, &err),
		STAGE_OK);
	input.bytes = text.data;
	input.len = text.len;
	assert_int_equal(
		stage_patch_format_import(format, &input, &import, &err),
		STAGE_TOO_LONG);
	assert_string_equal(err.text,
		"FILE:507:1: there are more than 65536 bytes of regular "
		"expressions that have more than 128 each");
	assert_int_equal(import.list.count, 0);
	stage_str_finish(&text);
}

#define TIMES_10(text) text text text text text text text text text text
#define CLIENT_63 TIMES_10("Client") "abc"
#define PORT_250 TIMES_10("abcdefghijklmnopqrstuvwxy")

// The formats that are written, by the first letters of their names.
static const struct {
	char letter;
	const char *name;
} written[] = {
	{'a', "aj-snapshot"},
	{'c', "carla"},
	{'j', "jackpatch"},
	{'m', "jack-matchmaker"},
	{'q', "qjackctl"},
};

// Each as a source and as a destination: who cannot carry it.
static const struct {
	const char *name;
	const char *not_from;
	const char *not_to;
} odd[] = {
	{"A:out", "", ""},
	{"A:b:c: d", "", ""},
	{"a:b:out", "", ""}, // of a client "a:b"
	{"A:\"quoted\"", "", ""},
	{"A:it's", "", ""},
	{"A:new\nline", "cjm", "cjm"},
	{"A:cr\rhere", "cjm", "cjm"},
	{"A:tab\there", "cm", "cm"},
	{"A:\x01"
	 "ctl\x1f",
		"acm", "acm"},
	{"A:\x7f", "", ""},
	{"A:caf\xe9", "acmq", "acmq"},
	{"A:\xc3\xa9\xe2\x82\xac", "", ""},
	{"a2j:A [128] (playback): [0] x", "", ""},
	{"A:*?\\", "", ""},
	{"A:\\1", "", ""},
	{"A:{n}", "", "m"},
	{"A:/x/", "", ""},
	{"/A:x/", "m", "m"},
	{"#A:x", "m", "m"},
	{"A:a|>b", "j", ""},
	{"A:a -> b", "", ""},
	{"A:except b", "", ""},
	{"A:<&>;]]>--", "", ""},
	{"A:" PORT_250, "", ""},
	{CLIENT_63 ":" PORT_250, "", ""},
	{"A: edge ", "cjm", "cjm"},
	{" A :x", "cjm", "cjm"},
	{"not A:x", "", ""},
	{"A:%s%n", "", ""},
};

static void
check_carried(const char *format, const struct stage_patch_list *list,
	bool is_carried)
{
	struct stage_patch_import import = {0};
	struct stage_strv report;
	struct stage_str bytes;

	fixture_write(format, list, &bytes, &report);
	if (bytes.len > 0) {
		fixture_read(format, &bytes, &import);
	}
	if ((fixture_told(&report, "left out, as ") == 1) == is_carried ||
		import.list.count != (is_carried ? 1 : 0)) {
		fail_msg("%s: %s -> %s: %s", format, list->items[0].from.text,
			list->items[0].to.text,
			report.count > 0 ? report.items[0] : "nothing told");
	}
	if (is_carried) {
		fixture_same(list, &import.list);
	}
	stage_patch_import_finish(&import);
	stage_strv_finish(&report);
	stage_str_finish(&bytes);
}

static void
check_odd(const char *from, const char *to, const char *not_by)
{
	struct stage_patch_list list = {0};

	assert_int_equal(
		stage_patch_list_want(&list, STAGE_PATCH_JACK, from, to),
		STAGE_OK);
	check_patch(&list);
	for (size_t i = 0; i < STAGE_COUNT_OF(written); i++) {
		check_carried(written[i].name, &list,
			strchr(not_by, written[i].letter) == NULL);
	}
	stage_patch_list_finish(&list);
}

static void
odd_names_are_carried_or_told(void **state)
{
	(void)state;
	assert_int_equal(strlen(CLIENT_63), 63);
	assert_int_equal(strlen(PORT_250), 250);
	for (size_t i = 0; i < STAGE_COUNT_OF(odd); i++) {
		check_odd(odd[i].name, "B:in", odd[i].not_from);
		check_odd("B:out", odd[i].name, odd[i].not_to);
	}
}

static const char *const spellings[] = {
	"a2j:MT4 (capture): MT4 MIDI 1",
	"a2j:MT4 [128] (capture): MT4 MIDI 1",
	"a2j:MT4 [131] (capture): [0] MT4 MIDI 1",
};

static void
on_gone(void *user, struct stage_graph_port *port)
{
	(void)user;
	(void)port;
}

static void
on_touch(void *user, struct stage_graph_port *port)
{
	(void)user;
	(void)port;
}

static struct stage_graph_port *
add_port(struct stage_graph *graph, struct stage_desired *desired,
	const char *name, bool is_output)
{
	const struct stage_graph_port_info info = {
		.name = name, .type = "midi", .is_output = is_output};
	struct stage_graph_port *port = NULL;
	bool is_new;

	assert_int_equal(
		stage_graph_add(graph, &info, 0, on_gone, NULL, &port, &is_new),
		STAGE_OK);
	assert_int_equal(stage_desired_add_port(desired, port, on_touch, NULL),
		STAGE_OK);
	return port;
}

// The statements, with a port of this name and Synth:in there.
static void
check_wanted(const struct stage_patch_list *list, const char *name)
{
	const struct stage_desired_file file = {
		"imported.patch", STAGE_LAYER_GLOBAL, list};
	struct stage_graph *graph = stage_graph_create();
	struct stage_desired *desired = NULL;
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_graph_port *from;
	struct stage_graph_port *to;
	struct stage_reason reason;

	assert_non_null(graph);
	assert_int_equal(stage_desired_create(&file, 1, false, &desired, &err),
		STAGE_OK);
	from = add_port(graph, desired, name, true);
	to = add_port(graph, desired, "Synth:in", false);
	assert_int_equal(stage_desired_judge(desired, from, to, &reason),
		STAGE_PATCH_WANT);
	assert_true(reason.is_said);
	stage_desired_destroy(desired);
	stage_graph_destroy(graph);
}

static void
check_spelling(const char *spelling, struct stage_patch_list *all)
{
	struct stage_str text = {0};
	struct stage_patch_import import;
	const char *port = strchr(spelling, ':') + 1;

	assert_int_equal(stage_str_addf(&text,
				 "<jack><client name=\"a2j\"><port name=\"%s\">"
				 "<connection port=\"Synth:in\"/></port>"
				 "</client></jack>",
				 port),
		STAGE_OK);
	fixture_read("aj-snapshot", &text, &import);
	assert_int_equal(import.list.count, 1);
	assert_int_equal(
		stage_patch_list_add(all, &import.list.items[0]), STAGE_OK);
	for (size_t i = 0; i < STAGE_COUNT_OF(spellings); i++) {
		check_wanted(&import.list, spellings[i]);
	}
	stage_patch_import_finish(&import);
	stage_str_finish(&text);
}

static void
the_spellings_of_a2jmidid_mean_one_port(void **state)
{
	struct stage_patch_list all = {0};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(spellings); i++) {
		check_spelling(spellings[i], &all);
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(spellings); i++) {
		check_wanted(&all, spellings[i]);
	}
	stage_patch_list_finish(&all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fixture_comes_back),
		cmocka_unit_test(patterns_join_what_the_other_program_would),
		cmocka_unit_test(patterns_that_cannot_be_taken_are_told),
		cmocka_unit_test(the_longest_patterns_fit_a_line),
		cmocka_unit_test(many_long_patterns_are_refused),
		cmocka_unit_test(odd_names_are_carried_or_told),
		cmocka_unit_test(the_spellings_of_a2jmidid_mean_one_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
