/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"

static void
names_are_judged(void **state)
{
	static const struct {
		const char *name;
		enum stage_runit_name_kind kind;
	} rows[] = {
		{"jack", STAGE_RUNIT_NAME_SERVICE},
		{"a", STAGE_RUNIT_NAME_SERVICE},
		{"my synth", STAGE_RUNIT_NAME_SERVICE},
		{" ", STAGE_RUNIT_NAME_SERVICE},
		{"-x", STAGE_RUNIT_NAME_SERVICE},
		{"10-fx.rack", STAGE_RUNIT_NAME_SERVICE},
		{"\xc3\xa9t\xc3\xa9", STAGE_RUNIT_NAME_SERVICE},
		{"\xe2\x99\xab", STAGE_RUNIT_NAME_SERVICE},
		{"\xf0\x9f\x8e\xb9", STAGE_RUNIT_NAME_SERVICE},
		{"DISABLED", STAGE_RUNIT_NAME_SERVICE},
		{"a.disabled", STAGE_RUNIT_NAME_SERVICE},
		{"a.DISABLED.b", STAGE_RUNIT_NAME_SERVICE},
		{"", STAGE_RUNIT_NAME_HIDDEN},
		{".", STAGE_RUNIT_NAME_HIDDEN},
		{"..", STAGE_RUNIT_NAME_HIDDEN},
		{".git", STAGE_RUNIT_NAME_HIDDEN},
		{".gone-1-jack", STAGE_RUNIT_NAME_HIDDEN},
		{".DISABLED", STAGE_RUNIT_NAME_HIDDEN},
		{"jack.DISABLED", STAGE_RUNIT_NAME_DISABLED},
		{"a\nb.DISABLED", STAGE_RUNIT_NAME_DISABLED},
		{"a\nb", STAGE_RUNIT_NAME_UNUSABLE},
		{"a\tb", STAGE_RUNIT_NAME_UNUSABLE},
		{"a\x7f", STAGE_RUNIT_NAME_UNUSABLE},
		{"a/b", STAGE_RUNIT_NAME_UNUSABLE},
		{"\x80", STAGE_RUNIT_NAME_UNUSABLE},
		{"\xc3", STAGE_RUNIT_NAME_UNUSABLE},
		{"\xc3x", STAGE_RUNIT_NAME_UNUSABLE},
		{"\xc0\x80", STAGE_RUNIT_NAME_UNUSABLE},
		{"\xe2\x99", STAGE_RUNIT_NAME_UNUSABLE},
		{"\xe0\x80\x80", STAGE_RUNIT_NAME_UNUSABLE},
		{"\xed\xa0\x80", STAGE_RUNIT_NAME_UNUSABLE},
		{"\xf0\x80\x80\x80", STAGE_RUNIT_NAME_UNUSABLE},
		{"\xf0\x9f\x8e", STAGE_RUNIT_NAME_UNUSABLE},
		{"\xf4\x90\x80\x80", STAGE_RUNIT_NAME_UNUSABLE},
		{"\xf5\x80\x80\x80", STAGE_RUNIT_NAME_UNUSABLE},
		{"\xff", STAGE_RUNIT_NAME_UNUSABLE},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		const char *fault = stage_runit_name_fault(rows[i].name);
		assert_int_equal(
			stage_runit_name_judge(rows[i].name), rows[i].kind);
		assert_int_equal(strlen(fault) == 0,
			rows[i].kind == STAGE_RUNIT_NAME_SERVICE);
	}
}

static void
the_longest_name_has_200_bytes(void **state)
{
	char name[256];
	(void)state;

	memset(name, 'x', sizeof(name));
	name[STAGE_RUNIT_NAME_MAX] = '\0';
	assert_int_equal(
		stage_runit_name_judge(name), STAGE_RUNIT_NAME_SERVICE);
	name[STAGE_RUNIT_NAME_MAX] = 'x';
	name[STAGE_RUNIT_NAME_MAX + 1] = '\0';
	assert_int_equal(
		stage_runit_name_judge(name), STAGE_RUNIT_NAME_UNUSABLE);
	assert_non_null(strstr(stage_runit_name_fault(name), "200 bytes"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_judged),
		cmocka_unit_test(the_longest_name_has_200_bytes),
	};

	return cmocka_run_group_tests_name("runit/name", tests, NULL, NULL);
}
