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

static void
what_does_not_say_is_an_admins(void **state)
{
	static const enum stage_deed deeds[] = {STAGE_DEED_UNSAID,
		STAGE_DEED_CHANGES, STAGE_DEED_LISTENS, STAGE_DEED_COUNT,
		(enum stage_deed)99};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(deeds); i++) {
		assert_int_equal(stage_web_role_for(deeds[i]), STAGE_WEB_ADMIN);
		assert_true(stage_web_is_lockable(deeds[i]));
	}
}

static void
who_plays_is_not_stopped_by_the_lock(void **state)
{
	(void)state;

	assert_int_equal(
		stage_web_role_for(STAGE_DEED_PLAYS), STAGE_WEB_PERFORMER);
	assert_false(stage_web_is_lockable(STAGE_DEED_PLAYS));
	assert_int_equal(
		stage_web_role_for(STAGE_DEED_TURNS), STAGE_WEB_PERFORMER);
	assert_true(stage_web_is_lockable(STAGE_DEED_TURNS));
	assert_int_equal(
		stage_web_role_for(STAGE_DEED_LOOKS), STAGE_WEB_VIEWER);
	assert_false(stage_web_is_lockable(STAGE_DEED_LOOKS));
}

static void
a_verb_does_what_its_daemon_says(void **state)
{
	static const struct {
		const char *verb;
		enum stage_deed deed;
	} rows[] = {
		{"go", STAGE_DEED_PLAYS},
		{"list", STAGE_DEED_LOOKS},
		{"mystery", STAGE_DEED_UNSAID}, // another word
		{"silent", STAGE_DEED_UNSAID},  // none
		{"number", STAGE_DEED_UNSAID},  // no word
		{"nothing", STAGE_DEED_UNSAID}, // no such verb
		{"", STAGE_DEED_UNSAID},
	};
	json_t *verbs = json_pack("[{s:s, s:s}, {s:s, s:s}, {s:s, s:s}, {s:s},"
				  " {s:s, s:i}, {s:i}, s, n]",
		"name", "go", "deed", "plays", "name", "list", "deed", "looks",
		"name", "mystery", "deed", "Looks", "name", "silent", "name",
		"number", "deed", 1, "name", 1, "go");
	(void)state;

	assert_non_null(verbs);
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		assert_int_equal(
			stage_web_deed_of(verbs, rows[i].verb), rows[i].deed);
		assert_int_equal(stage_web_deed_of(NULL, rows[i].verb),
			STAGE_DEED_UNSAID);
	}
	json_decref(verbs);
}

static void
deeds_have_words(void **state)
{
	(void)state;

	for (int i = 0; i < STAGE_DEED_COUNT; i++) {
		assert_int_equal(stage_deed_from_word(
					 stage_deed_word((enum stage_deed)i)),
			i);
	}
	assert_int_equal(stage_deed_from_word(NULL), STAGE_DEED_UNSAID);
	assert_string_equal(stage_deed_word((enum stage_deed)77), "");
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
		cmocka_unit_test(what_does_not_say_is_an_admins),
		cmocka_unit_test(who_plays_is_not_stopped_by_the_lock),
		cmocka_unit_test(a_verb_does_what_its_daemon_says),
		cmocka_unit_test(deeds_have_words),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
