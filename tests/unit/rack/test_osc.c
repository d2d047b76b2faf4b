/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/osc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

// What was handled last, as one text.
struct seen {
	unsigned count;
	char text[2048];
};

static void
see(void *user, const struct stage_rack_osc_request *request,
	const char *address, const struct stage_err *why)
{
	struct seen *seen = user;

	seen->count++;
	if (request == NULL) {
		snprintf(seen->text, sizeof(seen->text), "%s: %s", address,
			why->text);
		return;
	}
	snprintf(seen->text, sizeof(seen->text), "%d %s %s %s%g %s",
		request->kind, request->slot, request->symbol,
		request->is_part ? "part " : "", request->value, request->text);
}

#define PACKET(bytes) bytes, sizeof(bytes) - 1

static const struct {
	const char *bytes;
	size_t len;
	const char *text; // NULL: it is dropped
} packets[] = {
	{PACKET("/fx/hall/size\0\0\0,f\0\0\x3f\0\0\0"), "0 hall size 0.5 "},
	{PACKET("/fx/hall/size\0\0\0,i\0\0\0\0\0\2"), "0 hall size 2 "},
	{PACKET("/fx/hall/size/part\0\0,f\0\0\x3f\x80\0\0"),
		"0 hall size part 1 "},
	{PACKET("/fx/hall/size\0\0\0,\0\0\0"), "1 hall size 0 "},
	{PACKET("/fx/hall/bypass\0,T\0\0"), "2 hall bypass 1 "},
	{PACKET("/fx/hall/bypass\0,i\0\0\0\0\0\0"), "2 hall bypass 0 "},
	{PACKET("/fx/hall/preset\0,s\0\0a b\0"), "3 hall preset 0 a b"},
	{PACKET("/fx/gain\0\0\0\0,f\0\0\xc0\0\0\0"), "0  gain -2 "},
	{PACKET("/fx/snapshot\0\0\0\0,s\0\0one\0"), "4   0 one"},
	{PACKET("/fx/snapshot\0\0\0\0,sf\0one\0\x40\0\0\0"), "4   2 one"},
	{PACKET("/fx/panic\0\0\0,\0\0\0"), "5   0 "},
	{PACKET("/fx/subscribe\0\0\0,i\0\0\0\0\0\x64"), "7   100 "},
	// A bundle, taken apart; the last one is seen.
	{PACKET("#bundle\0\0\0\0\0\0\0\0\1\0\0\0\x10/fx/panic\0\0\0,\0\0\0"
		"\0\0\0\x0c/fx/save\0\0\0\0"),
		NULL},
	{PACKET("#bundle\0\0\0\0\0\0\0\0\1\0\0\0\x10/fx/save\0\0\0\0,\0\0\0"),
		"6   0 "},
	// Nobody's, or none.
	{PACKET("/else/gain\0\0,f\0\0\xc0\0\0\0"), NULL},
	{PACKET("fx/gain\0,f\0\0\xc0\0\0\0"), NULL},
	{PACKET("/fx//gain\0\0\0,f\0\0\xc0\0\0\0"), NULL},
	{PACKET("/fx/gain\0\0\0\0,f\0\0\xc0\0"), NULL},
	{PACKET("/fx/gain/no/end,"), NULL},
	{PACKET("#bundle\0\0\0\0\0\0\0\0\1\xff\xff\xff\xff"), NULL},
	// What is told.
	{PACKET("/fx\0,\0\0\0"), "/fx: what of it? /RACK/SLOT/VALUE, "
				 "/RACK/gain ..."},
	{PACKET("/fx/hall/size\0\0\0,s\0\0abc\0"),
		"/fx/hall/size: a number, or nothing, must come with it"},
	{PACKET("/fx/hall/size\0\0\0,f\0\0\x7f\x80\0\0"),
		"/fx/hall/size: a number, or nothing, must come with it"},
	{PACKET("/fx/hall/bypass\0,\0\0\0"),
		"/fx/hall/bypass: 0 or 1 must come with it"},
	{PACKET("/fx/snapshot\0\0\0\0,\0\0\0"),
		"/fx/snapshot: the name of a snapshot must come with it"},
	{PACKET("/fx/snapshot\0\0\0\0,sf\0one\0\x7f\0\0\0"),
		"/fx/snapshot: a time in seconds, a day at most, or nothing, "
		"must come with it"},
	{PACKET("/fx/hall/size/prat\0\0,f\0\0\x3f\x80\0\0"),
		"/fx/hall/size/prat: there is no such address; it is "
		"/RACK/SLOT/VALUE or /RACK/SLOT/VALUE/part"},
};

static void
a_packet_becomes_requests(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(packets); i++) {
		struct seen seen = {0};
		(void)stage_rack_osc_read(
			packets[i].bytes, packets[i].len, "fx", see, &seen);
		if (packets[i].text != NULL) {
			assert_string_equal(seen.text, packets[i].text);
			assert_int_equal(seen.count, 1);
		} else {
			assert_true(seen.count <= 1);
			assert_true(seen.count == 0 || i == 12);
		}
	}
}

static void
bundles_in_bundles_have_an_end(void **state)
{
	char bytes[20 * 20 + 12];
	struct seen seen = {0};
	(void)state;

	for (unsigned depth = 0; depth < 20; depth++) {
		char *at = bytes + (size_t)20 * depth;
		size_t left = sizeof(bytes) - (size_t)20 * (depth + 1);
		memcpy(at, "#bundle\0\0\0\0\0\0\0\0\1\0\0", 18);
		at[18] = (char)(left >> 8U);
		at[19] = (char)(left & 0xffU);
	}
	memcpy(bytes + 400, "/fx/save\0\0\0\0", 12);
	assert_false(
		stage_rack_osc_read(bytes, sizeof(bytes), "fx", see, &seen));
	assert_int_equal(seen.count, 0);
}

static void
what_is_written_is_osc(void **state)
{
	static const char number[] = "/fx/gain\0\0\0\0,f\0\0\xc0\0\0\0";
	static const char texts[] = "/e\0\0,ss\0abc\0d\0\0\0";
	struct stage_str out = {0};
	(void)state;

	assert_int_equal(
		stage_rack_osc_write_number(&out, "/fx/gain", -2), STAGE_OK);
	assert_int_equal(out.len, sizeof(number) - 1);
	assert_memory_equal(out.data, number, out.len);
	stage_str_clear(&out);
	assert_int_equal(
		stage_rack_osc_write_texts(&out, "/e", "abc", "d"), STAGE_OK);
	assert_int_equal(out.len, sizeof(texts) - 1);
	assert_memory_equal(out.data, texts, out.len);
	stage_str_finish(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_packet_becomes_requests),
		cmocka_unit_test(bundles_in_bundles_have_an_end),
		cmocka_unit_test(what_is_written_is_osc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
