/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/suggest.h"

static void
distances(void **state)
{
	static const struct {
		const char *a;
		const char *b;
		size_t distance;
	} cases[] = {
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "abc", 0},
		{"perod", "period", 1},
		{"peroid", "period", 1},
		{"preiod", "period", 1},
		{"xeriod", "period", 1},
		{"kitten", "sitting", 3},
		{"ab", "ba", 1},
		{"ca", "abc", 3},
		{"status", "start", 3},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_int_equal(stage_suggest_distance(cases[i].a, cases[i].b),
			cases[i].distance);
		assert_int_equal(stage_suggest_distance(cases[i].b, cases[i].a),
			cases[i].distance);
	}
}

static void
the_nearest_known_word(void **state)
{
	static const char *const known[] = {
		"device", "period", "periods", "rate", "realtime"};
	static const struct {
		const char *typed;
		const char *best;
	} cases[] = {
		{"perod", "period"},
		{"perids", "periods"},
		{"period", "period"},
		{"rat", "rate"},
		{"Rate", "rate"},
		{"real-time", "realtime"},
		{"devcie", "device"},
		{"x", NULL},
		{"", NULL},
		{"network", NULL},
		{"r", NULL},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_suggest near = STAGE_SUGGEST_INIT(cases[i].typed);
		for (size_t k = 0; k < STAGE_COUNT_OF(known); k++) {
			stage_suggest_offer(&near, known[k]);
		}
		if (cases[i].best == NULL) {
			assert_null(near.best);
		} else {
			assert_non_null(near.best);
			assert_string_equal(near.best, cases[i].best);
		}
	}
}

static void
long_words_are_left_alone(void **state)
{
	char longest[STAGE_SUGGEST_LEN_MAX + 1];
	char longer[STAGE_SUGGEST_LEN_MAX + 2];
	struct stage_suggest near = STAGE_SUGGEST_INIT(longer);
	(void)state;

	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(stage_suggest_distance(longest, longest), 0);
	assert_int_equal(stage_suggest_distance(longest, longer), (size_t)-1);
	assert_int_equal(stage_suggest_distance(longer, ""), (size_t)-1);
	stage_suggest_offer(&near, longest);
	assert_null(near.best);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distances),
		cmocka_unit_test(the_nearest_known_word),
		cmocka_unit_test(long_words_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
