/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/held.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"

static struct stage_midi_held held;

static int
set_up(void **state)
{
	(void)state;
	memset(&held, 0, sizeof(held));
	return 0;
}

static void
note(unsigned a, unsigned b, unsigned c)
{
	const uint8_t bytes[] = {(uint8_t)a, (uint8_t)b, (uint8_t)c};

	stage_midi_held_note(&held, bytes, 3);
}

// What ends all that is held, as text: "80 3c 40 b0 40 00 ".
static const char *
release(void)
{
	static char text[4096];
	uint8_t out[STAGE_MIDI_RELEASE_BYTES];
	size_t len = 0;

	text[0] = '\0';
	while (stage_midi_held_release(&held, out)) {
		len += (size_t)snprintf(text + len, sizeof(text) - len,
			"%02x %02x %02x ", out[0], out[1], out[2]);
		assert_true(len < sizeof(text) - 16);
	}
	assert_true(stage_midi_held_is_empty(&held));
	return text;
}

static void
what_is_held_is_released(void **state)
{
	(void)state;

	assert_string_equal(release(), "");
	note(0x90, 60, 100);
	note(0x9f, 127, 1);
	note(0x9f, 0, 1);
	note(0xb3, 64, 127);
	note(0xb4, 66, 64);
	note(0xe5, 1, 64);
	assert_int_equal(stage_midi_held_count(&held), 3);
	assert_string_equal(release(), "80 3c 40 8f 00 40 8f 7f 40 b3 40 00 "
				       "b4 42 00 e5 00 40 ");
}

static void
what_was_let_go_is_not(void **state)
{
	(void)state;

	note(0x90, 60, 100);
	note(0x80, 60, 0);
	note(0x90, 61, 100);
	note(0x90, 61, 0);
	note(0xb0, 64, 127);
	note(0xb0, 64, 63);
	note(0xb0, 66, 127);
	note(0xb0, 66, 0);
	note(0xe0, 0, 0);
	note(0xe0, 0, 64);
	assert_string_equal(release(), "");
}

static void
channel_modes_end_what_they_end(void **state)
{
	static const struct {
		unsigned controller;
		const char *left;
	} rows[] = {
		{120, "81 07 40 b0 40 00 e0 00 40 "},
		{121, "80 05 40 81 07 40 "},
		{122, "80 05 40 81 07 40 b0 40 00 e0 00 40 "}, // local control
		{123, "81 07 40 b0 40 00 e0 00 40 "},
		{127, "81 07 40 b0 40 00 e0 00 40 "},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		note(0x90, 5, 1);
		note(0x91, 7, 1);
		note(0xb0, 64, 127);
		note(0xe0, 9, 9);
		note(0xb0, rows[i].controller, 0);
		assert_string_equal(release(), rows[i].left);
	}
}

static void
broken_messages_hold_nothing(void **state)
{
	static const uint8_t bytes[] = {0x90, 60, 100, 0xf0};
	(void)state;

	stage_midi_held_note(&held, bytes, 0);
	stage_midi_held_note(&held, bytes, 2);
	stage_midi_held_note(&held, bytes, 4);
	note(0x90, 128, 1);
	note(0x90, 1, 128);
	note(0x10, 1, 1);
	note(0xf2, 1, 1);
	note(0xa0, 1, 1);
	assert_string_equal(release(), "");
}

static void
all_can_be_forgotten(void **state)
{
	(void)state;

	note(0x90, 60, 100);
	note(0xb0, 64, 127);
	stage_midi_held_clear(&held);
	assert_true(stage_midi_held_is_empty(&held));
}

// After any stream of messages a receiver that gets what is released, too, has
// nothing on; the model is a plain table.
static void
nothing_hangs_whatever_was_played(void **state)
{
	(void)state;

	srand(7);
	for (int round = 0; round < 200; round++) {
		bool is_on[STAGE_MIDI_CHANNELS][STAGE_MIDI_NOTES] = {{false}};
		uint8_t out[STAGE_MIDI_RELEASE_BYTES];
		for (int i = 0; i < 300; i++) {
			unsigned channel = (unsigned)rand() % 16;
			unsigned key = (unsigned)rand() % 128;
			unsigned status = rand() % 2 == 0 ? 0x80 : 0x90;
			unsigned velocity = (unsigned)rand() % 3;
			note(status | channel, key, velocity);
			is_on[channel][key] = status == 0x90 && velocity > 0;
		}
		while (stage_midi_held_release(&held, out)) {
			assert_int_equal(out[0] & 0xf0, 0x80);
			assert_true(is_on[out[0] & 15][out[1]]);
			is_on[out[0] & 15][out[1]] = false;
		}
		for (size_t i = 0; i < 16 * 128; i++) {
			assert_false(is_on[i / 128][i % 128]);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_held_is_released, set_up),
		cmocka_unit_test_setup(what_was_let_go_is_not, set_up),
		cmocka_unit_test_setup(channel_modes_end_what_they_end, set_up),
		cmocka_unit_test_setup(broken_messages_hold_nothing, set_up),
		cmocka_unit_test_setup(all_can_be_forgotten, set_up),
		cmocka_unit_test_setup(
			nothing_hangs_whatever_was_played, set_up),
	};

	return cmocka_run_group_tests_name("midi/held", tests, NULL, NULL);
}
