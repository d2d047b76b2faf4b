/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/frame.h"

// "|" in a chunk list parts two feeds; the lines that must come out follow.
static const struct {
	const char *feeds[4];
	const char *lines[4];
	enum stage_status last;
} rows[] = {
	{{NULL}, {NULL}, STAGE_NOT_FOUND},
	{{"a\n"}, {"a"}, STAGE_NOT_FOUND},
	{{"a\nb\n"}, {"a", "b"}, STAGE_NOT_FOUND},
	{{"a", "b", "\n"}, {"ab"}, STAGE_NOT_FOUND},
	{{"a\nb", "c\n"}, {"a", "bc"}, STAGE_NOT_FOUND},
	{{"\n\n"}, {"", ""}, STAGE_NOT_FOUND},
	{{"a\r\n"}, {"a\r"}, STAGE_NOT_FOUND},
	{{"half"}, {NULL}, STAGE_NOT_FOUND},
	{{"12345678\n"}, {"12345678"}, STAGE_NOT_FOUND},
	{{"123456789\n"}, {NULL}, STAGE_TOO_LONG},
	{{"1234", "56789"}, {NULL}, STAGE_TOO_LONG},
	{{"ok\n123456789"}, {"ok"}, STAGE_TOO_LONG},
	{{"ok\n123456789\nok\n"}, {"ok"}, STAGE_TOO_LONG},
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_rpc_frame frame = {.max_bytes = 8};
		size_t seen = 0;
		enum stage_status status = STAGE_NOT_FOUND;
		for (size_t k = 0; k < 4 && rows[i].feeds[k] != NULL; k++) {
			const char *line;
			size_t len;
			const char *feed = rows[i].feeds[k];
			assert_int_equal(stage_rpc_frame_feed(
						 &frame, feed, strlen(feed)),
				STAGE_OK);
			while ((status = stage_rpc_frame_next(
					&frame, &line, &len)) == STAGE_OK) {
				assert_non_null(rows[i].lines[seen]);
				assert_string_equal(line, rows[i].lines[seen]);
				assert_int_equal(len, strlen(line));
				seen++;
			}
		}
		assert_int_equal(status, rows[i].last);
		assert_null(rows[i].lines[seen]);
		stage_rpc_frame_finish(&frame);
	}
}

static void
test_zero_byte(void **state)
{
	struct stage_rpc_frame frame = {.max_bytes = 8};
	const char *line;
	size_t len;

	(void)state;
	assert_int_equal(stage_rpc_frame_feed(&frame, "a\0b\n", 4), STAGE_OK);
	assert_int_equal(stage_rpc_frame_next(&frame, &line, &len), STAGE_OK);
	assert_int_equal(len, 3);
	assert_memory_equal(line, "a\0b", 4);
	stage_rpc_frame_finish(&frame);
}

// One byte at a time must not look at all bytes each time, nor keep memory.
static void
test_long_line_by_bytes(void **state)
{
	enum {
		COUNT = 300000
	};
	struct stage_rpc_frame frame = {.max_bytes = COUNT};
	const char *line;
	size_t len;

	(void)state;
	for (int i = 0; i < COUNT; i++) {
		assert_int_equal(
			stage_rpc_frame_feed(&frame, "x", 1), STAGE_OK);
		assert_int_equal(stage_rpc_frame_next(&frame, &line, &len),
			STAGE_NOT_FOUND);
	}
	assert_int_equal(stage_rpc_frame_feed(&frame, "\n", 1), STAGE_OK);
	assert_int_equal(stage_rpc_frame_next(&frame, &line, &len), STAGE_OK);
	assert_int_equal(len, COUNT);
	assert_int_equal(
		stage_rpc_frame_next(&frame, &line, &len), STAGE_NOT_FOUND);
	assert_int_equal(frame.bytes.cap, 0);
	stage_rpc_frame_finish(&frame);
}

static void
test_finish_null(void **state)
{
	struct stage_rpc_frame frame = {.max_bytes = 8};

	(void)state;
	stage_rpc_frame_finish(NULL);
	stage_rpc_frame_finish(&frame);
	stage_rpc_frame_finish(&frame);
	assert_int_equal(frame.max_bytes, 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_zero_byte),
		cmocka_unit_test(test_long_line_by_bytes),
		cmocka_unit_test(test_finish_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
