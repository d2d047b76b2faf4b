/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "midi_world.h"

#define NONE STAGE_MIDI_NOT_KNOWN
#define MAX 4

struct row {
	const char *what;
	const char *known[MAX][2]; // serial, place; NULL ends
	const char *present[MAX][2];
	size_t is[MAX]; // which known one each present one must be
};

static const struct row rows[] = {
	{"a serial beats the socket", {{"A", "1"}, {"B", "2"}},
		{{"B", "1"}, {"A", "2"}}, {1, 0}},
	{"another serial in the same socket is another device", {{"A", "1"}},
		{{"B", "1"}}, {NONE}},
	{"without serials the socket decides", {{"", "1"}, {"", "2"}},
		{{"", "2"}, {"", "1"}}, {1, 0}},
	{"equal serials say nothing", {{"X", "1"}, {"X", "2"}},
		{{"X", "2"}, {"X", "1"}}, {1, 0}},
	{"nor when only one twin is here", {{"X", "1"}, {"X", "2"}},
		{{"X", "2"}}, {1}},
	{"nor when the second twin is new", {{"X", "1"}},
		{{"X", "2"}, {"X", "1"}}, {NONE, 0}},
	{"the only one of its kind may move", {{"", "1"}}, {{"", "3"}}, {0}},
	{"one of two may not", {{"", "1"}, {"", "2"}}, {{"", "3"}}, {NONE}},
	{"nor two for one", {{"", "1"}}, {{"", "2"}, {"", "3"}}, {NONE, NONE}},
	{"but the second when the first is found", {{"", "1"}, {"", "2"}},
		{{"", "3"}, {"", "1"}}, {1, 0}},
};

static size_t
fill(const char *const texts[MAX][2], struct stage_midi_identity *out)
{
	size_t count = 0;

	while (count < MAX && texts[count][0] != NULL) {
		out[count] = midi_keyboard(texts[count][0], texts[count][1]);
		count++;
	}
	return count;
}

static void
check_row(const struct row *row, bool is_reversed)
{
	struct stage_midi_identity known[MAX];
	struct stage_midi_identity here[MAX];
	const struct stage_midi_identity *pointers[MAX];
	struct stage_midi_present present[MAX];
	size_t known_count = fill(row->known, known);
	size_t count = fill(row->present, here);

	for (size_t i = 0; i < known_count; i++) {
		pointers[i] = &known[i];
	}
	for (size_t i = 0; i < count; i++) {
		size_t from = is_reversed ? count - 1 - i : i;
		present[i] = (struct stage_midi_present){&here[from], NONE};
	}
	stage_midi_identify(pointers, known_count, present, count);
	for (size_t i = 0; i < count; i++) {
		size_t from = is_reversed ? count - 1 - i : i;
		if (present[i].known != row->is[from]) {
			fail_msg("%s: %zu is %zu", row->what, from,
				present[i].known);
		}
	}
}

static void
devices_are_known_in_any_order(void **state)
{
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		check_row(&rows[i], false);
		check_row(&rows[i], true);
	}
}

static void
other_models_are_other_devices(void **state)
{
	struct stage_midi_identity a = midi_keyboard("A", "1");
	struct stage_midi_identity b = midi_keyboard("A", "1");
	const struct stage_midi_identity *known = &a;
	struct stage_midi_present present = {&b, NONE};
	(void)state;

	b.pid++;
	stage_midi_identify(&known, 1, &present, 1);
	assert_int_equal(present.known, NONE);
}

static void
what_is_bound_stays_so(void **state)
{
	struct stage_midi_identity a = midi_keyboard("", "1");
	struct stage_midi_identity b = midi_keyboard("", "2");
	const struct stage_midi_identity *known[] = {&a, &b};
	struct stage_midi_present present[] = {{&b, 0}, {&a, NONE}};
	(void)state;

	stage_midi_identify(known, 2, present, 2);
	assert_int_equal(present[0].known, 0);
	assert_int_equal(present[1].known, 1); // the only one that is left
}

static void
programs_are_known_by_name_and_cards_by_place_too(void **state)
{
	const struct stage_seq_device device = {.place = "snd_virmidi.0"};
	struct stage_midi_identity card;
	struct stage_midi_identity program = midi_program("Hydrogen");
	struct stage_midi_identity other = midi_program("Virtual");
	struct stage_midi_identity moved;
	const struct stage_midi_identity *known[] = {&program, &card};
	struct stage_midi_present present[] = {
		{&moved, NONE}, {&program, NONE}, {&other, NONE}};
	(void)state;

	stage_midi_identity_init(&card, "Virtual", &device);
	moved = card;
	moved.place[0] = 'x';
	stage_midi_identify(known, 2, present, 3);
	assert_int_equal(present[0].known, 1);
	assert_int_equal(present[1].known, 0);
	assert_int_equal(present[2].known, NONE);
}

static void
an_identity_can_be_read(void **state)
{
	struct stage_seq_device device = {.is_usb = true,
		.vid = 0x1d6b,
		.pid = 0x0104,
		.serial = "SN0001",
		.place = "dummy_hcd.0-1"};
	struct stage_midi_identity identity;
	struct stage_str out = {0};
	(void)state;

	stage_midi_identity_init(&identity, "K", &device);
	assert_int_equal(stage_midi_identity_add(&identity, &out), STAGE_OK);
	assert_int_equal(stage_str_add(&out, " "), STAGE_OK);
	device.serial[0] = '\0';
	stage_midi_identity_init(&identity, "K", &device);
	assert_int_equal(stage_midi_identity_add(&identity, &out), STAGE_OK);
	assert_int_equal(stage_str_add(&out, " "), STAGE_OK);
	identity = midi_program("Hydrogen");
	assert_int_equal(stage_midi_identity_add(&identity, &out), STAGE_OK);
	assert_string_equal(out.data,
		"usb-1d6b:0104-SN0001 usb-1d6b:0104-dummy_hcd.0-1 "
		"software-Hydrogen");
	stage_str_finish(&out);
}

static void
a_text_that_is_too_long_is_none(void **state)
{
	struct stage_seq_device device = {.is_usb = true};
	struct stage_midi_identity identity;
	(void)state;

	memset(device.serial, 'x', STAGE_MIDI_SERIAL_MAX);
	stage_midi_identity_init(&identity, "K", &device);
	assert_string_equal(identity.serial, "");
}

static void
kinds_have_words(void **state)
{
	(void)state;

	for (int i = 0; i < STAGE_MIDI_KIND_COUNT; i++) {
		assert_int_equal(stage_midi_kind_from_word(stage_midi_kind_word(
					 (enum stage_midi_kind)i)),
			i);
	}
	assert_int_equal(stage_midi_kind_from_word("x"), STAGE_MIDI_KIND_COUNT);
	assert_string_equal(
		stage_midi_kind_word(STAGE_MIDI_KIND_COUNT), "unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(devices_are_known_in_any_order),
		cmocka_unit_test(other_models_are_other_devices),
		cmocka_unit_test(what_is_bound_stays_so),
		cmocka_unit_test(
			programs_are_known_by_name_and_cards_by_place_too),
		cmocka_unit_test(an_identity_can_be_read),
		cmocka_unit_test(a_text_that_is_too_long_is_none),
		cmocka_unit_test(kinds_have_words),
	};

	return cmocka_run_group_tests_name("midi/identity", tests, NULL, NULL);
}
