/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/rights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"

static enum stage_web_role
role_for(const char *area, const char *verb)
{
	return stage_web_role_for(stage_web_deed_of(area, verb));
}

static bool
is_lockable(const char *area, const char *verb)
{
	return stage_web_is_lockable(stage_web_deed_of(area, verb));
}

static void
what_is_not_known_is_an_admins(void **state)
{
	(void)state;

	assert_int_equal(role_for("rig", "stop"), STAGE_WEB_ADMIN);
	assert_int_equal(role_for("nothing", "go"), STAGE_WEB_ADMIN);
	assert_int_equal(role_for("show", ""), STAGE_WEB_ADMIN);
	assert_int_equal(role_for("web", "pair"), STAGE_WEB_ADMIN);
	assert_int_equal(role_for("web", "revoke"), STAGE_WEB_ADMIN);
	assert_int_equal(role_for("patchbay", "connect"), STAGE_WEB_ADMIN);
	assert_true(is_lockable("patchbay", "connect"));
}

static void
the_show_can_be_played_by_a_locked_performer(void **state)
{
	static const char *const verbs[] = {"go", "next", "previous", "play",
		"select", "panic", "transport"};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(verbs); i++) {
		assert_int_equal(
			role_for("show", verbs[i]), STAGE_WEB_PERFORMER);
		assert_false(is_lockable("show", verbs[i]));
	}
	assert_int_equal(role_for("rack", "set"), STAGE_WEB_PERFORMER);
	assert_true(is_lockable("rack", "set"));
	assert_int_equal(role_for("rig", "panic"), STAGE_WEB_ADMIN);
}

static void
a_viewer_looks(void **state)
{
	(void)state;

	assert_int_equal(role_for("patchbay", "explain"), STAGE_WEB_VIEWER);
	assert_int_equal(role_for("anything", "state"), STAGE_WEB_VIEWER);
	assert_false(is_lockable("patchbay", "explain"));
}

static void
words(void **state)
{
	(void)state;

	for (int i = STAGE_WEB_VIEWER; i < STAGE_WEB_ROLE_COUNT; i++) {
		assert_int_equal(stage_web_role_from_word(stage_web_role_word(
					 (enum stage_web_role)i)),
			i);
	}
	assert_int_equal(stage_web_role_from_word("nobody"), STAGE_WEB_NOBODY);
	assert_int_equal(stage_web_role_from_word("root"), STAGE_WEB_NOBODY);
	assert_string_equal(
		stage_web_role_word((enum stage_web_role)77), "nobody");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_known_is_an_admins),
		cmocka_unit_test(the_show_can_be_played_by_a_locked_performer),
		cmocka_unit_test(a_viewer_looks),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
