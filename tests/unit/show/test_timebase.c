/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/timebase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"

#define RATE 48000U
#define BPM(n) ((uint32_t)((n)*1000000.0 + 0.5))

static struct stage_show_timebase
begin(uint32_t rate_hz, uint32_t micro_bpm, uint16_t beats)
{
	const struct stage_show_tempo tempo = {micro_bpm, beats, 4};
	struct stage_show_timebase base;

	stage_show_timebase_init(&base, rate_hz, &tempo);
	return base;
}

static void
check(struct stage_show_timebase *base, uint64_t frame, int64_t bar, int beat,
	int tick)
{
	struct stage_show_bbt at;

	stage_show_timebase_find(base, frame, &at);
	assert_int_equal(at.bar, bar);
	assert_int_equal(at.beat, beat);
	assert_int_equal(at.tick, tick);
}

static void
counts_bars_beats_and_ticks(void **state)
{
	struct stage_show_timebase base = begin(RATE, BPM(120), 4);

	(void)state;
	check(&base, 0, 1, 1, 0);
	check(&base, 12, 1, 1, 0); // a tick is 12.5 frames
	check(&base, 13, 1, 1, 1);
	check(&base, 24000, 1, 2, 0);
	check(&base, 23999, 1, 1, 1919);
	check(&base, UINT64_C(4) * 24000, 2, 1, 0);
	check(&base, UINT64_C(4) * 24000 - 1, 1, 4, 1919);
	base = begin(RATE, BPM(90), 7);
	check(&base, UINT64_C(7) * 32000, 2, 1, 0);
}

// What a count of another kind says: in 128 bits, with nothing carried over.
static uint64_t
ticks_of(uint64_t frame, uint32_t rate_hz, uint32_t micro_bpm)
{
	__extension__ typedef unsigned __int128 wide;

	return (uint64_t)((wide)frame * micro_bpm * 32 /
			  ((wide)rate_hz * 1000000));
}

static void
does_not_drift_in_a_day(void **state)
{
	static const uint32_t rates[] = {8000, 44100, 48000, 96000, 192000};
	static const uint32_t tempi[] = {BPM(10), BPM(117.3), BPM(128),
		BPM(133.333333), BPM(999.999999)};

	(void)state;
	for (size_t r = 0; r < STAGE_COUNT_OF(rates); r++) {
		for (size_t t = 0; t < STAGE_COUNT_OF(tempi); t++) {
			struct stage_show_timebase base =
				begin(rates[r], tempi[t], 4);
			// Each as a transport comes by it: period by period, in
			// leaps of a prime.
			for (uint64_t frame = 0; frame <= UINT32_MAX;
				frame += 15485863) {
				uint64_t ticks =
					ticks_of(frame, rates[r], tempi[t]);
				check(&base, frame, (int64_t)(ticks / 7680) + 1,
					(int)(ticks % 7680 / 1920) + 1,
					(int)(ticks % 1920));
			}
		}
	}
}

static void
goes_on_from_where_it_was(void **state)
{
	struct stage_show_timebase base = begin(RATE, BPM(120), 4);
	const struct stage_show_tempo slower = {BPM(60), 4, 4};
	struct stage_show_bbt before;
	struct stage_show_bbt after;

	(void)state;
	stage_show_timebase_find(&base, 30007, &before);
	stage_show_timebase_set(
		&base, &slower, STAGE_SHOW_TEMPO_NOW, 30007, true);
	stage_show_timebase_find(&base, 30007, &after);
	assert_memory_equal(&before, &after, sizeof(before));
	// 30007 frames at 12.5 a tick, then 25 a tick: exact to the frame.
	check(&base, 30007 + 25 * 1440 - 14, 1, 3, 0);
	check(&base, 30007 + 25 * 1440 - 15, 1, 2, 1919);
}

// Many changes lose nothing: a tempo that is set anew in each period is as the
// same one left alone.
static void
many_changes_do_not_drift(void **state)
{
	struct stage_show_timebase base = begin(44100, BPM(133.3), 3);
	struct stage_show_timebase alone = base;

	(void)state;
	for (uint64_t frame = 0; frame < UINT64_C(44100) * 3600;
		frame += 16411) {
		const struct stage_show_tempo same = {BPM(133.3), 3, 4};
		struct stage_show_bbt at;
		struct stage_show_bbt expected;
		stage_show_timebase_set(
			&base, &same, STAGE_SHOW_TEMPO_NOW, frame, true);
		stage_show_timebase_find(&base, frame, &at);
		stage_show_timebase_find(&alone, frame, &expected);
		assert_memory_equal(&at, &expected, sizeof(at));
	}
}

static void
changes_at_a_bar(void **state)
{
	struct stage_show_timebase base = begin(RATE, BPM(120), 4);
	const struct stage_show_tempo next = {BPM(180), 3, 8};

	(void)state;
	stage_show_timebase_set(
		&base, &next, STAGE_SHOW_TEMPO_BAR, 50000, true);
	check(&base, 95999, 1, 4, 1919);
	assert_int_equal(base.tempo.micro_bpm, BPM(120));
	check(&base, 96000, 2, 1, 0);
	assert_int_equal(base.tempo.micro_bpm, BPM(180));
	check(&base, 96000 + 16000, 2, 2, 0);
	check(&base, 96000 + 3 * 16000, 3, 1, 0);
}

// It is found by the first frame that is asked for behind the bar, however far.
static void
changes_at_a_bar_that_began_between_two_periods(void **state)
{
	struct stage_show_timebase base = begin(44100, BPM(133.3), 4);
	struct stage_show_timebase other = base;
	const struct stage_show_tempo next = {BPM(71.7), 5, 4};
	struct stage_show_bbt at;
	struct stage_show_bbt expected;
	uint64_t bar = stage_show_timebase_next_bar(&base, 1000);

	(void)state;
	stage_show_timebase_set(&base, &next, STAGE_SHOW_TEMPO_BAR, 1000, true);
	stage_show_timebase_set(
		&other, &next, STAGE_SHOW_TEMPO_BAR, 1000, true);
	check(&other, bar - 1, 1, 4, 1919);
	check(&other, bar, 2, 1, 0);
	stage_show_timebase_find(&base, bar + 8191, &at);
	stage_show_timebase_find(&other, bar + 8191, &expected);
	assert_memory_equal(&at, &expected, sizeof(at));
}

static void
changes_at_once_where_nothing_rolls(void **state)
{
	struct stage_show_timebase base = begin(RATE, BPM(120), 4);
	const struct stage_show_tempo next = {BPM(90), 4, 4};

	(void)state;
	stage_show_timebase_set(&base, &next, STAGE_SHOW_TEMPO_BAR, 0, false);
	assert_int_equal(base.tempo.micro_bpm, BPM(90));
	check(&base, 32000, 1, 2, 0);
}

static void
a_new_metre_begins_a_bar(void **state)
{
	struct stage_show_timebase base = begin(RATE, BPM(120), 4);
	const struct stage_show_tempo waltz = {BPM(120), 3, 4};

	(void)state;
	stage_show_timebase_set(
		&base, &waltz, STAGE_SHOW_TEMPO_NOW, 24000, true);
	check(&base, 24000, 2, 1, 0);
	check(&base, UINT64_C(4) * 24000, 3, 1, 0);
	// At the beginning of a bar it is that one.
	base = begin(RATE, BPM(120), 4);
	stage_show_timebase_set(&base, &waltz, STAGE_SHOW_TEMPO_NOW, 0, false);
	check(&base, 0, 1, 1, 0);
}

static void
a_transport_that_is_moved_back_finds_bar_one(void **state)
{
	struct stage_show_timebase base = begin(RATE, BPM(120), 4);
	const struct stage_show_tempo next = {BPM(60), 4, 4};

	(void)state;
	stage_show_timebase_set(
		&base, &next, STAGE_SHOW_TEMPO_NOW, 480000, true);
	check(&base, 0, 1, 1, 0);
	check(&base, 48000, 1, 2, 0);
	// The next song's.
	stage_show_timebase_set(
		&base, &next, STAGE_SHOW_TEMPO_SONG, 999999, true);
	check(&base, UINT64_C(4) * 48000, 2, 1, 0);
}

static void
no_tempo_is_out_of_reach(void **state)
{
	const struct stage_show_tempo none = {0, 0, 0};
	const struct stage_show_tempo wild = {UINT32_MAX, UINT16_MAX, 3};
	struct stage_show_timebase base;

	(void)state;
	stage_show_timebase_init(&base, 0, &none);
	check(&base, UINT32_MAX, UINT32_MAX / 24 + 1, 3, 960);
	stage_show_timebase_init(&base, 768000, &wild);
	assert_int_equal(base.tempo.micro_bpm, BPM(1000));
	check(&base, 46080, 1, 2, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_bars_beats_and_ticks),
		cmocka_unit_test(does_not_drift_in_a_day),
		cmocka_unit_test(goes_on_from_where_it_was),
		cmocka_unit_test(many_changes_do_not_drift),
		cmocka_unit_test(changes_at_a_bar),
		cmocka_unit_test(
			changes_at_a_bar_that_began_between_two_periods),
		cmocka_unit_test(changes_at_once_where_nothing_rolls),
		cmocka_unit_test(a_new_metre_begins_a_bar),
		cmocka_unit_test(a_transport_that_is_moved_back_finds_bar_one),
		cmocka_unit_test(no_tempo_is_out_of_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
