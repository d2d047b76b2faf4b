/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "patchbay/patch_diff.h"
#include "patchbay/patch_text.h"

static struct stage_patch_list
parse(const char *text)
{
	struct stage_patch_list list = {0};

	assert_int_equal(
		stage_patch_text_parse(text, strlen(text), "f", &list, NULL),
		STAGE_OK);
	return list;
}

static void
what_is_not_in_the_other_is_given(void **state)
{
	static const struct {
		const char *list;
		const char *other;
		const char *wanted;
	} cases[] = {
		{"", "", ""},
		{"A -> B\n", "", "A -> B\n"},
		{"", "A -> B\n", ""},
		{"A -> B\nC -> D\n", "C -> D\nA -> B\n", ""},
		{"A -> B\t# since 2026-11-28T07:33:22Z\n", "A -> B\n", ""},
		{"C -> D\nA -> B\nC -> D\n", "X -> Y\n", "C -> D\nA -> B\n"},
		{"A -> B\nnot A -> B\nalsa A -> B\n", "A -> B\n",
			"not A -> B\nalsa A -> B\n"},
		{"A:* -> B\n\"A:*\" -> B\n", "\"A:*\" -> B\n", "A:* -> B\n"},
		{"forbid A -> B except C\n", "forbid A -> B\n",
			"forbid A -> B except C\n"},
		{"mode lock\nmode lock for A\n", "mode lock for A*\n",
			"mode lock\nmode lock for A\n"},
		{"mode lock\nA -> B\n", "A -> B\nmode lock\n", ""},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_patch_list list = parse(cases[i].list);
		struct stage_patch_list other = parse(cases[i].other);
		struct stage_patch_list out = {0};
		struct stage_str text = {0};
		assert_int_equal(
			stage_patch_diff(&list, &other, &out), STAGE_OK);
		assert_int_equal(
			stage_patch_text_format(&out, &text), STAGE_OK);
		assert_string_equal(stage_str_text(&text), cases[i].wanted);
		stage_str_finish(&text);
		stage_patch_list_finish(&out);
		stage_patch_list_finish(&other);
		stage_patch_list_finish(&list);
	}
}

static void
what_is_no_line_is_refused(void **state)
{
	static char a[] = "a";
	struct stage_patch_statement bad = {.from = {a, STAGE_PATCH_LITERAL}};
	struct stage_patch_list list = {.items = &bad, .count = 1};
	struct stage_patch_list none = {0};
	struct stage_patch_list out = {0};
	(void)state;

	assert_int_equal(stage_patch_diff(&list, &none, &out), STAGE_BAD_INPUT);
	assert_int_equal(stage_patch_diff(&none, &list, &out), STAGE_BAD_INPUT);
	assert_int_equal(out.count, 0);
}

struct pair {
	struct stage_patch_list list;
	struct stage_patch_list other;
};

static enum stage_status
compare(void *user)
{
	const struct pair *pair = user;
	struct stage_patch_list out = {0};
	enum stage_status status =
		stage_patch_diff(&pair->list, &pair->other, &out);

	stage_patch_list_finish(&out);
	return status;
}

static void
any_allocation_may_fail(void **state)
{
	struct pair pair = {
		parse("mode lock for A\nmode off\nA -> B\nC* -> D\\1\n"),
		parse("mode off\nA -> B\n"),
	};
	(void)state;

	assert_true(failing_alloc_sweep(compare, &pair) > 10);
	stage_patch_list_finish(&pair.list);
	stage_patch_list_finish(&pair.other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_in_the_other_is_given),
		cmocka_unit_test(what_is_no_line_is_refused),
		cmocka_unit_test(any_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
