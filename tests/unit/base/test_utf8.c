/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/utf8.h"

// An encoder as plain as can be, to hold the table against.
static size_t
encode(uint32_t code, char out[4])
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

static void
every_code_point(void **state)
{
	(void)state;
	for (uint32_t code = 0; code < 0x120000; code++) {
		char text[4];
		size_t len = encode(code, text);
		bool is_valid =
			code < 0xd800 || (code > 0xdfff && code < 0x110000);
		assert_int_equal(
			stage_utf8_char_bytes(text, len), is_valid ? len : 0);
		assert_int_equal(stage_utf8_char_bytes(text, len - 1), 0);
	}
}

// No three bytes are a character unless they encode one.
static void
every_three_bytes(void **state)
{
	(void)state;
	for (uint32_t bytes = 0; bytes < 0x1000000; bytes++) {
		char text[3] = {
			(char)(bytes >> 16), (char)(bytes >> 8), (char)bytes};
		unsigned char lead = (unsigned char)text[0];
		size_t got = stage_utf8_char_bytes(text, 3);
		if (got == 3) {
			char again[4];
			uint32_t code = (lead & 0xfU) << 12 |
					(bytes >> 8 & 0x3f) << 6 |
					(bytes & 0x3f);
			if (encode(code, again) != 3 ||
				memcmp(again, text, 3) != 0) {
				fail_msg("%06x", bytes);
			}
		} else if (got > 3 || (got == 0 && lead < 0x80)) {
			fail_msg("%06x", bytes);
		}
	}
}

static void
clips_between_characters(void **state)
{
	static const struct {
		const char *text;
		size_t max;
		size_t kept;
	} cases[] = {
		{"", 0, 0},
		{"", 5, 0},
		{"abc", 0, 0},
		{"abc", 2, 2},
		{"abc", 3, 3},
		{"abc", 9, 3},
		{"a\xc3\xa4"
		 "b",
			2, 1},
		{"a\xc3\xa4"
		 "b",
			3, 3},
		{"\xe2\x82\xacx", 1, 0},
		{"\xe2\x82\xacx", 2, 0},
		{"\xe2\x82\xacx", 3, 3},
		{"\xf0\x9f\x8e\xb9x", 3, 0},
		{"\xf0\x9f\x8e\xb9x", 4, 4},
		{"\xf0\x9f\x8e\xb9x", 5, 5},
		{"\x80\x80\x80\x80\x80", 4, 4},
		{"a\xc3", 9, 2},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_int_equal(stage_utf8_clip(cases[i].text,
					 strlen(cases[i].text), cases[i].max),
			cases[i].kept);
	}
	assert_int_equal(stage_utf8_whole("a\xc3", 2), 1);
	assert_int_equal(stage_utf8_whole("\xc3", 1), 0);
	assert_int_equal(stage_utf8_whole("\x80", 1), 1);
	assert_int_equal(stage_utf8_whole("", 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point),
		cmocka_unit_test(every_three_bytes),
		cmocka_unit_test(clips_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
