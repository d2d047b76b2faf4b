/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/tai.h"

#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/io.h"
#include "helpers.h"

#define S STAGE_NS_PER_S

static void
labels_go_both_ways(void **state)
{
	static const struct {
		int64_t wall_ns;
		const char *label;
	} rows[] = {
		{0, "\x40\0\0\0\0\0\0\x0a\0\0\0\0"},
		{1, "\x40\0\0\0\0\0\0\x0a\0\0\0\1"},
		{-1, "\x40\0\0\0\0\0\0\x09\x3b\x9a\xc9\xff"},
		{-10 * S, "\x40\0\0\0\0\0\0\0\0\0\0\0"},
		{-11 * S, "\x3f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0"},
		{1795492609 * S + 123450000,
			"\x40\0\0\0\x6b\x05\x0b\x0b\x07\x5b\xb2\x90"},
		{INT64_MAX, "\x40\0\0\2\x25\xc1\x7d\x0e\x32\xf2\xd7\xff"},
		{INT64_MIN, "\x3f\xff\xff\xfd\xda\x3e\x83\x05\x08\xa7\xf2\0"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		unsigned char label[STAGE_RUNIT_TAI_BYTES];
		int64_t wall_ns = 42;
		stage_runit_tai_pack(rows[i].wall_ns, label);
		assert_memory_equal(label, rows[i].label, sizeof(label));
		assert_int_equal(
			stage_runit_tai_unpack(label, &wall_ns), STAGE_OK);
		assert_true(wall_ns == rows[i].wall_ns);
	}
}

static void
impossible_labels_are_refused(void **state)
{
	static const char *const labels[] = {
		"\x40\0\0\0\0\0\0\x0a\x3b\x9a\xca\0",               // 10^9 ns
		"\x40\0\0\0\0\0\0\x0a\xff\xff\xff\xff",             //
		"\x40\0\0\2\x25\xc1\x7d\x0e\x32\xf2\xd8\0",         // 1 ns more
		"\x40\0\0\2\x25\xc1\x7d\x0f\0\0\0\0",               //
		"\x3f\xff\xff\xfd\xda\x3e\x83\x05\x08\xa7\xf1\xff", // less
		"\x3f\xff\xff\xfd\xda\x3e\x83\x04\0\0\0\0",         //
		"\0\0\0\0\0\0\0\0\0\0\0\0",                         //
		"\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0",         //
		"\x80\0\0\0\0\0\0\0\0\0\0\0",                       // reserved
		"\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0",         //
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(labels); i++) {
		int64_t wall_ns = 42;
		assert_int_equal(
			stage_runit_tai_unpack(
				(const unsigned char *)labels[i], &wall_ns),
			STAGE_BAD_INPUT);
		assert_true(wall_ns == 42);
	}
}

static void
stamps_are_read(void **state)
{
	static const struct {
		const char *line;
		int64_t wall_ns;
		const char *rest;
	} rows[] = {
		{"@400000000000000a00000000 x", 0, "x"},
		{"@400000000000000a00000001  x", 1, " x"},
		{"@400000000000000a00000001", 1, ""},
		{"@400000000000000a00000001\n", 1, "\n"},
		{"1970-01-01_00:00:00.00000 x", 0, "x"},
		{"1970-01-01T00:00:00.00001 x", 10000, "x"},
		{"1969-12-31_23:59:59.99999 x", -10000, "x"},
		{"2026-11-24_03:56:49.12345 hello", 1795492609 * S + 123450000,
			"hello"},
		{"2000-02-29_23:59:59.9 ", 951868799 * S + 900000000, ""},
		{"2024-02-29_00:00:00.123456789", 1709164800 * S + 123456789,
			""},
		{"2026-03-01_00:00:00.0 ", 1772323200 * S, ""},
		{"2262-04-11_23:47:16.854775807 ", INT64_MAX, ""},
		{"1677-09-21_00:12:43.145224192 ", INT64_MIN, ""},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		int64_t wall_ns = 42;
		size_t len = 0;
		print_message("# %s\n", rows[i].line);
		assert_int_equal(stage_runit_tai_parse_stamp(rows[i].line,
					 strlen(rows[i].line), &wall_ns, &len),
			STAGE_OK);
		assert_true(wall_ns == rows[i].wall_ns);
		assert_string_equal(rows[i].line + len, rows[i].rest);
	}
}

static void
other_lines_have_no_stamp(void **state)
{
	static const char *const lines[] = {
		"",
		"@",
		"hello",
		"@400000000000000a0000000 x",
		"@400000000000000A00000000 x",
		"@400000000000000a000000000 x",
		"@400000000000000a3b9aca00 x",
		"@400000000000000a00000000x",
		"@40000000000000\na00000000 x",
		"2026-11-24_03:56:49 x",
		"2026-11-24_03:56:49",
		"2026-11-24_03:56:49. x",
		"2026-11-24_03:56:49.1234567890 x",
		"2026-11-24_03:56:49.12345x",
		"2026-11-24 03:56:49.12345 x",
		"2026-11-24_03:56:60.12345 x",
		"2026-11-24_03:60:49.12345 x",
		"2026-11-24_24:56:49.12345 x",
		"2026-11-31_03:56:49.12345 x",
		"2026-11-00_03:56:49.12345 x",
		"2026-00-24_03:56:49.12345 x",
		"2026-13-24_03:56:49.12345 x",
		"2026-02-29_03:56:49.12345 x",
		"2100-02-29_03:56:49.12345 x",
		"2026_11-24_03:56:49.12345 x",
		"2026-11-24_03-56:49.12345 x",
		"-026-11-24_03:56:49.12345 x",
		"2262-04-11_23:47:16.854775808 ",
		"1677-09-21_00:12:43.145224191 ",
		"0000-01-01_00:00:00.0 ",
		"9999-12-31_23:59:59.9 ",
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(lines); i++) {
		int64_t wall_ns = 42;
		size_t len = 43;
		print_message("# %s\n", lines[i]);
		assert_int_equal(stage_runit_tai_parse_stamp(lines[i],
					 strlen(lines[i]), &wall_ns, &len),
			STAGE_NOT_FOUND);
		assert_true(wall_ns == 42);
		assert_int_equal(len, 43);
	}
}

// Not one byte beyond the end is looked at: each line in memory of its size.
static void
cut_lines_are_safe(void **state)
{
	static const char *const lines[] = {
		"@400000000000000a00000001 x",
		"2026-11-24_03:56:49.12345 x",
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(lines); i++) {
		for (size_t len = 1; len <= strlen(lines[i]); len++) {
			char *copy = malloc(len);
			int64_t wall_ns;
			size_t used = 0;
			memcpy(copy, lines[i], len);
			if (stage_runit_tai_parse_stamp(
				    copy, len, &wall_ns, &used) == STAGE_OK) {
				assert_true(used <= len);
			}
			free(copy);
		}
	}
}

// Gives `option` to svlogd with one line; the time it wrote must be now.
static void
ask_svlogd(const char *option)
{
	struct world world;
	struct stage_str text = {0};
	int64_t before_ns = stage_clock_wall_ns();
	int64_t wall_ns = 0;
	size_t used = 0;
	int saved = dup(STDIN_FILENO);
	int input;
	pid_t pid;

	world_init(&world);
	write_file(in_world(&world, "input"), "hello\n", 0644);
	input = open(in_world(&world, "input"), O_RDONLY | O_CLOEXEC);
	assert_true(dup2(input, STDIN_FILENO) >= 0);
	const char *argv[] = {"svlogd", option, world.dir, NULL};
	pid = start(argv);
	assert_true(dup2(saved, STDIN_FILENO) >= 0);
	close(saved);
	close(input);
	end(pid, 0); // it ends at the end of its input
	assert_int_equal(stage_io_read_file(in_world(&world, "current"), 1000,
				 &text, NULL),
		STAGE_OK);
	assert_int_equal(stage_runit_tai_parse_stamp(
				 text.data, text.len, &wall_ns, &used),
		STAGE_OK);
	assert_string_equal(text.data + used, "hello\n");
	assert_true(wall_ns >= before_ns - S / 10000); // -tt cuts digits off
	assert_true(wall_ns <= stage_clock_wall_ns());
	stage_str_finish(&text);
	world_finish(&world);
}

static void
svlogd_is_understood(void **state)
{
	(void)state;
	ask_svlogd("-t");
	ask_svlogd("-tt");
	ask_svlogd("-ttt");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_go_both_ways),
		cmocka_unit_test(impossible_labels_are_refused),
		cmocka_unit_test(stamps_are_read),
		cmocka_unit_test(other_lines_have_no_stamp),
		cmocka_unit_test(cut_lines_are_safe),
		cmocka_unit_test(svlogd_is_understood),
	};

	return cmocka_run_group_tests_name("runit/tai", tests, NULL, NULL);
}
