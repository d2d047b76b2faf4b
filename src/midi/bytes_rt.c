/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/bytes.h"

#include <string.h>

STAGE_RT static bool
is_status(uint8_t byte)
{
	return byte >= 0x80;
}

STAGE_RT static bool
is_realtime(uint8_t byte)
{
	return byte >= STAGE_MIDI_CLOCK;
}

STAGE_RT size_t
stage_midi_message_bytes(uint8_t status)
{
	static const uint8_t of_channel[] = {3, 3, 3, 3, 2, 2, 3};
	static const uint8_t of_system[] = {
		0, 2, 3, 2, 0, 0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 1};

	if (!is_status(status)) {
		return 0;
	}
	return status < 0xf0 ? of_channel[(status >> 4) - 8]
			     : of_system[status - 0xf0];
}

// The parser.

STAGE_RT static void
give(struct stage_midi_message *out, enum stage_midi_message_kind kind,
	const uint8_t *bytes, size_t len)
{
	out->kind = kind;
	out->bytes = bytes;
	out->len = len;
}

STAGE_RT static void
give_own(struct stage_midi_message *out, uint8_t status, const uint8_t *data,
	size_t count)
{
	out->own[0] = status;
	for (size_t i = 0; i < count; i++) {
		out->own[1 + i] = data[i];
	}
	give(out, STAGE_MIDI_MESSAGE_SHORT, out->own, 1 + count);
}

/* The bytes of a SysEx as far as they go on. A status other than the end ends
 * it, too, and is not taken. */
STAGE_RT static size_t
take_sysex(struct stage_midi_parser *self, const uint8_t *bytes, size_t len,
	struct stage_midi_message *out)
{
	size_t at = bytes[0] == STAGE_MIDI_SYSEX ? 1 : 0;

	self->is_in_sysex = true;
	while (at < len && at < STAGE_MIDI_CHUNK_BYTES &&
		!is_status(bytes[at])) {
		at++;
	}
	if (at < len && at < STAGE_MIDI_CHUNK_BYTES) {
		if (bytes[at] == STAGE_MIDI_SYSEX_END) {
			at++;
			self->is_in_sysex = false;
		} else if (!is_realtime(bytes[at])) {
			self->is_in_sysex = false;
		}
	}
	give(out, STAGE_MIDI_MESSAGE_SYSEX, bytes, at);
	return at;
}

// Returns true when that was a whole message.
STAGE_RT static bool
take_status(struct stage_midi_parser *self, uint8_t byte,
	struct stage_midi_message *out)
{
	size_t needs = stage_midi_message_bytes(byte);

	self->lost += self->count;
	self->count = 0;
	self->status = needs > 1 ? byte : 0;
	if (needs == 1) {
		give_own(out, byte, NULL, 0);
		return true;
	}
	self->lost += needs == 0;
	return false;
}

STAGE_RT static bool
take_data(struct stage_midi_parser *self, uint8_t byte,
	struct stage_midi_message *out)
{
	size_t needs = stage_midi_message_bytes(self->status);

	if (needs == 0) {
		self->lost++;
		return false;
	}
	self->data[self->count++] = byte;
	if (self->count + 1U < needs) {
		return false;
	}
	give_own(out, self->status, self->data, self->count);
	self->count = 0;
	if (self->status >= 0xf0) {
		self->status = 0; // only channel messages run on
	}
	return true;
}

STAGE_RT size_t
stage_midi_parser_next(struct stage_midi_parser *self, const uint8_t *bytes,
	size_t len, struct stage_midi_message *out)
{
	give(out, STAGE_MIDI_MESSAGE_NONE, NULL, 0);
	for (size_t at = 0; at < len; at++) {
		uint8_t byte = bytes[at];
		if (is_realtime(byte)) {
			if (stage_midi_message_bytes(byte) == 1) {
				give_own(out, byte, NULL, 0);
				return at + 1;
			}
			self->lost++;
		} else if (byte == STAGE_MIDI_SYSEX ||
			   (self->is_in_sysex &&
				   (!is_status(byte) ||
					   byte == STAGE_MIDI_SYSEX_END))) {
			self->lost += self->count;
			self->count = 0;
			self->status = 0;
			return at + take_sysex(self, bytes + at, len - at, out);
		} else if (is_status(byte)) {
			self->is_in_sysex = false;
			if (take_status(self, byte, out)) {
				return at + 1;
			}
		} else if (take_data(self, byte, out)) {
			return at + 1;
		}
	}
	return len;
}

STAGE_RT void
stage_midi_parser_abort(struct stage_midi_parser *self)
{
	self->is_in_sysex = false;
}

// The assembler.

STAGE_RT void
stage_midi_assembler_abort(struct stage_midi_assembler *self)
{
	if (self->is_open) {
		self->lost += (uint32_t)self->len;
	}
	self->len = 0;
	self->is_open = false;
	self->is_fragment = false;
}

STAGE_RT static void
put_out(struct stage_midi_assembler *self, stage_midi_emit *emit, void *user)
{
	emit(user, self->stamp_ns, self->buffer, self->len);
	self->len = 0;
	self->is_fragment = true;
}

STAGE_RT static void
put_in(struct stage_midi_assembler *self, const uint8_t *bytes, size_t len,
	int64_t stamp_ns, stage_midi_emit *emit, void *user)
{
	while (len > 0) {
		size_t part = self->size - self->len;
		if (part == 0) {
			put_out(self, emit, user);
			part = self->size;
		}
		if (part > len) {
			part = len;
		}
		if (self->len == 0) {
			self->stamp_ns = stamp_ns;
		}
		memcpy(self->buffer + self->len, bytes, part);
		self->len += part;
		bytes += part;
		len -= part;
	}
}

STAGE_RT static size_t
count_data(const uint8_t *bytes, size_t len)
{
	size_t count = 0;

	while (count < len && !is_status(bytes[count])) {
		count++;
	}
	return count;
}

// Takes one status byte, or all data bytes up to the next one.
STAGE_RT static size_t
feed_some(struct stage_midi_assembler *self, const uint8_t *bytes, size_t len,
	int64_t stamp_ns, stage_midi_emit *emit, void *user)
{
	size_t data = count_data(bytes, len);

	if (data > 0) {
		if (self->is_open) {
			put_in(self, bytes, data, stamp_ns, emit, user);
		} else {
			self->lost += (uint32_t)data;
		}
		return data;
	}
	if (is_realtime(bytes[0])) {
		emit(user, stamp_ns, bytes, 1);
	} else if (bytes[0] == STAGE_MIDI_SYSEX) {
		stage_midi_assembler_abort(self);
		self->is_open = true;
		put_in(self, bytes, 1, stamp_ns, emit, user);
	} else if (bytes[0] == STAGE_MIDI_SYSEX_END && self->is_open) {
		put_in(self, bytes, 1, stamp_ns, emit, user);
		put_out(self, emit, user);
		self->is_open = false;
		self->is_fragment = false;
	} else {
		stage_midi_assembler_abort(self);
		self->lost++;
	}
	return 1;
}

STAGE_RT void
stage_midi_assembler_feed(struct stage_midi_assembler *self,
	const uint8_t *bytes, size_t len, int64_t stamp_ns,
	stage_midi_emit *emit, void *user)
{
	if (self->is_open &&
		stamp_ns - self->last_ns > STAGE_MIDI_SYSEX_IDLE_NS) {
		stage_midi_assembler_abort(self);
	}
	self->last_ns = stamp_ns;
	while (len > 0) {
		size_t taken =
			feed_some(self, bytes, len, stamp_ns, emit, user);
		bytes += taken;
		len -= taken;
	}
}
