/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/pedals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "failing_alloc.h"

#define BYTES(...)                                                             \
	(const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

static void
parse(struct stage_show_pedals *pedals, const char *text)
{
	assert_int_equal(stage_show_pedals_parse(
				 pedals, text, strlen(text), "show.midi"),
		STAGE_OK);
}

static struct stage_show_midi_said
understand(const uint8_t *bytes, size_t len)
{
	struct stage_show_midi_ear ear = {0};
	struct stage_show_midi_said said;

	stage_show_midi_understand(&ear, bytes, len, &said);
	return said;
}

// "go", "play 3", "song 12", or why nothing.
static void
asks(const struct stage_show_pedals *pedals, const uint8_t *bytes, size_t len,
	const char *expected)
{
	struct stage_show_midi_said said = understand(bytes, len);
	struct stage_show_pedal_wish wish;
	char text[64];

	stage_show_pedals_find(pedals, &said, &wish);
	if (wish.is_song) {
		assert_false(wish.has_act);
		snprintf(text, sizeof(text), "song %u", wish.program);
	} else if (!wish.has_act) {
		snprintf(text, sizeof(text), "%s", wish.why);
	} else if (wish.number > 0) {
		snprintf(text, sizeof(text), "%s %ld",
			stage_show_act_word(wish.act), wish.number);
	} else {
		snprintf(text, sizeof(text), "%s",
			stage_show_act_word(wish.act));
	}
	assert_string_equal(text, expected);
}

static void
without_a_file(void **state)
{
	struct stage_show_pedals pedals;

	(void)state;
	parse(&pedals, "");
	asks(&pedals, BYTES(0xc4, 12), "song 12");
	asks(&pedals, BYTES(0x90, 60, 1), "not mapped");
	asks(&pedals, BYTES(0xb0, 64, 127), "not mapped");
	asks(&pedals, BYTES(0x90, 60, 0), "a release");
	asks(&pedals, BYTES(0xb0, 0, 1), "for the program that comes");
	asks(&pedals, BYTES(0xe0, 0, 1), "it asks nothing");
	asks(&pedals, BYTES(0xf0, 0x7f, 9, 2, 0x10, 1, 0xf7), "go");
	asks(&pedals, BYTES(0xf0, 0x7f, 9, 2, 0x7f, 1, '3', 0xf7), "play 3");
	asks(&pedals, BYTES(0xf0, 0x7f, 9, 2, 1, 1, 0xf7),
		"it is of another format"); // light's is not ours
	stage_show_pedals_finish(&pedals);
}

static void
what_is_mapped(void **state)
{
	struct stage_show_pedals pedals;

	(void)state;
	parse(&pedals, "# the board on the floor\n"
		       "map cc any 64 next\n"
		       "map note 10 36 play 3\n"
		       "map program 1 127 panic\n"
		       "map cc 2 64 previous   # this one is another's\n"
		       "program 1\n");
	assert_int_equal(pedals.complaints.count, 0);
	asks(&pedals, BYTES(0xb0, 64, 127), "next");
	asks(&pedals, BYTES(0xb1, 64, 127), "previous");
	asks(&pedals, BYTES(0xb0, 65, 127), "not mapped");
	asks(&pedals, BYTES(0x99, 36, 1), "play 3");
	asks(&pedals, BYTES(0x98, 36, 1), "not mapped");
	asks(&pedals, BYTES(0xc0, 127), "panic");
	asks(&pedals, BYTES(0xc0, 126), "song 126");
	asks(&pedals, BYTES(0xc1, 126),
		"programs of this channel are no songs");
	stage_show_pedals_finish(&pedals);
}

static void
commands_of_show_control(void **state)
{
	static const struct {
		uint8_t command;
		const char *plain;
		const char *numbered;
	} rows[] = {
		{0x01, "go", "play 4"},
		{0x02, "stop", "stop"},
		{0x03, "resume", "resume"},
		{0x04, "go", "go"}, // '4' is a part of its time
		{0x05, "nothing of this command", "select 4"},
		{0x06, "nothing of this command", "nothing of this command"},
		{0x08, "panic", "panic"},
		{0x09, "resume", "resume"},
		{0x0a, "reset", "reset"},
		{0x11, "select-next", "select-next"},
		{0x12, "select-previous", "select-previous"},
		{0x13, "next", "next"},
		{0x14, "previous", "previous"},
	};
	struct stage_show_pedals pedals;

	(void)state;
	parse(&pedals, "msc 4 sound\n");
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		const uint8_t plain[] = {
			0xf0, 0x7f, 4, 2, 0x10, rows[i].command, 0xf7};
		const uint8_t numbered[] = {
			0xf0, 0x7f, 0x7f, 2, 0x7f, rows[i].command, '4', 0xf7};
		asks(&pedals, plain, sizeof(plain), rows[i].plain);
		asks(&pedals, numbered, sizeof(numbered), rows[i].numbered);
	}
	asks(&pedals, BYTES(0xf0, 0x7f, 5, 2, 0x10, 1, 0xf7),
		"it is for another device");
	asks(&pedals, BYTES(0xf0, 0x7f, 4, 2, 0x10, 1, '1', '.', '5', 0xf7),
		"a song has a whole number");
	asks(&pedals, BYTES(0xf0, 0x7f, 4, 2, 0x01, 1, 0xf7),
		"it is of another format");
	stage_show_pedals_finish(&pedals);
	parse(&pedals, "msc off\nprogram off\n");
	asks(&pedals, BYTES(0xf0, 0x7f, 0x7f, 2, 0x10, 1, 0xf7),
		"it is for another device");
	asks(&pedals, BYTES(0xc0, 1), "programs of this channel are no songs");
	stage_show_pedals_finish(&pedals);
	parse(&pedals, "msc any lighting\n");
	asks(&pedals, BYTES(0xf0, 0x7f, 2, 2, 0x01, 1, 0xf7), "go");
	asks(&pedals, BYTES(0xf0, 0x7f, 2, 2, 0x10, 1, 0xf7),
		"it is of another format");
	stage_show_pedals_finish(&pedals);
}

static void
what_is_wrong_is_left_out(void **state)
{
	static const char *const lines[] = {
		"map",
		"map cc 1 64",
		"map cc 0 64 go",
		"map cc 17 64 go",
		"map cc 1 128 go",
		"map knob 1 12 go",
		"map cc 1 12 jump",
		"map cc 1 12 go 3",
		"map cc 1 12 play",
		"map cc 1 12 play 0",
		"program 0",
		"program 1 2",
		"msc 127",
		"msc any noise",
		"pedal 1",
	};
	struct stage_show_pedals pedals;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char text[128];
		snprintf(text, sizeof(text), "%s\nmap note 1 1 go\n", lines[i]);
		parse(&pedals, text);
		assert_int_equal(pedals.complaints.count, 1);
		assert_memory_equal(
			pedals.complaints.items[0], "show.midi:1:", 12);
		assert_int_equal(pedals.count, 1);
		asks(&pedals, BYTES(0xc0, 1), "song 1");
		stage_show_pedals_finish(&pedals);
	}
}

static void
learned(const char *text, const uint8_t *bytes, size_t len,
	enum stage_show_act act, long number, const char *expected)
{
	struct stage_show_midi_said said = understand(bytes, len);
	struct stage_str out = {0};

	assert_true(stage_show_pedals_can_learn(&said));
	assert_int_equal(stage_show_pedals_learn(
				 text, strlen(text), &said, act, number, &out),
		STAGE_OK);
	assert_string_equal(stage_str_text(&out), expected);
	stage_str_finish(&out);
}

static void
learning_keeps_every_other_byte(void **state)
{
	(void)state;
	learned("", BYTES(0xb0, 64, 127), STAGE_SHOW_ACT_GO, 0,
		"map cc 1 64 go\n");
	learned("# mine\n\n  map cc 1 64 next # old\nmap cc any 64 tap",
		BYTES(0xb0, 64, 127), STAGE_SHOW_ACT_GO, 7,
		"# mine\n\nmap cc any 64 tap\nmap cc 1 64 go\n");
	learned("nonsense \"\nmap note 2 1 go\r\n", BYTES(0x91, 1, 1),
		STAGE_SHOW_ACT_PLAY, 3, "nonsense \"\nmap note 2 1 play 3\n");
	learned("map program 1 5 go\n", BYTES(0xc0, 6), STAGE_SHOW_ACT_GO, 0,
		"map program 1 5 go\nmap program 1 6 go\n");
}

static void
what_cannot_be_learned(void **state)
{
	struct stage_show_midi_said release = understand(BYTES(0x80, 1, 1));
	struct stage_show_midi_said bend = understand(BYTES(0xe0, 1, 1));
	struct stage_show_midi_said bank = understand(BYTES(0xb0, 0, 1));

	(void)state;
	assert_false(stage_show_pedals_can_learn(&release));
	assert_false(stage_show_pedals_can_learn(&bend));
	assert_false(stage_show_pedals_can_learn(&bank));
}

static void
forgetting(void **state)
{
	static const char text[] = "map cc 1 64 go\n# x\nmap note 1 2 play 3\n"
				   "map cc 2 64 go\nmap cc 3 64 play 4\n";
	struct stage_str out = {0};
	size_t count = 9;

	(void)state;
	assert_int_equal(stage_show_pedals_forget(text, strlen(text),
				 STAGE_SHOW_ACT_GO, 0, &count, &out),
		STAGE_OK);
	assert_int_equal(count, 2);
	assert_string_equal(stage_str_text(&out),
		"# x\nmap note 1 2 play 3\nmap cc 3 64 play 4\n");
	stage_str_clear(&out);
	assert_int_equal(stage_show_pedals_forget(text, strlen(text),
				 STAGE_SHOW_ACT_PLAY, 4, &count, &out),
		STAGE_OK);
	assert_int_equal(count, 1);
	stage_str_finish(&out);
}

static enum stage_status
learn_once(void *user)
{
	static const char text[] = "map cc 1 64 jump\nmap cc 1 64 go\n";
	struct stage_show_midi_said said = understand(BYTES(0xb0, 64, 127));
	struct stage_str out = {0};
	enum stage_status status = stage_show_pedals_learn(
		text, strlen(text), &said, STAGE_SHOW_ACT_GO, 0, &out);

	(void)user;
	assert_int_equal(out.len > 0, status == STAGE_OK);
	stage_str_finish(&out);
	return status;
}

static enum stage_status
read_once(void *user)
{
	static const char text[] = "map cc 1 64 go\n";
	struct stage_show_pedals pedals;
	enum stage_status status = stage_show_pedals_parse(
		&pedals, text, strlen(text), "show.midi");

	(void)user;
	stage_show_pedals_finish(&pedals);
	return status;
}

static void
without_memory(void **state)
{
	(void)state;
	assert_true(failing_alloc_sweep(learn_once, NULL) > 0);
	(void)failing_alloc_sweep(read_once, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_file),
		cmocka_unit_test(what_is_mapped),
		cmocka_unit_test(commands_of_show_control),
		cmocka_unit_test(what_is_wrong_is_left_out),
		cmocka_unit_test(learning_keeps_every_other_byte),
		cmocka_unit_test(what_cannot_be_learned),
		cmocka_unit_test(forgetting),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
