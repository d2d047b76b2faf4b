/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"

// Messages as text: "903c40 f8 [f001] [02f7]", SysEx in brackets.
struct sink {
	char text[8192];
	size_t len;
};

static void
put(struct sink *sink, const char *before, const uint8_t *bytes, size_t len,
	const char *after)
{
	size_t room = sizeof(sink->text);

	sink->len += (size_t)snprintf(sink->text + sink->len, room - sink->len,
		"%s%s", sink->len > 0 ? " " : "", before);
	for (size_t i = 0; i < len; i++) {
		sink->len += (size_t)snprintf(sink->text + sink->len,
			room - sink->len, "%02x", bytes[i]);
	}
	sink->len += (size_t)snprintf(
		sink->text + sink->len, room - sink->len, "%s", after);
	assert_true(sink->len < room);
}

static void
parse(struct stage_midi_parser *parser, const uint8_t *bytes, size_t len,
	struct sink *sink)
{
	struct stage_midi_message message;
	size_t at = 0;

	do {
		at += stage_midi_parser_next(
			parser, bytes + at, len - at, &message);
		assert_true(at <= len);
		if (message.kind == STAGE_MIDI_MESSAGE_SHORT) {
			put(sink, "", message.bytes, message.len, "");
		} else if (message.kind == STAGE_MIDI_MESSAGE_SYSEX) {
			put(sink, "[", message.bytes, message.len, "]");
		}
	} while (message.kind != STAGE_MIDI_MESSAGE_NONE);
	assert_int_equal(at, len);
}

struct row {
	const char *what;
	const char *events[4];
	size_t lens[4];
	const char *messages;
	unsigned lost;
};

#define ROW_1(what, a, out, lost)                                              \
	{                                                                      \
		what, {a}, {sizeof(a) - 1}, out, lost                          \
	}
#define ROW_2(what, a, b, out, lost)                                           \
	{                                                                      \
		what, {a, b}, {sizeof(a) - 1, sizeof(b) - 1}, out, lost        \
	}

static const struct row rows[] = {
	ROW_1("a note", "\x90\x3c\x40", "903c40", 0),
	ROW_1("several in one event", "\x90\x3c\x40\x80\x3c\x00\xc0\x05",
		"903c40 803c00 c005", 0),
	ROW_1("running status", "\xb0\x63\x02\x62\x2c\x06\x40",
		"b06302 b0622c b00640", 0),
	ROW_2("running status over events", "\xb0\x63\x02", "\x62\x2c",
		"b06302 b0622c", 0),
	ROW_1("clock within a note", "\x90\x3c\xf8\x40", "f8 903c40", 0),
	ROW_1("all of the system's",
		"\xf1\x01\xf2\x01\x02\xf3\x03\xf6\xfa\xfb\xfc\xfe\xff",
		"f101 f20102 f303 f6 fa fb fc fe ff", 0),
	ROW_1("no running status for the system's", "\xf3\x03\x04", "f303", 1),
	ROW_1("undefined ones", "\xf4\x01\xf5\xf9\xfd", "", 5),
	ROW_1("a SysEx", "\xf0\x7e\x01\xf7", "[f07e01f7]", 0),
	ROW_2("a SysEx in fragments", "\xf0\x7e", "\x01\xf7", "[f07e] [01f7]",
		0),
	ROW_2("fragments that begin with F7 alone", "\xf0\x7e", "\xf7",
		"[f07e] [f7]", 0),
	ROW_1("clock within a SysEx", "\xf0\x01\xf8\x02\xf7",
		"[f001] f8 [02f7]", 0),
	ROW_1("a status ends a SysEx", "\xf0\x01\x90\x3c\x40\x01\xf7",
		"[f001] 903c40", 2),
	ROW_1("a SysEx within a SysEx", "\xf0\x01\xf0\x02\xf7",
		"[f001] [f002f7]", 0),
	ROW_1("data of nothing", "\x01\x02\x03", "", 3),
	ROW_1("an end of nothing", "\xf7", "", 1),
	ROW_1("half a note", "\x90\x3c\x90\x3d\x40", "903d40", 1),
	ROW_1("a SysEx ends running status", "\x90\x3c\x40\xf0\xf7\x3d\x40",
		"903c40 [f0f7]", 2),
};

static void
messages_are_found(void **state)
{
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_midi_parser parser = {0};
		struct sink sink = {.len = 0};
		for (size_t k = 0; k < 4 && rows[i].events[k] != NULL; k++) {
			parse(&parser, (const uint8_t *)rows[i].events[k],
				rows[i].lens[k], &sink);
		}
		if (strcmp(sink.text, rows[i].messages) != 0 ||
			parser.lost != rows[i].lost) {
			fail_msg("%s: \"%s\", lost %u", rows[i].what, sink.text,
				parser.lost);
		}
	}
}

static void
long_sysex_comes_in_chunks(void **state)
{
	static uint8_t bytes[65536];
	struct stage_midi_parser parser = {0};
	struct stage_midi_message message;
	size_t at = 0;
	(void)state;

	memset(bytes, 5, sizeof(bytes));
	bytes[0] = STAGE_MIDI_SYSEX;
	bytes[sizeof(bytes) - 1] = STAGE_MIDI_SYSEX_END;
	while (at < sizeof(bytes)) {
		size_t taken = stage_midi_parser_next(
			&parser, bytes + at, sizeof(bytes) - at, &message);
		assert_int_equal(message.kind, STAGE_MIDI_MESSAGE_SYSEX);
		assert_ptr_equal(message.bytes, bytes + at);
		assert_int_equal(message.len, taken);
		assert_int_equal(taken, STAGE_MIDI_CHUNK_BYTES);
		at += taken;
	}
	assert_false(parser.is_in_sysex);
}

static void
an_aborted_sysex_does_not_go_on(void **state)
{
	struct stage_midi_parser parser = {0};
	struct sink sink = {.len = 0};
	(void)state;

	parse(&parser, (const uint8_t *)"\xf0\x01", 2, &sink);
	stage_midi_parser_abort(&parser);
	parse(&parser, (const uint8_t *)"\x02\xf7", 2, &sink);
	assert_string_equal(sink.text, "[f001]");
}

static void
statuses_have_lengths(void **state)
{
	(void)state;

	assert_int_equal(stage_midi_message_bytes(0x00), 0);
	assert_int_equal(stage_midi_message_bytes(0x7f), 0);
	assert_int_equal(stage_midi_message_bytes(0x80), 3);
	assert_int_equal(stage_midi_message_bytes(0xcf), 2);
	assert_int_equal(stage_midi_message_bytes(0xd0), 2);
	assert_int_equal(stage_midi_message_bytes(0xef), 3);
	assert_int_equal(stage_midi_message_bytes(0xf0), 0);
	assert_int_equal(stage_midi_message_bytes(0xf7), 0);
	assert_int_equal(stage_midi_message_bytes(0xff), 1);
}

// The assembler.

static void
on_event(void *user, int64_t stamp_ns, const uint8_t *bytes, size_t len)
{
	(void)stamp_ns;
	put(user, "", bytes, len, "");
}

static struct stage_midi_assembler
fresh(uint8_t *buffer, size_t size)
{
	return (struct stage_midi_assembler){.buffer = buffer, .size = size};
}

#define FEED(assembler, text, at, sink)                                        \
	stage_midi_assembler_feed(assembler, (const uint8_t *)(text),          \
		sizeof(text) - 1, at, on_event, sink)

static void
chunks_become_one_event(void **state)
{
	uint8_t buffer[16];
	struct stage_midi_assembler assembler = fresh(buffer, 16);
	struct sink sink = {.len = 0};
	(void)state;

	FEED(&assembler, "\xf0\x01", 1, &sink);
	FEED(&assembler, "\x02\xf8\x03", 2, &sink);
	FEED(&assembler, "\xf7", 3, &sink);
	FEED(&assembler, "\xf0\x04\xf7\xf0\x05\xf7", 4, &sink);
	assert_string_equal(sink.text, "f8 f0010203f7 f004f7 f005f7");
	assert_int_equal(assembler.lost, 0);
}

static void
what_is_too_long_becomes_fragments(void **state)
{
	uint8_t buffer[4];
	struct stage_midi_assembler assembler = fresh(buffer, 4);
	struct sink sink = {.len = 0};
	(void)state;

	FEED(&assembler, "\xf0\x01\x02\x03\x04\x05\x06\x07\x08", 1, &sink);
	FEED(&assembler, "\x09\xf7", 2, &sink);
	assert_string_equal(sink.text, "f0010203 04050607 0809f7");
	sink.len = 0;
	FEED(&assembler, "\xf0\x01\x02\xf7", 3, &sink); // fits exactly
	assert_string_equal(sink.text, "f00102f7");
}

static void
what_does_not_go_on_is_dropped(void **state)
{
	uint8_t buffer[16];
	struct stage_midi_assembler assembler = fresh(buffer, 16);
	struct sink sink = {.len = 0};
	(void)state;

	FEED(&assembler, "\x01\xf7", 1, &sink); // of nothing
	FEED(&assembler, "\xf0\x01", 1, &sink);
	FEED(&assembler, "\xf0\x02\xf7", 1, &sink);
	FEED(&assembler, "\xf0\x03", 1, &sink);
	stage_midi_assembler_abort(&assembler);
	FEED(&assembler, "\xf7", 1, &sink);
	FEED(&assembler, "\xf0\x04", 1, &sink);
	FEED(&assembler, "\x05\xf7", 2 + STAGE_MIDI_SYSEX_IDLE_NS, &sink);
	assert_string_equal(sink.text, "f002f7");
	assert_int_equal(assembler.lost, 11);
}

struct got {
	uint8_t bytes[65536];
	size_t len;
};

static void
collect(void *user, int64_t stamp_ns, const uint8_t *bytes, size_t len)
{
	struct got *got = user;

	(void)stamp_ns;
	assert_true(len <= sizeof(got->bytes) - got->len);
	memcpy(got->bytes + got->len, bytes, len);
	got->len += len;
}

// 64 KiB in chunks of any size arrive whole, whatever the event's limit.
static void
dumps_arrive_whole(void **state)
{
	static uint8_t dump[65536];
	static uint8_t buffer[24576];
	static const size_t limits[] = {1, 2, 3, 1000, 24576};
	(void)state;

	srand(5);
	for (size_t i = 0; i < sizeof(dump); i++) {
		dump[i] = (uint8_t)(rand() % 128);
	}
	dump[0] = STAGE_MIDI_SYSEX;
	dump[sizeof(dump) - 1] = STAGE_MIDI_SYSEX_END;
	for (size_t i = 0; i < STAGE_COUNT_OF(limits); i++) {
		struct stage_midi_assembler assembler =
			fresh(buffer, limits[i]);
		struct got *got = calloc(1, sizeof(*got));
		size_t at = 0;
		while (at < sizeof(dump)) {
			size_t len = (size_t)(rand() % 256) + 1;
			if (len > sizeof(dump) - at) {
				len = sizeof(dump) - at;
			}
			stage_midi_assembler_feed(&assembler, dump + at, len,
				(int64_t)at, collect, got);
			at += len;
		}
		assert_int_equal(got->len, sizeof(dump));
		assert_memory_equal(got->bytes, dump, sizeof(dump));
		free(got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_found),
		cmocka_unit_test(long_sysex_comes_in_chunks),
		cmocka_unit_test(an_aborted_sysex_does_not_go_on),
		cmocka_unit_test(statuses_have_lengths),
		cmocka_unit_test(chunks_become_one_event),
		cmocka_unit_test(what_is_too_long_becomes_fragments),
		cmocka_unit_test(what_does_not_go_on_is_dropped),
		cmocka_unit_test(dumps_arrive_whole),
	};

	return cmocka_run_group_tests_name("midi/bytes", tests, NULL, NULL);
}
