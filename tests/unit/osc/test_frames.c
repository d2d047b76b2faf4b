/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "osc/frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MAX_BYTES 12
#define STREAM(bytes) bytes, sizeof(bytes) - 1

// What comes out, as one text: each packet in hexadecimal with a '|' behind it,
// then how it ended when that was not with "no more yet".
static const struct {
	const char *bytes;
	size_t len;
	const char *text;
} rows[] = {
	{STREAM(""), ""},
	// Sized.
	{STREAM("\0"), ""},
	{STREAM("\0\0\0\4abcd"), "61626364|"},
	{STREAM("\0\0\0\1a\0\0\0\2bc"), "61|6263|"},
	{STREAM("\0\0\0\0\0\0\0\0\0\0\0\1a"), "61|"},
	{STREAM("\0\0\0\4abc"), ""},
	{STREAM("\0\0\0\4\xc0\xdb\xdc\xdd"), "c0dbdcdd|"},
	{STREAM("\0\0\0\x0c"
		"abcdefghijkl"),
		"6162636465666768696a6b6c|"},
	{STREAM("\0\0\0\1a\0\0\0\x0d"), "61|too long"},
	{STREAM("\0\1\0\0"), "too long"},
	{STREAM("\0\0\0\1a\x80\0\0\0"), "61|too long"},
	{STREAM("\0\0\0\1a\xff\xff\xff\xff"), "61|too long"},
	// SLIP.
	{STREAM("\xc0"), ""},
	{STREAM("\xc0"
		"abcd\xc0"),
		"61626364|"},
	{STREAM("\xc0"
		"abcd"),
		""},
	{STREAM("\xc0"
		"a\xc0\xc0"
		"b\xc0"),
		"61|62|"},
	{STREAM("\xc0"
		"a\xc0"
		"b\xc0"),
		"61|62|"},
	{STREAM("\xc0\xc0\xc0\xc0"
		"a\xc0\xc0\xc0"),
		"61|"},
	{STREAM("\xc0\xdb\xdc\xdb\xdd\xc0"), "c0db|"},
	{STREAM("\xc0"
		"a\xdb\xdc"
		"b\xc0"),
		"61c062|"},
	{STREAM("\xc0\xdc\xdd\xc0"), "dcdd|"},
	{STREAM("\xc0\0\0\0\0\xc0"), "00000000|"},
	{STREAM("/a\xc0/b\xc0"), "2f61|2f62|"},
	{STREAM("#b\xc0"), "2362|"},
	{STREAM("\xc0"
		"abcdefghijkl\xc0"),
		"6162636465666768696a6b6c|"},
	{STREAM("\xc0"
		"abcdefghijklm"),
		"too long"},
	{STREAM("\xc0"
		"abcdefghijkl\xdb\xdc"),
		"too long"},
	{STREAM("\xc0"
		"a\xc0"
		"abcdefghijklmnop\xc0"),
		"61|too long"},
	{STREAM("\xc0\xdb"
		"a\xc0"),
		"not valid"},
	{STREAM("\xc0"
		"a\xc0\xdb\xc0"),
		"61|not valid"},
	{STREAM("\xc0\xdb\xdb\xc0"), "not valid"},
	// None.
	{STREAM("GET / HTTP/1.1\r\n"), "not valid"},
	{STREAM("\1\0\0\0"), "not valid"},
	{STREAM("\xff"), "not valid"},
	{STREAM("\xdb\xdc"), "not valid"},
};

static void
tell(struct stage_str *seen, const unsigned char *packet, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		assert_int_equal(
			stage_str_addf(seen, "%02x", packet[i]), STAGE_OK);
	}
	assert_int_equal(stage_str_add(seen, "|"), STAGE_OK);
}

// Takes all there is; false when the stream is lost.
static bool
drain(struct stage_osc_frames *frames, struct stage_str *seen)
{
	const void *packet;
	size_t len;
	enum stage_status status;

	while ((status = stage_osc_frames_next(frames, &packet, &len)) ==
		STAGE_OK) {
		tell(seen, packet, len);
	}
	if (status != STAGE_NOT_FOUND) {
		assert_true(
			status == STAGE_TOO_LONG || status == STAGE_BAD_INPUT);
		assert_int_equal(stage_str_add(seen, status == STAGE_TOO_LONG
							     ? "too long"
							     : "not valid"),
			STAGE_OK);
	}
	return status == STAGE_NOT_FOUND;
}

// The stream of a row in three parts, of which any may be empty.
static void
check_parts(size_t row, size_t first, size_t second)
{
	const size_t ends[] = {first, second, rows[row].len};
	struct stage_osc_frames frames = {.max_bytes = MAX_BYTES};
	struct stage_str seen = {0};
	bool is_well = true;
	size_t at = 0;

	for (size_t i = 0; i < STAGE_COUNT_OF(ends) && is_well; i++) {
		assert_int_equal(stage_osc_frames_feed(&frames,
					 rows[row].bytes + at, ends[i] - at),
			STAGE_OK);
		at = ends[i];
		is_well = drain(&frames, &seen);
	}
	if (strcmp(stage_str_text(&seen), rows[row].text) != 0) {
		fail_msg("row %zu, cut at %zu and %zu: %s", row, first, second,
			stage_str_text(&seen));
	}
	stage_str_finish(&seen);
	stage_osc_frames_finish(&frames);
}

static void
a_stream_is_cut_into_packets_wherever_it_is_cut_itself(void **state)
{
	(void)state;
	for (size_t row = 0; row < STAGE_COUNT_OF(rows); row++) {
		for (size_t first = 0; first <= rows[row].len; first++) {
			for (size_t second = first; second <= rows[row].len;
				second++) {
				check_parts(row, first, second);
			}
		}
	}
}

static void
a_stream_comes_byte_by_byte(void **state)
{
	(void)state;
	for (size_t row = 0; row < STAGE_COUNT_OF(rows); row++) {
		struct stage_osc_frames frames = {.max_bytes = MAX_BYTES};
		struct stage_str seen = {0};
		bool is_well = true;
		for (size_t i = 0; i < rows[row].len && is_well; i++) {
			assert_int_equal(stage_osc_frames_feed(&frames,
						 rows[row].bytes + i, 1),
				STAGE_OK);
			is_well = drain(&frames, &seen);
			assert_true(frames.bytes.len <= MAX_BYTES + 4);
			assert_true(frames.packet.len <= MAX_BYTES);
		}
		assert_string_equal(stage_str_text(&seen), rows[row].text);
		stage_str_finish(&seen);
		stage_osc_frames_finish(&frames);
	}
}

static const struct {
	enum stage_osc_framing framing;
	const char *packet;
	size_t packet_len;
	const char *bytes;
	size_t len;
} written[] = {
	{STAGE_OSC_SIZED, STREAM("abcd"), STREAM("\0\0\0\4abcd")},
	{STAGE_OSC_SIZED, STREAM("\xc0\xdb"), STREAM("\0\0\0\2\xc0\xdb")},
	{STAGE_OSC_SIZED, STREAM(""), STREAM("\0\0\0\0")},
	{STAGE_OSC_SLIP, STREAM("abcd"),
		STREAM("\xc0"
		       "abcd\xc0")},
	{STAGE_OSC_SLIP, STREAM("\xc0\xdb"),
		STREAM("\xc0\xdb\xdc\xdb\xdd\xc0")},
	{STAGE_OSC_SLIP,
		STREAM("a\xc0"
		       "b\xdb\xdc"),
		STREAM("\xc0"
		       "a\xdb\xdc"
		       "b\xdb\xdd\xdc\xc0")},
	{STAGE_OSC_SLIP, STREAM(""), STREAM("\xc0\xc0")},
};

static void
packets_are_written_into_a_stream(void **state)
{
	struct stage_str out = {0};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(written); i++) {
		stage_str_clear(&out);
		assert_int_equal(stage_str_add(&out, "before"), STAGE_OK);
		assert_int_equal(
			stage_osc_frames_write(&out, written[i].framing,
				written[i].packet, written[i].packet_len),
			STAGE_OK);
		assert_int_equal(out.len, 6 + written[i].len);
		assert_memory_equal(
			out.data + 6, written[i].bytes, written[i].len);
	}
	stage_str_clear(&out);
	assert_int_equal(
		stage_osc_frames_write(&out, STAGE_OSC_UNKNOWN, "a", 1),
		STAGE_BUG);
	assert_int_equal(out.len, 0);
	stage_str_finish(&out);
}

// All bytes, and many packets, as they come back.
static void
what_is_written_is_read(void **state)
{
	unsigned char all[256];
	(void)state;

	for (size_t i = 0; i < sizeof(all); i++) {
		all[i] = (unsigned char)i;
	}
	for (unsigned framing = STAGE_OSC_SIZED; framing <= STAGE_OSC_SLIP;
		framing++) {
		struct stage_osc_frames frames = {.max_bytes = 256};
		struct stage_str out = {0};
		const void *packet;
		size_t len;
		for (size_t i = 1; i <= sizeof(all); i++) {
			assert_int_equal(
				stage_osc_frames_write(&out, framing, all, i),
				STAGE_OK);
		}
		assert_int_equal(
			stage_osc_frames_feed(&frames, out.data, out.len),
			STAGE_OK);
		for (size_t i = 1; i <= sizeof(all); i++) {
			assert_int_equal(
				stage_osc_frames_next(&frames, &packet, &len),
				STAGE_OK);
			assert_int_equal(len, i);
			assert_memory_equal(packet, all, len);
		}
		assert_int_equal(stage_osc_frames_next(&frames, &packet, &len),
			STAGE_NOT_FOUND);
		assert_int_equal(frames.framing, framing);
		stage_str_finish(&out);
		stage_osc_frames_finish(&frames);
	}
	stage_osc_frames_finish(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_stream_is_cut_into_packets_wherever_it_is_cut_itself),
		cmocka_unit_test(a_stream_comes_byte_by_byte),
		cmocka_unit_test(packets_are_written_into_a_stream),
		cmocka_unit_test(what_is_written_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
