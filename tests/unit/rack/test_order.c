/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"

#define MAX 66

static const struct {
	const char *names[5];
	size_t from;
	size_t to;
	const char *fresh;
	const char *after[5];
} moves[] = {
	// A new one.
	{{NULL}, 0, 0, "a", {"10-a.slot"}},
	{{"10-a.slot"}, 1, 1, "b", {"10-a.slot", "20-b.slot"}},
	{{"95-a.slot"}, 1, 1, "b", {"95-a.slot", "97-b.slot"}},
	{{"99-a.slot"}, 1, 1, "b", {"99-a.slot", "99-b.slot"}},
	{{"99-c.slot"}, 1, 1, "b", {"10-c.slot", "20-b.slot"}},
	{{"a.slot"}, 1, 1, "b", {"10-a.slot", "20-b.slot"}},
	// One that moves, alone where it can.
	{{"10-a.slot", "20-b.slot", "30-c.slot"}, 2, 0, "",
		{"05-c.slot", "10-a.slot", "20-b.slot"}},
	{{"10-a.slot", "20-b.slot", "30-c.slot"}, 0, 2, "",
		{"20-b.slot", "30-c.slot", "40-a.slot"}},
	{{"10-a.slot", "20-b.slot", "30-c.slot"}, 0, 1, "",
		{"20-b.slot", "25-a.slot", "30-c.slot"}},
	// All, where there is no number between.
	{{"10-c.slot", "11-b.slot", "12-a.slot"}, 2, 1, "",
		{"10-c.slot", "20-a.slot", "30-b.slot"}},
	{{"00-a.slot", "b.slot"}, 1, 0, "", {"10-b.slot", "20-a.slot"}},
};

static void
files_get_the_names_of_their_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(moves); i++) {
		char out[MAX][STAGE_RACK_FILE_MAX];
		size_t old[MAX];
		size_t count = 0;
		size_t total;
		while (count < 5 && moves[i].names[count] != NULL) {
			count++;
		}
		stage_rack_order_move(moves[i].names, count, moves[i].from,
			moves[i].to, moves[i].fresh, out, old);
		total = count + (moves[i].from == count);
		for (size_t k = 0; k < total; k++) {
			assert_string_equal(out[k], moves[i].after[k]);
		}
		assert_int_equal(old[moves[i].to], moves[i].from);
	}
}

static void
a_full_rack_is_in_order(void **state)
{
	char names[64][STAGE_RACK_FILE_MAX];
	const char *list[64];
	char out[MAX][STAGE_RACK_FILE_MAX];
	size_t old[MAX];
	(void)state;

	for (size_t i = 0; i < 64; i++) {
		snprintf(names[i], sizeof(names[i]), "%02zu-s%zu.slot", i, i);
		list[i] = names[i];
	}
	stage_rack_order_move(list, 64, 63, 1, "", out, old);
	for (size_t i = 1; i < 64; i++) {
		assert_true(strcmp(out[i - 1], out[i]) < 0);
	}
	assert_string_equal(strchr(out[1], '-'), "-s63.slot");
	assert_string_equal(strchr(out[2], '-'), "-s1.slot");
}

static void
an_identity_is_made_of_any_name(void **state)
{
	static const struct {
		const char *name;
		const char *id;
	} names[] = {{"Calf Reverb", "calf-reverb"}, {"", "plugin"},
		{"***", "plugin"}, {"  MDA: (x) 2!", "mda-x-2"},
		{"\xc3\xbc", "plugin"}};
	char id[STAGE_RACK_ID_MAX];
	char wide[200];
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		stage_rack_order_id(names[i].name, id);
		assert_string_equal(id, names[i].id);
	}
	memset(wide, 'x', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = '\0';
	stage_rack_order_id(wide, id);
	assert_int_equal(strlen(id), STAGE_RACK_ID_MAX - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_get_the_names_of_their_order),
		cmocka_unit_test(a_full_rack_is_in_order),
		cmocka_unit_test(an_identity_is_made_of_any_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
