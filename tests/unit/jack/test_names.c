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
#include "jack/names.h"

static void
splits_at_the_first_colon(void **state)
{
	static const struct {
		const char *full;
		size_t client_len;
		const char *port; // NULL: refused
	} cases[] = {
		{"system:playback_1", 6, "playback_1"},
		{"a:b", 1, "b"},
		{"a2j:Midi Through [14] (playback): Port-0", 3,
			"Midi Through [14] (playback): Port-0"},
		{"a::b", 1, ":b"},
		{":b", 0, NULL},
		{"a:", 0, NULL},
		{"a", 0, NULL},
		{":", 0, NULL},
		{"", 0, NULL},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		const char *port = NULL;
		size_t len = 0;
		enum stage_status status =
			stage_jack_name_split(cases[i].full, &len, &port);
		if (cases[i].port == NULL) {
			assert_int_equal(status, STAGE_BAD_INPUT);
			continue;
		}
		assert_int_equal(status, STAGE_OK);
		assert_int_equal(len, cases[i].client_len);
		assert_string_equal(port, cases[i].port);
	}
}

static void
own_names_are_checked(void **state)
{
	char longest[STAGE_JACK_OWN_NAME_MAX];
	char longer[STAGE_JACK_OWN_NAME_MAX + 1];
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(stage_jack_name_check("my synth", &err), STAGE_OK);
	assert_int_equal(stage_jack_name_check(longest, &err), STAGE_OK);
	assert_int_equal(stage_jack_name_check(longer, &err), STAGE_TOO_LONG);
	assert_int_equal(stage_jack_name_check("", &err), STAGE_BAD_INPUT);
	assert_int_equal(stage_jack_name_check("a:b", &err), STAGE_BAD_INPUT);
	assert_int_equal(stage_jack_name_check("a/b", &err), STAGE_BAD_INPUT);
	assert_int_equal(stage_jack_name_check("a\nb", NULL), STAGE_BAD_INPUT);
}

static const struct {
	const char *pattern;
	const char *text;
	bool matches;
} globs[] = {
	{"", "", true},
	{"", "a", false},
	{"a", "", false},
	{"*", "", true},
	{"*", "anything", true},
	{"**", "", true},
	{"a*", "a", true},
	{"a*b", "ab", true},
	{"a*b", "axxb", true},
	{"a*b", "axxbc", false},
	{"a*b*c", "a1b2b3c", true},
	{"*_1", "playback_1", true},
	{"*_1", "playback_11", false},
	{"*_1*", "playback_11", true},
	{"?", "", false},
	{"?", "a", true},
	{"?", "ab", false},
	{"?", "\xc3\xa9", true},
	{"??", "\xc3\xa9", false},
	{"caf?", "caf\xc3\xa9", true},
	{"[14]", "[14]", true},
	{"[14]", "1", false},
	{"Midi Through [14] (playback*", "Midi Through [14] (playback)", true},
	{"\\*", "*", true},
	{"\\*", "a", false},
	{"\\?", "?", true},
	{"a\\", "a\\", true},
	{"\\\\", "\\", true},
	{"*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
	{"A", "a", false},
};

static void
globs_match(void **state)
{
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(globs); i++) {
		if (stage_jack_glob(globs[i].pattern, globs[i].text) !=
			globs[i].matches) {
			fail_msg("\"%s\" on \"%s\"", globs[i].pattern,
				globs[i].text);
		}
	}
}

static void
patterns(void **state)
{
	static const struct {
		const char *pattern;
		const char *name;
		bool matches;
	} cases[] = {
		{"*", "a:b", true},
		{"*", "a", false},
		{"system:*", "system:playback_1", true},
		{"system:*", "systems:playback_1", false},
		{"*:playback_?", "system:playback_2", true},
		{"*:x", "a:b:x", false},
		{"a:*x", "a:b:x", true},
	};
	struct stage_jack_pattern pattern;
	char long_name[STAGE_JACK_PORT_NAME_MAX + 8];
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_int_equal(stage_jack_pattern_parse(
					 cases[i].pattern, &pattern, NULL),
			STAGE_OK);
		assert_int_equal(
			stage_jack_pattern_matches(&pattern, cases[i].name),
			cases[i].matches);
	}
	memset(long_name, 'x', sizeof(long_name));
	long_name[sizeof(long_name) - 1] = '\0';
	long_name[300] = ':';
	assert_false(stage_jack_pattern_matches(&pattern, long_name));
}

static void
bad_patterns_are_refused(void **state)
{
	static const char *const cases[] = {"", "system", ":x", "x:", ":"};
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_jack_pattern pattern = {.client = "untouched"};
	char text[STAGE_JACK_PORT_NAME_MAX + 8];
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_int_equal(
			stage_jack_pattern_parse(cases[i], &pattern, &err),
			STAGE_BAD_INPUT);
		assert_non_null(strstr(err.text, "CLIENT:PORT"));
	}
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	text[10] = ':';
	assert_int_equal(
		stage_jack_pattern_parse(text, &pattern, &err), STAGE_TOO_LONG);
	text[10] = 'x';
	text[300] = ':';
	text[310] = '\0';
	assert_int_equal(
		stage_jack_pattern_parse(text, &pattern, &err), STAGE_TOO_LONG);
	assert_string_equal(pattern.client, "untouched");
}

static void
the_environment_names_the_server(void **state)
{
	(void)state;

	unsetenv("JACK_DEFAULT_SERVER");
	assert_string_equal(stage_jack_server_name(NULL), "default");
	assert_string_equal(stage_jack_server_name(""), "default");
	assert_string_equal(stage_jack_server_name("rig"), "rig");
	setenv("JACK_DEFAULT_SERVER", "", 1);
	assert_string_equal(stage_jack_server_name("rig"), "rig");
	setenv("JACK_DEFAULT_SERVER", "mine", 1);
	assert_string_equal(stage_jack_server_name("rig"), "mine");
	unsetenv("JACK_DEFAULT_SERVER");
}

static void
copies_are_cut(void **state)
{
	char out[4] = "zzz";
	(void)state;

	stage_jack_copy_text(out, sizeof(out), "ab");
	assert_string_equal(out, "ab");
	stage_jack_copy_text(out, sizeof(out), "abcdef");
	assert_string_equal(out, "abc");
	stage_jack_copy_text(out, sizeof(out), "ab\xc3\xbc");
	assert_string_equal(out, "ab"); // not half a character
	stage_jack_copy_text(out, 1, "abcdef");
	assert_string_equal(out, "");
}

static void
ids_stand_apart_in_names(void **state)
{
	static const struct {
		const char *name;
		bool has;
	} cases[] = {
		{"nABCD", true},
		{"zyn.nABCD", true},
		{"zyn.nABCD/part1-01", true},
		{"nABCDE nABCD", true},
		{"xnABCD", false},
		{"nABCD1", false},
		{"nABC", false},
		{"", false},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_int_equal(stage_jack_name_has_id(cases[i].name, "nABCD"),
			cases[i].has);
		assert_false(stage_jack_name_has_id(cases[i].name, ""));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_at_the_first_colon),
		cmocka_unit_test(own_names_are_checked),
		cmocka_unit_test(globs_match),
		cmocka_unit_test(patterns),
		cmocka_unit_test(bad_patterns_are_refused),
		cmocka_unit_test(the_environment_names_the_server),
		cmocka_unit_test(copies_are_cut),
		cmocka_unit_test(ids_stand_apart_in_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
