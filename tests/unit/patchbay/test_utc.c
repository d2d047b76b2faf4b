/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "patchbay/utc.h"

static void
moments_are_read_and_written(void **state)
{
	static const struct {
		const char *text;
		int64_t time_s;
	} cases[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"1970-01-01T00:00:01Z", 1},
		{"2000-02-29T12:34:56Z", 951827696},
		{"2026-11-28T07:33:22Z", 1795851202},
		{"2038-01-19T03:14:08Z", 2147483648},
		{"2100-03-01T00:00:00Z", 4107542400},
		{"9999-12-31T23:59:59Z", STAGE_UTC_LAST_S},
	};
	char text[STAGE_UTC_BYTES + 1];
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		int64_t time_s = -1;
		assert_true(stage_utc_read(
			cases[i].text, strlen(cases[i].text), &time_s));
		assert_int_equal(time_s, cases[i].time_s);
		assert_true(stage_utc_write(cases[i].time_s, text));
		assert_string_equal(text, cases[i].text);
	}
}

static void
every_day_comes_back(void **state)
{
	char text[STAGE_UTC_BYTES + 1];
	(void)state;

	for (int64_t day = 0; day < 366 * 430; day++) {
		int64_t time_s = day * 86400 + day % 86400;
		int64_t back = -1;
		assert_true(stage_utc_write(time_s, text));
		assert_true(stage_utc_read(text, STAGE_UTC_BYTES, &back));
		assert_int_equal(back, time_s);
	}
}

static void
what_is_no_moment_is_refused(void **state)
{
	static const char *const cases[] = {"", "2026-11-28T07:33:22",
		"2026-11-28 07:33:22Z", "2026-02-29T00:00:00Z",
		"2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
		"2026-01-00T00:00:00Z", "2026-06-31T00:00:00Z",
		"2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
		"2026-01-01T00:00:60Z", "1969-12-31T23:59:59Z",
		"202x-01-01T00:00:00Z", "2026-01-01T00:00:00z"};
	char text[STAGE_UTC_BYTES + 1];
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		int64_t time_s = 7;
		assert_false(
			stage_utc_read(cases[i], strlen(cases[i]), &time_s));
		assert_int_equal(time_s, 7);
	}
	assert_false(stage_utc_write(-1, text));
	assert_string_equal(text, "");
	assert_false(stage_utc_write(STAGE_UTC_LAST_S + 1, text));
	assert_false(stage_utc_write(INT64_MAX, text));
	assert_false(stage_utc_write(INT64_MIN, text));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moments_are_read_and_written),
		cmocka_unit_test(every_day_comes_back),
		cmocka_unit_test(what_is_no_moment_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
