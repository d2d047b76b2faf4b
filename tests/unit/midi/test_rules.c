/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "midi/guard.h"
#include "midi_world.h"
#include "scratch.h"

static struct stage_midi_rules *
parse(const char *text)
{
	struct stage_midi_rules *rules = NULL;
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_midi_rules_parse(text, strlen(text), "f", &rules, &err) !=
		STAGE_OK) {
		fail_msg("%s", err.text);
	}
	return rules;
}

static struct stage_midi_treatment
treat(const struct stage_midi_rules *rules, const char *name, unsigned ordinal)
{
	static struct stage_midi_endpoint endpoint;

	endpoint = (struct stage_midi_endpoint){
		.identity = midi_program(name), .ordinal = ordinal, .twin = 1};
	snprintf(endpoint.port_name, sizeof(endpoint.port_name), "P");
	return stage_midi_rules_treat(rules, &endpoint);
}

static void
what_no_line_says_is_usual(void **state)
{
	struct stage_midi_rules *rules = stage_midi_rules_create();
	struct stage_midi_treatment usual = treat(rules, "K", 1);
	struct stage_midi_endpoint keyboard = {
		.identity = midi_keyboard("A", "1"), .ordinal = 1};
	(void)state;

	assert_false(usual.is_ignored);
	assert_false(usual.is_asap);
	assert_false(usual.passes_note0);
	assert_false(usual.is_pinned);
	assert_int_equal(usual.filter, STAGE_MIDI_CLASS_SENSING);
	assert_int_equal(usual.pace, 0);
	assert_null(usual.label);
	assert_true(treat(rules, "Midi Through", 1).is_ignored);
	assert_int_equal(stage_midi_rules_treat(rules, &keyboard).pace,
		STAGE_MIDI_PACE_USB);
	assert_false(stage_midi_rules_pipewire(rules));
	stage_midi_rules_destroy(rules);
}

static void
lines_change_it(void **state)
{
	struct stage_midi_rules *rules = parse("ignore *\n"
					       "bridge K*\n"
					       "bridge \"Midi Through\"\n"
					       "label \"K #2\" \"Left hand\"\n"
					       "filter K clock sysex\n"
					       "pass \"K: P\" sensing clock\n"
					       "latency K asap\n"
					       "note0 K pass\n"
					       "pace K din\n"
					       "pace \"K #2\" 5000\n"
					       "pin K\n"
					       "pipewire yes\n");
	struct stage_midi_treatment k = treat(rules, "K", 1);
	(void)state;

	assert_true(treat(rules, "other", 1).is_ignored);
	assert_false(treat(rules, "Midi Through", 1).is_ignored);
	assert_false(k.is_ignored);
	assert_int_equal(k.filter, STAGE_MIDI_CLASS_SYSEX);
	assert_true(k.is_asap && k.passes_note0 && k.is_pinned);
	assert_int_equal(k.pace, STAGE_MIDI_PACE_DIN);
	assert_null(k.label);
	assert_string_equal(treat(rules, "K", 2).label, "Left hand");
	assert_int_equal(treat(rules, "K", 2).pace, 5000);
	assert_int_equal(treat(rules, "K", 2).filter, STAGE_MIDI_CLASS_SYSEX);
	assert_true(stage_midi_rules_pipewire(rules));
	stage_midi_rules_destroy(rules);
}

static void
a_name_without_a_number_is_all_twins(void **state)
{
	struct stage_midi_rules *rules = parse("ignore f_midi\n"
					       "label K \"Right hand\"\n"
					       "latency \"K #2\" asap\n"
					       "pin \"K: P\"\n"
					       "ignore Pads\n"
					       "bridge \"Pads #2\"\n");
	(void)state;

	assert_true(treat(rules, "f_midi", 1).is_ignored);
	assert_true(treat(rules, "f_midi", 12).is_ignored);
	assert_false(treat(rules, "f_midi2", 1).is_ignored);
	assert_string_equal(treat(rules, "K", 1).label, "Right hand");
	assert_null(treat(rules, "K", 2).label);
	assert_true(treat(rules, "K", 2).is_asap);
	assert_false(treat(rules, "K", 1).is_asap);
	assert_true(treat(rules, "K", 1).is_pinned);
	assert_true(treat(rules, "K", 2).is_pinned);
	assert_true(treat(rules, "Pads", 1).is_ignored);
	assert_false(treat(rules, "Pads", 2).is_ignored);
	stage_midi_rules_destroy(rules);
}

static void
slips_are_said_with_their_place(void **state)
{
	static const struct {
		const char *text, *sentence;
	} rows[] = {
		{"\nlabell K x\n",
			"f:2:1: unknown word \"labell\"; did you mean label?"},
		{"zzz\n", "f:1:1: unknown word \"zzz\""},
		{"ignore\n", "f:1:7: "},
		{"ignore a b\n", "f:1:10: "},
		{"filter K clok\n", "f:1:10: \"clok\" is none of clock, "
				    "sensing, sysex, program, pressure, all"},
		{"latency K now\n", "f:1:11: \"now\" is none of period, asap"},
		{"pace K fast\n", "f:1:8: \"fast\" is none of din, usb, none"},
		{"pace K 5\n", "f:1:8: "},
		{"pipewire maybe\n", "f:1:10: \"maybe\" is none of no, yes"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_midi_rules *rules = NULL;
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(
			stage_midi_rules_parse(rows[i].text,
				strlen(rows[i].text), "f", &rules, &err),
			STAGE_BAD_INPUT);
		if (strstr(err.text, rows[i].sentence) != err.text) {
			fail_msg("%s", err.text);
		}
		assert_null(rules);
	}
}

static void
a_file_that_is_not_there_says_nothing(void **state)
{
	struct stage_midi_rules *rules = NULL;
	struct stage_err err = STAGE_ERR_INIT;
	struct scratch scratch;
	(void)state;

	scratch_init(&scratch);
	assert_int_equal(
		stage_midi_rules_load(
			scratch_path(&scratch, "midi.conf"), &rules, &err),
		STAGE_OK);
	assert_non_null(rules);
	stage_midi_rules_destroy(rules);
	assert_int_equal(stage_midi_rules_load(
				 scratch_write(&scratch, "midi.conf", "x\n"),
				 &rules, &err),
		STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "midi.conf:1:1: "));
	scratch_finish(&scratch);
}

static void
messages_have_classes(void **state)
{
	static const struct {
		uint8_t bytes[2];
		unsigned class;
	} rows[] = {
		{{0x90, 1}, 0},
		{{0x80, 1}, 0},
		{{0xb0, 7}, 0},
		{{0xe0, 7}, 0},
		{{0xff, 0}, 0},
		{{0xb0, 0}, STAGE_MIDI_CLASS_PROGRAM},
		{{0xb5, 32}, STAGE_MIDI_CLASS_PROGRAM},
		{{0xc1, 1}, STAGE_MIDI_CLASS_PROGRAM},
		{{0xd1, 1}, STAGE_MIDI_CLASS_PRESSURE},
		{{0xa1, 1}, STAGE_MIDI_CLASS_PRESSURE},
		{{0xf0, 1}, STAGE_MIDI_CLASS_SYSEX},
		{{0x01, 1}, STAGE_MIDI_CLASS_SYSEX},
		{{0xf7, 1}, STAGE_MIDI_CLASS_SYSEX},
		{{0xf8, 0}, STAGE_MIDI_CLASS_CLOCK},
		{{0xfa, 0}, STAGE_MIDI_CLASS_CLOCK},
		{{0xf2, 0}, STAGE_MIDI_CLASS_CLOCK},
		{{0xfe, 0}, STAGE_MIDI_CLASS_SENSING},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		uint8_t status = rows[i].bytes[0];
		unsigned channel = status >= 0x80 && status < 0xf0
					   ? 1u << (16 + (status & 0x0f))
					   : 0;
		assert_int_equal(stage_midi_class_of(rows[i].bytes, 2),
			rows[i].class | channel);
	}
	assert_int_equal(
		stage_midi_class_of(rows[0].bytes, 0), STAGE_MIDI_CLASS_SYSEX);
}

static void
channels_are_classes(void **state)
{
	static const struct {
		const char *words;
		unsigned channels; // from bit 0
	} rows[] = {
		{"ch1", 0x0001},
		{"ch16", 0x8000},
		{"ch10 ch3", 0x0204},
		{"ch2-16", 0xfffe},
		{"ch1-16", 0xffff},
		{"ch5-5", 0x0010},
		{"ch0", 0},
		{"ch17", 0},
		{"ch5-4", 0},
		{"ch1-17", 0},
		{"ch1-", 0},
		{"ch-3", 0},
		{"ch", 0},
		{"ch001", 0},
		{"ch1-3-5", 0},
		{"CH1", 0},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_midi_rules *rules = NULL;
		struct stage_err err = STAGE_ERR_INIT;
		char text[64];
		snprintf(text, sizeof(text), "filter K %s\n", rows[i].words);
		if (rows[i].channels == 0) {
			assert_int_equal(
				stage_midi_rules_parse(
					text, strlen(text), "f", &rules, &err),
				STAGE_BAD_INPUT);
			assert_non_null(strstr(err.text, "ch1 to ch16"));
			continue;
		}
		assert_int_equal(stage_midi_rules_parse(
					 text, strlen(text), "f", &rules, &err),
			STAGE_OK);
		assert_int_equal(treat(rules, "K", 1).filter,
			STAGE_MIDI_CLASS_SENSING | rows[i].channels << 16);
		stage_midi_rules_destroy(rules);
	}
}

// All is all classes, and no channel: a filter keeps no note away by mistake.
static void
channels_pass_by_themselves(void **state)
{
	struct stage_midi_rules *rules = NULL;
	static const char text[] = "filter K ch1-16 all\npass K ch4 clock\n";
	(void)state;

	assert_int_equal(
		stage_midi_rules_parse(text, strlen(text), "f", &rules, NULL),
		STAGE_OK);
	assert_int_equal(treat(rules, "K", 1).filter,
		0xfff70000u | (STAGE_MIDI_CLASS_ALL & ~STAGE_MIDI_CLASS_CLOCK));
	stage_midi_rules_destroy(rules);
}

// The loop guard: only what goes round is a loop.
static void
only_circles_are_stopped(void **state)
{
	static struct stage_midi_guard guard;
	const uint8_t a[] = {0x90, 60, 1};
	const uint8_t b[] = {0x90, 61, 1};
	int64_t now_ns = 5;
	bool is_loop = false;
	(void)state;

	for (int i = 0; i < 5000; i++) {
		assert_false(stage_midi_guard_in(&guard, b, 3, now_ns));
		stage_midi_guard_out(&guard, a, 3, now_ns);
	}
	for (int i = 0; i < 1001; i++) {
		assert_false(is_loop);
		is_loop = stage_midi_guard_in(&guard, a, 3, now_ns);
	}
	assert_true(is_loop);
	now_ns += 1100000000;
	stage_midi_guard_out(&guard, a, 3, now_ns);
	assert_false(stage_midi_guard_in(&guard, a, 3, now_ns));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_no_line_says_is_usual),
		cmocka_unit_test(lines_change_it),
		cmocka_unit_test(a_name_without_a_number_is_all_twins),
		cmocka_unit_test(slips_are_said_with_their_place),
		cmocka_unit_test(a_file_that_is_not_there_says_nothing),
		cmocka_unit_test(messages_have_classes),
		cmocka_unit_test(channels_are_classes),
		cmocka_unit_test(channels_pass_by_themselves),
		cmocka_unit_test(only_circles_are_stopped),
	};

	stage_midi_rules_destroy(NULL);
	return cmocka_run_group_tests_name("midi/rules", tests, NULL, NULL);
}
