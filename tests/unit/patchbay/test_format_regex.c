/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"

#include "patchbay/format_regex.h"

#define PREFIX STAGE_PATCH_REGEX_IS_PREFIX
#define REFS STAGE_PATCH_REGEX_HAS_REFS

static void
expressions_become_posix_ones(void **state)
{
	static const struct {
		const char *from;
		unsigned flags;
		const char *to;
		bool is_literal;
	} cases[] = {
		{"system:playback_1", 0, "system:playback_1", true},
		{"system:playback_1", PREFIX, "system:playback_1.*", false},
		{"^system:playback_1$", PREFIX, "system:playback_1", true},
		{"a\\.b\\ \\(1\\)\\x0a\\t", 0, "a.b (1)\n\t", true},
		{"a.*", PREFIX, "a.*", false},
		{"a\\.*", PREFIX, "a\\.*.*", false},
		{"(a.*)", PREFIX, "(a.*).*", false},
		{"a|b", PREFIX, "(a|b).*", false},
		{"a|b$", PREFIX, "(a|b$).*", false},
		{"^a|^b", 0, "a|b", false},
		{"(?:a|b)$", PREFIX, "a|b", false},
		{"(?:a|b)", 0, "a|b", false},
		{"(?:a)(?:b)", 0, "(a)(b)", false},
		{"\\d\\w\\s\\D", 0, "[0-9][0-9A-Z_a-z][\t-\r ][^0-9]", false},
		{"[\\d\\-\\]^a]", 0, "[]0-9a^-]", false},
		{"[^\\]]", 0, "[^]]", false},
		{"[]a]", 0, "[]a]", false},
		{"[\\^]", 0, "\\^", false},
		{"[-^]", 0, "[-^]", false},
		{"[[:]", 0, "[:[]", false},
		{"[a-c-]", 0, "[a-c-]", false},
		{"a{2}b{1,}c{1,3}", 0, "a{2}b{1,}c{1,3}", false},
		{"{x} {1,2,3} a}", 0, "{x} {1,2,3} a}", true},
		{"a+?b*?", 0, "a+b*", false},
		{"out_(?P<n>\\d+)", 0, "out_([0-9]+)", false},
		{"in_\001.", REFS, "in_\\1.", false},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_patch_regex regex;
		enum stage_status status = stage_patch_regex_read(cases[i].from,
			strlen(cases[i].from), cases[i].flags, &regex);
		if (status != STAGE_OK) {
			fail_msg("%s: %s", cases[i].from, regex.fault);
		}
		assert_string_equal(regex.text.data, cases[i].to);
		assert_int_equal(regex.is_literal, cases[i].is_literal);
		stage_patch_regex_finish(&regex);
	}
}

static void
what_cannot_be_said_is_refused(void **state)
{
	static const char *const cases[] = {"", "(?=a)b", "(?<=a)b", "(?<!a)b",
		"(?i)a", "(a)\\1", "a\\b", "a++", "*a", "a|*b", "a**", "(a",
		"a)", "[a", "[\xc3\xa9]", "[z-a]", "[\\b]", "[^\\d\\D]x[", "a^",
		"a$b", "a\\", "\\x", "\\x0", "\\x00", "\\xe9", "(?P<",
		"(?P<>a)", "(a|^b)", "^"};
	struct stage_str deep = {0};
	(void)state;

	for (size_t i = 0; i <= STAGE_COUNT_OF(cases); i++) {
		struct stage_patch_regex regex;
		const char *text =
			i < STAGE_COUNT_OF(cases) ? cases[i] : deep.data;
		if (text == NULL) {
			for (int j = 0; j < 17; j++) {
				assert_int_equal(
					stage_str_add(&deep, "("), STAGE_OK);
			}
			text = deep.data;
		}
		if (stage_patch_regex_read(text, strlen(text), 0, &regex) !=
			STAGE_BAD_INPUT) {
			fail_msg("taken: %s", text);
		}
		assert_non_null(regex.fault);
		stage_patch_regex_finish(&regex);
	}
	stage_str_finish(&deep);
}

static void
groups_keep_their_places(void **state)
{
	static const char text[] = "(?:a)(?P<x>b)(c)|(?<y>d)";
	struct stage_patch_regex regex;
	(void)state;

	assert_int_equal(
		stage_patch_regex_read(text, strlen(text), PREFIX, &regex),
		STAGE_OK);
	assert_string_equal(regex.text.data, "((a)(b)(c)|(d)).*");
	assert_int_equal(regex.groups.count, 5);
	assert_string_equal(regex.groups.items[0], "");
	assert_string_equal(regex.groups.items[2], "x");
	assert_string_equal(regex.groups.items[4], "y");
	stage_patch_regex_finish(&regex);
}

// The C library agrees about what they match.
static void
they_match_what_they_should(void **state)
{
	static const struct {
		const char *from;
		unsigned flags;
		const char *name;
		bool is_matched;
	} cases[] = {
		{"a|b$", PREFIX, "ax", true},
		{"a|b$", PREFIX, "bx", false},
		{"[\\]^-]+", 0, "]^-", true},
		{"[-^]+", 0, "^-^", true},
		{"[^-^]+", 0, "a^", false},
		{"[[:]+", 0, "[:[", true},
		{"\\D\\S\\W", 0, "aa-", true},
		{"\\D\\S\\W", 0, "1a-", false},
		{"x{2}", 0, "xx", true},
		{"a{b}\\}", 0, "a{b}}", true},
		{"Zyn \\[128\\]:.", 0, "Zyn [128]:x", true},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_patch_regex regex;
		struct stage_str whole = {0};
		regex_t compiled;
		bool is_matched;
		assert_int_equal(
			stage_patch_regex_read(cases[i].from,
				strlen(cases[i].from), cases[i].flags, &regex),
			STAGE_OK);
		if (regex.is_literal) {
			is_matched =
				strcmp(regex.text.data, cases[i].name) == 0;
		} else {
			assert_int_equal(stage_str_addf(&whole, "^(%s)$",
						 regex.text.data),
				STAGE_OK);
			assert_int_equal(regcomp(&compiled, whole.data,
						 REG_EXTENDED | REG_NOSUB),
				0);
			is_matched = regexec(&compiled, cases[i].name, 0, NULL,
					     0) == 0;
			regfree(&compiled);
		}
		if (is_matched != cases[i].is_matched) {
			fail_msg("%s, made %s: %s", cases[i].from,
				regex.text.data, cases[i].name);
		}
		stage_str_finish(&whole);
		stage_patch_regex_finish(&regex);
	}
}

static void
a_quoted_name_is_itself(void **state)
{
	static const char name[] = ".[]\\()*+?{}|^$ a:b-c";
	struct stage_patch_regex regex;
	struct stage_str quoted = {0};
	(void)state;

	assert_int_equal(stage_patch_regex_quote(&quoted, name), STAGE_OK);
	assert_int_equal(
		stage_patch_regex_read(quoted.data, quoted.len, 0, &regex),
		STAGE_OK);
	assert_true(regex.is_literal);
	assert_string_equal(regex.text.data, name);
	stage_patch_regex_finish(&regex);
	stage_str_finish(&quoted);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_become_posix_ones),
		cmocka_unit_test(what_cannot_be_said_is_refused),
		cmocka_unit_test(groups_keep_their_places),
		cmocka_unit_test(they_match_what_they_should),
		cmocka_unit_test(a_quoted_name_is_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
