/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/width.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "failing_alloc.h"

static void
widths(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
	} rows[] = {
		{"", 0},
		{"jack", 4},
		{"Bühne", 5},
		{"e\u0301", 1},
		{"日本語", 6},
		{"한국", 4},
		{"\U0001f3b9", 2},
		{"a\u200bb", 2},
		{"\uff21", 2},
		{"\xff", 1},
	};

	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		assert_int_equal(stage_width_of(rows[i].text), rows[i].columns);
	}
}

static void
what_fits(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
		size_t bytes;
	} rows[] = {
		{"", 5, 0},
		{"jack", 0, 0},
		{"jack", 3, 3},
		{"jack", 4, 4},
		{"jack", 9, 4},
		{"日本", 3, 3},
		{"日本", 1, 0},
		{"e\u0301x", 1, 3}, // the accent stays with its letter
		{"ü", 1, 2},
	};

	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		assert_int_equal(stage_width_fit(rows[i].text, rows[i].columns),
			rows[i].bytes);
	}
}

static void
cleaning(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *clean;
	} rows[] = {
		{"", 0, ""}, {"plain", 5, "plain"}, {"a\tb", 3, "a b"},
		{"a\nb\r", 4, "a?b?"}, {"\033[2J", 4, "?[2J"},
		{"\xc2\x9b"
		 "2J",
			4, "?2J"}, // CSI in one character
		{"x\0y", 3, "x?y"}, {"\x7f", 1, "?"}, {"\u202egnp", 6, "?gnp"},
		{"\u2066x", 4, "?x"}, {"Bühne", 6, "Bühne"},
		{"\xff\xfe", 2, "??"},
		{"\xe6\x97", 2, "??"}, // half of a character
	};

	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_str out = {0};
		assert_int_equal(
			stage_width_clean(&out, rows[i].text, rows[i].len),
			STAGE_OK);
		assert_string_equal(stage_str_text(&out), rows[i].clean);
		stage_str_finish(&out);
	}
}

static enum stage_status
clean_once(void *user)
{
	struct stage_str out = {0};
	enum stage_status status = stage_width_clean(&out, user, strlen(user));

	stage_str_finish(&out);
	return status;
}

static void
no_memory(void **state)
{
	char text[] = "a long text that makes the string grow: \t\n ü "
		      "and once more so that there are several allocations";

	(void)state;
	assert_true(failing_alloc_sweep(clean_once, text) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(widths),
		cmocka_unit_test(what_fits),
		cmocka_unit_test(cleaning),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
