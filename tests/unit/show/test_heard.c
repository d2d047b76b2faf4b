/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/heard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void
note(struct stage_show_heard *heard, uint8_t status, uint8_t number,
	const char *text, const char *did)
{
	const uint8_t bytes[] = {status, number, 1};

	stage_show_heard_note(heard, 7, bytes, sizeof(bytes), text, did);
}

static void
the_last_one_comes_first(void **state)
{
	struct stage_show_heard heard = {0};

	(void)state;
	assert_null(stage_show_heard_get(&heard, 0));
	note(&heard, 0x90, 1, "a", "go");
	note(&heard, 0x90, 2, "b", "nothing");
	assert_string_equal(stage_show_heard_get(&heard, 0)->text, "b");
	assert_string_equal(stage_show_heard_get(&heard, 1)->did, "go");
	assert_null(stage_show_heard_get(&heard, 2));
}

static void
what_moves_is_one_entry(void **state)
{
	struct stage_show_heard heard = {0};

	(void)state;
	for (int i = 0; i < 100; i++) {
		char text[16];
		snprintf(text, sizeof(text), "cc 1 11 %d", i);
		note(&heard, 0xb0, 11, text, "nothing");
	}
	assert_int_equal(heard.count, 1);
	assert_int_equal(stage_show_heard_get(&heard, 0)->count, 100);
	assert_string_equal(
		stage_show_heard_get(&heard, 0)->text, "cc 1 11 99");
	// What did something stands alone, as does each exclusive one.
	note(&heard, 0xb0, 11, "cc 1 11 127", "go");
	assert_int_equal(heard.count, 2);
	note(&heard, 0xf0, 0x7f, "F0 7F", "nothing");
	note(&heard, 0xf0, 0x7f, "F0 7F", "nothing");
	assert_int_equal(heard.count, 4);
	assert_int_equal(heard.all, 103);
}

static void
old_ones_go(void **state)
{
	struct stage_show_heard heard = {0};

	(void)state;
	for (int i = 0; i < 2 * STAGE_SHOW_HEARD_MAX + 3; i++) {
		char text[16];
		snprintf(text, sizeof(text), "%d", i);
		note(&heard, 0x90, (uint8_t)i, text, "nothing");
	}
	for (int i = 0; i < STAGE_SHOW_HEARD_MAX; i++) {
		char text[16];
		snprintf(text, sizeof(text), "%d",
			2 * STAGE_SHOW_HEARD_MAX + 2 - i);
		assert_string_equal(
			stage_show_heard_get(&heard, (size_t)i)->text, text);
	}
	assert_null(stage_show_heard_get(&heard, STAGE_SHOW_HEARD_MAX));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_one_comes_first),
		cmocka_unit_test(what_moves_is_one_entry),
		cmocka_unit_test(old_ones_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
