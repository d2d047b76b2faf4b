/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/need_lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/conf.h"
#include "failing_alloc.h"

static void
lists_become_lines(void **state)
{
	static const struct {
		const char *list, *lines;
	} cases[] = {
		{NULL, ""},
		{"jack", "jack\n"},
		{" jack ,  port:Synth:* ", "jack\nport:Synth:*\n"},
		{"service:my synth", "\"service:my synth\"\n"},
		{"file:/a  b", "\"file:/a  b\"\n"},
		{"file:/a #b", "\"file:/a #b\"\n"},
		{"file:/a\"b", "\"file:/a\\\"b\"\n"},
		{"port:a\\*:b", "port:a\\*:b\n"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_str lines = {0};
		assert_int_equal(stage_need_lines(cases[i].list, &lines, NULL),
			STAGE_OK);
		assert_string_equal(stage_str_text(&lines), cases[i].lines);
		stage_str_finish(&lines);
	}
}

static void
refused(void **state)
{
	static const struct {
		const char *list, *says;
	} cases[] = {
		{"", "\"\" is nothing that can be waited for"},
		{"jack,,alsa", "\"\" is nothing that can be waited for"},
		{"jak", "\"jak\" is nothing that can be waited for"},
		{"jack bound", "\"jack bound\" is nothing"},
		{"port:a", "lacks the port's own name"},
		{"service:.x", "begins with a dot"},
		{"file:/a\033b", "it holds a control character"},
		{"net:caf\xe9", "bytes that are no UTF-8"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_str lines = {0};
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(stage_need_lines(cases[i].list, &lines, &err),
			STAGE_BAD_INPUT);
		assert_non_null(strstr(err.text, cases[i].says));
		stage_str_finish(&lines);
	}
}

static void
lines_have_a_limit(void **state)
{
	char list[STAGE_CONF_LINE_MAX + 2];
	struct stage_str lines = {0};
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	memset(list, 'x', sizeof(list) - 1);
	memcpy(list, "file:", 5);
	list[sizeof(list) - 1] = '\0';
	assert_int_equal(stage_need_lines(list, &lines, &err), STAGE_TOO_LONG);
	assert_non_null(strstr(err.text, "is longer than a line can be"));
	list[sizeof(list) - 2] = '\0';
	stage_str_clear(&lines);
	assert_int_equal(stage_need_lines(list, &lines, NULL), STAGE_OK);
	stage_str_finish(&lines);
}

static enum stage_status
make_once(void *user)
{
	struct stage_str lines = {0};
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status =
		stage_need_lines("jack, service:a b", &lines, &err);

	(void)user;
	assert_int_equal(status, err.status);
	stage_str_finish(&lines);
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	(void)state;
	assert_true(failing_alloc_sweep(make_once, NULL) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_become_lines),
		cmocka_unit_test(refused),
		cmocka_unit_test(lines_have_a_limit),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
