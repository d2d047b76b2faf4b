/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/io.h"
#include "helpers.h"

#define LABEL "\x40\0\0\0\0\0\0\x0a\0\0\0\7"

static void
good_bytes_are_understood(void **state)
{
	static const struct {
		const char *bytes;
		struct stage_runit_status status;
	} rows[] = {
		{LABEL "\0\0\0\0\0u\0\0",
			{STAGE_RUNIT_DOWN, 0, .wants_up = true}},
		{LABEL "\0\0\0\0\0d\0\0", {STAGE_RUNIT_DOWN, 0}},
		{LABEL "\x39\x30\0\0\0u\0\1",
			{STAGE_RUNIT_RUN, 12345, .wants_up = true}},
		{LABEL "\x04\x03\x02\x01\1u\0\1",
			{STAGE_RUNIT_RUN, 0x01020304, .is_paused = true,
				.wants_up = true}},
		{LABEL "\xff\xff\xff\x7f\0d\1\1",
			{STAGE_RUNIT_RUN, INT32_MAX, .term_sent = true}},
		{LABEL "\0\0\0\0\0u\0\2", // between two system calls of runsv
			{STAGE_RUNIT_FINISH, 0, .wants_up = true}},
		{LABEL "\1\0\0\0\0d\0\2", {STAGE_RUNIT_FINISH, 1}},
		{LABEL "\1\0\0\0\0d\0\0", // after `k`, until it is reaped
			{STAGE_RUNIT_DOWN, 1}},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_runit_status expected = rows[i].status;
		struct stage_runit_status status;
		unsigned char bytes[STAGE_RUNIT_STATUS_BYTES];
		struct stage_err err = STAGE_ERR_INIT;

		expected.since_wall_ns = 7;
		memcpy(expected.since_label, rows[i].bytes,
			STAGE_RUNIT_TAI_BYTES);
		memset(&status, 0xaa, sizeof(status));
		assert_int_equal(stage_runit_status_decode(rows[i].bytes,
					 sizeof(bytes), &status, &err),
			STAGE_OK);
		assert_true(stage_runit_status_equal(&status, &expected));
		assert_string_equal(err.text, "");
		stage_runit_status_encode(&status, bytes);
		assert_memory_equal(bytes, rows[i].bytes, sizeof(bytes));
	}
}

static void
bad_bytes_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *fault;
	} rows[] = {
		{LABEL, 0, "0 bytes instead of 20"},
		{LABEL "\0\0\0\0\0u\0", 19, "19 bytes instead of 20"},
		{LABEL "\0\0\0\0\0u\0\0\0", 21, "21 bytes instead of 20"},
		{LABEL "\0\0\0\0\0u\0\3", 20, "state is unknown"},
		{LABEL "\0\0\0\0\0u\0\xff", 20, "state is unknown"},
		{LABEL "\0\0\0\0\0u\2\0", 20, "flag"},
		{LABEL "\0\0\0\0\2u\0\0", 20, "flag"},
		{LABEL "\0\0\0\0\0x\0\0", 20, "neither up nor down"},
		{LABEL "\0\0\0\0\0\0\0\0", 20, "neither up nor down"},
		{LABEL "\0\0\0\x80\0u\0\1", 20, "process number"},
		{LABEL "\xff\xff\xff\xff\0u\0\1", 20, "process number"},
		{LABEL "\0\0\0\0\0u\0\1", 20, "without a process number"},
		{"\x40\0\0\0\0\0\0\x0a\x3b\x9a\xca\0"
		 "\0\0\0\0\0u\0\0",
			20, "time"},
		{"\xff\0\0\0\0\0\0\x0a\0\0\0\0"
		 "\0\0\0\0\0u\0\0",
			20, "time"},
		{"\0\0\0\0\0\0\0\0\0\0\0\0"
		 "\0\0\0\0\0u\0\0",
			20, "time"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_runit_status status = {.pid = 42};
		struct stage_err err = STAGE_ERR_INIT;

		assert_int_equal(stage_runit_status_decode(rows[i].bytes,
					 rows[i].len, &status, &err),
			STAGE_BAD_INPUT);
		assert_int_equal(status.pid, 42);
		assert_non_null(strstr(err.text, rows[i].fault));
		assert_int_equal(stage_runit_status_decode(rows[i].bytes,
					 rows[i].len, &status, NULL),
			STAGE_BAD_INPUT);
	}
}

static void
each_field_makes_a_difference(void **state)
{
	const struct stage_runit_status base = {
		.state = STAGE_RUNIT_RUN, .pid = 1};
	struct stage_runit_status rows[7];
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		rows[i] = base;
	}
	assert_true(stage_runit_status_equal(&base, &rows[0]));
	rows[0].state = STAGE_RUNIT_DOWN;
	rows[1].pid = 2;
	rows[2].is_paused = true;
	rows[3].wants_up = true;
	rows[4].term_sent = true;
	rows[5].since_wall_ns = 1;
	rows[6].since_label[11] = 1;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		assert_false(stage_runit_status_equal(&base, &rows[i]));
	}
}

static void
expect_read(const struct world *world, const char *dir,
	enum stage_status expected, const char *fault)
{
	struct stage_runit_status status = {.pid = 42};
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(stage_runit_status_read(
				 in_world(world, "%s", dir), &status, &err),
		expected);
	assert_int_equal(status.pid, 42);
	assert_int_equal(err.status, expected);
	assert_non_null(strstr(err.text, dir));
	assert_non_null(strstr(err.text, fault));
}

static void
every_kind_of_file_is_survived(void **state)
{
	struct world world;
	const char *file;
	(void)state;

	world_init(&world);
	expect_read(&world, "none", STAGE_NOT_FOUND, "No such file");
	make_dir(in_world(&world, "fresh"));
	expect_read(&world, "fresh", STAGE_NOT_FOUND, "No such file");
	make_dir(in_world(&world, "s/supervise"));
	expect_read(&world, "s", STAGE_NOT_FOUND, "No such file");
	file = in_world(&world, "s/supervise/status");
	write_file(file, "", 0644);
	expect_read(&world, "s", STAGE_BAD_INPUT, "0 bytes");
	write_file(file, "0123456789012345678", 0644);
	expect_read(&world, "s", STAGE_BAD_INPUT, "19 bytes");
	write_file(file, "0123456789012345678901234", 0644);
	expect_read(&world, "s", STAGE_BAD_INPUT, "21 bytes");
	write_file(file, "01234567890123456789", 0644);
	expect_read(&world, "s", STAGE_BAD_INPUT, "unable to read");
	remove_all(file);
	assert_int_equal(mkfifo(file, 0600), 0);
	expect_read(&world, "s", STAGE_BAD_INPUT, "0 bytes"); // no wait
	remove_all(file);
	make_dir(file);
	expect_read(&world, "s", STAGE_BAD_INPUT, "Is a directory");
	make_link("loop", in_world(&world, "loop"));
	expect_read(&world, "loop", STAGE_BAD_INPUT, "symbolic links");
	write_file(in_world(&world, "file"), "", 0644);
	expect_read(&world, "file", STAGE_NOT_FOUND, "Not a directory");
	world_finish(&world);
}

static void
a_path_too_long_is_refused(void **state)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_runit_status status;
	char *path = malloc(STAGE_PATH_MAX);
	(void)state;

	memset(path, 'x', STAGE_PATH_MAX);
	path[STAGE_PATH_MAX - 1] = '\0';
	assert_int_equal(
		stage_runit_status_read(path, &status, &err), STAGE_TOO_LONG);
	free(path);
}

static void
what_was_written_is_read(void **state)
{
	struct stage_runit_status written = {.state = STAGE_RUNIT_FINISH,
		.pid = 77,
		.is_paused = true,
		.term_sent = true,
		.since_wall_ns = stage_clock_wall_ns()};
	struct stage_runit_status got;
	char bytes[STAGE_RUNIT_STATUS_BYTES];
	struct world world;
	FILE *file;
	(void)state;

	world_init(&world);
	make_dir(in_world(&world, "s/supervise"));
	stage_runit_status_encode(&written, (unsigned char *)bytes);
	memcpy(written.since_label, bytes, sizeof(written.since_label));
	file = fopen(in_world(&world, "s/supervise/status"), "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, sizeof(bytes), file), sizeof(bytes));
	fclose(file);
	assert_int_equal(
		stage_runit_status_read(in_world(&world, "s"), &got, NULL),
		STAGE_OK);
	assert_true(stage_runit_status_equal(&written, &got));
	world_finish(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_bytes_are_understood),
		cmocka_unit_test(bad_bytes_are_refused),
		cmocka_unit_test(each_field_makes_a_difference),
		cmocka_unit_test(every_kind_of_file_is_survived),
		cmocka_unit_test(a_path_too_long_is_refused),
		cmocka_unit_test(what_was_written_is_read),
	};

	return cmocka_run_group_tests_name("runit/status", tests, NULL, NULL);
}
