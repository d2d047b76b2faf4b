/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/called.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
call(struct stage_patch_called *called, const char *song, const char *name,
	const char *by_jack)
{
	assert_int_equal(
		stage_patch_called_add(called, song, name, by_jack, NULL),
		STAGE_OK);
}

static void
add(struct stage_patch_list *list, enum stage_patch_system system,
	enum stage_patch_match match, const char *from, const char *to)
{
	char from_text[100];
	char to_text[100];
	const struct stage_patch_statement statement = {.system = system,
		.from = {from_text, match},
		.to = {to_text, match}};

	snprintf(from_text, sizeof(from_text), "%s", from);
	snprintf(to_text, sizeof(to_text), "%s", to);
	assert_int_equal(stage_patch_list_add(list, &statement), STAGE_OK);
}

static void
its_own_patch_means_its_own_client(void **state)
{
	static const struct {
		enum stage_patch_match match;
		const char *from;
		const char *wanted;
	} cases[] = {
		{STAGE_PATCH_LITERAL, "ams:out", "ams-01:out"},
		{STAGE_PATCH_LITERAL, "ams-01:out", "ams-02:out"},
		{STAGE_PATCH_LITERAL, "ams", "ams"},
		{STAGE_PATCH_LITERAL, "amsel:out", "amsel:out"},
		{STAGE_PATCH_LITERAL, "my ams:out", "my ams:out"},
		{STAGE_PATCH_GLOB, "ams:*", "ams-01:*"},
		{STAGE_PATCH_GLOB, "*:out", "*:out"},
		{STAGE_PATCH_REGEX, "ams:.*", "ams:.*"},
	};
	struct stage_patch_called called = {0};

	(void)state;
	call(&called, "A", "ams", "other");
	call(&called, "B", "ams", "ams-01");
	call(&called, "B", "ams-01", "ams-02");
	assert_true(stage_patch_called_has(&called, "B"));
	assert_false(stage_patch_called_has(&called, "C"));
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_patch_list list = {0};

		add(&list, STAGE_PATCH_JACK, cases[i].match, cases[i].from,
			"ams:in");
		add(&list, STAGE_PATCH_ALSA, STAGE_PATCH_LITERAL, "ams:out",
			"x");
		assert_int_equal(stage_patch_called_apply(&called, "B", &list),
			STAGE_OK);
		assert_string_equal(list.items[0].from.text, cases[i].wanted);
		assert_string_equal(list.items[0].to.text,
			cases[i].match != STAGE_PATCH_REGEX ? "ams-01:in"
							    : "ams:in");
		assert_string_equal(list.items[1].from.text, "ams:out");
		stage_patch_list_finish(&list);
	}
	stage_patch_called_finish(&called);
	assert_int_equal(called.count, 0);
}

static void
and_is_learned_as_it_stands_there(void **state)
{
	struct stage_patch_called called = {0};
	char *name = NULL;

	(void)state;
	call(&called, "B", "ams", "ams-01");
	assert_int_equal(
		stage_patch_called_back(&called, "B", "ams-01:out", &name),
		STAGE_OK);
	assert_string_equal(name, "ams:out");
	free(name);
	assert_int_equal(
		stage_patch_called_back(&called, "A", "ams-01:out", &name),
		STAGE_OK);
	assert_null(name);
	assert_int_equal(
		stage_patch_called_back(&called, "B", "ams:out", &name),
		STAGE_OK);
	assert_null(name);
	stage_patch_called_finish(&called);
}

static void
what_is_no_client_is_refused(void **state)
{
	static const char *const bad[] = {"", "a:b", "*", "a?", "a\\"};
	struct stage_patch_called called = {0};
	struct stage_err err = STAGE_ERR_INIT;
	char name[16];

	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(bad); i++) {
		assert_int_equal(
			stage_patch_called_add(&called, "A", bad[i], "b", &err),
			STAGE_BAD_INPUT);
		assert_int_equal(
			stage_patch_called_add(&called, "A", "b", bad[i], &err),
			STAGE_BAD_INPUT);
	}
	for (int i = 0; i < STAGE_PATCH_CALLED_MAX; i++) {
		snprintf(name, sizeof(name), "c%d", i);
		call(&called, "A", name, "b");
	}
	assert_int_equal(stage_patch_called_add(&called, "A", "x", "b", &err),
		STAGE_TOO_LONG);
	stage_patch_called_finish(&called);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_own_patch_means_its_own_client),
		cmocka_unit_test(and_is_learned_as_it_stands_there),
		cmocka_unit_test(what_is_no_client_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
