/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "failing_alloc.h"

static void
zeroed_is_empty(void **state)
{
	struct stage_str str = {0};
	(void)state;

	assert_string_equal(stage_str_text(&str), "");
	stage_str_clear(&str);
	stage_str_consume(&str, 0);
	stage_str_consume(&str, 5);
	stage_str_cut(&str, 0);
	assert_string_equal(stage_str_text(&str), "");
	stage_str_finish(&str);
	stage_str_finish(&str);
	stage_str_finish(NULL);
}

static void
appends_and_grows(void **state)
{
	struct stage_str str = {0};
	(void)state;

	assert_int_equal(stage_str_append(&str, NULL, 0), STAGE_OK);
	assert_string_equal(str.data, "");
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(stage_str_addf(&str, "%d,", i), STAGE_OK);
		assert_int_equal(strlen(str.data), str.len);
		assert_true(str.cap > str.len);
	}
	assert_int_equal(str.len, 10 * 2 + 90 * 3 + 900 * 4);
	assert_int_equal(memcmp(str.data, "0,1,2,3,", 8), 0);
	stage_str_clear(&str);
	assert_int_equal(str.len, 0);
	assert_int_equal(stage_str_append(&str, "a\0b", 3), STAGE_OK);
	assert_int_equal(str.len, 3);
	assert_memory_equal(str.data, "a\0b", 4);
	stage_str_cut(&str, 9);
	assert_int_equal(str.len, 3);
	stage_str_cut(&str, 1);
	assert_string_equal(str.data, "a");
	stage_str_finish(&str);
	assert_null(str.data);
}

// Every length around the first capacity and its doublings.
static void
grows_exactly_where_needed(void **state)
{
	(void)state;
	for (size_t len = 0; len < 300; len++) {
		struct stage_str str = {0};
		char text[301];
		memset(text, 'x', len);
		text[len] = '\0';
		assert_int_equal(stage_str_add(&str, text), STAGE_OK);
		assert_string_equal(str.data, text);
		assert_int_equal(stage_str_add(&str, "y"), STAGE_OK);
		assert_int_equal(str.len, len + 1);
		stage_str_finish(&str);
	}
}

static void
refuses_what_cannot_be(void **state)
{
	struct stage_str str = {0};
	(void)state;

	assert_int_equal(stage_str_add(&str, "kept"), STAGE_OK);
	assert_int_equal(
		stage_str_append(&str, "x", SIZE_MAX - 2), STAGE_NO_MEMORY);
	assert_int_equal(
		stage_str_append(&str, "x", SIZE_MAX / 2), STAGE_NO_MEMORY);
	assert_string_equal(stage_str_text(&str), "kept");
	stage_str_finish(&str);
}

static void
consumes_from_the_front(void **state)
{
	static const struct {
		size_t len;
		const char *rest;
	} cases[] = {
		{0, "abcdef"},
		{1, "bcdef"},
		{5, "f"},
		{6, ""},
		{7, ""},
		{SIZE_MAX, ""},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_str str = {0};
		assert_int_equal(stage_str_add(&str, "abcdef"), STAGE_OK);
		stage_str_consume(&str, cases[i].len);
		assert_string_equal(stage_str_text(&str), cases[i].rest);
		assert_int_equal(str.len, strlen(cases[i].rest));
		stage_str_finish(&str);
	}
}

static void
gives_its_text_away(void **state)
{
	struct stage_str str = {0};
	char *text;
	(void)state;

	assert_int_equal(stage_str_add(&str, "mine"), STAGE_OK);
	text = stage_str_take(&str);
	assert_string_equal(text, "mine");
	assert_null(str.data);
	free(text);
	text = stage_str_take(&str);
	assert_string_equal(text, "");
	free(text);
}

static void
lists_of_strings(void **state)
{
	struct stage_strv list = {0};
	(void)state;

	stage_strv_sort(&list);
	assert_false(stage_strv_has(&list, "a"));
	for (int i = 0; i < 20; i++) {
		char text[3] = {(char)('a' + (i * 7) % 20), '\0', '\0'};
		assert_int_equal(stage_strv_add(&list, text), STAGE_OK);
	}
	assert_int_equal(list.count, 20);
	assert_string_equal(list.items[1], "h");
	stage_strv_sort(&list);
	for (size_t i = 0; i < list.count; i++) {
		assert_int_equal(list.items[i][0], (int)('a' + i));
	}
	assert_true(stage_strv_has(&list, "t"));
	assert_false(stage_strv_has(&list, "u"));
	assert_false(stage_strv_has(&list, ""));
	stage_strv_finish(&list);
	assert_int_equal(list.count, 0);
	stage_strv_finish(&list);
	stage_strv_finish(NULL);
}

static void
beginnings_and_ends(void **state)
{
	static const struct {
		const char *text;
		const char *part;
		bool starts;
		bool ends;
	} cases[] = {
		{"", "", true, true},
		{"abc", "", true, true},
		{"abc", "ab", true, false},
		{"abc", "bc", false, true},
		{"abc", "abc", true, true},
		{"abc", "xabc", false, false},
		{"abc", "abcd", false, false},
		{"aa", "a", true, true},
		{"", "a", false, false},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_int_equal(
			stage_starts_with(cases[i].text, cases[i].part),
			cases[i].starts);
		assert_int_equal(stage_ends_with(cases[i].text, cases[i].part),
			cases[i].ends);
	}
}

static void
formats_into_a_buffer(void **state)
{
	char buffer[6] = "junk";
	(void)state;

	assert_int_equal(
		stage_format(buffer, sizeof(buffer), "%s", "12345"), STAGE_OK);
	assert_string_equal(buffer, "12345");
	assert_int_equal(stage_format(buffer, sizeof(buffer), "%s", "123456"),
		STAGE_TOO_LONG);
	assert_string_equal(buffer, "");
	assert_int_equal(stage_format(NULL, 0, "%s", "x"), STAGE_TOO_LONG);
}

// What no locale can encode makes the printf family fail.
static void
unprintable_wide_characters(void **state)
{
	static const wchar_t wide[] = {0x7fffffff, 0};
	struct stage_str str = {0};
	char buffer[16] = "junk";
	(void)state;

	assert_int_equal(stage_str_addf(&str, "%ls", wide), STAGE_BUG);
	assert_int_equal(str.len, 0);
	assert_int_equal(stage_format(buffer, sizeof(buffer), "%ls", wide),
		STAGE_TOO_LONG);
	assert_string_equal(buffer, "");
	stage_str_finish(&str);
}

static enum stage_status
use_str(void *user)
{
	struct stage_str str = {0};
	enum stage_status status;
	char *text;
	(void)user;

	status = stage_str_add(&str, "abc");
	for (int i = 0; i < 100 && status == STAGE_OK; i++) {
		size_t before = str.len;
		status = stage_str_addf(&str, "%d %s", i, "words");
		if (status != STAGE_OK) {
			assert_int_equal(str.len, before);
			assert_int_equal(strlen(str.data), before);
		}
	}
	stage_str_finish(&str);
	text = stage_str_take(&str);
	status = text == NULL ? STAGE_NO_MEMORY : status;
	free(text);
	return status;
}

static enum stage_status
use_strv(void *user)
{
	struct stage_strv list = {0};
	enum stage_status status = STAGE_OK;
	(void)user;

	for (size_t i = 0; i < 20 && status == STAGE_OK; i++) {
		status = stage_strv_add(&list, "item");
		assert_int_equal(list.count, status == STAGE_OK ? i + 1 : i);
	}
	stage_strv_finish(&list);
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	(void)state;
	assert_true(failing_alloc_sweep(use_str, NULL) > 3);
	assert_true(failing_alloc_sweep(use_strv, NULL) > 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zeroed_is_empty),
		cmocka_unit_test(appends_and_grows),
		cmocka_unit_test(grows_exactly_where_needed),
		cmocka_unit_test(refuses_what_cannot_be),
		cmocka_unit_test(consumes_from_the_front),
		cmocka_unit_test(gives_its_text_away),
		cmocka_unit_test(lists_of_strings),
		cmocka_unit_test(beginnings_and_ends),
		cmocka_unit_test(formats_into_a_buffer),
		cmocka_unit_test(unprintable_wide_characters),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
