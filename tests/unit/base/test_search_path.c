/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/search_path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"

static void
places_in_order(void **state)
{
	static const struct {
		const char *list;
		const char *places; // parted by blanks
	} cases[] = {
		{"/bin", "/bin/x"},
		{"/usr/bin:/bin", "/usr/bin/x /bin/x"},
		{"", "./x"},
		{":/bin", "./x /bin/x"},
		{"/bin:", "/bin/x ./x"},
		{"/a::/b", "/a/x ./x /b/x"},
		{"/b/", "/b//x"},
		{"/this/does/not/fit:/bin", "/bin/x"},
		{"/this/does/not/fit", ""},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		const char *at = cases[i].list;
		char all[100] = "";
		char place[12];
		while (stage_search_path_next(&at, "x", place, sizeof(place))) {
			strcat(all, all[0] != '\0' ? " " : "");
			strcat(all, place);
		}
		assert_string_equal(all, cases[i].places);
		assert_null(at);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
