/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "chain/bystander.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "failing_alloc.h"

#define VARIABLE "PIPEWIRE_PROPS"

static void
is_set_and_restored(void **state)
{
	static const struct {
		const char *before; // NULL: not set
		const char *during;
	} cases[] = {
		{NULL, "node.always-process = false "},
		{"", "node.always-process = false "},
		{"{ a = b }", "{ node.always-process = false  a = b }"},
		{" \n{a=b}", "{ node.always-process = false a=b}"},
		{"a = b", "node.always-process = false a = b"},
	};
	struct stage_bystander self;
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		unsetenv(VARIABLE);
		if (cases[i].before != NULL) {
			setenv(VARIABLE, cases[i].before, 1);
		}
		assert_int_equal(stage_bystander_set(&self, NULL), STAGE_OK);
		assert_string_equal(getenv(VARIABLE), cases[i].during);
		stage_bystander_restore(&self);
		if (cases[i].before == NULL) {
			assert_null(getenv(VARIABLE));
		} else {
			assert_string_equal(getenv(VARIABLE), cases[i].before);
		}
		stage_bystander_finish(&self);
	}
}

static void
one_that_is_not_set_restores_nothing(void **state)
{
	struct stage_bystander self = {0};
	(void)state;

	setenv(VARIABLE, "{ c = d }", 1);
	stage_bystander_restore(&self);
	assert_string_equal(getenv(VARIABLE), "{ c = d }");
	stage_bystander_finish(&self);
}

static enum stage_status
set_once(void *user)
{
	struct stage_bystander self;
	enum stage_status status = stage_bystander_set(&self, NULL);
	(void)user;

	assert_int_equal(self.is_set, status == STAGE_OK);
	stage_bystander_restore(&self);
	assert_string_equal(getenv(VARIABLE), "{ a = b }");
	stage_bystander_finish(&self);
	return status;
}

static void
without_memory_nothing_is_changed(void **state)
{
	(void)state;

	setenv(VARIABLE, "{ a = b }", 1);
	assert_true(failing_alloc_sweep(set_once, NULL) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_set_and_restored),
		cmocka_unit_test(one_that_is_not_set_restores_nothing),
		cmocka_unit_test(without_memory_nothing_is_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
