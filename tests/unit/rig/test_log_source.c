/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/log_source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "world.h"

#define OLD "@4000000067000000000000aa.s"
#define NEW "@4000000067000001000000aa.u"
#define NEWER "@4000000067000002000000aa.s"

static struct stage_log_source *
open_source(const struct world *world, size_t last_lines)
{
	struct stage_log_source *source = NULL;

	assert_int_equal(stage_log_source_create(world_path(world, "log"),
				 "synth", last_lines, &source, NULL),
		STAGE_OK);
	return source;
}

// The next line is this text.
static void
expect(struct stage_log_source *source, bool wants_rest, const char *text)
{
	struct stage_log_line line;

	assert_true(stage_log_source_peek(source, wants_rest, &line));
	assert_int_equal(line.len, strlen(text));
	assert_memory_equal(line.text, text, line.len);
	assert_string_equal(line.name, "synth");
	// Looking twice changes nothing.
	assert_true(stage_log_source_peek(source, wants_rest, &line));
	assert_memory_equal(line.text, text, line.len);
	stage_log_source_next(source);
}

static void
expect_none(struct stage_log_source *source, bool wants_rest)
{
	struct stage_log_line line;

	assert_false(stage_log_source_peek(source, wants_rest, &line));
	assert_int_equal(stage_log_source_err(source)->status, STAGE_OK);
}

static void
append(const struct world *world, const char *name, const char *text)
{
	FILE *file = fopen(world_path(world, "log/%s", name), "a");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void
rotate(const struct world *world, const char *to)
{
	assert_int_equal(rename(world_path(world, "log/current"),
				 world_path(world, "log/%s", to)),
		0);
}

static void
all_files_in_order(void **state)
{
	struct world *world = *state;
	struct stage_log_source *source;

	world_write(world, "log/" NEW, 0744, "three\nfour\n");
	world_write(world, "log/" OLD, 0744, "one\ntwo");
	world_write(world, "log/current", 0644, "five\n\nsix");
	world_write(world, "log/config", 0644, "s100\n");
	world_write(world, "log/lock", 0644, "");
	world_write(world, "log/@short.s", 0644, "not a log\n");
	world_write(world, "log/@4000000067000000000000ab.t", 0644, "nor\n");
	source = open_source(world, 0);
	expect(source, true, "one");
	expect(source, true, "two");
	expect(source, true, "three");
	expect(source, true, "four");
	expect(source, true, "five");
	expect(source, true, "");
	expect(source, true, "six");
	expect_none(source, true);
	stage_log_source_destroy(source);
}

static void
times(void **state)
{
	struct world *world = *state;
	struct stage_log_source *source;
	struct stage_log_line line;

	world_write(world, "log/current", 0644,
		"unstamped\n"
		"@400000006700000a00000000 tai\n"
		"in between\n"
		"2024-10-04_14:51:45.50000 utc\n");
	source = open_source(world, 0);
	assert_true(stage_log_source_peek(source, false, &line));
	assert_false(line.has_time);
	assert_true(line.wall_ns == INT64_MIN);
	stage_log_source_next(source);
	assert_true(stage_log_source_peek(source, false, &line));
	assert_true(line.has_time);
	assert_int_equal(line.wall_ns, 1728053248000000000);
	assert_memory_equal(line.text, "tai", 3);
	stage_log_source_next(source);
	assert_true(stage_log_source_peek(source, false, &line));
	assert_false(line.has_time);
	assert_int_equal(line.wall_ns, 1728053248000000000);
	stage_log_source_next(source);
	assert_true(stage_log_source_peek(source, false, &line));
	assert_int_equal(line.wall_ns, 1728053505500000000);
	stage_log_source_destroy(source);
}

static void
last_lines(void **state)
{
	static const struct {
		size_t wanted;
		const char *first;
	} rows[] = {
		{1, "five"},
		{2, "five"},
		{3, "three"},
		{4, "three"},
		{5, "one"},
		{99, "one"},
		{0, "one"},
	};
	struct world *world = *state;

	world_write(world, "log/" OLD, 0744, "one\ntwo\n");
	world_write(world, "log/" NEW, 0744, "three\nfour\n");
	world_write(world, "log/current", 0644, "five\nsix\n");
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_log_source *source =
			open_source(world, rows[i].wanted);
		expect(source, false, rows[i].first);
		stage_log_source_destroy(source);
	}
}

static void
follows_a_rotation(void **state)
{
	struct world *world = *state;
	struct stage_log_source *source = open_source(world, 0);

	expect_none(source, false); // not even the directory is there
	world_write(world, "log/current", 0644, "one\nha");
	expect(source, false, "one");
	expect_none(source, false);
	append(world, "current", "lf\ntwo\n");
	expect(source, false, "half");
	append(world, "current", "three\n");
	rotate(world, OLD);
	expect(source, false, "two");
	expect(source, false, "three");
	expect_none(source, false); // svlogd has not made the new one yet
	world_write(world, "log/current", 0644, "four\n");
	expect(source, false, "four");
	// Two rotations between two looks.
	append(world, "current", "five\n");
	rotate(world, NEW);
	world_write(world, "log/current", 0644, "six\n");
	rotate(world, NEWER);
	world_write(world, "log/current", 0644, "seven\n");
	expect(source, false, "five");
	expect(source, false, "six");
	expect(source, false, "seven");
	expect_none(source, false);
	stage_log_source_destroy(source);
}

static void
file_gone(void **state)
{
	struct world *world = *state;
	struct stage_log_source *source;

	world_write(world, "log/" OLD, 0744, "one\n");
	world_write(world, "log/current", 0644, "two\n");
	source = open_source(world, 0);
	expect(source, false, "one");
	expect(source, false, "two");
	// It was deleted rather than rotated; what comes is read all the same.
	assert_int_equal(unlink(world_path(world, "log/current")), 0);
	expect_none(source, false);
	world_write(world, "log/" NEW, 0744, "three\n");
	world_write(world, "log/current", 0644, "four\n");
	expect(source, false, "three");
	expect(source, false, "four");
	stage_log_source_destroy(source);
}

static void
long_lines(void **state)
{
	struct world *world = *state;
	size_t len = 3 * STAGE_LOG_LINE_MAX + 10;
	char *text = calloc(1, len + 8);
	struct stage_log_source *source;
	struct stage_log_line line;
	size_t sum = 0;
	int parts = 0;

	assert_non_null(text);
	memset(text, 'x', len);
	memcpy(text, "@400000006700000a00000000 ", 26);
	memcpy(text + len, "\nend\n", 5);
	world_write(world, "log/current", 0644, text);
	source = open_source(world, 0);
	while (stage_log_source_peek(source, true, &line) && line.len > 3) {
		assert_true(line.len <= STAGE_LOG_LINE_MAX);
		assert_int_equal(line.has_time, parts == 0);
		sum += line.len;
		parts++;
		stage_log_source_next(source);
	}
	assert_int_equal(sum, len - 26);
	assert_int_equal(parts, 4);
	expect(source, true, "end");
	stage_log_source_destroy(source);
	free(text);
}

static void
things_that_are_no_logs(void **state)
{
	struct world *world = *state;
	struct stage_log_source *source;

	world_write(world, "log/current/x", 0644, "a directory\n");
	source = open_source(world, 0);
	expect_none(source, true);
	stage_log_source_destroy(source);
}

static void
unreadable(void **state)
{
	struct world *world = *state;
	struct stage_log_source *source = NULL;
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_log_line line;
	char path[5000];

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(
		stage_log_source_create(path, "synth", 0, &source, &err),
		STAGE_TOO_LONG);
	assert_true(strlen(err.text) > 0);
	world_write(world, "log", 0644, "a file where a directory should be");
	source = open_source(world, 0);
	assert_false(stage_log_source_peek(source, true, &line));
	assert_int_not_equal(stage_log_source_err(source)->status, STAGE_OK);
	stage_log_source_destroy(source);
	stage_log_source_destroy(NULL);
}

static enum stage_status
read_once(void *user)
{
	const struct world *world = user;
	struct stage_log_source *source = NULL;
	struct stage_log_line line;
	enum stage_status status = stage_log_source_create(
		world_path(world, "log"), "synth", 3, &source, NULL);

	while (status == STAGE_OK &&
		stage_log_source_peek(source, true, &line)) {
		stage_log_source_next(source);
	}
	if (status == STAGE_OK) {
		status = stage_log_source_err(source)->status;
	}
	stage_log_source_destroy(source);
	return status;
}

static void
no_memory(void **state)
{
	struct world *world = *state;

	world_write(world, "log/" OLD, 0744, "one\ntwo\n");
	world_write(world, "log/current", 0644, "three\nfour\n");
	assert_true(failing_alloc_sweep_tolerant(read_once, world) > 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_files_in_order),
		TEST(times),
		TEST(last_lines),
		TEST(follows_a_rotation),
		TEST(file_gone),
		TEST(long_lines),
		TEST(things_that_are_no_logs),
		TEST(unreadable),
		TEST(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
