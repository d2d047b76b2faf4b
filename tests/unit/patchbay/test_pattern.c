/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "patchbay/pattern.h"
#include "patchbay/pattern_glob.h"
#include "patchbay/pattern_regex.h"

static struct stage_pattern *
make(enum stage_patch_match match, const char *text,
	const struct stage_pattern *from)
{
	char copy[4096];
	struct stage_patch_end end = {copy, match};
	struct stage_pattern *self = NULL;
	struct stage_err err = STAGE_ERR_INIT;

	strcpy(copy, text);
	if (stage_pattern_create(&end, from, &self, &err) != STAGE_OK) {
		fail_msg("%s: %s", text, err.text);
	}
	return self;
}

static void
refuses(enum stage_patch_match match, const char *text,
	const struct stage_pattern *from, const char *sentence)
{
	char copy[4096];
	struct stage_patch_end end = {copy, match};
	struct stage_pattern *self = NULL;
	struct stage_err err = STAGE_ERR_INIT;

	strcpy(copy, text);
	assert_int_equal(
		stage_pattern_create(&end, from, &self, &err), STAGE_BAD_INPUT);
	assert_null(self);
	if (strstr(err.text, sentence) == NULL) {
		fail_msg("%s: %s", text, err.text);
	}
	assert_int_equal(
		stage_pattern_create(&end, from, &self, NULL), STAGE_BAD_INPUT);
}

// The captures of a match, each between bars; NULL when there is none.
static const char *
match(enum stage_patch_match kind, const char *text, const char *name)
{
	static char out[1024];
	struct stage_pattern *self = make(kind, text, NULL);
	struct stage_captures captures;
	bool is_match = stage_pattern_matches(self, name, &captures);

	assert_int_equal(is_match, stage_pattern_matches(self, name, NULL));
	strcpy(out, "|");
	for (size_t i = 0; is_match && i < captures.count; i++) {
		snprintf(out + strlen(out), sizeof(out) - strlen(out), "%.*s|",
			(int)captures.at[i].len, captures.at[i].text);
	}
	if (is_match) {
		assert_int_equal(
			captures.count, stage_pattern_capture_count(self));
	}
	stage_pattern_destroy(self);
	return is_match ? out : NULL;
}

struct match_case {
	const char *pattern;
	const char *name;
	const char *captures; // NULL: no match
};

static void
check_cases(enum stage_patch_match kind, const struct match_case *cases,
	size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *got = match(kind, cases[i].pattern, cases[i].name);
		const char *want = cases[i].captures;
		if ((got == NULL) != (want == NULL) ||
			(got != NULL && strcmp(got, want) != 0)) {
			fail_msg("%s ~ %s: %s", cases[i].pattern, cases[i].name,
				got == NULL ? "no match" : got);
		}
	}
}

static void
a_literal_is_every_byte_of_it(void **state)
{
	static const struct match_case cases[] = {
		{"A:*", "A:*", "|"},
		{"A:*", "A:b", NULL},
		{"a\\*", "a*", NULL},
		{"a\\1\xff\n", "a\\1\xff\n", "|"},
		{"", "", "|"},
	};
	struct stage_pattern *self = make(STAGE_PATCH_LITERAL, "A:*", NULL);
	(void)state;

	check_cases(STAGE_PATCH_LITERAL, cases, STAGE_COUNT_OF(cases));
	assert_string_equal(stage_pattern_literal(self), "A:*");
	assert_false(stage_pattern_needs_captures(self));
	stage_pattern_destroy(self);
	stage_pattern_destroy(NULL);
}

static void
a_glob_takes_as_little_as_it_can(void **state)
{
	static const struct match_case cases[] = {
		{"*", "", "||"},
		{"*", "any:thing", "|any:thing|"},
		{"A:*", "A:out", "|out|"},
		{"A:*", "B:out", NULL},
		{"A:*", "A", NULL},
		{"*:*", "a:b:c", "|a|b:c|"},
		{"*b*", "abcbd", "|a|cbd|"},
		{"*b", "abcb", "|abc|"},
		{"**", "ab", "||ab|"},
		{"a*?", "abc", "|b|c|"},
		{"?*?", "ab", "|a||b|"},
		{"?*?", "a", NULL},
		{"??",
			"\xc3\xa9"
			"b",
			"|\xc3\xa9|b|"},
		{"?", "\xe2\x82\xac", "|\xe2\x82\xac|"},
		{"*?", "a\xc3\xa9", "|a|\xc3\xa9|"},
		{"Gr\xfcn?", "Gr\xfcn1", "|1|"},
		{"?r", "\xfcr", "|\xfc|"},
		{"out\n*", "out\n\x01", "|\x01|"},
		{"Midi [14] (*): x", "Midi [14] (a+b): x", "|a+b|"},
		{"{n}*.+^$", "{n}.+^$", "||"},
		{"\\**\\?", "*x?", "|x|"},
		{"\\**", "x", NULL},
		{"\\\\*", "\\x", "|x|"},
		{"\\\\*", "\\\\", "|\\|"},
		{"\\a*", "\\ab", "|b|"},
		{"\\a*", "ab", NULL},
		{"*\\", "x\\", "|x|"},
		{"*\\1", "x\\1", "|x|"},
		{"a*a*a*a*b", "aaaaaaaaaaaaaaaaaa", NULL},
		{"????????????", "abcdefghijkl", "|a|b|c|d|e|f|g|h|i|"},
		{"*1*2*3*4*5*6*7*8*9*0", "a1b2c3d4e5f6g7h8i9j0",
			"|a|b|c|d|e|f|g|h|i|"},
	};
	(void)state;

	check_cases(STAGE_PATCH_GLOB, cases, STAGE_COUNT_OF(cases));
}

static void
a_glob_without_wildcards_is_a_name(void **state)
{
	struct stage_pattern *self =
		make(STAGE_PATCH_GLOB, "a\\*\\b\\\\", NULL);
	(void)state;

	assert_string_equal(stage_pattern_literal(self), "a*\\b\\");
	assert_true(stage_pattern_matches(self, "a*\\b\\", NULL));
	assert_int_equal(stage_pattern_capture_count(self), 0);
	stage_pattern_destroy(self);
	self = make(STAGE_PATCH_GLOB, "a*", NULL);
	assert_null(stage_pattern_literal(self));
	stage_pattern_destroy(self);
}

static void
a_regular_expression_is_about_the_whole_name(void **state)
{
	static const struct match_case cases[] = {
		{"A:out", "A:out", "|"},
		{"A:out", "A:out_1", NULL},
		{"out", "A:out", NULL},
		{"a|ab", "ab", "|"},
		{"(.*):(.*)", "a:b:c", "|a:b|c|"},
		{"^A:(.*)$", "A:out", "|out|"},
		{"(x)?y(z)?", "y", "|||"},
		{".", "\xc3\xa9", NULL},
		{"..", "\xc3\xa9", "|"},
		{"(.)n", "\xfcn", "|\xfc|"},
		{"\xfc+", "\xfc\xfc", "|"},
		{"a.b", "a\nb", "|"},
		{"[[:digit:]]+[]a[.-.]]", "12]", "|"},
		{"[^]:]*:", "ab:", "|"},
		{"a\\)\\(b", "a)(b", "|"},
		{"[)(]", "(", "|"},
		{"(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)", "abcdefghij",
			"|a|b|c|d|e|f|g|h|i|"},
		{"a{2,3}b{0,1}c{1}d{1,}", "aacd", "|"},
		{"a{2,3}", "a", NULL},
	};
	(void)state;

	check_cases(STAGE_PATCH_REGEX, cases, STAGE_COUNT_OF(cases));
}

static void
a_regular_expression_knows_no_locale(void **state)
{
	const char *before = setlocale(LC_ALL, NULL);
	(void)state;

	if (setlocale(LC_ALL, "C.UTF-8") == NULL) {
		skip();
	}
	assert_null(match(STAGE_PATCH_REGEX, ".", "\xc3\xa9"));
	assert_string_equal(match(STAGE_PATCH_REGEX, "(.).", "a\xff"), "|a|");
	setlocale(LC_ALL, before);
}

static void
what_is_no_pattern_is_refused(void **state)
{
	static const struct {
		const char *text;
		const char *sentence;
	} cases[] = {
		{"(", "does not close a parenthesis"},
		{"a)(b", "closes a parenthesis that it has not opened"},
		{"a)", "closes a parenthesis that it has not opened"},
		{"[a", "this is not a regular expression"},
		{"[[:digit", "this is not a regular expression"},
		{"[[:nonsense:]]", "this is not a regular expression"},
		{"*a", "this is not a regular expression"},
		{"a\\", "this is not a regular expression"},
		{"(a)\\1", "a back-reference like \\1 has no meaning"},
		{"a{256}", "more than 255 times"},
		{"a{0,99999999999999999999}", "more than 255 times"},
		{"a{x}", "opens a brace"},
		{"a{1", "opens a brace"},
		{"(((a{100}){100}){100}){100}", "too big"},
		{"((((((((((a+)+)+)+)+)+)+)+)+)+)+", "too big"},
		{"a{0,252}", "too big"},
		{"a+*", "says twice in a row"},
		{"(a?){2}{3}", "says twice in a row"},
		{"((((((((((((((((((a))))))))))))))))))",
			"too many parentheses"},
	};
	char longer[STAGE_REGEX_TEXT_MAX + 2];
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		refuses(STAGE_PATCH_REGEX, cases[i].text, NULL,
			cases[i].sentence);
	}
	memset(longer, 'a', sizeof(longer));
	longer[STAGE_REGEX_TEXT_MAX + 1] = '\0';
	refuses(STAGE_PATCH_REGEX, longer, NULL, "longer than");
	longer[STAGE_REGEX_COST_MAX] = '\0';
	stage_pattern_destroy(make(STAGE_PATCH_REGEX, longer, NULL));
}

static void
a_kind_that_is_none_is_our_bug(void **state)
{
	char text[] = "a";
	struct stage_patch_end end = {text, STAGE_PATCH_MATCH_COUNT};
	struct stage_pattern *self = NULL;
	(void)state;

	assert_int_equal(
		stage_pattern_create(&end, NULL, &self, NULL), STAGE_BUG);
	assert_null(self);
}

struct bind_case {
	enum stage_patch_match from_kind;
	const char *from;
	enum stage_patch_match to_kind;
	const char *to;
	const char *from_name;
	const char *to_name;
	bool joins;
	const char *literal; // of what is bound; NULL: none
};

#define L STAGE_PATCH_LITERAL
#define G STAGE_PATCH_GLOB
#define R STAGE_PATCH_REGEX

static void
check_bound(const struct bind_case *row, const struct stage_pattern *from,
	const struct stage_pattern *to)
{
	struct stage_captures captures;
	struct stage_pattern *bound = NULL;

	if (!stage_pattern_matches(from, row->from_name, &captures)) {
		return;
	}
	assert_int_equal(
		stage_pattern_bind(to, &captures, &bound, NULL), STAGE_OK);
	assert_int_equal(
		stage_pattern_matches(bound, row->to_name, NULL), row->joins);
	if (row->literal == NULL) {
		assert_null(stage_pattern_literal(bound));
	} else {
		assert_string_equal(stage_pattern_literal(bound), row->literal);
	}
	stage_pattern_destroy(bound);
}

static void
captures_go_into_the_other_end(void **state)
{
	static const struct bind_case cases[] = {
		{G, "A:*", G, "B:in_\\1", "A:7", "B:in_7", true, "B:in_7"},
		{G, "A:*", G, "B:in_\\1", "A:7", "B:in_8", false, "B:in_7"},
		{G, "A:*", G, "B:in_\\1", "C:7", "B:in_7", false, NULL},
		{G, "A:*", G, "B:\\1*", "A:*?\\", "B:*?\\x", true, NULL},
		{G, "A:*", G, "B:\\1*", "A:*?\\", "B:xx\\x", false, NULL},
		{G, "A:*", G, "B:\\1", "A:*", "B:*", true, "B:*"},
		{G, "A:*", G, "B:\\\\1", "A:x", "B:\\1", true, "B:\\1"},
		{G, "A:*", G, "B:\\\\\\1", "A:x", "B:\\x", true, "B:\\x"},
		{G, "A:*", G, "B:\\0\\a\\1", "A:x", "B:\\0\\ax", true,
			"B:\\0\\ax"},
		{G, "A:*", L, "B:\\1", "A:x", "B:\\1", true, "B:\\1"},
		{G, "?:*", G, "\\2:\\1", "a:b", "b:a", true, "b:a"},
		{L, "A:x", G, "B:\\1", "A:x", "B:\\1", true, "B:\\1"},
		{G, "A:x", G, "B:\\1*", "A:x", "B:\\1y", true, NULL},
		{G, "A:*", R, "B:(\\1|x)", "A:a.b", "B:a.b", true, NULL},
		{G, "A:*", R, "B:(\\1|x)", "A:a.b", "B:aXb", false, NULL},
		{G, "A:*", R, "B:\\1+", "A:ab", "B:abab", true, NULL},
		{G, "A:*", R, "B:\\1{2}", "A:[a]^$(){}|*+?\\",
			"B:[a]^$(){}|*+?\\[a]^$(){}|*+?\\", true, NULL},
		{G, "A:*", R, "B:\\1*", "A:", "B:", true, NULL},
		{G, "A:*", R, "B:\\\\1\\1", "A:x", "B:\\1x", true, NULL},
		{G, "A:*", R, "[\\1]*", "A:x", "\\1", true, NULL},
		{R, "A:(.*)_(.)?", G, "B:\\1\\2", "A:in_", "B:in", true,
			"B:in"},
		{R, "A:(.*)", R, "B:.*", "A:in", "B:x", true, NULL},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		const struct bind_case *row = &cases[i];
		struct stage_pattern *from =
			make(row->from_kind, row->from, NULL);
		struct stage_pattern *to = make(row->to_kind, row->to, from);
		bool joins = !row->joins;
		assert_int_equal(stage_pattern_joins(from, to, row->from_name,
					 row->to_name, &joins, NULL),
			STAGE_OK);
		if (joins != row->joins) {
			fail_msg("row %zu", i);
		}
		if (stage_pattern_needs_captures(to)) {
			assert_false(
				stage_pattern_matches(to, row->to_name, NULL));
		}
		check_bound(row, from, to);
		stage_pattern_destroy(to);
		stage_pattern_destroy(from);
	}
}

static void
a_reference_to_nothing_is_refused(void **state)
{
	struct stage_pattern *two = make(G, "?:*", NULL);
	struct stage_pattern *none = make(R, "A:.*", NULL);
	(void)state;

	refuses(G, "B:\\3", two,
		"\\3 stands for nothing: there are 2 wildcards or groups");
	refuses(R, "B:\\3", two, "\\3 stands for nothing");
	refuses(G, "B:\\1", none, "\\1 stands for nothing");
	refuses(R, "B:(\\1", two, "does not close");
	stage_pattern_destroy(make(G, "B:\\2", two));
	stage_pattern_destroy(two);
	stage_pattern_destroy(none);
}

static void
what_grows_too_big_is_refused(void **state)
{
	struct stage_pattern *from = make(G, "*", NULL);
	struct stage_pattern *to = make(R, "\\1{255}", from);
	struct stage_err err = STAGE_ERR_INIT;
	bool joins = true;
	(void)state;

	assert_int_equal(
		stage_pattern_joins(from, to, "abcdefgh", "b", &joins, &err),
		STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "too big"));
	assert_false(joins);
	stage_pattern_destroy(to);
	stage_pattern_destroy(from);
}

static enum stage_status
work(void *user)
{
	struct {
		char from[8];
		enum stage_patch_match from_kind;
		char to[8];
		enum stage_patch_match to_kind;
	} rows[] = {
		{"A:*", G, "B:\\1", G},
		{"A:*", G, "B:\\1?", G},
		{"A:(.*)", R, "B:\\1+", R},
		{"A:x", G, "B:x", L},
	};
	enum stage_status status = STAGE_OK;

	(void)user;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows) && status == STAGE_OK;
		i++) {
		struct stage_patch_end from_end = {
			rows[i].from, rows[i].from_kind};
		struct stage_patch_end to_end = {rows[i].to, rows[i].to_kind};
		struct stage_pattern *from = NULL;
		struct stage_pattern *to = NULL;
		bool joins = false;
		status = stage_pattern_create(&from_end, NULL, &from, NULL);
		if (status == STAGE_OK) {
			status = stage_pattern_create(&to_end, from, &to, NULL);
		}
		if (status == STAGE_OK) {
			status = stage_pattern_joins(
				from, to, "A:x", "B:x", &joins, NULL);
		}
		stage_pattern_destroy(to);
		stage_pattern_destroy(from);
	}
	return status;
}

static void
any_allocation_may_fail(void **state)
{
	(void)state;
	assert_true(failing_alloc_sweep(work, NULL) > 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_literal_is_every_byte_of_it),
		cmocka_unit_test(a_glob_takes_as_little_as_it_can),
		cmocka_unit_test(a_glob_without_wildcards_is_a_name),
		cmocka_unit_test(a_regular_expression_is_about_the_whole_name),
		cmocka_unit_test(a_regular_expression_knows_no_locale),
		cmocka_unit_test(what_is_no_pattern_is_refused),
		cmocka_unit_test(a_kind_that_is_none_is_our_bug),
		cmocka_unit_test(captures_go_into_the_other_end),
		cmocka_unit_test(a_reference_to_nothing_is_refused),
		cmocka_unit_test(what_grows_too_big_is_refused),
		cmocka_unit_test(any_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
