/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/text.h"

#include <float.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *before;
	const char *key;
	const char *symbol;
	const char *value;
	const char *after;
} sets[] = {
	// What is there is replaced where it stands.
	{"set a 1\n", "set", "a", "2", "set a 2\n"},
	{"# set a 9\nset b 1\nset a 1 # why\nwet 0.5\n", "set", "a", "2.5",
		"# set a 9\nset b 1\nset a 2.5 # why\nwet 0.5\n"},
	{"  set\ta   0.125\t# x", "set", "a", "7", "  set\ta   7\t# x"},
	{"set a 1\r\nset b 2\r\n", "set", "a", "3", "set a 3\r\nset b 2\r\n"},
	{"set a \"1\"\nset b 2\n", "set", "a", "3", "set a 3\nset b 2\n"},
	{"wet 1\n", "wet", NULL, "0.25", "wet 0.25\n"},
	{"\xef\xbb\xbfwet 1\n", "wet", NULL, "0.25", "\xef\xbb\xbfwet 0.25\n"},
	{"# f\xc3\xbcr\nset \"\xc3\xbc\" 1 # \xc3\xbc\n", "set", "\xc3\xbc",
		"2", "# f\xc3\xbcr\nset \"\xc3\xbc\" 2 # \xc3\xbc\n"},
	// What is not is appended.
	{"", "set", "a", "1", "set a 1\n"},
	{"wet 1", "set", "a", "1", "wet 1\nset a 1\n"},
	{"#", "bypass", NULL, "yes", "#\nbypass yes\n"},
	{"set a 1\n", "set", "b b", "1", "set a 1\nset \"b b\" 1\n"},
	// A line that is none of it is left alone.
	{"set a\nwet\n", "set", "a", "1", "set a\nwet\nset a 1\n"},
};

static void
one_value_changes_and_nothing_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(sets); i++) {
		struct stage_str text = {0};
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(
			stage_str_add(&text, sets[i].before), STAGE_OK);
		assert_int_equal(stage_rack_text_set(&text, "f", sets[i].key,
					 sets[i].symbol, sets[i].value, &err),
			STAGE_OK);
		assert_string_equal(stage_str_text(&text), sets[i].after);
		// Once more changes nothing.
		assert_int_equal(stage_rack_text_set(&text, "f", sets[i].key,
					 sets[i].symbol, sets[i].value, &err),
			STAGE_OK);
		assert_string_equal(stage_str_text(&text), sets[i].after);
		stage_str_finish(&text);
	}
}

static void
a_text_that_is_none_stays(void **state)
{
	struct stage_str text = {0};
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(stage_str_add(&text, "set \"a\n"), STAGE_OK);
	assert_int_equal(stage_rack_text_set(&text, "f", "set", "a", "1", &err),
		STAGE_BAD_INPUT);
	assert_int_equal(strncmp(err.text, "f:1:", 4), 0);
	assert_string_equal(stage_str_text(&text), "set \"a\n");
	stage_str_finish(&text);
}

static void
a_number_is_short_and_comes_back(void **state)
{
	static const struct {
		float value;
		const char *text;
	} numbers[] = {{0.1F, "0.1"}, {1, "1"}, {-6.25F, "-6.25"},
		{0.333333343F, "0.33333334"}, {440, "440"},
		{FLT_MAX, "3.4028235e+38"}, {1e-20F, "1e-20"}};
	char out[32];
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(numbers); i++) {
		stage_rack_text_number(numbers[i].value, out, sizeof(out));
		assert_string_equal(out, numbers[i].text);
		assert_true(strtof(out, NULL) == numbers[i].value);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_value_changes_and_nothing_else),
		cmocka_unit_test(a_text_that_is_none_stays),
		cmocka_unit_test(a_number_is_short_and_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
