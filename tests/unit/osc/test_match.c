/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "osc/write.h"

static const struct {
	const char *pattern;
	const char *address;
	bool matches;
} rows[] = {
	{"/go", "/go", true},
	{"/go", "/gone", false},
	{"/gone", "/go", false},
	{"", "", true},
	{"", "/", false},
	{"/", "", false},
	// Any.
	{"/?o", "/go", true},
	{"/??o", "/go", false},
	{"/go?", "/go", false},
	{"?go", "/go", false},
	{"/a?b", "/a/b", false},
	{"/*", "/go", true},
	{"/*", "/", true},
	{"/go*", "/go", true},
	{"/*o", "/go", true},
	{"/g*o", "/go", true},
	{"/g*o", "/gooooo", true},
	{"/g*o", "/gooooog", false},
	{"/***g***o***", "/go", true},
	{"*", "/go", false},
	{"/*", "/a/b", false},
	{"/*/*", "/a/b", true},
	{"/*/b", "/a/b", true},
	{"/a/*", "/a/b/c", false},
	{"/*a*b*c*", "/xaxbxcx", true},
	{"/*a*b*c*", "/xaxcxbx", false},
	// Sets.
	{"/[abc]", "/b", true},
	{"/[abc]", "/d", false},
	{"/[a-c]", "/b", true},
	{"/[a-c]", "/c", true},
	{"/[a-c]", "/d", false},
	{"/[c-a]", "/b", false},
	{"/[a-cx-z]", "/y", true},
	{"/[a-cx-z]", "/-", false},
	{"/[a-]", "/-", true},
	{"/[a-]", "/a", true},
	{"/[-a]", "/-", true},
	{"/[!a-c]", "/b", false},
	{"/[!a-c]", "/d", true},
	{"/[!a-c]", "/", false},
	{"/[a!]", "/!", true},
	{"/[!!]", "/!", false},
	{"/[]", "/a", false},
	{"/[!]", "/a", true},
	{"/[\x80-\xff]", "/\xc3", true},
	{"/[\x80-\xff]", "/a", false},
	{"/a[!x]b", "/a/b", false},
	{"/a[.-0]b", "/a/b", false},
	{"/[*?{}]", "/*", true},
	{"/[*?{}]", "/a", false},
	// Words.
	{"/{go,stop}", "/go", true},
	{"/{go,stop}", "/stop", true},
	{"/{go,stop}", "/gostop", false},
	{"/{go,stop}", "/g", false},
	{"/{go,gone}", "/gone", true},
	{"/{g,go}one", "/gone", true},
	{"/{g,go}{one,ne}", "/gone", true},
	{"/{,g}o", "/o", true},
	{"/{,g}o", "/go", true},
	{"/{}o", "/o", true},
	{"/{a,b,}", "/", true},
	{"/{*}", "/go", false},
	{"/{*}", "/*", true},
	{"/x{1,2}/*", "/x2/go", true},
	{"/*{a,b}*", "/xxb", true},
	// What is none finds only itself.
	{"/[a", "/a", false},
	{"/[a", "/[a", true},
	{"/{a", "/a", false},
	{"/{a", "/{a", true},
	{"/{a/b,c}", "/c", false},
	{"/{a/b,c}", "/a/b", false},
	{"/[a/b]", "/a", false},
	{"/a]", "/a]", true},
	{"/?}", "/a}", true},
	{"/*[", "/a", false},
};

static void
a_pattern_finds_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		if (stage_osc_matches(rows[i].pattern, rows[i].address) !=
			rows[i].matches) {
			fail_msg("%s %s", rows[i].pattern, rows[i].address);
		}
	}
}

static void
a_pattern_has_a_greatest_length(void **state)
{
	char text[STAGE_OSC_MATCH_MAX + 2];
	char other[STAGE_OSC_MATCH_MAX + 2];
	(void)state;

	memset(text, 'a', sizeof(text));
	text[0] = '/';
	text[STAGE_OSC_MATCH_MAX] = '\0';
	assert_true(stage_osc_matches("/*", text));
	text[STAGE_OSC_MATCH_MAX] = 'a';
	text[STAGE_OSC_MATCH_MAX + 1] = '\0';
	assert_false(stage_osc_matches("/*", text));
	assert_true(stage_osc_matches(text, text));
	text[1] = '*';
	assert_false(stage_osc_matches(text, "/a"));
	memset(text, '*', sizeof(text));
	text[0] = '/';
	text[STAGE_OSC_MATCH_MAX] = '\0';
	assert_true(stage_osc_matches(text, "/a"));
	memset(other, 'b', sizeof(other));
	other[0] = '/';
	other[STAGE_OSC_MATCH_MAX] = '\0';
	assert_true(stage_osc_matches(text, other));
}

// Who tries one way after the other does not come to an end here.
static void
no_pattern_takes_long(void **state)
{
	char pattern[STAGE_OSC_MATCH_MAX + 1] = "/";
	char address[STAGE_OSC_MATCH_MAX + 1] = "/";
	(void)state;

	for (size_t at = 1; at + 7 < sizeof(pattern) - 2; at += 7) {
		memcpy(pattern + at, "*{a,aa}", 7);
		pattern[at + 7] = 'b';
	}
	memset(address + 1, 'a', sizeof(address) - 2);
	assert_false(stage_osc_matches(pattern, address));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pattern_finds_addresses),
		cmocka_unit_test(a_pattern_has_a_greatest_length),
		cmocka_unit_test(no_pattern_takes_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
