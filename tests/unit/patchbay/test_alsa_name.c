/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/alsa_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "failing_alloc.h"

static const struct stage_alsa_name keyboard = {
	.client = "Keystation 61",
	.serial = "SN0001",
	.place = "0000:00:14.0-1.2",
	.instance = 1,
	.number = 0,
	.port = "Keystation 61 MIDI 1",
};

static void
names_say_who_it_is(void **state)
{
	static const struct {
		struct stage_alsa_name name;
		const char *full, *by_number, *by_name;
	} rows[] = {
		{{"MT4", "SN1", "dummy_hcd.0-1", 1, 0, "MIDI 1"},
			"MT4 [SN1 @ dummy_hcd.0-1]:0 MIDI 1", "MT4:0",
			"MT4:MIDI 1"},
		{{"MT4", "", "dummy_hcd.0-1", 1, 3, "MIDI 4"},
			"MT4 [@ dummy_hcd.0-1]:3 MIDI 4", "MT4:3",
			"MT4:MIDI 4"},
		{{"MT4", "", "0000:00:14.0-1", 2, 3, "MIDI 4"},
			"MT4 [@ 0000.00.14.0-1] #2:3 MIDI 4", "MT4:3",
			"MT4:MIDI 4"},
		{{"Zyn", "", "", 1, 0, "in"}, "Zyn:0 in", "Zyn:0", "Zyn:in"},
		{{"Zyn", "", "", 12, 0, "in"}, "Zyn #12:0 in", "Zyn:0",
			"Zyn:in"},
		{{"a", "x[1]@#2:3", "p", 1, 0, "b"}, "a [x(1)a+2.3 @ p]:0 b",
			"a:0", "a:b"},
	};
	struct stage_str text = {0};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		assert_int_equal(
			stage_alsa_name_write(&rows[i].name, &text), STAGE_OK);
		assert_string_equal(text.data, rows[i].full);
		stage_str_clear(&text);
		assert_int_equal(
			stage_alsa_name_alias(&rows[i].name, true, &text),
			STAGE_OK);
		assert_string_equal(text.data, rows[i].by_number);
		stage_str_clear(&text);
		assert_int_equal(
			stage_alsa_name_reduce(rows[i].full, true, &text),
			STAGE_OK);
		assert_string_equal(text.data, rows[i].by_number);
		stage_str_clear(&text);
		assert_int_equal(
			stage_alsa_name_alias(&rows[i].name, false, &text),
			STAGE_OK);
		assert_string_equal(text.data, rows[i].by_name);
		stage_str_clear(&text);
		assert_int_equal(
			stage_alsa_name_reduce(rows[i].full, false, &text),
			STAGE_OK);
		assert_string_equal(text.data, rows[i].by_name);
		stage_str_clear(&text);
		assert_int_equal(stage_alsa_client_len(rows[i].full),
			strlen(rows[i].name.client));
	}
	stage_str_finish(&text);
}

static void
ranks_forget_what_may_change(void **state)
{
	static const struct {
		const char *name, *plain, *instance;
	} rows[] = {
		{"MT4 [SN1 @ hcd.0-1]:0 MIDI 1", "MT4 [SN1]:0 MIDI 1",
			"MT4 [SN1]:MIDI 1"},
		{"MT4 [@ hcd.0-1]:0 MIDI 1", "MT4 [@ hcd.0-1]:0 MIDI 1",
			"MT4 [@]:MIDI 1"},
		{"MT4 [SN1 @ p] #2:0 MIDI 1", "MT4 [SN1] #2:0 MIDI 1",
			"MT4 [SN1]:MIDI 1"},
		{"MT4 #2:1 in", "MT4 #2:1 in", "MT4:in"},
		{"FLUID Synth (1234):0 Synth input port (1234:0)",
			"FLUID Synth (1234):0 Synth input port (1234:0)",
			"FLUID Synth:Synth input port (:0)"},
		{"Synth (1):0 port 12", "Synth (1):0 port 12", "Synth:port 12"},
		{"a:b:0 c", "a:b:0 c", "a:b:c"},
		// nothing that may change
		{"MT4:0", "MT4:0", "MT4:0"},
		{"MT4:MIDI 1", "MT4:MIDI 1", "MT4:MIDI 1"},
		{"MT4 2:0", "MT4 2:0", "MT4 2:0"},
		{"MT4 [x]:MIDI", "MT4 [x]:MIDI", "MT4 [x]:MIDI"},
		{"[@ x]:MIDI", "[@ x]:MIDI", "[@ x]:MIDI"},
		{" [@ x]:MIDI", " [@ x]:MIDI", " [@ x]:MIDI"},
		{"MT4 [ @x]:MIDI", "MT4 [ @x]:MIDI", "MT4 [ @x]:MIDI"},
		{"x]:MIDI", "x]:MIDI", "x]:MIDI"},
		{"(1):in", "(1):in", "(1):in"},
		{" (1):in", " (1):in", " (1):in"},
		{"a ():in", "a ():in", "a ():in"},
		{"a #:in", "a #:in", "a #:in"},
		{" #2:in", " #2:in", " #2:in"},
		{"no colon", "no colon", "no colon"},
		{":0 x", ":0 x", ":0 x"},
		{"", "", ""},
	};
	char out[128];
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		stage_alsa_name_at(rows[i].name, STAGE_IDENTITY_EXACT, out);
		assert_string_equal(out, rows[i].name);
		stage_alsa_name_at(rows[i].name, STAGE_IDENTITY_PLAIN, out);
		assert_string_equal(out, rows[i].plain);
		stage_alsa_name_at(rows[i].name, STAGE_IDENTITY_INSTANCE, out);
		assert_string_equal(out, rows[i].instance);
		assert_true(strlen(out) <= strlen(rows[i].name));
	}
}

static void
where_the_client_ends(void **state)
{
	static const struct {
		const char *name;
		size_t len; // 0: refused
		const char *port;
	} rows[] = {
		{"a:0 b", 1, "0 b"},
		{"a:b:0 c", 3, "0 c"},
		{"a:b:0", 3, "0"},
		{"a:b:c", 1, "b:c"},
		{"a:1 b:2 c", 1, "1 b:2 c"},
		{"a:0 ", 1, "0 "},
		{"a:0123456789 b:c", 1, "0123456789 b:c"},
		{"a", 0, NULL},
		{":b", 0, NULL},
		{"a:", 0, NULL},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		size_t len = 0;
		const char *port = NULL;
		assert_int_equal(
			stage_patch_alsa_split(rows[i].name, &len, &port),
			rows[i].len > 0 ? STAGE_OK : STAGE_BAD_INPUT);
		assert_int_equal(len, rows[i].len);
		if (len > 0) {
			assert_string_equal(port, rows[i].port);
		}
	}
	assert_int_equal(stage_alsa_client_len("no colon"), 8);
}

static void
what_is_no_full_name_stays(void **state)
{
	static const char *const names[] = {
		"MT4:0", "MT4:MIDI 1", "MT4 [a @ b]:MIDI", "no colon", ""};
	struct stage_str text = {0};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		stage_str_clear(&text);
		assert_int_equal(stage_alsa_name_reduce(names[i], true, &text),
			STAGE_OK);
		assert_string_equal(stage_str_text(&text), names[i]);
	}
	stage_str_finish(&text);
}

static enum stage_status
write_all(void *user)
{
	struct stage_str text = {0};
	enum stage_status status = stage_alsa_name_write(&keyboard, &text);

	(void)user;
	if (status == STAGE_OK) {
		status = stage_alsa_name_alias(&keyboard, true, &text);
	}
	stage_str_finish(&text);
	if (status == STAGE_OK) {
		status = stage_alsa_name_reduce(
			"Keystation 61 of mine:0 MIDI", false, &text);
	}
	stage_str_finish(&text);
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	(void)state;
	assert_true(failing_alloc_sweep(write_all, NULL) >= 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_say_who_it_is),
		cmocka_unit_test(ranks_forget_what_may_change),
		cmocka_unit_test(where_the_client_ends),
		cmocka_unit_test(what_is_no_full_name_stays),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
