/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/held.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"

#define BYTES 8192
#define TEXT 1024

static const struct stage_rack_urids urids = {1, 2, 3};
static _Alignas(8) unsigned char bytes[BYTES];
static struct stage_rack_events events = {(void *)bytes, BYTES};

static const struct {
	const char *seen;
	const char *released;
	const char *panicked;
} cases[] = {
	{"", "", ""},
	{"90 3c 40", "80 3c 40,", "80 3c 40,b0 40 00,b0 7b 00,b0 78 00,"},
	{"90 3c 40,80 3c 40", "", "b0 40 00,b0 7b 00,b0 78 00,"},
	{"90 3c 40,90 3c 00", "", "b0 40 00,b0 7b 00,b0 78 00,"},
	{"90 00 01,9f 7f 7f", "80 00 40,8f 7f 40,",
		"80 00 40,b0 40 00,b0 7b 00,b0 78 00,"
		"8f 7f 40,bf 40 00,bf 7b 00,bf 78 00,"},
	{"b1 40 7f", "b1 40 00,", "b1 40 00,b1 7b 00,b1 78 00,"},
	{"b1 40 7f,b1 40 3f", "", "b1 40 00,b1 7b 00,b1 78 00,"},
	{"90 3c 40,b0 7b 00", "", "b0 40 00,b0 7b 00,b0 78 00,"},
	{"90 3c 40,b0 78 00", "", "b0 40 00,b0 7b 00,b0 78 00,"},
	{"90 3c 40,b0 01 7f", "80 3c 40,",
		"80 3c 40,b0 40 00,b0 7b 00,b0 78 00,"},
	{"c2 05", "", "b2 40 00,b2 7b 00,b2 78 00,"},
	{"f8,f0 01 f7,90,90 3c", "", "b0 40 00,b0 7b 00,b0 78 00,"},
	{"90 80 40,90 3c 80", "", "b0 40 00,b0 7b 00,b0 78 00,"}, // not MIDI
};

// Sees events, which are written as hexadecimal numbers with commas between.
static void
see(struct stage_rack_held *held, const char *text)
{
	unsigned char event[8];
	uint32_t size = 0;
	unsigned byte;
	int len;

	while (sscanf(text, " %2x%n", &byte, &len) == 1) {
		event[size++] = (unsigned char)byte;
		text += len;
		if (*text == ',' || *text == '\0') {
			stage_rack_held_see(held, event, size);
			size = 0;
			text += *text == ',';
		}
	}
}

static void
check(const char *wanted)
{
	const LV2_Atom_Event *event = NULL;
	char text[TEXT] = "";

	while ((event = stage_rack_events_next(&events, &urids, event)) !=
		NULL) {
		const unsigned char *at = (const void *)(event + 1);
		size_t len = strlen(text);
		assert_int_equal(event->time.frames, 7);
		assert_int_equal(event->body.size, 3);
		snprintf(text + len, sizeof(text) - len, "%02x %02x %02x,",
			at[0], at[1], at[2]);
	}
	assert_string_equal(text, wanted);
}

static void
what_is_held_is_let_go(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_rack_held held = {.used = 0};
		struct stage_rack_held other;
		see(&held, cases[i].seen);
		other = held;
		stage_rack_events_clear(&events, &urids);
		stage_rack_held_release(&held, &urids, &events, 7);
		check(cases[i].released);
		stage_rack_events_clear(&events, &urids);
		stage_rack_held_release(&held, &urids, &events, 7);
		check("");
		stage_rack_held_panic(&other, &urids, &events, 7);
		check(cases[i].panicked);
		stage_rack_events_clear(&events, &urids);
		stage_rack_held_release(&other, &urids, &events, 7);
		check("");
	}
}

static void
a_sequence_is_seen(void **state)
{
	static const unsigned char note[] = {0x91, 60, 100};
	struct stage_rack_held held = {.used = 0};
	(void)state;

	stage_rack_events_clear(&events, &urids);
	assert_true(
		stage_rack_events_add(&events, &urids, 0, note, sizeof(note)));
	stage_rack_held_see_all(&held, &urids, &events);
	stage_rack_events_clear(&events, &urids);
	stage_rack_held_release(&held, &urids, &events, 7);
	check("81 3c 40,");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_held_is_let_go),
		cmocka_unit_test(a_sequence_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
