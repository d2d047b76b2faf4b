/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* The escape from STAGE_RT must be legal wherever a statement is, and cost
 * nothing. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rt/rt.h"

STAGE_RT static size_t
length_of(const char *text)
{
	size_t len;

	STAGE_RT_UNSAFE_BEGIN("strlen only reads, up to the zero")
	len = strlen(text);
	STAGE_RT_UNSAFE_END
	return len;
}

static void
escapes_compile(void **state)
{
	(void)state;
	assert_int_equal(length_of("four"), 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_compile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
