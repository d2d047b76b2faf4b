/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/expand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "failing_alloc.h"

static char *
variable(const char *name)
{
	static char fx[] = "My Reverb";
	static char odd[] = "a*b?c\\d";
	static char empty[] = "";
	static char dollar[] = "${FX_NAME}";

	return strcmp(name, "FX_NAME") == 0  ? fx
	       : strcmp(name, "_odd2") == 0  ? odd
	       : strcmp(name, "EMPTY") == 0  ? empty
	       : strcmp(name, "DOLLAR") == 0 ? dollar
					     : NULL;
}

static void
each_argument_of_readiness(void **state)
{
	static const struct {
		const char *text;
		const char *expanded; // NULL: an error
	} cases[] = {
		{"port:Synth:*", "Synth:*"},
		{"port:${FX_NAME}:*", "My Reverb:*"},
		{"port:x ${FX_NAME}:${FX_NAME}_1", "x My Reverb:My Reverb_1"},
		{"port:${_odd2}:*", "a\\*b\\?c\\\\d:*"},
		{"port:${DOLLAR}:*", "${FX_NAME}:*"},
		{"port:${EMPTY}:*", NULL}, // no client's name is left
		{"port:${NOBODY}:*", NULL},
		{"file:/a/${_odd2}${EMPTY}", "/a/a*b?c\\d"},
		{"file:/a/$FX_NAME/${}/${2}/${a b}/${x/$",
			"/a/$FX_NAME/${}/${2}/${a b}/${x/$"},
		{"file:${NOBODY}", NULL},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_needs needs = {0};
		enum stage_status status = STAGE_OK;
		assert_int_equal(
			stage_needs_set_ready(&needs, cases[i].text, NULL),
			STAGE_OK);
		status = stage_needs_expand(&needs, variable, NULL);
		if (cases[i].expanded == NULL) {
			assert_int_equal(status, STAGE_BAD_INPUT);
		} else {
			assert_int_equal(status, STAGE_OK);
			assert_string_equal(
				needs.ready_argument, cases[i].expanded);
		}
		stage_needs_finish(&needs);
	}
}

static void
each_kind_of_need(void **state)
{
	static const struct {
		const char *text;
		const char *expanded;
	} cases[] = {
		{"jack", ""}, {"alsa", ""},
		{"port:${FX_NAME}:in", "My Reverb:in"},
		{"file:/${FX_NAME}", "/My Reverb"},
		{"net:${FX_NAME}", "My Reverb"},
		{"service:${FX_NAME}", "${FX_NAME}"}, // a stop could not see it
	};
	struct stage_needs needs = {0};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_int_equal(
			stage_needs_add(&needs, cases[i].text, NULL), STAGE_OK);
	}
	assert_int_equal(stage_needs_expand(&needs, variable, NULL), STAGE_OK);
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_string_equal(needs.items[i].argument, cases[i].expanded);
	}
	stage_needs_finish(&needs);
}

static void
what_is_not_set_is_told(void **state)
{
	struct stage_needs needs = {0};
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(
		stage_needs_set_ready(&needs, "port:${X_1}:*", NULL), STAGE_OK);
	assert_int_equal(
		stage_needs_expand(&needs, variable, &err), STAGE_BAD_INPUT);
	assert_string_equal(err.text,
		"\"port:${X_1}:*\" speaks of the variable X_1, which is not "
		"set; write it into env/X_1");
	stage_needs_finish(&needs);
}

static enum stage_status
expand_once(void *user)
{
	struct stage_needs needs = {0};
	enum stage_status status =
		stage_needs_set_ready(&needs, "port:${_odd2}:*", NULL);
	(void)user;

	if (status == STAGE_OK) {
		status = stage_needs_add(&needs, "file:/${FX_NAME}", NULL);
	}
	if (status == STAGE_OK) {
		status = stage_needs_expand(&needs, variable, NULL);
	}
	stage_needs_finish(&needs);
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	(void)state;

	assert_true(failing_alloc_sweep(expand_once, NULL) > 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_argument_of_readiness),
		cmocka_unit_test(each_kind_of_need),
		cmocka_unit_test(what_is_not_set_is_told),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
