/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "patchbay/statement.h"

#define MANY 100 // more than a list has room for at first

static char a[] = "a";
static char b[] = "b";
static char c[] = "c";
static char x[] = "x";

static struct stage_patch_statement
forbid(char *from, char *to, char *except)
{
	struct stage_patch_statement statement = {
		.policy = STAGE_PATCH_FORBID,
		.system = STAGE_PATCH_ALSA,
		.from = {from, STAGE_PATCH_GLOB},
		.to = {to, STAGE_PATCH_REGEX},
		.except = {except, STAGE_PATCH_LITERAL},
		.since_s = 7,
		.line = 3,
	};

	return statement;
}

static void
a_list_owns_what_is_in_it(void **state)
{
	char from[] = "A:*";
	char to[] = "B:.*";
	struct stage_patch_statement given = forbid(from, to, NULL);
	struct stage_patch_list list = {0};
	(void)state;

	assert_int_equal(stage_patch_list_add(&list, &given), STAGE_OK);
	from[0] = 'x';
	to[0] = 'x';
	assert_int_equal(list.count, 1);
	assert_string_equal(list.items[0].from.text, "A:*");
	assert_string_equal(list.items[0].to.text, "B:.*");
	assert_null(list.items[0].except.text);
	assert_int_equal(list.items[0].policy, STAGE_PATCH_FORBID);
	assert_int_equal(list.items[0].system, STAGE_PATCH_ALSA);
	assert_int_equal(list.items[0].from.match, STAGE_PATCH_GLOB);
	assert_int_equal(list.items[0].to.match, STAGE_PATCH_REGEX);
	assert_int_equal(list.items[0].since_s, 7);
	assert_int_equal(list.items[0].line, 3);
	stage_patch_list_finish(&list);
	assert_int_equal(list.count, 0);
	assert_null(list.items);
	stage_patch_list_finish(&list);
}

static void
a_list_grows_and_shrinks_in_order(void **state)
{
	struct stage_patch_list list = {0};
	char name[16];
	(void)state;

	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "A:%d", i);
		assert_int_equal(stage_patch_list_want(
					 &list, STAGE_PATCH_JACK, name, "B:in"),
			STAGE_OK);
		assert_int_equal(stage_patch_list_add_mode(&list,
					 STAGE_PATCH_MODE_LEARN, name, 1),
			STAGE_OK);
	}
	stage_patch_list_remove(&list, 0);
	stage_patch_list_remove(&list, 1);
	stage_patch_list_remove(&list, list.count - 1);
	assert_int_equal(list.count, MANY - 3);
	assert_string_equal(list.items[0].from.text, "A:1");
	assert_string_equal(list.items[1].from.text, "A:3");
	assert_string_equal(list.items[MANY - 4].from.text, "A:98");
	assert_int_equal(list.mode_count, MANY);
	assert_string_equal(list.modes[99].client, "A:99");
	stage_patch_list_finish(&list);
}

static void
find_compares_all_that_matters(void **state)
{
	struct stage_patch_statement wanted = forbid(a, b, c);
	struct stage_patch_statement other;
	struct stage_patch_list list = {0};
	(void)state;

	assert_int_equal(stage_patch_list_find(&list, &wanted), SIZE_MAX);
	assert_int_equal(
		stage_patch_list_want(&list, STAGE_PATCH_JACK, "a", "b"),
		STAGE_OK);
	assert_int_equal(stage_patch_list_add(&list, &wanted), STAGE_OK);
	other = wanted;
	other.since_s = 0;
	other.line = 0;
	assert_int_equal(stage_patch_list_find(&list, &other), 1);
	other.policy = STAGE_PATCH_NOT;
	assert_int_equal(stage_patch_list_find(&list, &other), SIZE_MAX);
	other = wanted;
	other.system = STAGE_PATCH_JACK;
	assert_int_equal(stage_patch_list_find(&list, &other), SIZE_MAX);
	other = wanted;
	other.from.text = x;
	assert_int_equal(stage_patch_list_find(&list, &other), SIZE_MAX);
	other = wanted;
	other.to.match = STAGE_PATCH_GLOB;
	assert_int_equal(stage_patch_list_find(&list, &other), SIZE_MAX);
	other = wanted;
	other.except.text = NULL;
	assert_int_equal(stage_patch_list_find(&list, &other), SIZE_MAX);
	stage_patch_list_finish(&list);
}

static void
everything_has_a_word(void **state)
{
	enum stage_patch_mode mode = STAGE_PATCH_MODE_OFF;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	for (int i = 0; i < STAGE_PATCH_POLICY_COUNT; i++) {
		assert_string_not_equal(stage_patch_policy_name(i), "unknown");
	}
	for (int i = 0; i < STAGE_PATCH_SYSTEM_COUNT; i++) {
		assert_string_not_equal(stage_patch_system_name(i), "unknown");
	}
	for (int i = 0; i < STAGE_PATCH_MODE_COUNT; i++) {
		const char *word = stage_patch_mode_name(i);
		assert_int_equal(
			stage_patch_mode_parse(word, &mode, &err), STAGE_OK);
		assert_int_equal(mode, i);
	}
	assert_string_equal(
		stage_patch_policy_name(STAGE_PATCH_POLICY_COUNT), "unknown");
	assert_string_equal(
		stage_patch_mode_name(STAGE_PATCH_MODE_COUNT), "unknown");
	assert_string_equal(
		stage_patch_system_name(STAGE_PATCH_SYSTEM_COUNT), "unknown");
	assert_string_equal(err.text, "");
	assert_int_equal(
		stage_patch_mode_parse("Lock", &mode, &err), STAGE_BAD_INPUT);
	assert_string_equal(err.text,
		"there is no mode \"Lock\"; there are off, learn, enforce, "
		"exclusive and lock");
	assert_int_equal(mode, STAGE_PATCH_MODE_LOCK);
}

static enum stage_status
fill(void *user)
{
	struct stage_patch_statement wanted = forbid(a, b, c);
	struct stage_patch_list list = {0};
	enum stage_status status = STAGE_OK;

	(void)user;
	for (int i = 0; i < 40 && status == STAGE_OK; i++) {
		size_t before = list.count;
		status = stage_patch_list_add(&list, &wanted);
		assert_int_equal(list.count, before + (status == STAGE_OK));
		if (status == STAGE_OK) {
			status = stage_patch_list_want(
				&list, STAGE_PATCH_JACK, "x", "y");
		}
		if (status == STAGE_OK) {
			status = stage_patch_list_add_mode(
				&list, STAGE_PATCH_MODE_OFF, "z", 1);
			assert_int_equal(list.mode_count,
				(size_t)i + (status == STAGE_OK));
		}
	}
	stage_patch_list_finish(&list);
	return status;
}

static void
any_allocation_may_fail(void **state)
{
	(void)state;
	assert_true(failing_alloc_sweep(fill, NULL) > 200);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_owns_what_is_in_it),
		cmocka_unit_test(a_list_grows_and_shrinks_in_order),
		cmocka_unit_test(find_compares_all_that_matters),
		cmocka_unit_test(everything_has_a_word),
		cmocka_unit_test(any_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
