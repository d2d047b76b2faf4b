/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/learned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "failing_alloc.h"
#include "patchbay/patch_text.h"

static struct stage_patch_list
read_list(const char *text)
{
	struct stage_patch_list list = {0};

	assert_int_equal(
		stage_patch_text_parse(text, strlen(text), "test", &list, NULL),
		STAGE_OK);
	return list;
}

static void
assert_list(const struct stage_patch_list *list, const char *expected)
{
	struct stage_str text = {0};

	assert_int_equal(stage_patch_text_format(list, &text), STAGE_OK);
	assert_string_equal(stage_str_text(&text), expected);
	stage_str_finish(&text);
}

static void
what_is_said_anew_takes_the_place(void **state)
{
	static const struct {
		const char *before;
		const char *added;
		const char *after;
		bool has_changed;
	} cases[] = {
		{"", "A -> B\n", "A -> B\n", true},
		{"A -> B\n", "A -> B\n", "A -> B\n", false},
		{"A -> B\n", "not A -> B\n", "not A -> B\n", true},
		{"not A -> B\n", "A -> B\n", "A -> B\n", true},
		{"only A -> B\n", "A -> B\n", "A -> B\n", true},
		{"also A -> B\n", "not A -> B\n", "not A -> B\n", true},
		{"A -> B\nA -> C\nB -> B\n", "not A -> B\n",
			"A -> C\nB -> B\nnot A -> B\n", true},
		// A forbid stands beside what is said, and so does a pattern.
		{"A -> B\n", "forbid A -> B\n", "A -> B\nforbid A -> B\n",
			true},
		{"forbid A -> B\n", "A -> B\n", "forbid A -> B\nA -> B\n",
			true},
		{"A -> B\n", "not A* -> B\n", "A -> B\nnot A* -> B\n", true},
		{"A* -> B\n", "not A* -> B\n", "A* -> B\nnot A* -> B\n", true},
		// The other system has names of its own.
		{"A -> B\n", "not alsa A -> B\n", "A -> B\nnot alsa A -> B\n",
			true},
		// A name with a star in it is no pattern.
		{"\"A*\" -> B\n", "not \"A*\" -> B\n", "not \"A*\" -> B\n",
			true},
		{"A* -> B\n", "\"A*\" -> B\n", "A* -> B\n\"A*\" -> B\n", true},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_patch_list list = read_list(cases[i].before);
		struct stage_patch_list more = read_list(cases[i].added);
		bool has_changed = !cases[i].has_changed;
		assert_int_equal(
			stage_learned_add(&list, &more.items[0], &has_changed),
			STAGE_OK);
		assert_list(&list, cases[i].after);
		assert_int_equal(has_changed, cases[i].has_changed);
		stage_patch_list_finish(&list);
		stage_patch_list_finish(&more);
	}
}

static void
what_is_dropped_is_all_but_forbids(void **state)
{
	struct stage_patch_list list =
		read_list("A -> B\nforbid A -> B\nA -> C\nonly A -> B\n"
			  "A* -> B\nalsa A -> B\n");
	(void)state;

	assert_true(stage_learned_drop(&list, STAGE_PATCH_JACK, "A", "B"));
	assert_list(&list, "forbid A -> B\nA -> C\nA* -> B\nalsa A -> B\n");
	assert_false(stage_learned_drop(&list, STAGE_PATCH_JACK, "A", "B"));
	assert_false(stage_learned_drop(&list, STAGE_PATCH_JACK, "A*", "B"));
	stage_patch_list_finish(&list);
}

static enum stage_status
add_many(void *user)
{
	const struct stage_patch_list *more = user;
	struct stage_patch_list list = {0};
	enum stage_status status = STAGE_OK;
	bool has_changed;

	for (size_t i = 0; i < more->count && status == STAGE_OK; i++) {
		status =
			stage_learned_add(&list, &more->items[i], &has_changed);
	}
	stage_patch_list_finish(&list);
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	struct stage_patch_list list = read_list(
		"A -> B\nnot A -> B\nforbid * -> B except C\nA -> B\n");
	(void)state;

	assert_true(failing_alloc_sweep(add_many, &list) > 0);
	stage_patch_list_finish(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_anew_takes_the_place),
		cmocka_unit_test(what_is_dropped_is_all_but_forbids),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
