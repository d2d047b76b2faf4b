/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/operand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "failing_alloc.h"
#include "patchbay/patch_text.h"

static enum stage_status
read_words(const char *from, const char *to, const char *except,
	struct stage_patch_list *out, struct stage_err *err)
{
	const struct stage_patch_operands operands = {
		.policy =
			except != NULL ? STAGE_PATCH_FORBID : STAGE_PATCH_WANT,
		.from = from,
		.to = to,
		.except = except};

	*err = (struct stage_err)STAGE_ERR_INIT;
	return stage_patch_operands_read(&operands, out, err);
}

static void
words_become_a_line(void **state)
{
	static const struct {
		const char *from, *to, *except;
		const char *line;
	} cases[] = {
		{"A:out", "B:in", NULL, "A:out -> B:in\n"},
		{"A:out", "B:in", "C", "forbid A:out -> B:in except C\n"},
		{"A:*", "B:\\1", NULL, "A:* -> B:\\1\n"},
		{"A:x", "B:\\1", NULL, "A:x -> B:\\1\n"},
		{"*", "B:in", "C:*", "forbid * -> B:in except C:*\n"},
		{"/A:(.)/", "/B:\\1/", NULL, "/A:(.)/ -> /B:\\1/\n"},
		{"\"A:*\"", "*\"B:*\"", NULL, "\"A:*\" -> B:*\n"},
		// What ends a name in a line ends none here.
		{"A -> B", "C except D", NULL,
			"\"A -> B\" -> \"C except D\"\n"},
		{" A ", "\tB", NULL, "\" A \" -> \"\\tB\"\n"},
		{"not A", "mode B", NULL, "\"not A\" -> mode B\n"},
		{"# A", "# B", NULL, "\"# A\" -> # B\n"},
		{"A\nB", "C\x01\x7f", NULL, "\"A\\nB\" -> \"C\\x01\\x7f\"\n"},
		{"Gr\xfcn", "Gr\xc3\xbcn", NULL,
			"\"Gr\\xfcn\" -> Gr\xc3\xbcn\n"},
		{"A:x [1] (c): p", "{B}", NULL, "A:x [1] (c): p -> {B}\n"},
		{"A\\*", "B\\", NULL, "\"A*\" -> B\\\n"},
		{"A\"B\"", "*", NULL, "A\"B\" -> *\n"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_patch_list list = {0};
		struct stage_str text = {0};
		struct stage_err err;
		assert_int_equal(read_words(cases[i].from, cases[i].to,
					 cases[i].except, &list, &err),
			STAGE_OK);
		assert_int_equal(err.status, STAGE_OK);
		assert_int_equal(
			stage_patch_text_format(&list, &text), STAGE_OK);
		assert_string_equal(stage_str_text(&text), cases[i].line);
		stage_str_finish(&text);
		stage_patch_list_finish(&list);
	}
}

static void
what_is_no_name_is_refused(void **state)
{
	static const struct {
		const char *from, *to, *except;
		const char *sentence; // a part of it
	} cases[] = {
		{"", "B", NULL, "the name of a port is empty"},
		{"A", "", NULL, "the name of a port is empty"},
		{"A", "B", "", "the name of a port is empty"},
		{"\"\"", "B", NULL, "cannot be empty"},
		{"A", "//", NULL, "cannot be empty"},
		{"\"A", "B", NULL, "\"A, column 1: this quote is not closed"},
		{"A", "/B", NULL, "is not closed"},
		{"\"A\" ->", "B", NULL, "left over behind the name"},
		{"\"A\"B", "B", NULL, "a blank is missing"},
		{"\"A\\q\"", "B", NULL, "\"A\\q\", column 3: the only escapes"},
		{"\"\\x00\"", "B", NULL, "zero byte"},
		{"/(/", "B", NULL, "/(/"},
		{"A*", "B\\2", NULL, "B\\2"},
		{"A", "/\\1/", NULL, "/\\1/"},
		{"*", "B", "/[/", "/[/"},
		{"\"A\nB\"", "C", NULL, "control character"},
		{"\"Gr\xfcn\"", "C", NULL, "not UTF-8"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_patch_list list = {0};
		struct stage_err err;
		assert_int_equal(read_words(cases[i].from, cases[i].to,
					 cases[i].except, &list, &err),
			STAGE_BAD_INPUT);
		assert_non_null(strstr(err.text, cases[i].sentence));
		assert_int_equal(list.count, 0);
	}
}

// It would be in force, and no file could ever hold it.
static void
what_fits_into_no_line_is_refused(void **state)
{
	static char name[STAGE_PATCH_LINE_MAX + 1];
	struct stage_patch_list list = {0};
	struct stage_err err;
	(void)state;

	memset(name, 'x', STAGE_PATCH_LINE_MAX);
	assert_int_equal(
		read_words(name, "B", NULL, &list, &err), STAGE_TOO_LONG);
	assert_non_null(strstr(err.text, "too long for a line"));
	memset(name, 1, STAGE_PATCH_LINE_MAX / 4); // each is \x01
	name[STAGE_PATCH_LINE_MAX / 4] = '\0';
	assert_int_equal(
		read_words("A", name, NULL, &list, &err), STAGE_TOO_LONG);
	name[STAGE_PATCH_LINE_MAX / 4 - 20] = '\0';
	assert_int_equal(read_words("A", name, NULL, &list, &err), STAGE_OK);
	stage_patch_list_finish(&list);
}

static enum stage_status
read_all_kinds(void *user)
{
	static const char *const words[] = {
		"A:out", "A:*", "/(a|b)*c/", "*\"A:\\xfc*\"", "\"A\\n\""};
	struct stage_patch_list list = {0};
	struct stage_err err;
	enum stage_status status = STAGE_OK;
	(void)user;

	for (size_t i = 0; i < STAGE_COUNT_OF(words) && status == STAGE_OK;
		i++) {
		status = read_words(words[i], "B:in", words[i], &list, &err);
		if (status != STAGE_OK) {
			assert_string_not_equal(err.text, "");
			assert_int_equal(list.count, i);
		}
	}
	stage_patch_list_finish(&list);
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	(void)state;
	assert_true(failing_alloc_sweep(read_all_kinds, NULL) > 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_become_a_line),
		cmocka_unit_test(what_is_no_name_is_refused),
		cmocka_unit_test(what_fits_into_no_line_is_refused),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
