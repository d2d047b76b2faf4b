/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "watch/command_error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/exits.h"

static void
what_commands_say(void **state)
{
	static const struct {
		const char *said, *sentence;
	} cases[] = {
		{"stagecraft: error: there is no service \"x\"\n",
			"there is no service \"x\""},
		{"stagecraft: warning: a\nstagecraft: error: b\nmore\n", "b"},
		{"stagecraft: error: a\nstagecraft: error: b\n", "b"},
		{"stagecraft: error: a\nstagecraft: error: \n\n", "a"},
		{"x\nstagecraft: error: a\ny\n", "a"},
		{"stagecraft: warning: an error: a", "stagecraft: warning: an "
						     "error: a"},
		{"sh: not found\nmore\n", "sh: not found"},
		{"\n \t\r\nsh: not found", "sh: not found"},
		{": error: a", ": error: a"},
		{"", "the command failed and did not say why"},
		{"stagecraft: error: \n",
			"the command failed and did not say why"},
		{"stagecraft: error:  \r\n\n",
			"the command failed and did not say why"},
		{"stagecraft: error: a\033[2Jb", "a [2Jb"},
		{"stagecraft: error: \302\233\n",
			"the command failed and did not say why"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		stage_command_error_read(
			cases[i].said, STAGE_EXIT_PERMANENT, &err);
		assert_int_equal(err.status, STAGE_BAD_INPUT);
		assert_string_equal(err.text, cases[i].sentence);
	}
}

static void
what_their_exit_codes_mean(void **state)
{
	static const struct {
		int64_t exit_code;
		enum stage_status status;
		const char *silent;
	} cases[] = {
		{1, STAGE_GONE,
			"the service did not come up; stagecraft status tells "
			"why"},
		{100, STAGE_BAD_INPUT,
			"the command failed and did not say why"},
		{101, STAGE_BUG, "the command failed and did not say why"},
		{111, STAGE_BUSY, "the command failed and did not say why"},
		{128 + 11, STAGE_BUG, "the command failed and did not say why"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		stage_command_error_read("", cases[i].exit_code, &err);
		assert_int_equal(err.status, cases[i].status);
		assert_string_equal(err.text, cases[i].silent);
		stage_command_error_read(
			"x: error: y\n", cases[i].exit_code, &err);
		assert_int_equal(err.status, cases[i].status);
		assert_string_equal(err.text, "y");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_commands_say),
		cmocka_unit_test(what_their_exit_codes_mean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
