/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rpc/bytes.h"

static void
what_is_put_is_taken(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *key;
	} rows[] = {
		{"", 0, "text"},
		{"plain\n", 6, "text"},
		{"Gr\xc3\xbcn", 5, "text"},
		{"zero\0byte", 9, "text"},
		{"Gr\xfcn", 4, "base64"},
		{"cut \xc3", 5, "base64"},
		{"\xff", 1, "base64"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		json_t *object = json_object();
		struct stage_str out = {0};
		assert_int_equal(
			stage_rpc_bytes_put(object, rows[i].bytes, rows[i].len),
			STAGE_OK);
		assert_int_equal(json_object_size(object), 1);
		assert_non_null(json_object_get(object, rows[i].key));
		assert_int_equal(stage_str_add(&out, "-"), STAGE_OK);
		assert_int_equal(stage_rpc_bytes_take(object, &out), STAGE_OK);
		assert_int_equal(out.len, rows[i].len + 1);
		assert_memory_equal(
			stage_str_text(&out) + 1, rows[i].bytes, rows[i].len);
		stage_str_finish(&out);
		json_decref(object);
	}
}

static void
what_is_none_is_refused(void **state)
{
	static const char *const objects[] = {"{}", "{\"text\": 5}",
		"{\"base64\": null}", "{\"base64\": \"Z\"}",
		"{\"base64\": \"####\"}", "[]"};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(objects); i++) {
		json_t *object = json_loads(objects[i], 0, NULL);
		struct stage_str out = {0};
		assert_non_null(object);
		assert_int_equal(
			stage_rpc_bytes_take(object, &out), STAGE_BAD_INPUT);
		assert_int_equal(out.len, 0);
		stage_str_finish(&out);
		json_decref(object);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_put_is_taken),
		cmocka_unit_test(what_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
