/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "osc/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/str.h"

// All that was handled, as one text: address, types, then each argument as the
// accessors tell it, and a '|' behind each message.
static void
see(void *user, const struct stage_osc_message *message)
{
	struct stage_str *seen = user;
	int32_t number;
	double value;

	assert_int_equal(strlen(message->types), message->count);
	assert_int_equal(stage_str_addf(seen, "%s ,%s", message->address,
				 message->types),
		STAGE_OK);
	for (size_t i = 0; i <= message->count; i++) {
		const char *text = stage_osc_text(message, i);
		if (stage_osc_int(message, i, &number)) {
			assert_int_equal(
				stage_str_addf(seen, " i%d", number), STAGE_OK);
		}
		if (stage_osc_number(message, i, &value)) {
			assert_int_equal(stage_str_addf(seen, " %.17g", value),
				STAGE_OK);
		}
		if (text != NULL) {
			assert_int_equal(stage_str_addf(seen, " \"%s\"", text),
				STAGE_OK);
		}
	}
	assert_int_equal(stage_str_add(seen, "|"), STAGE_OK);
}

#define PACKET(bytes) bytes, sizeof(bytes) - 1
#define BUNDLE "#bundle\0\0\0\0\0\0\0\0\1"

static const struct {
	const char *bytes;
	size_t len;
	bool is_whole;
	const char *text;
} packets[] = {
	// Each type.
	{PACKET("/a\0\0,\0\0\0"), true, "/a ,|"},
	{PACKET("/\0\0\0,\0\0\0"), true, "/ ,|"},
	{PACKET("/a\0\0,i\0\0\xff\xff\xff\xfe"), true, "/a ,i i-2 -2|"},
	{PACKET("/a\0\0,f\0\0\x3f\0\0\0"), true, "/a ,f 0.5|"},
	{PACKET("/a\0\0,h\0\0\0\0\0\1\0\0\0\0"), true, "/a ,h 4294967296|"},
	{PACKET("/a\0\0,d\0\0\x3f\xe0\0\0\0\0\0\0"), true, "/a ,d 0.5|"},
	{PACKET("/a\0\0,s\0\0abc\0"), true, "/a ,s \"abc\"|"},
	{PACKET("/a\0\0,S\0\0abcd\0\0\0\0"), true, "/a ,S \"abcd\"|"},
	{PACKET("/a\0\0,s\0\0\0\0\0\0"), true, "/a ,s \"\"|"},
	{PACKET("/a\0\0,TFNI\0\0\0"), true, "/a ,TFNI 1 0|"},
	{PACKET("/a\0\0,c\0\0\0\0\0x"), true, "/a ,c|"},
	{PACKET("/a\0\0,m\0\0\0\x90\x40\x7f"), true, "/a ,m|"},
	{PACKET("/a\0\0,t\0\0\0\0\0\0\0\0\0\1"), true, "/a ,t|"},
	{PACKET("/a\0\0,b\0\0\0\0\0\5abcde\0\0\0"), true, "/a ,b|"},
	{PACKET("/a\0\0,b\0\0\0\0\0\0"), true, "/a ,b|"},
	{PACKET("/a\0\0,sdi\0\0\0\0abc\0\x3f\xe0\0\0\0\0\0\0\0\0\0\7"), true,
		"/a ,sdi \"abc\" 0.5 i7 7|"},
	// Bytes are only bytes.
	{PACKET("/\xff\1\n\0\0\0\0,s\0\0\x1b\xc3\0\0"), true,
		"/\xff\1\n ,s \"\x1b\xc3\"|"},
	// Numbers that are none.
	{PACKET("/a\0\0,f\0\0\x7f\x80\0\0"), true, "/a ,f|"},
	{PACKET("/a\0\0,f\0\0\x7f\xc0\0\0"), true, "/a ,f|"},
	{PACKET("/a\0\0,d\0\0\xff\xf0\0\0\0\0\0\0"), true, "/a ,d|"},
	// Bundles.
	{PACKET(BUNDLE), true, ""},
	{PACKET(BUNDLE "\0\0\0\x08/a\0\0,\0\0\0"), true, "/a ,|"},
	{PACKET(BUNDLE "\0\0\0\x08/a\0\0,\0\0\0\0\0\0\x08/b\0\0,T\0\0"), true,
		"/a ,|/b ,T 1|"},
	{PACKET(BUNDLE "\0\0\0\x1c" BUNDLE "\0\0\0\x08/a\0\0,\0\0\0"
		       "\0\0\0\x08/b\0\0,\0\0\0"),
		true, "/a ,|/b ,|"},
	{PACKET(BUNDLE "\0\0\0\x10" BUNDLE "\0\0\0\x08/b\0\0,\0\0\0"), true,
		"/b ,|"},
	// What stood before the fault was handled, nothing behind it.
	{PACKET(BUNDLE "\0\0\0\x08/a\0\0,\0\0\0\0\0\0\x04/b\0\0"
		       "\0\0\0\x08/c\0\0,\0\0\0"),
		false, "/a ,|"},
	{PACKET(BUNDLE "\0\0\0\x08/a\0\0,\0\0\0\0\0\0\0"), false, "/a ,|"},
	{PACKET(BUNDLE "\0\0\0\x08/a\0\0,\0\0\0\0\0"), false, ""},
	{PACKET(BUNDLE "\0\0\0\x0c/a\0\0,\0\0\0"), false, ""},
	{PACKET(BUNDLE "\0\0\0\x07/a\0\0,\0\0\0"), false, ""},
	{PACKET(BUNDLE "\xff\xff\xff\xff/a\0\0,\0\0\0"), false, ""},
	{PACKET(BUNDLE "\x80\0\0\0/a\0\0,\0\0\0"), false, ""},
	{PACKET("#bundle\0"), false, ""},
	{PACKET("#bundle\0\0\0\0\0\0\0\0"), false, ""},
	// No OSC.
	{PACKET(""), false, ""},
	{PACKET("/"), false, ""},
	{PACKET("/a\0"), false, ""},
	{PACKET("/a\0\0"), false, ""},
	{PACKET("/abc"), false, ""},
	{PACKET("/abc,\0\0\0"), false, ""},
	{PACKET("\0\0\0\0,\0\0\0"), false, ""},
	{PACKET("a\0\0\0,\0\0\0"), false, ""},
	{PACKET("/a\0\0i\0\0\0\0\0\0\1"), false, ""},
	{PACKET("/a\0\0,iii"), false, ""},
	{PACKET("/a\0\0,\0\0\1"), false, ""},
	{PACKET("/a\0x,\0\0\0"), false, ""},
	{PACKET("/a\0\0,i\0\0"), false, ""},
	{PACKET("/a\0\0,i\0\0\0\0\0"), false, ""},
	{PACKET("/a\0\0,h\0\0\0\0\0\0"), false, ""},
	{PACKET("/a\0\0,d\0\0\0\0\0\0"), false, ""},
	{PACKET("/a\0\0,t\0\0\0\0\0\0"), false, ""},
	{PACKET("/a\0\0,s\0\0"), false, ""},
	{PACKET("/a\0\0,s\0\0abcd"), false, ""},
	{PACKET("/a\0\0,s\0\0a\0\0x"), false, ""},
	{PACKET("/a\0\0,b\0\0"), false, ""},
	{PACKET("/a\0\0,ib\0\0\0\0\0\0\0\1"), false, ""},
	{PACKET("/a\0\0,b\0\0\0\0\0\1"), false, ""},
	{PACKET("/a\0\0,b\0\0\0\0\0\5abcd"), false, ""},
	{PACKET("/a\0\0,b\0\0\xff\xff\xff\xff"), false, ""},
	{PACKET("/a\0\0,b\0\0\xff\xff\xff\xfc"
		"abcd"),
		false, ""},
	{PACKET("/a\0\0,\0\0\0\0\0\0\1"), false, ""},
	{PACKET("/a\0\0,r\0\0\0\0\0\1"), false, ""},
	{PACKET("/a\0\0,[i]\0\0\0\0\0\0\0\1"), false, ""},
	{PACKET("/a\0\0,\xff\0\0"), false, ""},
};

// From memory that ends where the packet does, for a sanitizer to see.
static bool
read_exactly(const void *bytes, size_t len, struct stage_str *seen)
{
	void *copy = malloc(len);
	bool is_whole;

	assert_true(copy != NULL || len == 0);
	if (len > 0) {
		memcpy(copy, bytes, len);
	}
	is_whole = stage_osc_read(copy, len, see, seen);
	free(copy);
	return is_whole;
}

static void
a_packet_becomes_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(packets); i++) {
		struct stage_str seen = {0};
		bool is_whole =
			read_exactly(packets[i].bytes, packets[i].len, &seen);
		if (is_whole != packets[i].is_whole ||
			strcmp(stage_str_text(&seen), packets[i].text) != 0) {
			fail_msg("row %zu: %d \"%s\"", i, is_whole,
				stage_str_text(&seen));
		}
		stage_str_finish(&seen);
	}
}

// Of each packet the beginnings, too.
static void
a_packet_that_was_cut_does_no_harm(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(packets); i++) {
		for (size_t len = 0; len < packets[i].len; len++) {
			struct stage_str seen = {0};
			(void)read_exactly(packets[i].bytes, len, &seen);
			assert_true(!packets[i].is_whole ||
				    stage_starts_with(packets[i].text,
					    stage_str_text(&seen)));
			stage_str_finish(&seen);
		}
	}
}

static void
put_size(char *at, size_t size)
{
	at[0] = (char)(size >> 24U);
	at[1] = (char)(size >> 16U & 0xffU);
	at[2] = (char)(size >> 8U & 0xffU);
	at[3] = (char)(size & 0xffU);
}

// Bundles of one element each, around a message.
static bool
read_nested(unsigned depth, struct stage_str *seen)
{
	char bytes[20 * 20 + 8];
	size_t len = (size_t)20 * depth + 8;

	assert_true(len <= sizeof(bytes));
	for (unsigned i = 0; i < depth; i++) {
		char *at = bytes + (size_t)20 * i;
		memcpy(at, BUNDLE, 16);
		put_size(at + 16, len - (size_t)20 * (i + 1));
	}
	memcpy(bytes + len - 8, "/a\0\0,\0\0\0", 8);
	return read_exactly(bytes, len, seen);
}

static void
bundles_in_bundles_have_an_end(void **state)
{
	struct stage_str seen = {0};
	(void)state;

	assert_true(read_nested(8, &seen));
	assert_string_equal(seen.data, "/a ,|");
	assert_false(read_nested(9, &seen));
	assert_false(read_nested(20, &seen));
	assert_string_equal(seen.data, "/a ,|");
	stage_str_finish(&seen);
}

static void
count(void *user, const struct stage_osc_message *message)
{
	size_t *total = user;

	*total += message->count;
}

static void
a_packet_has_a_megabyte_at_most(void **state)
{
	size_t len = STAGE_OSC_BYTES_MAX;
	char *bytes = calloc(1, len + 4);
	size_t total = 0;
	(void)state;

	// As many arguments as there can be.
	assert_non_null(bytes);
	memcpy(bytes, "/a\0\0,", 5);
	memset(bytes + 5, 'T', len - 4 - 5);
	assert_true(stage_osc_read(bytes, len, count, &total));
	assert_int_equal(total, len - 4 - 5);
	memset(bytes + 5, 'T', len - 5);
	assert_false(stage_osc_read(bytes, len + 4, count, &total));
	assert_int_equal(total, len - 4 - 5);
	free(bytes);
}

static void
a_place_that_is_not_there_is_no_error(
	void *user, const struct stage_osc_message *message)
{
	int32_t number = 5;
	double value = 5;
	bool *is_called = user;

	*is_called = true;
	for (size_t at = 1; at < 4; at++) {
		size_t place = at == 3 ? SIZE_MAX : at;
		assert_false(stage_osc_int(message, place, &number));
		assert_false(stage_osc_number(message, place, &value));
		assert_null(stage_osc_text(message, place));
	}
	assert_int_equal(number, 5);
	assert_true(value > 4 && value < 6);
}

static void
arguments_are_asked_for_by_place_and_type(void **state)
{
	static const char bytes[] = "/a\0\0,N\0";
	bool is_called = false;
	(void)state;

	assert_true(stage_osc_read(bytes, sizeof(bytes),
		a_place_that_is_not_there_is_no_error, &is_called));
	assert_true(is_called);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_packet_becomes_messages),
		cmocka_unit_test(a_packet_that_was_cut_does_no_harm),
		cmocka_unit_test(bundles_in_bundles_have_an_end),
		cmocka_unit_test(a_packet_has_a_megabyte_at_most),
		cmocka_unit_test(arguments_are_asked_for_by_place_and_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
