/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/clock.h"

static void
monotonic_never_goes_back(void **state)
{
	int64_t last_ns = stage_clock_now_ns();
	(void)state;

	for (int i = 0; i < 1000; i++) {
		int64_t now_ns = stage_clock_now_ns();
		assert_true(now_ns >= last_ns);
		last_ns = now_ns;
	}
	assert_true(last_ns > 0);
}

static void
wall_is_the_time_of_day(void **state)
{
	int64_t before_s = (int64_t)time(NULL) - 1;
	int64_t wall_s = stage_clock_wall_ns() / STAGE_NS_PER_S;
	(void)state;

	assert_true(wall_s >= before_s);
	assert_true(wall_s <= (int64_t)time(NULL) + 1);
}

static void
until_is_a_poll_timeout(void **state)
{
	int64_t now_ns = stage_clock_now_ns();
	int left_ms;
	(void)state;

	assert_int_equal(stage_clock_until_ms(now_ns), 0);
	assert_int_equal(stage_clock_until_ms(0), 0);
	assert_int_equal(stage_clock_until_ms(INT64_MIN), 0);
	assert_int_equal(stage_clock_until_ms(INT64_MAX), INT_MAX);
	left_ms = stage_clock_until_ms(now_ns + 3600 * STAGE_NS_PER_S);
	assert_true(left_ms > 3000 * 1000 && left_ms <= 3600 * 1000);
	// Rounded up: a poll of 0 ms before the deadline would be a busy loop.
	for (int i = 0; i < 1000; i++) {
		int64_t soon_ns = stage_clock_now_ns() + 500000;
		left_ms = stage_clock_until_ms(soon_ns);
		assert_true(left_ms == 1 || stage_clock_now_ns() >= soon_ns);
	}
}

static void
durations_in_words(void **state)
{
	static const struct {
		int64_t ns;
		const char *words;
	} cases[] = {
		{INT64_MIN, "0 s"},
		{-1, "0 s"},
		{0, "0 ms"},
		{999999, "0 ms"},
		{850 * STAGE_NS_PER_MS, "850 ms"},
		{STAGE_NS_PER_S - 1, "999 ms"},
		{STAGE_NS_PER_S, "1 s"},
		{60 * STAGE_NS_PER_S - 1, "59 s"},
		{184 * STAGE_NS_PER_S, "3 min 4 s"},
		{3600 * STAGE_NS_PER_S - 1, "59 min 59 s"},
		{7500 * STAGE_NS_PER_S, "2 h 5 min"},
		{86400 * STAGE_NS_PER_S - 1, "23 h 59 min"},
		{(3 * 86400 + 4 * 3600) * STAGE_NS_PER_S, "3 d 4 h"},
		{INT64_MAX, "106751 d 23 h"},
	};
	char buffer[16];
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		stage_clock_words(cases[i].ns, buffer, sizeof(buffer));
		assert_string_equal(buffer, cases[i].words);
	}
}

static void
between_two_moments(void **state)
{
	static const struct {
		int64_t from_ns, to_ns, ns;
	} cases[] = {
		{0, 0, 0},
		{3, 10, 7},
		{10, 3, -7},
		{-5, 5, 10},
		{0, INT64_MAX, INT64_MAX},
		{-1, INT64_MAX, INT64_MAX},
		{INT64_MIN, INT64_MAX, INT64_MAX},
		{INT64_MIN, 0, INT64_MAX},
		{INT64_MIN, -1, INT64_MAX},
		{INT64_MIN, INT64_MIN, 0},
		{0, INT64_MIN, INT64_MIN},
		{1, INT64_MIN, INT64_MIN},
		{INT64_MAX, INT64_MIN, INT64_MIN},
		{INT64_MAX, -1, INT64_MIN},
		{INT64_MAX, INT64_MAX, 0},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_true(stage_clock_between_ns(cases[i].from_ns,
				    cases[i].to_ns) == cases[i].ns);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(monotonic_never_goes_back),
		cmocka_unit_test(wall_is_the_time_of_day),
		cmocka_unit_test(until_is_a_poll_timeout),
		cmocka_unit_test(between_two_moments),
		cmocka_unit_test(durations_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
