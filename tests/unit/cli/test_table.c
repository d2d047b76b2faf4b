/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/width.h"
#include "failing_alloc.h"

static const struct stage_table_column columns[] = {
	{"NAME", false, false, 0},
	{"N", true, false, 2},
	{"EXTRA", false, false, 1},
	{"WHY", false, true, 3},
};

static struct stage_table *
make(void)
{
	struct stage_table *table =
		stage_table_create(columns, STAGE_COUNT_OF(columns));

	if (table != NULL) {
		stage_table_cell(table, "jack", STAGE_TONE_PLAIN);
		stage_table_cell(table, "7", STAGE_TONE_PLAIN);
		stage_table_cell(table, "yes", STAGE_TONE_PLAIN);
		stage_table_cell(table, "", STAGE_TONE_PLAIN);
		stage_table_cell(table, "Bühne", STAGE_TONE_BAD);
		stage_table_cell(table, "1234", STAGE_TONE_PLAIN);
		stage_table_cell(table, "no", STAGE_TONE_PLAIN);
		stage_table_cell(
			table, "killed by signal 11", STAGE_TONE_PLAIN);
		stage_table_note(table, "crashed five times, next try soon",
			STAGE_TONE_DIM);
		stage_table_note(table, "", STAGE_TONE_DIM);
	}
	return table;
}

static void
check(size_t width, const char *wanted)
{
	struct stage_table *table = make();
	struct stage_str out = {0};

	assert_non_null(table);
	assert_int_equal(
		stage_table_render(table, width, false, &out), STAGE_OK);
	assert_string_equal(stage_str_text(&out), wanted);
	stage_str_finish(&out);
	stage_table_destroy(table);
}

static void
layouts(void **state)
{
	(void)state;
	check(0, "NAME      N  EXTRA  WHY\n"
		 "jack      7  yes    -\n"
		 "Bühne  1234  no     killed by signal 11\n"
		 "       crashed five times, next try soon\n");
	check(80, "NAME      N  EXTRA  WHY\n"
		  "jack      7  yes    -\n"
		  "Bühne  1234  no     killed by signal 11\n"
		  "       crashed five times, next try soon\n");
	check(32, "NAME      N  EXTRA  WHY\n"
		  "jack      7  yes    -\n"
		  "Bühne  1234  no     killed by s…\n"
		  "       crashed five times, next\n"
		  "       try soon\n");
	check(24, "NAME      N  WHY\n"
		  "jack      7  -\n"
		  "Bühne  1234  killed by …\n"
		  "       crashed five\n"
		  "       times, next try\n"
		  "       soon\n");
	check(18, "NAME   WHY\n"
		  "jack   -\n"
		  "Bühne  killed by …\n"
		  "       crashed\n"
		  "       five times,\n"
		  "       next try\n"
		  "       soon\n");
	// Nothing more can go; notes move to the left and break in words.
	check(5, "NAME\n"
		 "jack\n"
		 "Bühne\n"
		 "  cra\n"
		 "  she\n"
		 "  d\n"
		 "  fiv\n"
		 "  e\n"
		 "  tim\n"
		 "  es,\n"
		 "  nex\n"
		 "  t\n"
		 "  try\n"
		 "  soo\n"
		 "  n\n");
}

// No line is ever wider than the terminal, as long as the first column fits.
static void
every_width(void **state)
{
	(void)state;
	for (size_t width = 5; width < 60; width++) {
		struct stage_table *table = make();
		struct stage_str out = {0};
		char *save = NULL;
		assert_int_equal(stage_table_render(table, width, false, &out),
			STAGE_OK);
		for (char *line = strtok_r(out.data, "\n", &save); line != NULL;
			line = strtok_r(NULL, "\n", &save)) {
			assert_true(stage_width_of(line) <= width);
		}
		stage_str_finish(&out);
		stage_table_destroy(table);
	}
}

static void
colours(void **state)
{
	struct stage_table *table = make();
	struct stage_str out = {0};

	(void)state;
	assert_int_equal(stage_table_render(table, 0, true, &out), STAGE_OK);
	assert_non_null(strstr(out.data, "\033[31mBühne\033[0m  1234"));
	assert_non_null(strstr(out.data, "\033[1mNAME\033[0m"));
	assert_non_null(strstr(out.data, "\033[2mcrashed"));
	stage_str_finish(&out);
	stage_table_destroy(table);
}

static void
harmful_cells(void **state)
{
	struct stage_table *table = stage_table_create(columns, 1);
	struct stage_str out = {0};

	(void)state;
	stage_table_cell(table, "a\033[2Jb\n", STAGE_TONE_PLAIN);
	stage_table_note(table, "\033]0;x\007", STAGE_TONE_PLAIN);
	assert_int_equal(stage_table_render(table, 0, false, &out), STAGE_OK);
	assert_string_equal(out.data, "NAME\na?[2Jb?\n         ?]0;x?\n");
	stage_str_finish(&out);
	stage_table_destroy(table);
}

static void
wrapping(void **state)
{
	static const struct {
		const char *text;
		size_t indent, width;
		const char *wanted;
	} rows[] = {
		{"", 2, 10, ""},
		{"one two", 2, 0, "  one two\n"},
		{"one two", 2, 9, "  one two\n"},
		{"one two", 2, 8, "  one\n  two\n"},
		{"日本語", 0, 1, "日\n本\n語\n"},
		{"ab", 9, 1, "a\nb\n"},
		{"one  two", 0, 4, "one\ntwo\n"},
	};

	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_str out = {0};
		assert_int_equal(
			stage_table_wrap(&out, rows[i].text, rows[i].indent,
				rows[i].width, STAGE_TONE_PLAIN, false),
			STAGE_OK);
		assert_string_equal(stage_str_text(&out), rows[i].wanted);
		stage_str_finish(&out);
	}
}

static enum stage_status
render_once(void *user)
{
	struct stage_table *table = make();
	struct stage_str out = {0};
	enum stage_status status = STAGE_NO_MEMORY;

	(void)user;
	if (table != NULL) {
		for (int i = 0; i < 100; i++) {
			stage_table_cell(table, "more", STAGE_TONE_PLAIN);
		}
		status = stage_table_render(table, 30, true, &out);
	}
	stage_str_finish(&out);
	stage_table_destroy(table);
	return status;
}

static void
no_memory(void **state)
{
	(void)state;
	assert_true(failing_alloc_sweep(render_once, NULL) > 0);
	stage_table_destroy(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layouts),
		cmocka_unit_test(every_width),
		cmocka_unit_test(colours),
		cmocka_unit_test(harmful_cells),
		cmocka_unit_test(wrapping),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
