/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

// What a2jmidid 9 was seen to print, byte for byte.
static void
names_are_those_of_a2jmidid(void **state)
{
	static const struct {
		const char *device, *port, *name;
	} rows[] = {
		{"Keystation 61", "Keystation 61 MIDI 1",
			"Keystation 61 (capture): Keystation 61 MIDI 1"},
		{"MT4", "MT4 MIDI 1", "MT4 (capture): MT4 MIDI 1"},
		{"bench",
			"cli: \xc3\xbc"
			"enie*#",
			"bench (capture): cli:   enie  "},
		{"a[1]/b_c-d", "(x)", "a[1]/b_c-d (capture): (x)"},
		{"", "", " (capture): "},
	};
	char out[STAGE_MIDI_PORT_NAME_MAX];
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		const struct stage_midi_name name = {
			rows[i].device, 1, rows[i].port, 1};
		stage_midi_port_name(&name, STAGE_MIDI_CAPTURE, out);
		assert_string_equal(out, rows[i].name);
	}
}

static void
what_is_equal_gets_numbers(void **state)
{
	const struct stage_midi_name name = {"K", 2, "P", 3};
	char out[STAGE_MIDI_PORT_NAME_MAX];
	(void)state;

	stage_midi_port_name(&name, STAGE_MIDI_PLAYBACK, out);
	assert_string_equal(out, "K #2 (playback): P (3)");
	stage_midi_device_name(&name, out, sizeof(out));
	assert_string_equal(out, "K #2");
}

static void
the_longest_names_fit(void **state)
{
	char longest[STAGE_MIDI_NAME_MAX];
	char out[STAGE_MIDI_PORT_NAME_MAX];
	const struct stage_midi_name name = {
		longest, 4000000000U, longest, 4000000000U};
	(void)state;

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	stage_midi_port_name(&name, STAGE_MIDI_PLAYBACK, out);
	assert_non_null(strstr(out, "x #4000000000 (playback): x"));
	assert_non_null(strstr(out, "x (4000000000)"));
}

static void
texts_are_compared_as_they_are_shown(void **state)
{
	(void)state;

	assert_true(stage_midi_maps_same("a*b", "a#b"));
	assert_true(stage_midi_maps_same("", ""));
	assert_false(stage_midi_maps_same("a", "ab"));
	assert_false(stage_midi_maps_same("ab", "a"));
	assert_false(stage_midi_maps_same("a", "b"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_those_of_a2jmidid),
		cmocka_unit_test(what_is_equal_gets_numbers),
		cmocka_unit_test(the_longest_names_fit),
		cmocka_unit_test(texts_are_compared_as_they_are_shown),
	};

	return cmocka_run_group_tests_name("midi/names", tests, NULL, NULL);
}
