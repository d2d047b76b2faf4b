/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/exits.h"
#include "base/status.h"

static void
every_status_has_words(void **state)
{
	(void)state;
	for (int i = 0; i < STAGE_STATUS_COUNT; i++) {
		const char *text = stage_strerror((enum stage_status)i);
		assert_non_null(text);
		assert_true(strlen(text) > 0);
		for (int k = 0; k < i; k++) {
			assert_string_not_equal(
				text, stage_strerror((enum stage_status)k));
		}
	}
	assert_string_equal(
		stage_strerror(STAGE_STATUS_COUNT), "unknown status");
	assert_string_equal(
		stage_strerror((enum stage_status) - 1), "unknown status");
}

static void
errno_becomes_status(void **state)
{
	static const struct {
		int errnum;
		enum stage_status status;
	} cases[] = {
		{0, STAGE_OK},
		{ENOMEM, STAGE_NO_MEMORY},
		{ENOENT, STAGE_NOT_FOUND},
		{EEXIST, STAGE_EXISTS},
		{EAGAIN, STAGE_BUSY},
		{EROFS, STAGE_DENIED},
		{ENOSPC, STAGE_FULL},
		{EISDIR, STAGE_BAD_INPUT},
		{ENAMETOOLONG, STAGE_TOO_LONG},
		{ETIMEDOUT, STAGE_TIMEOUT},
		{EPIPE, STAGE_GONE},
		{ENOSYS, STAGE_UNSUPPORTED},
		{EIO, STAGE_IO},
		{-1, STAGE_IO},
		{123456, STAGE_IO},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_int_equal(stage_status_from_errno(cases[i].errnum),
			cases[i].status);
	}
}

static void
status_becomes_exit_code(void **state)
{
	static const struct {
		enum stage_status status;
		int code;
	} cases[] = {
		{STAGE_OK, 0},
		{STAGE_NO_MEMORY, 111},
		{STAGE_NOT_FOUND, 100},
		{STAGE_EXISTS, 100},
		{STAGE_BUSY, 111},
		{STAGE_DENIED, 100},
		{STAGE_FULL, 111},
		{STAGE_IO, 111},
		{STAGE_BAD_INPUT, 100},
		{STAGE_TOO_LONG, 100},
		{STAGE_TIMEOUT, 111},
		{STAGE_GONE, 111},
		{STAGE_UNSUPPORTED, 100},
		{STAGE_BUG, 101},
	};
	(void)state;

	assert_int_equal(STAGE_COUNT_OF(cases), STAGE_STATUS_COUNT);
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_int_equal(
			stage_exit_code(cases[i].status), cases[i].code);
	}
	assert_int_equal(
		stage_exit_code(STAGE_STATUS_COUNT), STAGE_EXIT_TEMPORARY);
	assert_int_equal(
		stage_exit_code((enum stage_status)999), STAGE_EXIT_TEMPORARY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_status_has_words),
		cmocka_unit_test(errno_becomes_status),
		cmocka_unit_test(status_becomes_exit_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
