/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "watch/command_error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
what_commands_say(void **state)
{
	static const struct {
		const char *said, *sentence;
	} cases[] = {
		{"stagecraft: error: there is no service \"x\"\n",
			"there is no service \"x\""},
		{"stagecraft: warning: a\nstagecraft: error: b\nmore\n", "b"},
		{"sh: not found\nmore\n", "sh: not found"},
		{"", "the command failed and did not say why"},
		{"stagecraft: error: \n",
			"the command failed and did not say why"},
		{"stagecraft: error: a\033[2Jb", "a [2Jb"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		stage_command_error_read(cases[i].said, &err);
		assert_int_equal(err.status, STAGE_BAD_INPUT);
		assert_string_equal(err.text, cases[i].sentence);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_commands_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
