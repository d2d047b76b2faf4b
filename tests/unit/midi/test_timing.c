/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/timing.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/attr.h"

#define RATE 48000
#define START_NS INT64_C(123456789012345)
#define FRAME_NS (1e9 / RATE)

// A server whose cycles begin at exact times and are seen late by a jitter.
struct server {
	struct stage_midi_timing timing;
	double ns_per_frame;
	double now_ns; // when the cycle really began
	uint32_t frame;
	uint32_t period;
	double jitter_ns;
};

static struct server
start(uint32_t period, uint32_t frame, double jitter_ns)
{
	srand(3);
	return (struct server){
		.ns_per_frame = FRAME_NS,
		.frame = frame,
		.period = period,
		.jitter_ns = jitter_ns,
	};
}

static double
roll(void)
{
	return (double)rand() / RAND_MAX;
}

static void
cycle(struct server *self)
{
	self->now_ns += self->period * self->ns_per_frame;
	self->frame += self->period;
	stage_midi_timing_cycle(&self->timing,
		START_NS + (int64_t)(self->now_ns + roll() * self->jitter_ns),
		self->frame, self->period, RATE);
}

static void
run(struct server *self, double seconds)
{
	int cycles = (int)(seconds * RATE / self->period);

	for (int i = 0; i < cycles; i++) {
		cycle(self);
	}
}

// How late an event comes that arrived at a random time of the last cycle,
// beyond one period; in frames.
static double
lateness(struct server *self)
{
	double age = roll() * self->period;
	int64_t at_ns =
		START_NS + (int64_t)(self->now_ns - age * self->ns_per_frame);
	uint32_t offset = stage_midi_timing_offset(&self->timing, at_ns);

	return (double)offset - (self->period - age);
}

static double
worst_lateness(struct server *self, double seconds)
{
	int cycles = (int)(seconds * RATE / self->period);
	double mean = 0;
	double worst = 0;
	double all[8192];
	int count = 0;

	for (int i = 0; i < cycles && count < 8192; i++) {
		cycle(self);
		all[count] = lateness(self);
		mean += all[count++];
	}
	mean /= count;
	for (int i = 0; i < count; i++) {
		worst = fmax(worst, fabs(all[i] - mean));
	}
	return worst;
}

// Of a jitter of three frames, more than a real-time thread has, one and the
// rounding are left at most.
static void
jitter_is_smoothed(void **state)
{
	static const uint32_t periods[] = {64, 128, 256, 1024};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(periods); i++) {
		struct server server = start(periods[i], 77, 60000);
		run(&server, 4);
		assert_true(worst_lateness(&server, 5) <= 2.0);
		assert_int_equal(server.timing.seed_count, 1);
	}
}

static void
a_clock_that_runs_off_is_followed(void **state)
{
	struct server server = start(256, 0, 50000);
	(void)state;

	server.ns_per_frame = FRAME_NS * 1.0005; // worse than any card
	run(&server, 5);
	assert_true(worst_lateness(&server, 5) <= 2.0);
	assert_int_equal(server.timing.seed_count, 1);
	assert_true(fabs((double)stage_midi_timing_period_ns(&server.timing) -
			    256 * server.ns_per_frame) < 2000);
}

// JACK2's own clock is off for ten seconds after a stall of 427 ms.
static void
a_stall_is_over_when_it_is_over(void **state)
{
	struct server server = start(256, 0, 50000);
	(void)state;

	run(&server, 3);
	server.now_ns += 427e6;
	cycle(&server);
	assert_int_equal(server.timing.seed_count, 2);
	for (int i = 0; i < 1000; i++) {
		cycle(&server);
		assert_true(fabs(lateness(&server)) <= 4);
	}
	assert_int_equal(server.timing.seed_count, 2);
}

// Events that waited through a stall come in order, at the start of the cycle.
static void
what_waited_comes_first_and_in_order(void **state)
{
	struct server server = start(256, 0, 0);
	uint32_t last = 0;
	(void)state;

	run(&server, 3);
	server.now_ns += 427e6;
	cycle(&server);
	for (int i = 0; i <= 1000; i++) {
		int64_t at_ns =
			START_NS + (int64_t)server.now_ns - (1000 - i) * 427000;
		uint32_t offset =
			stage_midi_timing_offset(&server.timing, at_ns);
		assert_true(offset >= last);
		last = offset;
	}
	assert_int_equal(last, 256); // the last one is not of this cycle
}

static void
frames_that_were_left_out_seed_anew(void **state)
{
	struct server server = start(256, 0, 0);
	(void)state;

	run(&server, 1);
	server.frame += 256;
	cycle(&server);
	assert_int_equal(server.timing.seed_count, 2);
	cycle(&server);
	assert_int_equal(server.timing.seed_count, 2);
	stage_midi_timing_forget(&server.timing);
	assert_int_equal(stage_midi_timing_period_ns(&server.timing), 0);
	cycle(&server);
	assert_int_equal(server.timing.seed_count, 3);
	server.period = 512;
	cycle(&server);
	assert_int_equal(server.timing.seed_count, 4);
	assert_int_equal(stage_midi_timing_offset(&server.timing, START_NS), 0);
}

// JACK's counter wraps after 24 h 51 min, and not at a cycle's start when the
// period is no power of two.
static void
the_frame_counter_may_wrap(void **state)
{
	static const uint32_t periods[] = {256, 480, 1000};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(periods); i++) {
		struct server server =
			start(periods[i], UINT32_MAX - 6 * RATE, 50000);
		run(&server, 3);
		assert_true(server.frame > UINT32_MAX - 4 * RATE);
		assert_true(worst_lateness(&server, 6) <= 2.0);
		assert_true(server.frame < 4 * RATE);
		assert_int_equal(server.timing.seed_count, 1);
	}
}

static void
offsets_stay_in_the_cycle(void **state)
{
	struct stage_midi_timing timing = {0};
	(void)state;

	assert_int_equal(stage_midi_timing_offset(&timing, 5), 0);
	assert_int_equal(stage_midi_timing_at(&timing, 5), 0);
	stage_midi_timing_cycle(&timing, START_NS, 0, 100, RATE);
	assert_int_equal(stage_midi_timing_offset(&timing, 0), 0);
	assert_int_equal(stage_midi_timing_offset(&timing, START_NS), 100);
	assert_int_equal(stage_midi_timing_offset(&timing, INT64_MAX / 2), 100);
	assert_int_equal(stage_midi_timing_offset(&timing, START_NS - 1), 99);
	assert_int_equal(
		stage_midi_timing_offset(&timing, START_NS - 10 * 20833), 90);
	assert_int_equal(stage_midi_timing_at(&timing, 48) - START_NS, 1000000);
	stage_midi_timing_cycle(&timing, START_NS, 0, 0, 0);
	assert_int_equal(stage_midi_timing_offset(&timing, START_NS), 0);
}

static void
the_latency_grows_in_steps_up_to_a_period(void **state)
{
	static const struct {
		int64_t after_ns;
		bool has_changed;
		int64_t ns;
	} rows[] = {
		{0, true, 300000},
		{0, false, 300000},
		{1, true, 400000},
		{99999, false, 400000},
		{1000000, true, 1300000},
		{50, false, 1300000},
		{900000000, true, 5333333},
		{900000000, false, 5333333},
	};
	struct stage_midi_latency latency = {0};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		assert_int_equal(stage_midi_latency_note(
					 &latency, rows[i].after_ns, 5333333),
			rows[i].has_changed);
		assert_int_equal(latency.ns, rows[i].ns);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jitter_is_smoothed),
		cmocka_unit_test(a_clock_that_runs_off_is_followed),
		cmocka_unit_test(a_stall_is_over_when_it_is_over),
		cmocka_unit_test(what_waited_comes_first_and_in_order),
		cmocka_unit_test(frames_that_were_left_out_seed_anew),
		cmocka_unit_test(the_frame_counter_may_wrap),
		cmocka_unit_test(offsets_stay_in_the_cycle),
		cmocka_unit_test(the_latency_grows_in_steps_up_to_a_period),
	};

	return cmocka_run_group_tests_name("midi/timing", tests, NULL, NULL);
}
