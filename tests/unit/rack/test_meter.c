/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/meter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_MAX 37
#define LAST (STAGE_RACK_CHANNELS_MAX - 1)

static void
see(struct stage_rack_peaks *peaks, uint32_t channel, float value)
{
	stage_rack_peaks_see(peaks, channel, &value, 1);
}

// Wherever it is in a block of whatever length, and of either sign.
static void
each_sample_is_seen(void **state)
{
	struct stage_rack_peaks peaks = {{0}};
	float samples[COUNT_MAX + 1];
	(void)state;

	for (uint32_t count = 1; count < COUNT_MAX; count++) {
		for (uint32_t i = 0; i < count; i++) {
			float largest = i % 2 == 0 ? 0.75F : -0.75F;
			for (uint32_t k = 0; k < count; k++) {
				samples[k] = k % 2 == 0 ? 0.5F : -0.5F;
			}
			samples[i] = largest;
			samples[count] = 8; // behind the end
			stage_rack_peaks_see(&peaks, 0, samples, count);
			assert_true(stage_rack_peaks_take(&peaks, 0) == 0.75F);
		}
	}
}

static void
the_largest_one_stays_until_it_is_taken(void **state)
{
	struct stage_rack_peaks peaks = {{0}};
	(void)state;

	see(&peaks, 0, 0.5F);
	see(&peaks, 0, -0.25F);
	see(&peaks, LAST, -2);
	stage_rack_peaks_see(&peaks, 1, NULL, 0);
	assert_true(stage_rack_peaks_take(&peaks, 0) == 0.5F);
	assert_true(stage_rack_peaks_take(&peaks, 0) == 0);
	assert_true(stage_rack_peaks_take(&peaks, 1) == 0);
	assert_true(stage_rack_peaks_take(&peaks, LAST) == 2);
	see(&peaks, 0, 0.125F);
	assert_true(stage_rack_peaks_take(&peaks, 0) == 0.125F);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_sample_is_seen),
		cmocka_unit_test(the_largest_one_stays_until_it_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
