/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdbool.h>
#include <string.h>

#include "fuzz.h"
#include "midi/bytes.h"
#include "midi/held.h"

#define OUT_MAX 8192

// Whole messages only, each byte of them from the input.
static void
check_message(const struct stage_midi_message *message)
{
	if (message->kind == STAGE_MIDI_MESSAGE_SHORT) {
		FUZZ_CHECK(stage_midi_message_bytes(message->bytes[0]) ==
			   message->len);
		for (size_t i = 1; i < message->len; i++) {
			FUZZ_CHECK(message->bytes[i] < 0x80);
		}
		return;
	}
	FUZZ_CHECK(message->len >= 1 && message->len <= STAGE_MIDI_CHUNK_BYTES);
	for (size_t i = 0; i < message->len; i++) {
		FUZZ_CHECK(message->bytes[i] < 0x80 ||
			   (i == 0 && message->bytes[i] == STAGE_MIDI_SYSEX) ||
			   (i + 1 == message->len &&
				   message->bytes[i] == STAGE_MIDI_SYSEX_END));
	}
}

// The first byte cuts the input into events, which makes no difference to what
// is lost and to the short messages.
static size_t
parse(const uint8_t *data, size_t size, size_t event, uint8_t *out,
	uint32_t *lost)
{
	struct stage_midi_parser parser = {0};
	struct stage_midi_held held = {.dampers = 0};
	size_t len = 0;

	for (size_t start = 0; start < size; start += event) {
		size_t at = 0;
		size_t bytes = size - start < event ? size - start : event;
		struct stage_midi_message message;
		do {
			at += stage_midi_parser_next(&parser, data + start + at,
				bytes - at, &message);
			FUZZ_CHECK(at <= bytes);
			if (message.kind != STAGE_MIDI_MESSAGE_NONE) {
				check_message(&message);
				stage_midi_held_note(
					&held, message.bytes, message.len);
				memcpy(out + len, message.bytes, message.len);
				len += message.len;
			}
		} while (message.kind != STAGE_MIDI_MESSAGE_NONE);
		FUZZ_CHECK(at == bytes);
	}
	*lost = parser.lost;
	return len;
}

struct collected {
	uint8_t bytes[OUT_MAX];
	size_t len;
	size_t limit;
};

static void
collect(void *user, int64_t stamp_ns, const uint8_t *bytes, size_t len)
{
	struct collected *self = user;

	(void)stamp_ns;
	FUZZ_CHECK(len >= 1 && len <= self->limit);
	if (bytes[0] < STAGE_MIDI_CLOCK) {
		memcpy(self->bytes + self->len, bytes, len);
		self->len += len;
	}
}

// What comes out of an assembler is what went in, less what it counts as lost,
// the real-time messages, and what is not ended yet.
static void
assemble(const uint8_t *data, size_t size, size_t chunk)
{
	static struct collected out;
	static uint8_t buffer[256];
	struct stage_midi_assembler assembler = {
		.buffer = buffer, .size = chunk};
	size_t realtime = 0;

	out.len = 0;
	out.limit = chunk;
	for (size_t at = 0; at < size; at += chunk) {
		stage_midi_assembler_feed(&assembler, data + at,
			size - at < chunk ? size - at : chunk, (int64_t)at,
			collect, &out);
	}
	for (size_t i = 0; i < size; i++) {
		realtime += data[i] >= STAGE_MIDI_CLOCK;
	}
	FUZZ_CHECK(out.len + assembler.len + assembler.lost + realtime == size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t whole[3 * OUT_MAX];
	static uint8_t parts[3 * OUT_MAX];
	uint32_t lost_whole;
	uint32_t lost_parts;
	size_t len;

	if (size < 2 || size > OUT_MAX) {
		return 0;
	}
	len = parse(data + 1, size - 1, size, whole, &lost_whole);
	FUZZ_CHECK(len == parse(data + 1, size - 1, data[0] % 64U + 1, parts,
				  &lost_parts));
	FUZZ_CHECK(memcmp(whole, parts, len) == 0);
	FUZZ_CHECK(lost_whole == lost_parts);
	assemble(data + 1, size - 1, data[0] % 64U + 1);
	return 0;
}
