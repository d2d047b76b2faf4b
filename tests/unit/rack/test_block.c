/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/block.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "rack/dry.h"

#define COUNT_MAX 100
#define LIMIT 15.85F
#define BLOCK 128
#define FRAMES (1 << 18)
#define STEP (1.0F / 256)

static const struct {
	float value;
	bool is_beyond;
	bool is_number;
} cases[] = {
	{0, false, true},
	{-1, false, true},
	{FLT_MIN / 8, false, true},
	{1.9999999F, false, true},
	{2, false, true},
	{-15.85F, false, true},
	{15.850001F, true, true},
	{-16, true, true},
	{FLT_MAX, true, true},
	{INFINITY, true, false},
	{-INFINITY, true, false},
	{NAN, true, false},
};

static void
fill(float *samples, size_t count, size_t at, float value)
{
	for (size_t i = 0; i < count; i++) {
		samples[i] = i % 2 == 0 ? 0.75F : -0.25F;
	}
	samples[at] = value;
}

// One sample of each kind, anywhere in blocks of each length, which begin
// anywhere.
static void
each_sample_is_looked_at(void **state)
{
	float samples[COUNT_MAX + 4];
	(void)state;

	for (uint32_t count = 1; count < COUNT_MAX; count++) {
		float *at = samples + count % 4;
		for (size_t i = 0; i < count; i++) {
			for (size_t k = 0; k < STAGE_COUNT_OF(cases); k++) {
				fill(at, count, i, cases[k].value);
				assert_int_equal(
					stage_rack_is_beyond(at, count, LIMIT),
					cases[k].is_beyond);
			}
		}
		fill(at, count, 0, 0.5F);
		at[count] = NAN; // behind the end
		assert_false(stage_rack_is_beyond(at, count, LIMIT));
	}
	assert_false(stage_rack_is_beyond(samples, 0, LIMIT));
	fill(samples, 5, 3, 0.8F);
	assert_true(stage_rack_is_beyond(samples, 5, 0.79F));
	assert_false(stage_rack_is_beyond(samples, 5, 0.8F));
}

static void
a_copy_has_numbers_alone(void **state)
{
	float from[COUNT_MAX];
	float to[COUNT_MAX + 1];
	(void)state;

	for (uint32_t count = 1; count < COUNT_MAX; count++) {
		for (size_t k = 0; k < STAGE_COUNT_OF(cases); k++) {
			size_t at = (count + k) % count;
			fill(from, count, at, cases[k].value);
			to[count] = 7;
			stage_rack_copy_clean(to, from, count);
			if (!cases[k].is_number) {
				from[at] = 0;
			}
			assert_memory_equal(to, from, count * sizeof(float));
			assert_true(to[count] == 7);
		}
	}
}

static void
a_gain_is_for_each_sample(void **state)
{
	float from[COUNT_MAX];
	float to[COUNT_MAX + 1];
	(void)state;

	for (uint32_t count = 1; count < COUNT_MAX; count++) {
		fill(from, count, count / 2, 1.75F);
		to[count] = 7;
		stage_rack_scale(to, from, count, 0.5F);
		stage_rack_scale(from, from, count, 0.5F); // in its place
		assert_memory_equal(to, from, count * sizeof(float));
		assert_true(to[count / 2] == 0.875F);
		assert_true(count < 5 || to[count - 1] == 0.375F ||
			    to[count - 1] == -0.125F);
		assert_true(to[count] == 7);
	}
}

// What passes by.

static float
sample_at(uint32_t frame)
{
	return frame < FRAMES ? (float)(frame % 65521) / 65521 : 0;
}

// Passes blocks until what comes out is as late as is said, or many have gone;
// then checks some.
static void
check_late(
	struct stage_rack_dry *dry, uint32_t *at, uint32_t late, bool is_kept)
{
	float block[BLOCK];
	float *bus[] = {block};

	for (int b = 0; b < 520; b++) {
		for (uint32_t i = 0; i < BLOCK; i++) {
			block[i] = sample_at(*at + i);
		}
		stage_rack_dry_aim(dry, late);
		if (is_kept && b < 516) {
			stage_rack_dry_keep(dry, bus, BLOCK, STEP);
		} else {
			stage_rack_dry_pass(dry, bus, BLOCK, STEP);
		}
		for (uint32_t i = 0; b >= 516 && i < BLOCK; i++) {
			if (block[i] != sample_at(*at + i - late)) {
				fail_msg("%u late: frame %u", late, *at + i);
			}
		}
		*at += BLOCK;
	}
}

static void
what_passes_is_as_late_as_is_said(void **state)
{
	static const uint32_t lates[] = {
		0, 100, 4096, 4097, 3, 20000, 61440, 70, 8192, 0};
	(void)state;

	for (int is_kept = 0; is_kept < 2; is_kept++) {
		struct stage_rack_dry dry;
		uint32_t at = 0;
		assert_true(stage_rack_dry_init(&dry, 1));
		for (size_t i = 0; i < STAGE_COUNT_OF(lates); i++) {
			at %= FRAMES / 2; // it begins anew
			check_late(&dry, &at, lates[i], is_kept != 0);
		}
		stage_rack_dry_finish(&dry);
	}
}

// A ring that grows has what was in it: it is as late as is said from the block
// on that says so.
static void
a_line_that_grows_loses_nothing(void **state)
{
	float block[BLOCK];
	float *bus[] = {block};
	struct stage_rack_dry dry;
	(void)state;

	for (uint32_t before = 65; before < 200; before += 7) {
		uint32_t at = 0;
		assert_true(stage_rack_dry_init(&dry, 1));
		for (uint32_t b = 0; b < before; b++, at += BLOCK) {
			for (uint32_t i = 0; i < BLOCK; i++) {
				block[i] = sample_at(at + i);
			}
			stage_rack_dry_keep(&dry, bus, BLOCK, STEP);
		}
		stage_rack_dry_aim(&dry, 8000);
		assert_int_equal(dry.later, 8000);
		for (int b = 0; b < 70; b++, at += BLOCK) {
			for (uint32_t i = 0; i < BLOCK; i++) {
				block[i] = sample_at(at + i);
			}
			stage_rack_dry_aim(&dry, 8000);
			stage_rack_dry_pass(&dry, bus, BLOCK, STEP);
			for (uint32_t i = 0; b > 3 && i < BLOCK; i++) {
				assert_true(
					block[i] == sample_at(at + i - 8000));
			}
		}
		stage_rack_dry_finish(&dry);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_sample_is_looked_at),
		cmocka_unit_test(a_copy_has_numbers_alone),
		cmocka_unit_test(a_gain_is_for_each_sample),
		cmocka_unit_test(what_passes_is_as_late_as_is_said),
		cmocka_unit_test(a_line_that_grows_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
