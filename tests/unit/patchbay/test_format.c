/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"

#include "failing_alloc.h"
#include "fixture.h"

static void
the_table_is_whole(void **state)
{
	size_t count = 0;
	(void)state;

	for (; stage_patch_format_at(count) != NULL; count++) {
		const struct stage_patch_format *format =
			stage_patch_format_at(count);
		const struct stage_patch_format *found = NULL;
		assert_true(format->name[0] != '\0');
		assert_true(format->summary[0] != '\0');
		assert_true(strchr(format->name, ' ') == NULL);
		assert_non_null(format->recognise);
		assert_non_null(format->import_list);
		assert_int_equal(
			stage_patch_format_find(format->name, &found, NULL),
			STAGE_OK);
		assert_ptr_equal(found, format);
	}
	assert_int_equal(count, 9);
}

static void
an_unknown_format_is_told_with_those_there_are(void **state)
{
	const struct stage_patch_format *found = NULL;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(
		stage_patch_format_find("midi", &found, &err), STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "no format \"midi\""));
	for (size_t i = 0; stage_patch_format_at(i) != NULL; i++) {
		assert_non_null(
			strstr(err.text, stage_patch_format_at(i)->name));
	}
}

static const struct {
	const char *name;
	const char *format;
	const char *sentence;
} broken[] = {
	{"broken-carla-cut-off-in-cdata.carxp", "carla",
		"FILE:2:1: the file ends within a CDATA section"},
	{"broken-carla-wrong-root.carxp", "carla",
		"FILE:1:1: this is no file of Carla, as it begins with "
		"<PROJECT>"},
	{"broken-carla-nothing.carxp", "carla",
		"FILE:1:1: this is no file of Carla: there is nothing in it"},
	{"broken-qjackctl-wrong-root.xml", "qjackctl",
		"FILE:1:1: this is no patchbay of qjackctl, as it begins with "
		"<patch>"},
	{"broken-qjackctl-nothing.xml", "qjackctl",
		"FILE:1:1: this is no patchbay of qjackctl: there is nothing "
		"in it"},
	{"broken-ray-wrong-root.xml", "ray-jackpatch",
		"FILE:1:1: this is no file of ray-jackpatch, as it begins with "
		"<RAY>"},
	{"broken-ray-nothing.xml", "ray-jackpatch",
		"FILE:1:1: this is no file of ray-jackpatch: there is nothing "
		"in it"},
	{"broken-qpwgraph-wrong-root.xml", "qpwgraph",
		"FILE:1:1: this is no file of qpwgraph, as it begins with "
		"<patch>"},
	{"broken-qpwgraph-nothing.xml", "qpwgraph",
		"FILE:1:1: this is no file of qpwgraph: there is nothing in "
		"it"},
	{"broken-aj-nothing.xml", "aj-snapshot",
		"FILE:1:1: this is no file of aj-snapshot: there is nothing in "
		"it"},
	{"broken-matchmaker-latin1", "jack-matchmaker",
		"FILE:3:6: bytes that are no text"},
	{"broken-aj-cut-off-in-tag.xml", "aj-snapshot",
		"FILE:22:7: the file ends within this tag"},
	{"broken-aj-cut-off-between-tags.xml", "aj-snapshot",
		"FILE:24:1: the file ends before <client> of line 19 "
		"does"},
	{"broken-aj-cut-off-in-comment.xml", "aj-snapshot",
		"FILE:2:1: the file ends within this comment"},
	{"broken-aj-wrong-order.xml", "aj-snapshot",
		"FILE:2:20: this is no XML that can be read: "
		"mismatched tag"},
	{"broken-aj-less-than-in-value.xml", "aj-snapshot",
		"FILE:2:16: this is no XML that can be read: not "
		"well-formed (invalid token)"},
	{"broken-aj-zero-byte.xml", "aj-snapshot",
		"FILE:3:1: a zero byte: the file is damaged"},
	{"broken-aj-too-deep.xml", "aj-snapshot",
		"FILE:1:97: elements lie more than 31 deep in each "
		"other"},
	{"broken-aj-second-root.xml", "aj-snapshot",
		"FILE:2:1: this is no file of aj-snapshot, as it "
		"begins with <wrong>"},
	{"broken-aj-junk-behind.xml", "aj-snapshot",
		"FILE:2:3: this is no XML that can be read: mismatched "
		"tag"},
	{"broken-aj-unclosed-doctype.xml", "aj-snapshot",
		"FILE:1:1: the file ends within a DOCTYPE "
		"declaration"},
	{"broken-carla-cut-off.carxp", "carla",
		"FILE:5:17: the file ends within this tag"},
	{"broken-matchmaker-odd-lines", "jack-matchmaker",
		"FILE:5:3: the lines are no pairs"},
	{"broken-jackpatch-no-arrow", "jackpatch",
		"FILE:2:1: there is no |>, |< or || in this line"},
	{"broken-jackpatch-zero-byte", "jackpatch",
		"FILE:2:1: a zero byte: the file is damaged"},
	{"broken-plumbing-no-such-rule", "jack-plumbing",
		"FILE:2:8: there is no such rule"},
	{"broken-plumbing-no-quote", "jack-plumbing",
		"FILE:1:18: here a pattern in double quotes is "
		"missing"},
	{"broken-plumbing-no-parenthesis", "jack-plumbing",
		"FILE:1:24: here a ) is missing"},
	{"broken-qjackctl-cut-off.xml", "qjackctl",
		"FILE:4:1: the file ends before <output-sockets> of "
		"line 3 does"},
	{"broken-ray-cut-off.xml", "ray-jackpatch",
		"FILE:3:1: the file ends before <RAY-JACKPATCH> of "
		"line 1 does"},
	{"broken-qpwgraph-cut-off.xml", "qpwgraph",
		"FILE:4:1: the file ends before <item> of line 3 "
		"does"},
};

// A broken file is refused as a whole, with the place, and nothing of it is
// left.
static void
broken_files_are_refused(void **state)
{
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(broken); i++) {
		const struct stage_patch_format *format = NULL;
		struct stage_patch_import import;
		struct stage_err err = STAGE_ERR_INIT;
		struct stage_str bytes;
		struct stage_patch_input input = {.name = "FILE"};
		fixture_load(broken[i].name, &bytes);
		input.bytes = bytes.data;
		input.len = bytes.len;
		assert_int_equal(stage_patch_format_find(
					 broken[i].format, &format, &err),
			STAGE_OK);
		assert_int_equal(stage_patch_format_import(
					 format, &input, &import, &err),
			STAGE_BAD_INPUT);
		if (strncmp(err.text, broken[i].sentence,
			    strlen(broken[i].sentence)) != 0) {
			fail_msg("%s: %s", broken[i].name, err.text);
		}
		assert_int_equal(import.list.count, 0);
		assert_int_equal(import.report.count, 0);
		stage_str_finish(&bytes);
	}
}

static void
what_is_no_known_file_is_not_recognised(void **state)
{
	static const struct {
		const char *name;
		const char *sentence;
	} cases[] = {
		{"broken-empty", "FILE: the file is empty"},
		{"broken-garbage", "FILE: this is no file of any program"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		const struct stage_patch_format *format = NULL;
		struct stage_err err = STAGE_ERR_INIT;
		struct stage_str bytes;
		struct stage_patch_input input = {.name = "FILE"};
		fixture_load(cases[i].name, &bytes);
		input.bytes = stage_str_text(&bytes);
		input.len = bytes.len;
		assert_int_equal(
			stage_patch_format_recognise(&input, &format, &err),
			STAGE_BAD_INPUT);
		assert_non_null(strstr(err.text, cases[i].sentence));
		stage_str_finish(&bytes);
	}
}

// Whatever format a damaged file is called, it is refused, or what is taken of
// it is told.
static void
no_format_takes_garbage(void **state)
{
	struct stage_str bytes;
	struct stage_patch_input input = {.name = "FILE"};
	(void)state;

	fixture_load("broken-garbage", &bytes);
	input.bytes = bytes.data;
	input.len = bytes.len;
	for (size_t i = 0; stage_patch_format_at(i) != NULL; i++) {
		struct stage_patch_import import;
		struct stage_err err = STAGE_ERR_INIT;
		enum stage_status status = stage_patch_format_import(
			stage_patch_format_at(i), &input, &import, &err);
		if (status == STAGE_OK) {
			assert_int_equal(import.list.count, 0);
			stage_patch_import_finish(&import);
		} else {
			assert_int_equal(status, STAGE_BAD_INPUT);
		}
	}
	stage_str_finish(&bytes);
}

static void
our_own_patch_files_are_left_to_their_reader(void **state)
{
	static const char text[] = "# a comment\nA:out -> B:in\n";
	const struct stage_patch_input input = {"FILE", text, strlen(text)};
	const struct stage_patch_format *format = NULL;
	(void)state;

	assert_int_equal(stage_patch_format_recognise(&input, &format, NULL),
		STAGE_BAD_INPUT);
}

static void
too_big_a_file_is_refused(void **state)
{
	const struct stage_patch_input input = {
		"FILE", "", STAGE_PATCH_FILE_MAX + 1};
	const struct stage_patch_format *format = NULL;
	struct stage_patch_import import;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(stage_patch_format_recognise(&input, &format, &err),
		STAGE_TOO_LONG);
	assert_int_equal(stage_patch_format_import(stage_patch_format_at(0),
				 &input, &import, &err),
		STAGE_TOO_LONG);
}

static void
too_many_connections_are_refused(void **state)
{
	struct stage_str bytes = {0};
	struct stage_patch_input input = {.name = "FILE"};
	const struct stage_patch_format *format = NULL;
	struct stage_patch_import import;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	for (int i = 0; i <= STAGE_PATCH_IMPORT_MAX; i++) {
		assert_int_equal(
			stage_str_addf(&bytes, "A:%d |> B:in\n", i), STAGE_OK);
	}
	input.bytes = bytes.data;
	input.len = bytes.len;
	assert_int_equal(
		stage_patch_format_find("jackpatch", &format, &err), STAGE_OK);
	assert_int_equal(
		stage_patch_format_import(format, &input, &import, &err),
		STAGE_TOO_LONG);
	assert_string_equal(err.text,
		"FILE:100001:1: there are more than 100000 connections");
	stage_str_finish(&bytes);
}

// The same two sockets, joined by cable after cable.
static void
too_many_plugs_are_refused(void **state)
{
	struct stage_str bytes = {0};
	struct stage_patch_input input = {.name = "FILE"};
	const struct stage_patch_format *format = NULL;
	struct stage_patch_import import;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(stage_str_add(&bytes, "<patchbay>"), STAGE_OK);
	for (int i = 0; i < 2; i++) {
		const char *list = i == 0 ? "output-sockets" : "input-sockets";
		assert_int_equal(
			stage_str_addf(&bytes,
				"<%s><socket client=\"A\" name=\"A\">", list),
			STAGE_OK);
		for (int j = 0; j < 1000; j++) {
			assert_int_equal(
				stage_str_add(&bytes, "<plug>a</plug>"),
				STAGE_OK);
		}
		assert_int_equal(
			stage_str_addf(&bytes, "</socket></%s>\n", list),
			STAGE_OK);
	}
	for (int i = 0; i < 201; i++) {
		assert_int_equal(stage_str_add(&bytes,
					 "<cable output=\"A\" input=\"A\"/>"),
			STAGE_OK);
	}
	assert_int_equal(stage_str_add(&bytes, "</patchbay>"), STAGE_OK);
	input.bytes = bytes.data;
	input.len = bytes.len;
	assert_int_equal(
		stage_patch_format_find("qjackctl", &format, &err), STAGE_OK);
	assert_int_equal(
		stage_patch_format_import(format, &input, &import, &err),
		STAGE_TOO_LONG);
	assert_non_null(strstr(err.text, "more than 200000 pairs of plugs"));
	stage_str_finish(&bytes);
}

static void
a_long_report_is_cut(void **state)
{
	struct stage_str bytes = {0};
	struct stage_patch_import import;
	(void)state;

	for (int i = 0; i < 3 * STAGE_PATCH_REPORT_MAX; i++) {
		assert_int_equal(stage_str_addf(&bytes, "none %d |> B:in\n", i),
			STAGE_OK);
	}
	fixture_read("jackpatch", &bytes, &import);
	assert_int_equal(import.list.count, 0);
	assert_int_equal(import.report.count, STAGE_PATCH_REPORT_MAX + 1);
	assert_int_equal(fixture_told(&import.report, "400 more remarks"), 1);
	stage_patch_import_finish(&import);
	stage_str_finish(&bytes);
}

static void
what_comes_twice_is_taken_once(void **state)
{
	struct stage_str bytes = {0};
	struct stage_patch_import import;
	(void)state;

	assert_int_equal(stage_str_add(&bytes, "A:o |> B:i\nA:o |> B:i\n"
					       "B:i |< A:o\nA:o |> B:j\n"),
		STAGE_OK);
	fixture_read("jackpatch", &bytes, &import);
	assert_int_equal(import.list.count, 2);
	assert_int_equal(
		fixture_told(&import.report, "2 connections came again"), 1);
	stage_patch_import_finish(&import);
	stage_str_finish(&bytes);
}

static void
reports_are_text(void **state)
{
	struct stage_str bytes = {0};
	struct stage_patch_import import;
	(void)state;

	assert_int_equal(
		stage_str_add(&bytes, "caf\xe9\x1b[2J |> B:in\n"), STAGE_OK);
	fixture_read("jackpatch", &bytes, &import);
	assert_int_equal(import.report.count, 1);
	assert_string_equal(import.report.items[0],
		"FILE:1:1: left out, as \"caf? [2J\" is no full name of a "
		"port, CLIENT:PORT");
	stage_patch_import_finish(&import);
	stage_str_finish(&bytes);
}

static void
alsa_names_are_divided_at_the_number(void **state)
{
	static const struct {
		const char *full;
		size_t client_len;
		const char *port;
	} cases[] = {
		{"Keys:0", 4, "0"},
		{"Keys: two:15", 9, "15"},
		{"Keys:MIDI 1", 4, "MIDI 1"},
		{"Keys:in:out", 4, "in:out"},
		{"Keys:1234567890", 4, "1234567890"},
		{"Keys:", 0, NULL},
		{":1", 0, NULL},
		{"Keys", 0, NULL},
		{"", 0, NULL},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		const char *port = NULL;
		size_t len = 0;
		enum stage_status status =
			stage_patch_alsa_split(cases[i].full, &len, &port);
		if (cases[i].port == NULL) {
			assert_int_equal(status, STAGE_BAD_INPUT);
			continue;
		}
		assert_int_equal(status, STAGE_OK);
		assert_int_equal(len, cases[i].client_len);
		assert_string_equal(port, cases[i].port);
	}
}

// Reads a fixture and writes it in every format that is written.
struct work {
	const char *format;
	struct stage_str bytes;
};

static enum stage_status
write_all(const struct stage_patch_list *list)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; status == STAGE_OK; i++) {
		const struct stage_patch_format *format =
			stage_patch_format_at(i);
		struct stage_str out = {0};
		struct stage_strv report = {0};
		if (format == NULL) {
			break;
		}
		if (format->export_list != NULL) {
			status = stage_patch_format_export(
				format, list, &out, &report, NULL);
		}
		stage_str_finish(&out);
		stage_strv_finish(&report);
	}
	return status;
}

static enum stage_status
do_work(void *user)
{
	const struct work *work = user;
	const struct stage_patch_input input = {
		"FILE", work->bytes.data, work->bytes.len};
	const struct stage_patch_format *format = NULL;
	struct stage_patch_import import;
	enum stage_status status =
		stage_patch_format_find(work->format, &format, NULL);

	if (status == STAGE_OK) {
		status = stage_patch_format_import(
			format, &input, &import, NULL);
	}
	if (status == STAGE_OK) {
		status = write_all(&import.list);
		stage_patch_import_finish(&import);
	}
	return status;
}

static void
each_failing_allocation_is_survived(void **state)
{
	static const struct {
		const char *name;
		const char *format;
	} cases[] = {
		{"aj-new-root.xml", "aj-snapshot"},
		{"aj-one-bad-name.xml", "aj-snapshot"},
		{"aj-two-equal-devices.xml", "aj-snapshot"},
		{"carla.carxp", "carla"},
		{"matchmaker-exact", "jack-matchmaker"},
		{"matchmaker-left-out", "jack-matchmaker"},
		{"matchmaker-regex", "jack-matchmaker-regex"},
		{"nsm.jackpatch", "jackpatch"},
		{"plumbing", "jack-plumbing"},
		{"qjackctl.xml", "qjackctl"},
		{"qjackctl-left-out.xml", "qjackctl"},
		{"qpwgraph.xml", "qpwgraph"},
		{"ray-jackpatch.xml", "ray-jackpatch"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct work work = {.format = cases[i].format};
		fixture_load(cases[i].name, &work.bytes);
		assert_true(failing_alloc_sweep(do_work, &work) > 0);
		stage_str_finish(&work.bytes);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_whole),
		cmocka_unit_test(
			an_unknown_format_is_told_with_those_there_are),
		cmocka_unit_test(broken_files_are_refused),
		cmocka_unit_test(what_is_no_known_file_is_not_recognised),
		cmocka_unit_test(no_format_takes_garbage),
		cmocka_unit_test(our_own_patch_files_are_left_to_their_reader),
		cmocka_unit_test(too_big_a_file_is_refused),
		cmocka_unit_test(too_many_connections_are_refused),
		cmocka_unit_test(too_many_plugs_are_refused),
		cmocka_unit_test(a_long_report_is_cut),
		cmocka_unit_test(what_comes_twice_is_taken_once),
		cmocka_unit_test(reports_are_text),
		cmocka_unit_test(alsa_names_are_divided_at_the_number),
		cmocka_unit_test(each_failing_allocation_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
