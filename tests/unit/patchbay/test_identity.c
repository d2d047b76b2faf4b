/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"

static void
expect(const char *name, enum stage_identity_rank rank, bool is_pipewire,
	const char *expected)
{
	char out[256];

	assert_int_equal(stage_identity_name(STAGE_PATCH_JACK, name, rank,
				 is_pipewire, out, strlen(name) + 1),
		STAGE_OK);
	assert_string_equal(out, expected);
}

static void
the_three_spellings_of_a2jmidid_are_one(void **state)
{
	static const char plain[] = "a2j:MT4 (playback): MT4 MIDI 1";
	static const char *const names[] = {
		plain,
		"a2j:MT4 [128] (playback): MT4 MIDI 1",
		"a2j:MT4 [128] (playback): [0] MT4 MIDI 1",
		"a2j:MT4 (playback): [0] MT4 MIDI 1",
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		expect(names[i], STAGE_IDENTITY_PLAIN, false, plain);
		expect(names[i], STAGE_IDENTITY_INSTANCE, true, plain);
		expect(names[i], STAGE_IDENTITY_EXACT, false, names[i]);
		expect(names[i], STAGE_IDENTITY_ALIAS, true, names[i]);
	}
}

static void
numbers_that_mean_something_stay(void **state)
{
	static const char *const names[] = {
		"a2j:Drum [8] kit (capture): [x] y",
		"a2j:MT4 [128] (elsewhere): MIDI 1",
		"a2j:X (capture): a [1] (playback): b",
		"a2j:[128] (capture): nothing before it",
		"Synth:out [1]",
		"Synth.nABC:out",
		"Synth.nABCDE:out",
		"Synth.nabcd:out",
		".nABCD:out",
		"Synth-1:out",
		"Synth-001:out",
		"-01:out",
		"Synth01:out",
		"no colon.nABCD-01",
		"",
		":",
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		expect(names[i], STAGE_IDENTITY_PLAIN, false, names[i]);
		expect(names[i], STAGE_IDENTITY_INSTANCE, false, names[i]);
	}
}

static void
decorations_of_clients(void **state)
{
	(void)state;
	expect("Synth.nABCD:a:b", STAGE_IDENTITY_PLAIN, false, "Synth:a:b");
	expect("Synth-01:out", STAGE_IDENTITY_PLAIN, false, "Synth-01:out");
	expect("Synth-01:out", STAGE_IDENTITY_INSTANCE, false, "Synth:out");
	expect("Synth.nABCD-02:out", STAGE_IDENTITY_INSTANCE, false,
		"Synth:out");
	expect("Synth-01:out-02", STAGE_IDENTITY_INSTANCE, false,
		"Synth:out-02");
	expect("Synth-38:out-5123", STAGE_IDENTITY_INSTANCE, true, "Synth:out");
	expect("Synth-8:out", STAGE_IDENTITY_INSTANCE, true, "Synth:out");
	expect("Synth:-5", STAGE_IDENTITY_INSTANCE, true, "Synth:-5");
}

static void
too_little_room(void **state)
{
	char out[4];
	(void)state;

	assert_int_equal(stage_identity_name(STAGE_PATCH_JACK, "A:bc",
				 STAGE_IDENTITY_EXACT, false, out, sizeof(out)),
		STAGE_TOO_LONG);
}

static void
ranks_have_words(void **state)
{
	(void)state;
	assert_string_equal(
		stage_identity_rank_name(STAGE_IDENTITY_ALIAS), "an alias");
	assert_string_equal(
		stage_identity_rank_name(STAGE_IDENTITY_RANK_COUNT), "unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_three_spellings_of_a2jmidid_are_one),
		cmocka_unit_test(numbers_that_mean_something_stay),
		cmocka_unit_test(decorations_of_clients),
		cmocka_unit_test(too_little_room),
		cmocka_unit_test(ranks_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
