/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/builtin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BYTES 1024
#define TEXT 256
#define RATE_HZ 48000

static const struct stage_rack_urids urids = {
	.sequence = 1, .chunk = 2, .midi_event = 3};

union buffer {
	LV2_Atom_Sequence atom;
	unsigned char bytes[BYTES];
};

struct bench {
	const struct stage_rack_builtin *builtin;
	struct stage_rack_builtin_run *run;
	union buffer in, out;
	float values[STAGE_RACK_BUILTIN_VALUES_MAX];
};

static void
start(struct bench *bench, const char *uri)
{
	static const LV2_Feature *const none[] = {NULL};
	uint32_t ports;

	memset(bench, 0, sizeof(*bench));
	bench->builtin = stage_rack_builtin_find(uri);
	assert_non_null(bench->builtin);
	bench->run = bench->builtin->descriptor->instantiate(
		bench->builtin->descriptor, RATE_HZ, "", none);
	assert_non_null(bench->run);
	bench->run->urids = &urids;
	ports = stage_rack_builtin_ports(bench->builtin);
	for (uint32_t i = 0; i < bench->builtin->value_count; i++) {
		bench->values[i] = bench->builtin->values[i].value;
		bench->builtin->descriptor->connect_port(
			bench->run, ports + i, &bench->values[i]);
	}
	bench->builtin->descriptor->connect_port(bench->run, 0, &bench->in);
	bench->builtin->descriptor->connect_port(bench->run, 1, &bench->out);
}

static void
stop(struct bench *bench)
{
	bench->builtin->descriptor->cleanup(bench->run);
}

static void
set(struct bench *bench, const char *symbol, float value)
{
	for (uint32_t i = 0; i < bench->builtin->value_count; i++) {
		if (strcmp(bench->builtin->values[i].symbol, symbol) == 0) {
			bench->values[i] = value;
			return;
		}
	}
	fail_msg("there is no value %s", symbol);
}

// Plays messages such as "90 3c 40, 80 3c 00"; what comes out, as such a text.
static const char *
play(struct bench *bench, const char *text)
{
	static char heard[TEXT];
	struct stage_rack_events in = {&bench->in.atom, BYTES};
	struct stage_rack_events out = {&bench->out.atom, BYTES};
	const LV2_Atom_Event *event = NULL;
	uint32_t frame = 0;

	stage_rack_events_clear(&in, &urids);
	stage_rack_events_offer(&out, &urids);
	while (*text != '\0') {
		unsigned char bytes[8];
		uint32_t size = 0;
		char *end;
		for (; *text != '\0' && *text != ','; text = end) {
			bytes[size++] = (unsigned char)strtoul(text, &end, 16);
		}
		text += *text == ',';
		assert_true(stage_rack_events_add(
			&in, &urids, frame++, bytes, size));
	}
	bench->builtin->descriptor->run(bench->run, 64);
	heard[0] = '\0';
	while ((event = stage_rack_events_next(&out, &urids, event)) != NULL) {
		const unsigned char *bytes = (const void *)(event + 1);
		size_t len = strlen(heard);
		for (uint32_t i = 0; i < event->body.size; i++) {
			len += (size_t)snprintf(heard + len, TEXT - len,
				"%s%02x",
				i > 0     ? " "
				: len > 0 ? ", "
					  : "",
				bytes[i]);
		}
	}
	return heard;
}

static void
test_messages(void **state)
{
	static const struct {
		const char *uri;
		const char *symbol; // NULL: none is set
		float value;
		const char *in, *out;
	} rows[] = {
		{"builtin:midi-through", NULL, 0, "90 3c 40, f8, b0 07 10",
			"90 3c 40, f8, b0 07 10"},
		{"builtin:midi-through", NULL, 0, "f0 01 02 03 f7",
			"f0 01 02 03 f7"},
		{"builtin:midi-transpose", "octaves", 1, "91 3c 40, b1 07 10",
			"91 48 40, b1 07 10"},
		{"builtin:midi-transpose", "semitones", -2, "a0 3c 40",
			"a0 3a 40"},
		{"builtin:midi-transpose", "octaves", 8, "90 3c 40, 80 3c 00",
			""},
		{"builtin:midi-channel", "channel", 16, "90 3c 40, b2 07 10",
			"9f 3c 40, bf 07 10"},
		{"builtin:midi-filter", "channel_2", 0,
			"90 3c 40, 91 3c 40, b1 07 10, 81 3c 00, fe",
			"90 3c 40, 81 3c 00, fe"},
		{"builtin:midi-filter", "controls", 0,
			"b0 07 10, b0 7b 00, c0 01, e0 00 40",
			"b0 7b 00, c0 01, e0 00 40"},
		{"builtin:midi-filter", "notes", 0, "90 3c 40, 90 3c 00",
			"90 3c 00"},
		{"builtin:midi-filter", "programs", 0, "c0 01, d0 01", "d0 01"},
		{"builtin:midi-filter", "pressure", 0, "c0 01, d0 01", "c0 01"},
		{"builtin:midi-filter", "bend", 0, "e0 00 40, a0 3c 01",
			"a0 3c 01"},
		{"builtin:midi-filter", "aftertouch", 0, "a0 3c 01, 90 3c 01",
			"90 3c 01"},
		{"builtin:midi-gain", "gain", 2, "90 3c 40, 90 3c 10, b0 07 10",
			"90 3c 7f, 90 3c 20, b0 07 10"},
		{"builtin:midi-gain", "gain", 0, "90 3c 40, 90 3c 00, 80 3c 11",
			"90 3c 01, 90 3c 00, 80 3c 00"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench bench;
		start(&bench, rows[i].uri);
		if (rows[i].symbol != NULL) {
			set(&bench, rows[i].symbol, rows[i].value);
		}
		assert_string_equal(play(&bench, rows[i].in), rows[i].out);
		stop(&bench);
	}
}

static void
test_a_note_ends_where_it_began(void **state)
{
	struct bench bench;

	(void)state;
	start(&bench, "builtin:midi-transpose");
	set(&bench, "octaves", 1);
	assert_string_equal(play(&bench, "90 3c 40"), "90 48 40");
	set(&bench, "octaves", -1);
	assert_string_equal(play(&bench, "a0 3c 22, 80 3c 00, 80 3c 00"),
		"a0 48 22, 80 48 00, 80 30 00");
	stop(&bench);
	start(&bench, "builtin:midi-channel");
	assert_string_equal(play(&bench, "95 3c 40"), "90 3c 40");
	set(&bench, "channel", 3);
	assert_string_equal(play(&bench, "95 3c 00"), "90 3c 00");
	stop(&bench);
}

static void
test_what_does_not_fit_is_left_out(void **state)
{
	struct bench bench;
	struct stage_rack_events in;

	(void)state;
	start(&bench, "builtin:midi-through");
	in.atom = &bench.in.atom;
	in.capacity = BYTES;
	stage_rack_events_clear(&in, &urids);
	for (int i = 0; i < 4; i++) {
		assert_true(stage_rack_events_add(
			&in, &urids, 0, "\x90\x3c\x40", 3));
	}
	bench.out.atom.atom.type = urids.chunk;
	bench.out.atom.atom.size = 8 + 2 * 24; // room for two
	bench.builtin->descriptor->run(bench.run, 64);
	assert_int_equal(bench.out.atom.atom.size, 8 + 2 * 24);
	stop(&bench);
}

static void
test_gain_moves_without_a_step(void **state)
{
	struct bench bench;
	float ins[2][480];
	float outs[2][480];

	(void)state;
	start(&bench, "builtin:stereo-gain");
	for (int i = 0; i < 480; i++) {
		ins[0][i] = ins[1][i] = 1;
	}
	for (uint32_t i = 0; i < 2; i++) {
		bench.builtin->descriptor->connect_port(bench.run, i, ins[i]);
		bench.builtin->descriptor->connect_port(
			bench.run, 2 + i, outs[i]);
	}
	bench.builtin->descriptor->run(bench.run, 480);
	assert_true(outs[0][0] == 1 && outs[1][479] == 1);
	set(&bench, "gain", 0);
	set(&bench, "right", 0);
	bench.builtin->descriptor->run(bench.run, 480);
	for (int i = 1; i < 480; i++) {
		assert_true(outs[0][i - 1] - outs[0][i] < 0.0011F);
		assert_true(outs[0][i] < outs[0][i - 1]);
	}
	assert_true(outs[1][479] == 1); // the gain is not for the right one
	for (int i = 0; i < 4; i++) {
		bench.builtin->descriptor->run(bench.run, 480);
	}
	assert_true(outs[0][479] == 0);
	stop(&bench);
}

static void
test_they_are_found_by_name(void **state)
{
	size_t count = 0;

	(void)state;
	for (; stage_rack_builtin_at(count) != NULL; count++) {
		const struct stage_rack_builtin *builtin =
			stage_rack_builtin_at(count);
		assert_ptr_equal(
			stage_rack_builtin_find(builtin->uri), builtin);
		assert_true(
			builtin->value_count <= STAGE_RACK_BUILTIN_VALUES_MAX);
	}
	assert_true(count > 0);
	assert_null(stage_rack_builtin_find("builtin:nothing"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_a_note_ends_where_it_began),
		cmocka_unit_test(test_what_does_not_fit_is_left_out),
		cmocka_unit_test(test_gain_moves_without_a_step),
		cmocka_unit_test(test_they_are_found_by_name),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
