/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* aj-snapshot's XML: what section 1.1 of its own writer and of two real files
 * of a user is like. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "fixture.h"

#define WANT STAGE_PATCH_WANT
#define JACK STAGE_PATCH_JACK
#define ALSA STAGE_PATCH_ALSA

static void
both_kinds_of_root_are_read(void **state)
{
	struct stage_patch_import import;
	(void)state;

	fixture_import("aj-new-root.xml", "aj-snapshot", &import);
	assert_int_equal(import.list.count, 3);
	fixture_has(&import.list, WANT, ALSA, "Keys:0", "Router:1");
	fixture_has(
		&import.list, WANT, JACK, "Synth:out_1", "system:playback_1");
	fixture_has(
		&import.list, WANT, JACK, "Synth:out_1", "system:playback_2");
	assert_int_equal(import.list.items[0].line, 12);
	assert_true(import.speaks_of[JACK] && import.speaks_of[ALSA]);
	stage_patch_import_finish(&import);

	fixture_import("aj-old-two-roots.xml", "aj-snapshot", &import);
	assert_int_equal(import.list.count, 2);
	fixture_has(&import.list, WANT, ALSA, "Keys:0", "Router:1");
	fixture_has(
		&import.list, WANT, JACK, "Synth:out_1", "system:playback_1");
	assert_true(import.speaks_of[JACK] && import.speaks_of[ALSA]);
	stage_patch_import_finish(&import);
}

static void
what_is_left_out_is_told(void **state)
{
	struct stage_patch_import import;
	(void)state;

	fixture_import("aj-new-root.xml", "aj-snapshot", &import);
	assert_int_equal(
		fixture_told(&import.report,
			"\"System\" is the kernel's own: 1 connection"),
		1);
	assert_int_equal(fixture_told(&import.report,
				 "they have no ports: \"a2jmidid\""),
		1);
	assert_int_equal(fixture_told(&import.report, "2 ports were there"), 1);
	assert_int_equal(import.unconnected[ALSA].count, 1);
	assert_string_equal(import.unconnected[ALSA].items[0], "Keys:1");
	assert_int_equal(import.unconnected[JACK].count, 1);
	assert_string_equal(import.unconnected[JACK].items[0], "Synth:out_2");
	stage_patch_import_finish(&import);
}

static void
a_section_that_is_missing_says_nothing(void **state)
{
	static const struct {
		const char *name;
		bool jack;
		bool alsa;
		size_t count;
	} cases[] = {
		{"aj-alsa-only.xml", false, true, 1},
		{"aj-jack-only.xml", true, false, 1},
		{"aj-nothing.xml", false, false, 0},
	};
	struct stage_patch_import import;
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		fixture_import(cases[i].name, "aj-snapshot", &import);
		assert_int_equal(import.list.count, cases[i].count);
		assert_int_equal(import.speaks_of[JACK], cases[i].jack);
		assert_int_equal(import.speaks_of[ALSA], cases[i].alsa);
		assert_int_equal(
			fixture_told(&import.report, "nothing about JACK"),
			!cases[i].jack);
		assert_int_equal(
			fixture_told(&import.report, "nothing about ALSA"),
			!cases[i].alsa);
		stage_patch_import_finish(&import);
	}
}

// Each file with one connection of JACK, or several to the same port.
static void
names_come_back_byte_for_byte(void **state)
{
	static const struct {
		const char *name;
		const char *from;
		const char *to;
	} cases[] = {
		{"aj-newline-in-tags.xml", "A:out", "B:in"},
		{"aj-references.xml", "A&B:<x> \"y\" 'z'",
			"C:\xc3\xa9\xc3\xa9"
			"A"},
		{"aj-apostrophes.xml", "Anna's:say \"hi\"", "B's:in > out"},
		{"aj-control-bytes.xml", "A:\001ctl\x1f", "B:in"},
		{"aj-control-bytes.xml", "A:\002", "B:in"},
		{"aj-latin1.xml", "A:caf\xe9", "B:in"},
		{"aj-private-use.xml",
			"A:\xf3\xb0\x80\x81\xf3\xb0\x83\xa9\xf3\xb0\x81\x81"
			"\xef\xbf\xbf",
			"B:in"},
		{"aj-attribute-blanks.xml", "A: edge\tand\nline\r ",
			"B:  two  "},
		{"aj-colons.xml", "GLOBAL-DRUMS:Fabla-Kicks:Audio Output Left",
			"a2j:MT4 (playback): MT4 MIDI 1"},
		{"aj-byte-order-mark.xml", "A:out", "B:in"},
		{"aj-doctype.xml", "A:\xe2\x82\xac&a;", "B:in"},
		{"aj-bare-ampersand.xml", "Bass & Drums:&out; &#xD800; &#;",
			"B:in"},
	};
	struct stage_patch_import import;
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		fixture_import(cases[i].name, "aj-snapshot", &import);
		fixture_has(
			&import.list, WANT, JACK, cases[i].from, cases[i].to);
		stage_patch_import_finish(&import);
	}
}

static void
bare_ampersands_are_told(void **state)
{
	struct stage_patch_import import;
	(void)state;

	fixture_import("aj-bare-ampersand.xml", "aj-snapshot", &import);
	assert_int_equal(
		fixture_told(&import.report, "FILE:4:22: 4 bare &"), 1);
	stage_patch_import_finish(&import);
}

static void
clients_that_come_again_are_merged(void **state)
{
	struct stage_patch_import import;
	(void)state;

	fixture_import("aj-repeated-clients.xml", "aj-snapshot", &import);
	assert_int_equal(import.list.count, 3);
	fixture_has(&import.list, WANT, JACK, "a2j:one", "B:in");
	fixture_has(&import.list, WANT, JACK, "a2j:two", "B:in");
	assert_int_equal(fixture_told(&import.report, "were merged"), 1);
	assert_int_equal(fixture_told(&import.report, "warning"), 0);
	stage_patch_import_finish(&import);

	fixture_import("aj-two-equal-devices.xml", "aj-snapshot", &import);
	assert_int_equal(import.list.count, 2);
	fixture_has(&import.list, WANT, ALSA, "MT4:0", "Router:0");
	fixture_has(&import.list, WANT, ALSA, "MT4:0", "Router:1");
	assert_int_equal(fixture_told(&import.report,
				 "FILE:9:3: warning: there are several ALSA "
				 "clients \"MT4\""),
		1);
	stage_patch_import_finish(&import);
}

static void
numbered_names_are_counted(void **state)
{
	struct stage_patch_import import;
	(void)state;

	fixture_import("aj-a2j-names.xml", "aj-snapshot", &import);
	assert_int_equal(import.list.count, 3);
	fixture_has(&import.list, WANT, JACK, "a2j:Keys [128] (capture): out 1",
		"Synth:in");
	fixture_has(&import.list, WANT, JACK, "a2j:Keys (capture): out 1",
		"Synth:in");
	fixture_has(&import.list, WANT, JACK,
		"a2j:Keys [129] (capture): [1] out 1", "Synth:in");
	assert_int_equal(
		fixture_told(&import.report, "3 names of a2jmidid"), 1);
	stage_patch_import_finish(&import);
}

static void
one_bad_name_does_not_lose_the_rest(void **state)
{
	static const char *const told[] = {
		"FILE:5:5: left out, as a port of \"Keys\" has no number",
		"FILE:9:7: left out, as a port of \"Router\" has no number",
		"FILE:10:7: left out, as this connection names no client",
		"FILE:18:7: left out, as \"no colon\" is no full name",
		"FILE:19:7: left out, as this connection names no port",
		"FILE:22:5: left out, as a port of \"A\" has no name",
		"FILE:26:3: left out, as this client has no name",
		"FILE:31:3: <what> is not known there",
	};
	struct stage_patch_import import;
	(void)state;

	fixture_import("aj-one-bad-name.xml", "aj-snapshot", &import);
	assert_int_equal(import.list.count, 2);
	fixture_has(&import.list, WANT, ALSA, "Keys:1", "Router:2");
	fixture_has(&import.list, WANT, JACK, "A:out", "B:in");
	for (size_t i = 0; i < STAGE_COUNT_OF(told); i++) {
		if (fixture_told(&import.report, told[i]) != 1) {
			fail_msg("not told: %s", told[i]);
		}
	}
	assert_int_equal(import.report.count, STAGE_COUNT_OF(told));
	stage_patch_import_finish(&import);
}

static void
what_was_written_is_read_again(void **state)
{
	static const char *const names[] = {"aj-new-root.xml",
		"aj-old-two-roots.xml", "aj-repeated-clients.xml",
		"aj-references.xml", "aj-apostrophes.xml",
		"aj-attribute-blanks.xml", "aj-colons.xml", "aj-a2j-names.xml",
		"aj-alsa-only.xml", "aj-jack-only.xml",
		"aj-two-equal-devices.xml", "aj-bare-ampersand.xml"};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		struct stage_patch_import import;
		struct stage_patch_import again;
		struct stage_strv report;
		struct stage_str bytes;
		fixture_import(names[i], "aj-snapshot", &import);
		fixture_write("aj-snapshot", &import.list, &bytes, &report);
		assert_int_equal(report.count, 0);
		fixture_read("aj-snapshot", &bytes, &again);
		fixture_same(&import.list, &again.list);
		for (int j = 0; j < STAGE_PATCH_SYSTEM_COUNT; j++) {
			assert_int_equal(
				import.speaks_of[j], again.speaks_of[j]);
		}
		stage_patch_import_finish(&import);
		stage_patch_import_finish(&again);
		stage_str_finish(&bytes);
		stage_strv_finish(&report);
	}
}

static void
each_client_and_port_is_written_once(void **state)
{
	struct stage_patch_list list = {0};
	struct stage_str bytes;
	(void)state;

	assert_int_equal(stage_patch_list_want(&list, JACK, "A:1", "B:1"), 0);
	assert_int_equal(stage_patch_list_want(&list, JACK, "C:1", "B:1"), 0);
	assert_int_equal(stage_patch_list_want(&list, ALSA, "K:0", "R:1"), 0);
	assert_int_equal(stage_patch_list_want(&list, JACK, "A:2", "B:1"), 0);
	assert_int_equal(stage_patch_list_want(&list, JACK, "A:1", "B:2"), 0);
	fixture_write("aj-snapshot", &list, &bytes, NULL);
	assert_string_equal(bytes.data,
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
		"<aj-snapshot>\n"
		"<jack>\n"
		"  <client name=\"A\">\n"
		"    <port name=\"1\">\n"
		"      <connection port=\"B:1\" />\n"
		"      <connection port=\"B:2\" />\n"
		"    </port>\n"
		"    <port name=\"2\">\n"
		"      <connection port=\"B:1\" />\n"
		"    </port>\n"
		"  </client>\n"
		"  <client name=\"C\">\n"
		"    <port name=\"1\">\n"
		"      <connection port=\"B:1\" />\n"
		"    </port>\n"
		"  </client>\n"
		"</jack>\n"
		"<alsa>\n"
		"  <client name=\"K\">\n"
		"    <port id=\"0\">\n"
		"      <connection client=\"R\" port=\"1\" />\n"
		"    </port>\n"
		"  </client>\n"
		"</alsa>\n"
		"</aj-snapshot>\n");
	stage_str_finish(&bytes);
	stage_patch_list_finish(&list);
}

// What our own names say more than aj-snapshot can.
static void
full_names_are_written_by_number(void **state)
{
	struct stage_patch_list list = {0};
	struct stage_str out;
	struct stage_strv report;
	(void)state;

	assert_int_equal(stage_patch_list_want(&list, ALSA,
				 "K61 [SN1 @ hcd-1]:0 MIDI 1", "Zyn:0 in"),
		0);
	assert_int_equal(stage_patch_list_want(&list, ALSA,
				 "K61 [SN2 @ hcd-2]:0 MIDI 1", "Zyn:0 in"),
		0);
	assert_int_equal(
		stage_patch_list_want(&list, ALSA, "Seq #2:3 out", "K61:0"), 0);
	list.items[2].how.is_exclusive = true;
	fixture_write("aj-snapshot", &list, &out, &report);
	assert_string_equal(out.data,
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
		"<aj-snapshot>\n"
		"<alsa>\n"
		"  <client name=\"K61\">\n"
		"    <port id=\"0\">\n"
		"      <connection client=\"Zyn\" port=\"0\" />\n"
		"    </port>\n"
		"  </client>\n"
		"  <client name=\"Seq\">\n"
		"    <port id=\"3\">\n"
		"      <connection client=\"K61\" port=\"0\" />\n"
		"    </port>\n"
		"  </client>\n"
		"</alsa>\n"
		"</aj-snapshot>\n");
	assert_int_equal(fixture_told(&report, "cannot tell devices of one "
					       "name apart: K61:0 -> Zyn:0"),
		1);
	assert_int_equal(
		fixture_told(&report, "written as a plain connection"), 1);
	stage_str_finish(&out);
	stage_strv_finish(&report);
	fixture_write("qjackctl", &list, &out, &report);
	assert_non_null(strstr(out.data, "MIDI 1"));
	assert_int_equal(fixture_told(&report, "by name, not by number"), 1);
	stage_str_finish(&out);
	stage_strv_finish(&report);
	stage_patch_list_finish(&list);
}

static void
what_it_cannot_carry_is_listed(void **state)
{
	struct stage_patch_import import;
	struct stage_patch_list list = {0};
	struct stage_patch_statement statement = {.policy = STAGE_PATCH_FORBID};
	struct stage_strv report;
	struct stage_str bytes;
	char from[] = "A:*";
	char to[] = "system:playback_1";
	(void)state;

	fixture_import("aj-control-bytes.xml", "aj-snapshot", &import);
	fixture_write("aj-snapshot", &import.list, &bytes, &report);
	assert_int_equal(fixture_told(&report, "control characters"), 2);
	assert_null(strstr(bytes.data, "ctl"));
	stage_patch_import_finish(&import);
	stage_str_finish(&bytes);
	stage_strv_finish(&report);

	statement.from.text = from;
	statement.from.match = STAGE_PATCH_GLOB;
	statement.to.text = to;
	assert_int_equal(stage_patch_list_add(&list, &statement), STAGE_OK);
	statement.policy = STAGE_PATCH_WANT;
	assert_int_equal(stage_patch_list_add(&list, &statement), STAGE_OK);
	statement.policy = STAGE_PATCH_ONLY;
	statement.from.match = STAGE_PATCH_LITERAL;
	assert_int_equal(stage_patch_list_add(&list, &statement), STAGE_OK);
	assert_int_equal(stage_patch_list_want(&list, ALSA, "K:x", "R:1"), 0);
	assert_int_equal(
		stage_patch_list_want(&list, ALSA, "v1.2:0", "R:1"), 0);
	assert_int_equal(stage_patch_list_add_mode(
				 &list, STAGE_PATCH_MODE_LOCK, NULL, 1),
		STAGE_OK);
	fixture_write("aj-snapshot", &list, &bytes, &report);
	assert_int_equal(
		fixture_told(&report, "only knows what is wanted: forbid A:*"),
		1);
	assert_int_equal(fixture_told(&report, "no patterns"), 1);
	assert_int_equal(fixture_told(&report, "without \"and nothing"), 1);
	assert_int_equal(fixture_told(&report, "by number only"), 1);
	assert_int_equal(fixture_told(&report, "\"v1.2:0\""), 1);
	assert_int_equal(fixture_told(&report, "1 mode line"), 1);
	assert_int_equal(report.count, 6);
	assert_non_null(strstr(bytes.data, "<client name=\"A\">"));
	stage_str_finish(&bytes);
	stage_strv_finish(&report);
	stage_patch_list_finish(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_kinds_of_root_are_read),
		cmocka_unit_test(what_is_left_out_is_told),
		cmocka_unit_test(a_section_that_is_missing_says_nothing),
		cmocka_unit_test(names_come_back_byte_for_byte),
		cmocka_unit_test(bare_ampersands_are_told),
		cmocka_unit_test(clients_that_come_again_are_merged),
		cmocka_unit_test(numbered_names_are_counted),
		cmocka_unit_test(one_bad_name_does_not_lose_the_rest),
		cmocka_unit_test(what_was_written_is_read_again),
		cmocka_unit_test(each_client_and_port_is_written_once),
		cmocka_unit_test(what_it_cannot_carry_is_listed),
		cmocka_unit_test(full_names_are_written_by_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
