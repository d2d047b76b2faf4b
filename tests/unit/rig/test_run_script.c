/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/run_script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"

static void
descriptions(void **state)
{
	static const struct {
		const char *script, *says;
	} cases[] = {
		{"#!/bin/sh\n# Plays\nexec x\n", "Plays"},
		{"#!/bin/sh\n# SPDX-FileCopyrightText: x\n# shellcheck y\n"
		 "#\n# \n#no\n# Plays",
			"Plays"},
		{"\n\n# Plays\n", "Plays"},
		{"#!/bin/sh\nexec x\n# too late\n", ""},
		{"", ""},
		{"# a\033[2Jb\xff\r\n", "a?[2Jb??"},
		{"# 123456789012345", "123456789012345"},
		{"# 1234567890123456", "123456789012345"},
		{"# 12345678901234\xc3\xbc", "12345678901234"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		char text[16];
		stage_run_script_describe(cases[i].script,
			strlen(cases[i].script), text, sizeof(text));
		assert_string_equal(text, cases[i].says);
	}
}

static void
who_speaks_for_itself(void **state)
{
	static const struct {
		const char *script;
		bool does;
	} cases[] = {
		{"#!/bin/sh\nexec stagecraft-exec -w jack x\n", true},
		{"exec \\\n\t/usr/bin/stagecraft-exec x", true},
		{"# stagecraft-exec\n \t# stagecraft-exec\nexec x\n", false},
		{"exec x # stagecraft-exec\n", true}, // good enough
		{"x() {\n\texec chpst -u a stagecraft-exec x\n}\n", true},
		{"os.execvp('stagecraft-exec', words)", true},
		{"stagecraft-exec -w jack true && exec stagecraft-exec x",
			true},
		{"exec stagecraft-exe", false},
		// Helpers.
		{"stagecraft-exec -w jack true\nexec x\n", false},
		{"stagecraft-exec a; stagecraft-exec b; exec x", false},
		{"exec 3<&0\nstagecraft-exec -w jack true\nexec x", false},
		{"exec x \\\n\nstagecraft-exec x", false},
		{"stagecraft-exec stagecraft-exec x", false},
		{"", false},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_int_equal(stage_run_script_becomes_exec(cases[i].script,
					 strlen(cases[i].script)),
			cases[i].does);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptions),
		cmocka_unit_test(who_speaks_for_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
