/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/num.h"

#define UNTOUCHED 4711

static void
whole_numbers(void **state)
{
	static const struct {
		const char *text;
		int64_t min, max;
		int64_t value;
	} cases[] = {
		{"0", 0, 10, 0},
		{"10", 0, 10, 10},
		{"007", 0, 10, 7},
		{"-3", -5, 5, -3},
		{"-0", -5, 5, 0},
		{"9223372036854775807", INT64_MIN, INT64_MAX, INT64_MAX},
		{"-9223372036854775808", INT64_MIN, INT64_MAX, INT64_MIN},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		int64_t value = UNTOUCHED;
		assert_int_equal(stage_num_parse(cases[i].text, cases[i].min,
					 cases[i].max, &value, &err),
			STAGE_OK);
		assert_int_equal(value, cases[i].value);
		assert_string_equal(err.text, "");
	}
}

static void
not_whole_numbers(void **state)
{
	static const char *const cases[] = {"", " ", " 1", "1 ", "1x", "x",
		"+1", "-1", "-0", "--1", "101", "1.5", "1e1", "0x10", "\t1",
		"1\n", "99999999999999999999", "-99999999999999999999",
		"\xd9\xa1"};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		int64_t value = UNTOUCHED;
		assert_int_equal(
			stage_num_parse(cases[i], 0, 100, &value, &err),
			STAGE_BAD_INPUT);
		assert_int_equal(value, UNTOUCHED);
		assert_non_null(strstr(
			err.text, "is not a whole number from 0 to 100"));
	}
}

static void
durations(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} cases[] = {
		{"0", 0},
		{"250ms", 250 * STAGE_NS_PER_MS},
		{"10s", 10 * STAGE_NS_PER_S},
		{"10", 10 * STAGE_NS_PER_S},
		{"5min", 300 * STAGE_NS_PER_S},
		{"2h", 7200 * STAGE_NS_PER_S},
		{"1.5", 1500 * STAGE_NS_PER_MS},
		{"1.5min", 90 * STAGE_NS_PER_S},
		{"0.1s", 100 * STAGE_NS_PER_MS},
		{"0.000000001s", 1},
		{"0.0000000001s", 0},
		{"0.1234567891234567890s", 123456789},
		{"0.5ms", 500000},
		{"8784h", 366 * 86400 * STAGE_NS_PER_S},
		{"31622400", 366 * 86400 * STAGE_NS_PER_S},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		int64_t ns = UNTOUCHED;
		assert_int_equal(
			stage_num_parse_duration(cases[i].text, &ns, &err),
			STAGE_OK);
		assert_int_equal(ns, cases[i].ns);
		assert_string_equal(err.text, "");
	}
}

static void
not_durations(void **state)
{
	static const struct {
		const char *text;
		const char *sentence;
	} cases[] = {
		{"", "is not a duration"},
		{"s", "is not a duration"},
		{"-1s", "is not a duration"},
		{"+1s", "is not a duration"},
		{" 1s", "is not a duration"},
		{"1 s", "is not a duration"},
		{"1s ", "is not a duration"},
		{"1.s", "is not a duration"},
		{"1.", "is not a duration"},
		{".5", "is not a duration"},
		{"1.5.5", "is not a duration"},
		{"1,5", "is not a duration"},
		{"1e3", "is not a duration"},
		{"0x10", "is not a duration"},
		{"nan", "is not a duration"},
		{"inf", "is not a duration"},
		{"10sec", "is not a duration"},
		{"367h5", "is not a duration"},
		{"8785h", "is longer than 366 days"},
		{"8784.1h", "is longer than 366 days"},
		{"99999999999999999999999999999", "is longer than 366 days"},
		{"99999999999999999999999ms", "is longer than 366 days"},
		{"1e400", "is not a duration"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		int64_t ns = UNTOUCHED;
		assert_int_equal(
			stage_num_parse_duration(cases[i].text, &ns, &err),
			STAGE_BAD_INPUT);
		assert_int_equal(ns, UNTOUCHED);
		assert_non_null(strstr(err.text, cases[i].sentence));
	}
}

static void
a_long_text_leaves_room_for_the_sentence(void **state)
{
	struct stage_err err = STAGE_ERR_INIT;
	char text[2001];
	int64_t value = 0;
	(void)state;

	memset(text, 'x', 2000);
	text[2000] = '\0';
	assert_int_equal(
		stage_num_parse(text, 0, 1, &value, &err), STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "from 0 to 1"));
	assert_int_equal(
		stage_num_parse_duration(text, &value, &err), STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "2min"));
}

static void
decimal_numbers(void **state)
{
	static const struct {
		const char *text;
		double value;
	} cases[] = {
		{"0", 0},
		{"-0", 0},
		{"120", 120},
		{"007.50", 7.5},
		{"97.25", 97.25},
		{"-0.5", -0.5},
		{"0.1", 0.1},
		{"0.00001", 0.00001},
		{"1.000000000000000000000001", 1},
		{"0.3333333333333333333333333", 0.333333333333333},
		{"000000000000000000000000000012", 12},
		{"999999999999999", 999999999999999},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		double value = UNTOUCHED;
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(stage_num_parse_decimal(cases[i].text, -1e15,
					 1e15, &value, &err),
			STAGE_OK);
		assert_true(value == cases[i].value);
		assert_string_equal(err.text, "");
	}
}

static void
not_decimal_numbers(void **state)
{
	static const char *const cases[] = {"", " ", ".", "-", "-.5", ".5",
		"5.", "1,5", "1e3", "0x10", "nan", "inf", "+1", "--1", "1.2.3",
		" 1", "1 ", "1.5x", "301", "-6", "300.01", "\xd9\xa1",
		"1000000000000000", "99999999999999999999999999999999"};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		double value = UNTOUCHED;
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(stage_num_parse_decimal(
					 cases[i], -5.5, 300, &value, &err),
			STAGE_BAD_INPUT);
		assert_true(value == UNTOUCHED);
		assert_non_null(
			strstr(err.text, "not a number from -5.5 to 300"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_numbers),
		cmocka_unit_test(not_whole_numbers),
		cmocka_unit_test(durations),
		cmocka_unit_test(not_durations),
		cmocka_unit_test(a_long_text_leaves_room_for_the_sentence),
		cmocka_unit_test(decimal_numbers),
		cmocka_unit_test(not_decimal_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
