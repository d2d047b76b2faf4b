/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/base64.h"
#include "failing_alloc.h"

#define MANY 300

// RFC 4648, section 10.
static void
the_standards_own_words(void **state)
{
	static const struct {
		const char *bytes;
		const char *text;
	} rows[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"},
		{"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"}, {"\xff\xfe\x80", "//6A"}};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_str out = {0};
		assert_int_equal(stage_base64_encode(&out, rows[i].bytes,
					 strlen(rows[i].bytes)),
			STAGE_OK);
		assert_string_equal(stage_str_text(&out), rows[i].text);
		stage_str_clear(&out);
		assert_int_equal(stage_base64_decode(&out, rows[i].text,
					 strlen(rows[i].text)),
			STAGE_OK);
		assert_string_equal(stage_str_text(&out), rows[i].bytes);
		stage_str_finish(&out);
	}
}

static void
any_bytes_come_back(void **state)
{
	unsigned char bytes[MANY];
	(void)state;

	for (size_t i = 0; i < MANY; i++) {
		bytes[i] = (unsigned char)(i * 7);
	}
	for (size_t len = 0; len <= MANY; len++) {
		struct stage_str text = {0};
		struct stage_str back = {0};
		assert_int_equal(
			stage_base64_encode(&text, bytes, len), STAGE_OK);
		assert_int_equal(stage_base64_decode(&back,
					 stage_str_text(&text), text.len),
			STAGE_OK);
		assert_int_equal(back.len, len);
		assert_memory_equal(stage_str_text(&back), bytes, len);
		stage_str_finish(&text);
		stage_str_finish(&back);
	}
}

static void
what_is_none_is_refused(void **state)
{
	static const char *const texts[] = {"Z", "Zg",
		"Zg=", "Zg===", "====", "Zg==Zg==", "Z=g=", "=Zg=", "Zm9 ",
		"Zm9\n", "Zm9-", "Zm9_", "Zh==", "Zm9=", "Zm9v\xc3\xbcxx",
		"Zm9vZ===", "Zm=v"};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(texts); i++) {
		struct stage_str out = {0};
		assert_int_equal(stage_str_add(&out, "before"), STAGE_OK);
		if (stage_base64_decode(&out, texts[i], strlen(texts[i])) !=
			STAGE_BAD_INPUT) {
			fail_msg("%s is taken", texts[i]);
		}
		assert_string_equal(stage_str_text(&out), "before");
		stage_str_finish(&out);
	}
}

static enum stage_status
use_it(void *user)
{
	struct stage_str text = {0};
	struct stage_str back = {0};
	enum stage_status status = stage_base64_encode(&text, user, MANY);

	if (status == STAGE_OK) {
		status = stage_base64_decode(
			&back, stage_str_text(&text), text.len);
	}
	stage_str_finish(&text);
	stage_str_finish(&back);
	return status;
}

static void
any_allocation_may_fail(void **state)
{
	char bytes[MANY] = "";
	(void)state;

	failing_alloc_sweep(use_it, bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_standards_own_words),
		cmocka_unit_test(any_bytes_come_back),
		cmocka_unit_test(what_is_none_is_refused),
		cmocka_unit_test(any_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
