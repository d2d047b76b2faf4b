/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/endpoints_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "midi_world.h"
#include "scratch.h"

#define HEAD                                                                   \
	"# What stagecraft-midi knows of MIDI devices; it writes this "        \
	"itself.\n"
#define LINE_1                                                                 \
	"endpoint 1 1 usb 1d6b:0104 A x-1 K 1 0 \"K MIDI 1\" 1 -cp \"\"\n"
#define LINE_2 "endpoint 2 2 usb 1d6b:0104 B x-2 K 2 0 \"K MIDI 1\" 1 -c Left\n"

struct fixture {
	struct midi_world world;
	struct scratch scratch;
};

static int
set_up(void **state)
{
	static struct fixture fixture;

	midi_world_init(&fixture.world);
	scratch_init(&fixture.scratch);
	*state = &fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	midi_world_finish(&fixture->world);
	scratch_finish(&fixture->scratch);
	return 0;
}

static size_t
load(struct fixture *fixture, bool *is_damaged, struct stage_err *err)
{
	assert_int_equal(stage_midi_endpoints_load(fixture->world.endpoints,
				 scratch_path(&fixture->scratch, "endpoints"),
				 is_damaged, err),
		STAGE_OK);
	return stage_midi_endpoints_count(fixture->world.endpoints);
}

static void
what_is_saved_is_read_back(void **state)
{
	struct fixture *fixture = *state;
	struct midi_world other;
	struct stage_midi_identity a = midi_keyboard("\xff\x01 \"q\"", "x-1");
	struct stage_midi_identity b = midi_keyboard("", "x-2");
	struct stage_midi_identity program = midi_program("Seq");
	struct stage_str before = {0};
	struct stage_str after = {0};
	bool is_damaged = true;

	midi_world_init(&other);
	midi_world_plug(&other, 20, &a, "K MIDI \xc3\xa4", 2);
	midi_world_plug(&other, 24, &b, "K\tMIDI", 1);
	midi_world_plug(&other, 128, &program, "p", 1);
	midi_world_update(&other);
	snprintf(stage_midi_endpoints_at(other.endpoints, 1)->label,
		STAGE_MIDI_LABEL_MAX, "Left hand");
	assert_int_equal(
		stage_midi_endpoints_save(other.endpoints,
			scratch_path(&fixture->scratch, "endpoints"), NULL),
		STAGE_OK);
	assert_int_equal(load(fixture, &is_damaged, NULL), 3);
	assert_false(is_damaged);
	assert_int_equal(
		stage_midi_endpoints_write(other.endpoints, &before), STAGE_OK);
	assert_int_equal(
		stage_midi_endpoints_write(fixture->world.endpoints, &after),
		STAGE_OK);
	assert_string_equal(before.data, after.data);
	assert_non_null(strstr(after.data, "\"Left hand\""));
	stage_str_finish(&before);
	stage_str_finish(&after);
	midi_world_finish(&other);
}

static void
no_file_is_fine(void **state)
{
	bool is_damaged = true;

	assert_int_equal(load(*state, &is_damaged, NULL), 0);
	assert_false(is_damaged);
}

static void
a_device_is_known_again_after_a_restart(void **state)
{
	struct fixture *fixture = *state;
	struct stage_midi_identity b = midi_keyboard("B", "elsewhere");
	bool is_damaged;

	scratch_write(&fixture->scratch, "endpoints", HEAD LINE_1 LINE_2);
	load(fixture, &is_damaged, NULL);
	midi_world_plug(&fixture->world, 20, &b, "K MIDI 1", 1);
	midi_world_update(&fixture->world);
	assert_string_equal(midi_world_name(&fixture->world, 20, 0),
		"K #2 (capture): K MIDI 1");
	assert_int_equal(fixture->world.new_ones, 0);
}

// Whatever is damaged, no endpoint that was ever saved whole is lost.
static void
damage_loses_nothing(void **state)
{
	static const char *const newest[] = {
		"",
		"\xff\xff\xff",
		HEAD LINE_1 "endpoint 2 2 usb 1d6b:0",
		HEAD "garbage\n" LINE_2 "endpoint x\n",
		LINE_2,
		HEAD LINE_1 LINE_1,
	};

	for (size_t i = 0; i < STAGE_COUNT_OF(newest); i++) {
		struct fixture *fixture = *state;
		struct stage_err err = STAGE_ERR_INIT;
		bool is_damaged = false;
		midi_world_finish(&fixture->world);
		midi_world_init(&fixture->world);
		scratch_write(
			&fixture->scratch, "endpoints.2", HEAD LINE_1 LINE_2);
		scratch_write(&fixture->scratch, "endpoints", newest[i]);
		assert_int_equal(load(fixture, &is_damaged, &err), 2);
		assert_true(is_damaged);
		assert_string_not_equal(err.text, "");
	}
}

static void
whole_lines_of_a_damaged_file_are_read(void **state)
{
	struct fixture *fixture = *state;
	bool is_damaged = false;

	scratch_write(&fixture->scratch, "endpoints",
		HEAD LINE_1 "endpoint what\n" LINE_2);
	assert_int_equal(load(fixture, &is_damaged, NULL), 2);
	assert_true(is_damaged);
}

static void
bad_lines_are_said_with_their_place(void **state)
{
	static const struct {
		const char *line, *sentence;
	} rows[] = {
		{"endpoint 1\n", "f:1:"},
		{"thing 1\n", "f:1:1: only endpoint stands here"},
		{"endpoint 0 1 usb 1d6b:0104 A x K 1 0 P 1 -c \"\"\n",
			"f:1:10: "},
		{"endpoint 1 1 isb 1d6b:0104 A x K 1 0 P 1 -c \"\"\n",
			"f:1:14: \"isb\" is none of usb, card, virtual"},
		{"endpoint 1 1 usb 1d6b-0104 A x K 1 0 P 1 -c \"\"\n",
			"f:1:18: \"1d6b-0104\" is no pair of USB ids"},
		{"endpoint 1 1 usb 1d6b:0104 A x K 1 0 P 1 cp \"\"\n",
			"f:1:42: \"cp\" is none of -, -c, -p, -cp"},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(stage_midi_endpoints_read(
					 fixture->world.endpoints, rows[i].line,
					 strlen(rows[i].line), "f", true, &err),
			STAGE_BAD_INPUT);
		assert_ptr_equal(strstr(err.text, rows[i].sentence), err.text);
	}
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_saved_is_read_back),
		TEST(no_file_is_fine),
		TEST(a_device_is_known_again_after_a_restart),
		TEST(damage_loses_nothing),
		TEST(whole_lines_of_a_damaged_file_are_read),
		TEST(bad_lines_are_said_with_their_place),
	};

	return cmocka_run_group_tests_name(
		"midi/endpoints_file", tests, NULL, NULL);
}
