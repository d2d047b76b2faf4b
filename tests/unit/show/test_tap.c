/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/tap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MS INT64_C(1000000)

static uint32_t
tap_all(struct stage_show_tap *tap, const int *at_ms, size_t count)
{
	uint32_t tempo = 0;

	for (size_t i = 0; i < count; i++) {
		if (!stage_show_tap(tap, at_ms[i] * MS, &tempo)) {
			tempo = 0;
		}
	}
	return tempo;
}

static void
two_taps_are_a_tempo(void **state)
{
	struct stage_show_tap tap = {0};
	uint32_t tempo = 1;

	(void)state;
	assert_false(stage_show_tap(&tap, 7 * MS, &tempo));
	assert_int_equal(tempo, 1);
	assert_true(stage_show_tap(&tap, 507 * MS, &tempo));
	assert_int_equal(tempo, 120000000);
}

static void
the_mean_of_shaky_ones(void **state)
{
	static const int taps[] = {0, 490, 1010, 1495, 2000};
	struct stage_show_tap tap = {0};

	(void)state;
	assert_int_equal(tap_all(&tap, taps, 5), 120000000);
}

static void
the_last_ones_count(void **state)
{
	struct stage_show_tap tap = {0};
	uint32_t tempo = 0;
	int64_t at = 0;

	(void)state;
	for (int i = 0; i < 30; i++, at += 500 * MS) {
		(void)stage_show_tap(&tap, at, &tempo);
	}
	at -= 500 * MS; // slower by a fifth: not so far off as to be another
	for (int i = 0; i < 8; i++) {
		at += 600 * MS;
		(void)stage_show_tap(&tap, at, &tempo);
	}
	assert_int_equal(tempo, 100000000);
}

static void
a_pause_or_another_tempo_begins_anew(void **state)
{
	static const int pause[] = {0, 500, 1000, 4100};
	static const int other[] = {0, 500, 1000, 1250, 1500, 1750};
	struct stage_show_tap tap = {0};

	(void)state;
	assert_int_equal(tap_all(&tap, pause, 4), 0);
	tap = (struct stage_show_tap){0};
	assert_int_equal(tap_all(&tap, other, 4), 0);
	tap = (struct stage_show_tap){0};
	assert_int_equal(tap_all(&tap, other, 6), 240000000);
}

static void
a_bounce_is_no_tap(void **state)
{
	static const int taps[] = {0, 20, 500, 530, 1000};
	struct stage_show_tap tap = {0};

	(void)state;
	assert_int_equal(tap_all(&tap, taps, 5), 120000000);
}

static void
rounds_to_a_tenth(void **state)
{
	static const int taps[] = {0, 451};
	struct stage_show_tap tap = {0};

	(void)state;
	assert_int_equal(tap_all(&tap, taps, 2), 133000000); // of 133.037
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_taps_are_a_tempo),
		cmocka_unit_test(the_mean_of_shaky_ones),
		cmocka_unit_test(the_last_ones_count),
		cmocka_unit_test(a_pause_or_another_tempo_begins_anew),
		cmocka_unit_test(a_bounce_is_no_tap),
		cmocka_unit_test(rounds_to_a_tenth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
