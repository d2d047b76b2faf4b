/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/waiting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static enum stage_status
set(struct stage_patch_waiting *waiting, const char *a, const char *b)
{
	struct stage_strv ids = {0};
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;

	if (a != NULL) {
		assert_int_equal(stage_strv_add(&ids, a), STAGE_OK);
	}
	if (b != NULL) {
		assert_int_equal(stage_strv_add(&ids, b), STAGE_OK);
	}
	status = stage_patch_waiting_set(waiting, &ids, &err);
	stage_strv_finish(&ids);
	return status;
}

static void
a_client_is_known_by_its_id(void **state)
{
	static const char *const ports[] = {"zyn.nABCD:out_1", "nABCD:out",
		"zyn.nABCD/part1:out", "zyn.nABCD-01:out", "nABCD-nABCDE:o"};
	static const char *const others[] = {"zyn.nABCE:out_1", "zyn:out",
		"xnABCD:out", "zyn.nABCDE:out", "zyn.nABC:out", ""};
	struct stage_patch_waiting waiting = {0};

	(void)state;
	assert_false(stage_patch_waiting_has(&waiting, ports[0]));
	assert_int_equal(set(&waiting, "nXXXX", "nABCD"), STAGE_OK);
	for (size_t i = 0; i < STAGE_COUNT_OF(ports); i++) {
		assert_true(stage_patch_waiting_has(&waiting, ports[i]));
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(others); i++) {
		assert_false(stage_patch_waiting_has(&waiting, others[i]));
	}
	assert_int_equal(waiting.list.count, 4); // both ends of both
	stage_patch_waiting_finish(&waiting);
}

static void
or_by_its_whole_name(void **state)
{
	static const char *const others[] = {"ams:out", "ams-011:out",
		"my ams-01:out", "x (y)+z:o", "x.(y)+:o"};
	struct stage_patch_waiting waiting = {0};

	(void)state;
	assert_int_equal(set(&waiting, "ams-01:", "x.(y)+z:"), STAGE_OK);
	assert_true(stage_patch_waiting_has(&waiting, "ams-01:out"));
	assert_true(stage_patch_waiting_has(&waiting, "x.(y)+z:out"));
	for (size_t i = 0; i < STAGE_COUNT_OF(others); i++) {
		assert_false(stage_patch_waiting_has(&waiting, others[i]));
	}
	assert_string_equal(waiting.list.items[0].from.text, "ams-01:.*");
	assert_string_equal(
		waiting.list.items[2].from.text, "x\\.\\(y\\)\\+z:.*");
	stage_patch_waiting_finish(&waiting);
}

static void
what_is_no_id_changes_nothing(void **state)
{
	struct stage_patch_waiting waiting = {0};
	char longest[100];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(set(&waiting, "nABCD", NULL), STAGE_OK);
	assert_int_equal(set(&waiting, "", NULL), STAGE_BAD_INPUT);
	assert_int_equal(set(&waiting, "nAB", ".*"), STAGE_BAD_INPUT);
	assert_int_equal(set(&waiting, longest, NULL), STAGE_BAD_INPUT);
	assert_int_equal(set(&waiting, ":", NULL), STAGE_BAD_INPUT);
	assert_int_equal(set(&waiting, "a:b:", NULL), STAGE_BAD_INPUT);
	assert_true(stage_patch_waiting_has(&waiting, "nABCD:out"));
	assert_int_equal(set(&waiting, NULL, NULL), STAGE_OK);
	assert_false(stage_patch_waiting_has(&waiting, "nABCD:out"));
	assert_int_equal(waiting.list.count, 0);
	stage_patch_waiting_finish(&waiting);
}

static void
note(void *user, const char *from, const char *to)
{
	char *text = user;
	size_t len = strlen(text);

	snprintf(text + len, 100 - len, "%s>%s;", from, to);
}

static void
what_was_apart_comes_back_when_no_end_waits(void **state)
{
	struct stage_patch_waiting waiting = {0};
	char text[100] = "";

	(void)state;
	assert_int_equal(set(&waiting, "nA", "nB"), STAGE_OK);
	stage_patch_waiting_keep(&waiting, "x.nA:out", "y.nB:in");
	stage_patch_waiting_keep(&waiting, "x.nA:out", "system:in");
	stage_patch_waiting_keep(&waiting, "x.nA:out", "system:in");
	stage_patch_waiting_release(&waiting, note, text);
	assert_string_equal(text, "");
	assert_int_equal(set(&waiting, "nB", NULL), STAGE_OK);
	stage_patch_waiting_release(&waiting, note, text);
	assert_string_equal(text, "x.nA:out>system:in;");
	assert_int_equal(set(&waiting, NULL, NULL), STAGE_OK);
	text[0] = '\0';
	stage_patch_waiting_release(&waiting, note, text);
	assert_string_equal(text, "x.nA:out>y.nB:in;");
	text[0] = '\0';
	stage_patch_waiting_release(&waiting, note, text);
	assert_string_equal(text, "");
	for (int i = 0; i < 2 * STAGE_PATCH_WAITING_MAX; i++) {
		snprintf(text, sizeof(text), "nB:out_%d", i);
		stage_patch_waiting_keep(&waiting, text, "system:in");
	}
	assert_int_equal(waiting.apart.count, STAGE_PATCH_WAITING_MAX);
	stage_patch_waiting_finish(&waiting);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_is_known_by_its_id),
		cmocka_unit_test(or_by_its_whole_name),
		cmocka_unit_test(what_is_no_id_changes_nothing),
		cmocka_unit_test(what_was_apart_comes_back_when_no_end_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
