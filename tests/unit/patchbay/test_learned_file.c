/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "patchbay/learned_file.h"
#include "patchbay/patch_text.h"

static struct stage_learned_head
make_head(const char *reason)
{
	struct stage_learned_head head = {
		.number = 17,
		.time_s = 1795851202,
		.undo = 16,
		.redo = UINT64_MAX,
	};

	stage_learned_set_reason(&head, reason);
	return head;
}

// A file with one line, as text.
static char *
make_file(const char *reason)
{
	struct stage_learned_head head = make_head(reason);
	struct stage_patch_list list = {0};
	struct stage_str text = {0};
	char *taken;

	assert_int_equal(
		stage_patch_list_want(&list, STAGE_PATCH_JACK, "A", "B"),
		STAGE_OK);
	assert_int_equal(stage_learned_write(&text, &head, &list), STAGE_OK);
	stage_patch_list_finish(&list);
	taken = stage_str_take(&text);
	assert_non_null(taken);
	return taken;
}

static void
a_file_says_what_it_is(void **state)
{
	char *text = make_file("by hand: x");
	struct stage_learned learned;
	struct stage_learned_head head;
	(void)state;

	assert_int_equal(
		stage_learned_read(text, strlen(text), "f", &learned, NULL),
		STAGE_OK);
	assert_true(learned.has_head);
	assert_true(learned.is_untouched);
	assert_int_equal(learned.list.count, 1);
	assert_true(stage_learned_read_head(text, strlen(text), &head));
	assert_memory_equal(&head, &learned.head, sizeof(head));
	assert_int_equal(head.number, 17);
	assert_int_equal(head.time_s, 1795851202);
	assert_int_equal(head.undo, 16);
	assert_true(head.redo == UINT64_MAX);
	assert_string_equal(head.reason, "by hand: x");
	stage_patch_list_finish(&learned.list);
	free(text);
}

static void
a_long_reason_fits_into_the_head(void **state)
{
	char reason[1000];
	struct stage_learned_head head;
	char *text;
	(void)state;

	memset(reason, 0xc3, sizeof(reason));
	for (size_t i = 1; i < sizeof(reason); i += 2) {
		reason[i] = (char)0xa4;
	}
	reason[sizeof(reason) - 1] = '\0';
	text = make_file(reason);
	assert_true(strchr(strchr(text, '\n') + 1, '\n') - text <
		    STAGE_LEARNED_HEAD_MAX);
	assert_true(
		stage_learned_read_head(text, STAGE_LEARNED_HEAD_MAX, &head));
	assert_int_equal(strlen(head.reason), 198); // no half character
	free(text);
	text = make_file("");
	assert_true(stage_learned_read_head(text, strlen(text), &head));
	assert_string_equal(head.reason, "");
	free(text);
}

// How one text of a good file is replaced, and what that makes of it.
static void
hands_may_change_it(void **state)
{
	static const struct {
		const char *what;
		const char *by; // of the same length
		enum stage_status status;
		bool has_head;
		bool is_untouched;
	} cases[] = {
		{"A -> B", "A -> B", STAGE_OK, true, true},
		{"A -> B", "A -> C", STAGE_OK, true, false},
		{"A -> B", "######", STAGE_OK, true, false},
		{"A -> B", "A => B", STAGE_BAD_INPUT, false, false},
		{"generation 17", "generation 00", STAGE_OK, false, false},
		{"generation 17", "generation xx", STAGE_OK, false, false},
		{"undo 16", "undo xx", STAGE_OK, false, false},
		{"2026-11-28", "2026-11-31", STAGE_OK, false, false},
		{"by hand", "by foot", STAGE_OK, true, false},
		{"format 1.", "format 2.", STAGE_BAD_INPUT, false, false},
		{"format 1.", "format 0.", STAGE_BAD_INPUT, false, false},
		{"format 1.", "format 1!", STAGE_OK, true, false},
		{"# What", "# what", STAGE_OK, false, false},
		{"# end, 1 line", "# End, 1 line", STAGE_BAD_INPUT, false,
			false},
		{"# end, 1 line", "# end, 9 line", STAGE_OK, true, true},
		{"# end, 1 line", "# end, x line", STAGE_BAD_INPUT, false,
			false},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		char *text = make_file("by hand");
		struct stage_learned learned = {0};
		struct stage_err err = STAGE_ERR_INIT;
		memcpy(strstr(text, cases[i].what), cases[i].by,
			strlen(cases[i].what));
		if (stage_learned_read(text, strlen(text), "f", &learned,
			    &err) != cases[i].status) {
			fail_msg("%s: %s", cases[i].by, err.text);
		}
		assert_int_equal(learned.has_head, cases[i].has_head);
		assert_int_equal(learned.is_untouched, cases[i].is_untouched);
		stage_patch_list_finish(&learned.list);
		free(text);
	}
}

static void
sums_are_of_what_it_says(void **state)
{
	struct stage_patch_list a = {0};
	struct stage_patch_list b = {0};
	uint64_t sum_a = 0;
	uint64_t sum_b = 1;
	(void)state;

	assert_int_equal(stage_learned_sum(&a, &sum_a), STAGE_OK);
	assert_int_equal(stage_learned_sum(&b, &sum_b), STAGE_OK);
	assert_true(sum_a == sum_b);
	assert_int_equal(stage_patch_list_want(&a, STAGE_PATCH_JACK, "A", "B"),
		STAGE_OK);
	assert_int_equal(stage_patch_list_want(&b, STAGE_PATCH_JACK, "A", "B"),
		STAGE_OK);
	b.items[0].line = 9;
	assert_int_equal(stage_learned_sum(&a, &sum_a), STAGE_OK);
	assert_true(sum_a != sum_b);
	assert_int_equal(stage_learned_sum(&b, &sum_b), STAGE_OK);
	assert_true(sum_a == sum_b);
	b.items[0].since_s = 9;
	assert_int_equal(stage_learned_sum(&b, &sum_b), STAGE_OK);
	assert_true(sum_a != sum_b);
	stage_patch_list_finish(&a);
	stage_patch_list_finish(&b);
}

static void
lines_are_numbered_as_they_are_written(void **state)
{
	static const char lines[] = "mode lock\nmode off for A\nA -> B\n"
				    "forbid * -> B except C\n";
	struct stage_learned_head head = make_head("x");
	struct stage_patch_list list = {0};
	struct stage_learned learned;
	struct stage_str text = {0};
	(void)state;

	assert_int_equal(
		stage_patch_text_parse(lines, strlen(lines), "f", &list, NULL),
		STAGE_OK);
	assert_int_equal(stage_learned_write(&text, &head, &list), STAGE_OK);
	assert_int_equal(
		stage_learned_read(text.data, text.len, "f", &learned, NULL),
		STAGE_OK);
	assert_false(stage_patch_list_is_same(&list, &learned.list));
	assert_true(stage_learned_number(&list));
	assert_true(stage_patch_list_is_same(&list, &learned.list));
	assert_int_equal(list.modes[1].line, learned.list.modes[1].line);
	assert_false(stage_learned_number(&list));
	stage_patch_list_finish(&learned.list);
	stage_patch_list_finish(&list);
	stage_str_finish(&text);
}

// What could not be read again is not written.
static void
what_is_too_much_for_a_file_is_refused(void **state)
{
	struct stage_learned_head head = make_head("x");
	struct stage_patch_list list = {0};
	struct stage_str text = {0};
	char name[400];
	(void)state;

	assert_int_equal(stage_str_add(&text, "before"), STAGE_OK);
	for (size_t i = 0; i <= STAGE_PATCH_STATEMENTS_MAX; i++) {
		assert_int_equal(stage_patch_list_want(
					 &list, STAGE_PATCH_JACK, "A", "B"),
			STAGE_OK);
	}
	assert_int_equal(
		stage_learned_write(&text, &head, &list), STAGE_TOO_LONG);
	stage_patch_list_finish(&list);
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	for (size_t i = 0; i < STAGE_PATCH_FILE_MAX / sizeof(name); i++) {
		assert_int_equal(stage_patch_list_want(
					 &list, STAGE_PATCH_JACK, name, "B"),
			STAGE_OK);
	}
	assert_int_equal(
		stage_learned_write(&text, &head, &list), STAGE_TOO_LONG);
	assert_string_equal(stage_str_text(&text), "before");
	stage_patch_list_finish(&list);
	stage_str_finish(&text);
}

static enum stage_status
write_and_read(void *user)
{
	struct stage_learned_head head = make_head("x");
	struct stage_learned learned = {0};
	struct stage_str text = {0};
	enum stage_status status = stage_learned_write(&text, &head, user);

	if (status == STAGE_OK) {
		status = stage_learned_read(
			text.data, text.len, "f", &learned, NULL);
	}
	stage_patch_list_finish(&learned.list);
	stage_str_finish(&text);
	return status;
}

static void
any_allocation_may_fail(void **state)
{
	struct stage_patch_list list = {0};
	(void)state;

	assert_int_equal(
		stage_patch_list_want(&list, STAGE_PATCH_JACK, "A", "B*"),
		STAGE_OK);
	assert_true(failing_alloc_sweep(write_and_read, &list) > 5);
	stage_patch_list_finish(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_says_what_it_is),
		cmocka_unit_test(a_long_reason_fits_into_the_head),
		cmocka_unit_test(hands_may_change_it),
		cmocka_unit_test(sums_are_of_what_it_says),
		cmocka_unit_test(lines_are_numbered_as_they_are_written),
		cmocka_unit_test(what_is_too_much_for_a_file_is_refused),
		cmocka_unit_test(any_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
