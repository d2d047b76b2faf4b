/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/midi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"

#define BYTES(...)                                                             \
	(const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

static void
messages_end_where_they_do(void **state)
{
	(void)state;
	assert_int_equal(stage_show_midi_length(BYTES(0x90, 60, 100)), 3);
	assert_int_equal(stage_show_midi_length(BYTES(0xc3, 5, 0x90)), 2);
	assert_int_equal(stage_show_midi_length(BYTES(0xd0, 5)), 2);
	assert_int_equal(stage_show_midi_length(BYTES(0xe0, 0, 64)), 3);
	assert_int_equal(stage_show_midi_length(BYTES(0xf8, 1)), 1);
	assert_int_equal(stage_show_midi_length(BYTES(0xf2, 1, 2)), 3);
	assert_int_equal(
		stage_show_midi_length(BYTES(0xf0, 1, 2, 0xf7, 0x90)), 4);
	// None, or not whole.
	assert_int_equal(stage_show_midi_length(NULL, 0), 0);
	assert_int_equal(stage_show_midi_length(BYTES(60, 100)), 0);
	assert_int_equal(stage_show_midi_length(BYTES(0x90, 60)), 0);
	assert_int_equal(stage_show_midi_length(BYTES(0x90, 0x90, 1)), 0);
	assert_int_equal(stage_show_midi_length(BYTES(0xf0, 1, 2)), 0);
	assert_int_equal(stage_show_midi_length(BYTES(0xf0, 1, 0x90, 0xf7)), 0);
	assert_int_equal(stage_show_midi_length(BYTES(0xf7)), 0);
	assert_int_equal(stage_show_midi_length(BYTES(0xf4)), 0);
}

static struct stage_show_midi_said
hear(struct stage_show_midi_ear *ear, const uint8_t *bytes, size_t len,
	const char *text)
{
	struct stage_show_midi_said said;
	char written[64];

	stage_show_midi_understand(ear, bytes, len, &said);
	stage_show_midi_write(&said, bytes, len, written, sizeof(written));
	assert_string_equal(written, text);
	return said;
}

static void
releases_are_told_from_presses(void **state)
{
	struct stage_show_midi_ear ear = {0};
	static const struct {
		uint8_t bytes[3];
		enum stage_show_midi_kind kind;
		const char *text;
	} rows[] = {
		{{0x92, 60, 1}, STAGE_SHOW_MIDI_NOTE, "note 3 60 1"},
		{{0x92, 60, 0}, STAGE_SHOW_MIDI_RELEASE, "note 3 60 0"},
		{{0x82, 60, 9}, STAGE_SHOW_MIDI_RELEASE, "note off 3 60 9"},
		{{0xb0, 64, 127}, STAGE_SHOW_MIDI_CC, "cc 1 64 127"},
		{{0xb0, 64, 0}, STAGE_SHOW_MIDI_RELEASE, "cc 1 64 0"},
		{{0xb0, 64, 63}, STAGE_SHOW_MIDI_MOVE, "cc 1 64 63"},
		// An expression pedal on its way up and down: one press.
		{{0xb0, 64, 64}, STAGE_SHOW_MIDI_CC, "cc 1 64 64"},
		{{0xb0, 64, 65}, STAGE_SHOW_MIDI_MOVE, "cc 1 64 65"},
		{{0xb0, 64, 64}, STAGE_SHOW_MIDI_MOVE, "cc 1 64 64"},
		{{0xb0, 64, 62}, STAGE_SHOW_MIDI_RELEASE, "cc 1 64 62"},
		// A switch that never says that it is up.
		{{0xb1, 64, 127}, STAGE_SHOW_MIDI_CC, "cc 2 64 127"},
		{{0xb1, 64, 127}, STAGE_SHOW_MIDI_CC, "cc 2 64 127"},
		{{0xe0, 0, 64}, STAGE_SHOW_MIDI_OTHER, "bend 1 0 64"},
		{{0xa0, 5, 64}, STAGE_SHOW_MIDI_OTHER, "key pressure 1 5 64"},
	};

	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		assert_int_equal(
			hear(&ear, rows[i].bytes, 3, rows[i].text).kind,
			rows[i].kind);
	}
}

static void
programs_have_their_bank(void **state)
{
	struct stage_show_midi_ear ear = {0};

	(void)state;
	assert_int_equal(hear(&ear, BYTES(0xc1, 5), "program 2 5").number, 5);
	assert_int_equal(hear(&ear, BYTES(0xb1, 0, 2), "cc 2 0 2").kind,
		STAGE_SHOW_MIDI_BANK);
	assert_int_equal(
		hear(&ear, BYTES(0xc1, 5), "program 2 261").number, 261);
	(void)hear(&ear, BYTES(0xb1, 32, 1), "cc 2 32 1");
	assert_int_equal(
		hear(&ear, BYTES(0xc1, 5), "program 2 32901").number, 32901);
	assert_int_equal(hear(&ear, BYTES(0xc0, 5), "program 1 5").kind,
		STAGE_SHOW_MIDI_PROGRAM);
	(void)hear(&ear, BYTES(0xb1, 0, 0), "cc 2 0 0");
	(void)hear(&ear, BYTES(0xb1, 32, 0), "cc 2 32 0");
	assert_int_equal(
		hear(&ear, BYTES(0xc1, 127), "program 2 127").number, 127);
}

static void
show_control(void **state)
{
	struct stage_show_midi_ear ear = {0};
	struct stage_show_midi_said said;

	(void)state;
	said = hear(&ear, BYTES(0xf0, 0x7f, 3, 2, 0x10, 1, '1', '2', 0xf7),
		"msc 3 go 12");
	assert_int_equal(said.kind, STAGE_SHOW_MIDI_MSC);
	assert_int_equal(said.device, 3);
	assert_int_equal(said.format, 0x10);
	assert_int_equal(said.command, STAGE_SHOW_MSC_GO);
	assert_int_equal(said.number, 12);
	// With a list behind it, and a part that is none.
	said = hear(&ear,
		BYTES(0xf0, 0x7f, 0x7f, 2, 1, 1, '7', '.', '0', 0, '9', 0xf7),
		"msc all go 7");
	assert_int_equal(said.number, 7);
	// Nothing, one that is no song's, and too many digits.
	assert_int_equal(
		hear(&ear, BYTES(0xf0, 0x7f, 1, 2, 1, 1, 0xf7), "msc 1 go")
			.number,
		0);
	assert_true(
		hear(&ear, BYTES(0xf0, 0x7f, 1, 2, 1, 1, '1', '.', '5', 0xf7),
			"F0 7F 01 02 01 01 31 2E 35 F7")
			.has_part);
	assert_true(hear(&ear, BYTES(0xf0, 0x7f, 1, 2, 1, 1, '0', 0xf7),
		"F0 7F 01 02 01 01 30 F7")
			    .has_part);
	assert_true(hear(&ear,
		BYTES(0xf0, 0x7f, 1, 2, 1, 1, '1', '1', '1', '1', '1', '1', '1',
			0xf7),
		"F0 7F 01 02 01 01 31 31 31 31 31 31 31 F7")
			    .has_part);
	// A timed one, whose time is passed over.
	said = hear(&ear,
		BYTES(0xf0, 0x7f, 1, 2, 0x10, 4, 0x60, 0, 0, 1, 2, '3', 0xf7),
		"msc 1 go 3");
	assert_int_equal(said.number, 3);
	said = hear(
		&ear, BYTES(0xf0, 0x7f, 1, 2, 0x10, 4, 0x60, 0xf7), "msc 1 go");
	assert_int_equal(said.number, 0);
}

static void
all_commands_of_show_control(void **state)
{
	static const struct {
		uint8_t byte;
		enum stage_show_msc command;
	} rows[] = {
		{0x02, STAGE_SHOW_MSC_STOP},
		{0x03, STAGE_SHOW_MSC_RESUME},
		{0x05, STAGE_SHOW_MSC_LOAD},
		{0x06, STAGE_SHOW_MSC_OTHER},
		{0x08, STAGE_SHOW_MSC_ALL_OFF},
		{0x09, STAGE_SHOW_MSC_RESTORE},
		{0x0a, STAGE_SHOW_MSC_RESET},
		{0x0b, STAGE_SHOW_MSC_OTHER},
		{0x10, STAGE_SHOW_MSC_GO},
		{0x11, STAGE_SHOW_MSC_STANDBY_NEXT},
		{0x12, STAGE_SHOW_MSC_STANDBY_PREVIOUS},
		{0x13, STAGE_SHOW_MSC_NEXT},
		{0x14, STAGE_SHOW_MSC_PREVIOUS},
	};
	struct stage_show_midi_ear ear = {0};
	struct stage_show_midi_said said;

	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		const uint8_t bytes[] = {
			0xf0, 0x7f, 1, 2, 0x10, rows[i].byte, 0xf7};
		stage_show_midi_understand(&ear, bytes, sizeof(bytes), &said);
		assert_int_equal(said.kind, STAGE_SHOW_MIDI_MSC);
		assert_int_equal(said.command, rows[i].command);
	}
}

static void
other_exclusive_ones_say_nothing(void **state)
{
	struct stage_show_midi_ear ear = {0};

	(void)state;
	assert_int_equal(hear(&ear, BYTES(0xf0, 0x7e, 1, 2, 1, 1, 0xf7),
				 "F0 7E 01 02 01 01 F7")
				 .kind,
		STAGE_SHOW_MIDI_OTHER);
	assert_int_equal(hear(&ear, BYTES(0xf0, 0x7f, 1, 2, 1, 0xf7),
				 "F0 7F 01 02 01 F7")
				 .kind,
		STAGE_SHOW_MIDI_OTHER);
	assert_int_equal(hear(&ear, BYTES(0xf0, 1), "F0 01").kind,
		STAGE_SHOW_MIDI_OTHER);
	assert_int_equal(
		hear(&ear, BYTES(0x91), "91").kind, STAGE_SHOW_MIDI_OTHER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_end_where_they_do),
		cmocka_unit_test(releases_are_told_from_presses),
		cmocka_unit_test(programs_have_their_bank),
		cmocka_unit_test(show_control),
		cmocka_unit_test(all_commands_of_show_control),
		cmocka_unit_test(other_exclusive_ones_say_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
