/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#define LONG (STAGE_ERR_TEXT_MAX * 2)

static void
set_fills_and_returns(void **state)
{
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(err.status, STAGE_OK);
	assert_string_equal(err.text, "");
	assert_int_equal(stage_err_set(&err, STAGE_BUSY, "port %d is taken", 9),
		STAGE_BUSY);
	assert_int_equal(err.status, STAGE_BUSY);
	assert_string_equal(err.text, "port 9 is taken");
}

static void
null_is_fine(void **state)
{
	(void)state;
	assert_int_equal(stage_err_set(NULL, STAGE_IO, "x"), STAGE_IO);
	assert_int_equal(
		stage_err_set_errno(NULL, ENOENT, "x"), STAGE_NOT_FOUND);
	stage_err_prefix(NULL, "x");
}

static void
control_characters_become_spaces(void **state)
{
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	stage_err_set(&err, STAGE_IO,
		"a\nb\tc\x1b[2Jd\x7f"
		"e");
	assert_string_equal(err.text, "a b c [2Jd e");
	// C1, and stray bytes that a terminal may take for it: CSI, twice.
	stage_err_set(&err, STAGE_IO,
		"\xc2\x9b"
		"2J\x9b"
		"2J\xc3\x9b\xc2\xa0\xff");
	assert_string_equal(err.text, "  2J 2J\xc3\x9b\xc2\xa0\xff");
}

static void
text_is_cut_between_characters(void **state)
{
	struct stage_err err = STAGE_ERR_INIT;
	char text[LONG + 1];
	(void)state;

	// Two-byte characters: 511 bytes hold 255 of them.
	for (size_t i = 0; i < LONG; i += 2) {
		memcpy(text + i, "\xc3\xa4", 2);
	}
	text[LONG] = '\0';
	stage_err_set(&err, STAGE_IO, "%s", text);
	assert_int_equal(strlen(err.text), STAGE_ERR_TEXT_MAX - 2);
	// Shifted by one byte the last character fits, and stays.
	stage_err_set(&err, STAGE_IO, "x%s", text);
	assert_int_equal(strlen(err.text), STAGE_ERR_TEXT_MAX - 1);
	text[STAGE_ERR_TEXT_MAX - 1] = '\0';
	memset(text, 'y', STAGE_ERR_TEXT_MAX - 1);
	stage_err_set(&err, STAGE_IO, "%s", text);
	assert_string_equal(err.text, text);
}

static void
errno_adds_the_reason(void **state)
{
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(
		stage_err_set_errno(&err, ENOENT, "unable to open %s", "a"),
		STAGE_NOT_FOUND);
	assert_int_equal(err.status, STAGE_NOT_FOUND);
	assert_string_equal(
		err.text, "unable to open a: No such file or directory");
}

static void
the_reason_survives_a_long_path(void **state)
{
	static const char reason[] = ": No such file or directory";
	struct stage_err err = STAGE_ERR_INIT;
	char path[LONG + 1];
	size_t len;
	(void)state;

	memset(path, 'p', LONG);
	path[LONG] = '\0';
	stage_err_set_errno(&err, ENOENT, "unable to open %s", path);
	len = strlen(err.text);
	assert_int_equal(len, STAGE_ERR_TEXT_MAX - 1);
	assert_string_equal(err.text + len - strlen(reason), reason);
}

static void
prefix_goes_before(void **state)
{
	struct stage_err err = STAGE_ERR_INIT;
	char text[LONG + 1];
	(void)state;

	stage_err_set(&err, STAGE_BAD_INPUT, "no such key");
	stage_err_prefix(&err, "%s:%d: ", "rig.conf", 3);
	assert_string_equal(err.text, "rig.conf:3: no such key");
	assert_int_equal(err.status, STAGE_BAD_INPUT);
	memset(text, 'p', LONG);
	text[LONG] = '\0';
	stage_err_prefix(&err, "%s", text);
	assert_int_equal(strlen(err.text), STAGE_ERR_TEXT_MAX - 1);
}

static void
arguments_may_lie_in_err(void **state)
{
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	stage_err_set(&err, STAGE_IO, "inner");
	stage_err_set(&err, STAGE_BUSY, "outer: %s", err.text);
	assert_string_equal(err.text, "outer: inner");
}

// What no locale can encode makes the printf family fail.
static void
unprintable_wide_characters(void **state)
{
	static const wchar_t wide[] = {0x7fffffff, 0};
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(stage_err_set(&err, STAGE_IO, "%ls", wide), STAGE_IO);
	assert_string_equal(err.text, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_fills_and_returns),
		cmocka_unit_test(null_is_fine),
		cmocka_unit_test(control_characters_become_spaces),
		cmocka_unit_test(text_is_cut_between_characters),
		cmocka_unit_test(errno_adds_the_reason),
		cmocka_unit_test(the_reason_survives_a_long_path),
		cmocka_unit_test(prefix_goes_before),
		cmocka_unit_test(arguments_may_lie_in_err),
		cmocka_unit_test(unprintable_wide_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
