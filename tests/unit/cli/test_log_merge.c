/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/log_merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/log_format.h"
#include "failing_alloc.h"
#include "world.h"

static void
add(struct stage_log_merge *merge, const struct world *world, const char *name)
{
	assert_int_equal(
		stage_log_merge_add(merge, world_path(world, "log/%s", name),
			name, 0, NULL),
		STAGE_OK);
}

static void
expect(struct stage_log_merge *merge, const char *name, const char *text)
{
	struct stage_log_line line;

	assert_true(stage_log_merge_next(merge, &line));
	assert_string_equal(line.name, name);
	assert_int_equal(line.len, strlen(text));
	assert_memory_equal(line.text, text, line.len);
}

static void
by_time(void **state)
{
	struct world *world = *state;
	struct stage_log_merge *merge = stage_log_merge_create(true);
	struct stage_log_line line;

	world_write(world, "log/a/current", 0644,
		"no stamp\n"
		"2026-11-23_23:59:59.90000 before midnight\n"
		"2026-11-24_00:00:03.00000 a3\n"
		"2026-11-24_00:00:01.00000 the clock went back\n");
	world_write(world, "log/b/current", 0644,
		"2026-11-24_00:00:00.10000 after midnight\n"
		"goes on\n"
		"2026-11-24_00:00:02.00000 b2\n");
	world_write(world, "log/c/current", 0644, "");
	add(merge, world, "a");
	add(merge, world, "b");
	add(merge, world, "c");
	add(merge, world, "missing");
	assert_true(stage_log_merge_has(merge, "c"));
	assert_false(stage_log_merge_has(merge, "d"));
	expect(merge, "a", "no stamp");
	expect(merge, "a", "before midnight");
	expect(merge, "b", "after midnight");
	expect(merge, "b", "goes on");
	expect(merge, "b", "b2");
	expect(merge, "a", "a3");
	expect(merge, "a", "the clock went back");
	assert_false(stage_log_merge_next(merge, &line));
	assert_false(stage_log_merge_next(merge, &line));
	assert_null(stage_log_merge_take_err(merge));
	stage_log_merge_destroy(merge);
	stage_log_merge_destroy(NULL);
}

static void
woken(void **state)
{
	struct world *world = *state;
	struct stage_log_merge *merge = stage_log_merge_create(false);
	struct stage_log_line line;

	world_write(world, "log/a/current", 0644, "one\n");
	add(merge, world, "a");
	add(merge, world, "b");
	expect(merge, "a", "one");
	stage_log_merge_wake(merge, 0);
	stage_log_merge_wake(merge, 1);
	assert_false(stage_log_merge_next(merge, &line));
	world_write(world, "log/b/current", 0644, "two\n");
	assert_false(stage_log_merge_next(merge, &line));
	stage_log_merge_wake(merge, 1);
	stage_log_merge_wake(merge, 1);
	expect(merge, "b", "two");
	assert_false(stage_log_merge_next(merge, &line));
	stage_log_merge_destroy(merge);
}

// Many logs with lines at random times come out sorted, and each whole.
static void
many(void **state)
{
	enum {
		LOGS = 50,
		LINES = 40
	};
	struct world *world = *state;
	struct stage_log_merge *merge = stage_log_merge_create(true);
	struct stage_log_line line;
	int64_t last_ns = INT64_MIN;
	unsigned seed = 7;
	int count = 0;

	for (int i = 0; i < LOGS; i++) {
		char name[16];
		char path[32];
		char text[LINES * 40];
		size_t len = 0;
		unsigned ms = 0;
		for (int k = 0; k < LINES; k++) {
			seed = seed * 1103515245 + 12345;
			ms += seed / 65536 % 50;
			len += (size_t)snprintf(text + len, sizeof(text) - len,
				"2026-11-24_01:02:%02u.%03u00 %d\n", ms / 1000,
				ms % 1000, k);
		}
		snprintf(name, sizeof(name), "s%d", i);
		snprintf(path, sizeof(path), "log/%s/current", name);
		world_write(world, path, 0644, text);
		add(merge, world, name);
	}
	while (stage_log_merge_next(merge, &line)) {
		assert_true(line.wall_ns >= last_ns);
		last_ns = line.wall_ns;
		count++;
	}
	assert_int_equal(count, LOGS * LINES);
	stage_log_merge_destroy(merge);
}

static void
errors_are_told_once(void **state)
{
	struct world *world = *state;
	struct stage_log_merge *merge = stage_log_merge_create(true);

	world_write(world, "log/a", 0644, "a file");
	add(merge, world, "a");
	assert_non_null(stage_log_merge_take_err(merge));
	assert_null(stage_log_merge_take_err(merge));
	stage_log_merge_destroy(merge);
}

static enum stage_status
merge_once(void *user)
{
	const struct world *world = user;
	struct stage_log_merge *merge = stage_log_merge_create(true);
	const struct stage_err *err;
	struct stage_log_line line;
	enum stage_status status = STAGE_NO_MEMORY;

	if (merge != NULL) {
		status = stage_log_merge_add(
			merge, world_path(world, "log/a"), "a", 0, NULL);
	}
	if (status == STAGE_OK) {
		status = stage_log_merge_add(
			merge, world_path(world, "log/b"), "b", 0, NULL);
	}
	while (status == STAGE_OK && stage_log_merge_next(merge, &line)) {
		struct stage_str out = {0};
		status = stage_log_format_line(&line, true, &out);
		stage_str_finish(&out);
	}
	if (status == STAGE_OK &&
		(err = stage_log_merge_take_err(merge)) != NULL) {
		status = err->status;
	}
	stage_log_merge_destroy(merge);
	return status;
}

static void
no_memory(void **state)
{
	struct world *world = *state;

	world_write(world, "log/a/current", 0644, "one\n");
	world_write(world, "log/b/current", 0644, "two\n");
	assert_true(failing_alloc_sweep_tolerant(merge_once, world) > 0);
}

static void
format(void **state)
{
	static const struct {
		struct stage_log_line line;
		bool is_clean;
		const char *wanted;
	} rows[] = {
		{{"synth", true, 1795478400123456789, "hello", 5}, false,
			"2026-11-24 01:00:00.123 synth: hello\n"},
		{{"synth", false, 1795478400123456789, "more", 4}, false,
			"                        synth: more\n"},
		{{"s", true, -1, "", 0}, false,
			"1970-01-01 00:59:59.999 s: \n"},
		{{"s\033", true, 0, "a\033[1mb\tc", 8}, true,
			"1970-01-01 01:00:00.000 s?: a?[1mb c\n"},
		{{"s", true, 0, "a\033b\t", 4}, false,
			"1970-01-01 01:00:00.000 s: a\033b\t\n"},
	};

	(void)state;
	assert_int_equal(setenv("TZ", "UTC-1", 1), 0);
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_str out = {0};
		assert_int_equal(stage_log_format_line(
					 &rows[i].line, rows[i].is_clean, &out),
			STAGE_OK);
		assert_string_equal(out.data, rows[i].wanted);
		stage_str_finish(&out);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(by_time),
		TEST(woken),
		TEST(many),
		TEST(errors_are_told_once),
		TEST(no_memory),
		cmocka_unit_test(format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
