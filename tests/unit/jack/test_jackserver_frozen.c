/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/clock.h"
#include "jackserver/frozen.h"

static void
what_jack_says(void **state)
{
	static const struct {
		const char *message;
		const char *name; // NULL: it is another message
	} cases[] = {
		{"JackEngine::XRun: client = synth was not finished, state = "
		 "Triggered",
			"synth"},
		{"JackEngine::XRun: client = a was not finished, state = b "
		 "was not finished, state = Running",
			"a was not finished, state = b"},
		{"JackEngine::XRun: client =  was not finished, state = x",
			NULL},
		{"JackEngine::XRun: client synth finished after current "
		 "callback",
			NULL},
		{"ALSA: playback device disconnected", NULL},
		{"", NULL},
	};
	char name[STAGE_FROZEN_NAME_MAX];
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		bool is_known = stage_frozen_parse(
			cases[i].message, name, sizeof(name));
		assert_int_equal(is_known, cases[i].name != NULL);
		if (is_known) {
			assert_string_equal(name, cases[i].name);
		}
	}
	assert_false(stage_frozen_parse(cases[0].message, name, 3));
	assert_true(stage_frozen_is_echo(
		"JackAudioDriver::ProcessGraphAsyncMaster: Process error"));
	assert_false(stage_frozen_is_echo(
		"JackAudioDriver::ProcessAsync: read error, stopping..."));
	assert_false(stage_frozen_is_echo(cases[0].message));
}

// Complains every step_ms from from_ms on; when the verdict came, -1: never.
static int
complain(struct stage_frozen *frozen, const char *name, int from_ms, int to_ms,
	int step_ms, enum stage_frozen_verdict wanted)
{
	for (int at_ms = from_ms; at_ms <= to_ms; at_ms += step_ms) {
		if (stage_frozen_report(
			    frozen, name, at_ms * STAGE_NS_PER_MS) == wanted) {
			return at_ms;
		}
	}
	return -1;
}

static void
named_within_a_second_and_judged_within_three(void **state)
{
	static const int steps_ms[] = {5, 16, 100, 500};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(steps_ms); i++) {
		struct stage_frozen frozen = {.count = 0};
		int named_ms = complain(&frozen, "synth", 0, 5000, steps_ms[i],
			STAGE_FROZEN_NAME);
		int judged_ms =
			complain(&frozen, "synth", named_ms + steps_ms[i], 5000,
				steps_ms[i], STAGE_FROZEN_JUDGE);
		assert_in_range(named_ms, 400, 1000);
		assert_in_range(judged_ms, 1600, 2500);
		// it is named once
		assert_int_equal(
			complain(&frozen, "synth", judged_ms + steps_ms[i],
				9000, steps_ms[i], STAGE_FROZEN_NAME),
			-1);
	}
}

static void
a_pause_begins_anew(void **state)
{
	struct stage_frozen frozen = {.count = 0};
	char name[STAGE_FROZEN_NAME_MAX];
	(void)state;

	// an xrun a second is no frozen client
	assert_int_equal(
		complain(&frozen, "synth", 0, 60000, 1000, STAGE_FROZEN_NAME),
		-1);
	assert_true(stage_frozen_has(&frozen, "synth"));
	assert_true(
		stage_frozen_take_well(&frozen, 70000 * STAGE_NS_PER_MS, name));
	assert_string_equal(name, "synth");
	assert_false(stage_frozen_has(&frozen, "synth"));
	assert_int_equal(frozen.count, 0);
	assert_true(complain(&frozen, "synth", 0, 1000, 100,
			    STAGE_FROZEN_NAME) >= 0);
	assert_false(
		stage_frozen_take_well(&frozen, 1100 * STAGE_NS_PER_MS, name));
	assert_true(
		stage_frozen_take_well(&frozen, 3000 * STAGE_NS_PER_MS, name));
	assert_string_equal(name, "synth");
	assert_false(
		stage_frozen_take_well(&frozen, 3000 * STAGE_NS_PER_MS, name));
}

static void
many_clients(void **state)
{
	struct stage_frozen frozen = {.count = 0};
	(void)state;

	for (int i = 0; i < 3 * STAGE_FROZEN_MAX; i++) {
		char name[16];
		snprintf(name, sizeof(name), "client-%d", i);
		assert_int_equal(
			stage_frozen_report(&frozen, name, i * STAGE_NS_PER_MS),
			STAGE_FROZEN_FIRST);
		assert_int_equal(
			stage_frozen_report(&frozen, name, i * STAGE_NS_PER_MS),
			STAGE_FROZEN_NOTHING);
	}
	assert_int_equal(frozen.count, STAGE_FROZEN_MAX);
	// the last one is still known
	assert_int_equal(stage_frozen_report(&frozen, "client-47",
				 47 * STAGE_NS_PER_MS + STAGE_FROZEN_NAME_NS),
		STAGE_FROZEN_NAME);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_jack_says),
		cmocka_unit_test(named_within_a_second_and_judged_within_three),
		cmocka_unit_test(a_pause_begins_anew),
		cmocka_unit_test(many_clients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
