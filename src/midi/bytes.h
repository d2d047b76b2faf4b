/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** MIDI as bytes, both ways.
 *
 * A parser takes what JACK clients send, which is messy: several messages in
 * one event, running status, a SysEx dump in any number of fragments with clock
 * in between; it gives whole messages, and SysEx in chunks.
 *
 * An assembler makes of the chunks in which the kernel hands SysEx over one
 * event, or, where that would be too long, fragments of which only the first
 * begins with F0 and only the last ends with F7, as JACK clients know them.
 *
 * Nothing here allocates. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_MIDI_BYTES_H
#define STAGE_MIDI_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rt/rt.h"

#define STAGE_MIDI_SYSEX 0xf0
#define STAGE_MIDI_SYSEX_END 0xf7
#define STAGE_MIDI_CLOCK 0xf8 // the first real-time message
#define STAGE_MIDI_SENSING 0xfe
#define STAGE_MIDI_CHUNK_BYTES 256 // of SysEx to a device, at most

/** How long a message with that status is, 1 to 3 bytes; 0 for SysEx, its end,
 * data bytes and statuses that do not exist. */
STAGE_RT size_t stage_midi_message_bytes(uint8_t status);

enum stage_midi_message_kind {
	STAGE_MIDI_MESSAGE_NONE,  // the bytes are used up
	STAGE_MIDI_MESSAGE_SHORT, // one whole message
	STAGE_MIDI_MESSAGE_SYSEX, // a chunk
};

struct stage_midi_message {
	enum stage_midi_message_kind kind;
	const uint8_t *bytes; // [len] in the input, or in `own`
	size_t len;
	uint8_t own[3];
};

/** Zeroed is a fresh one. */
struct stage_midi_parser {
	uint8_t status; // running, 0: none
	uint8_t data[2];
	uint8_t count; // of data
	bool is_in_sysex;
	uint32_t lost; // bytes that belonged to nothing
};

/** Finds the next message in bytes[len], gives how many bytes it took.
 *
 * Call it until out->kind is NONE; all bytes are used then. out->bytes is good
 * until the input or out changes.
 */
STAGE_RT size_t stage_midi_parser_next(struct stage_midi_parser *self,
	const uint8_t *bytes, size_t len, struct stage_midi_message *out);

/** Ends a SysEx that does not go on. */
STAGE_RT void stage_midi_parser_abort(struct stage_midi_parser *self);

/** Where an assembler's events go. len is at most its size. */
typedef void stage_midi_emit(
	void *user, int64_t stamp_ns, const uint8_t *bytes, size_t len);

#define STAGE_MIDI_SYSEX_IDLE_NS INT64_C(1000000000)

struct stage_midi_assembler {
	uint8_t *buffer; // [size], borrowed
	size_t size;     // what an event may have, at least 1
	size_t len;
	bool is_open;     // an F0 came
	bool is_fragment; // a part of it has gone out
	int64_t stamp_ns; // of the part that is in the buffer
	int64_t last_ns;  // of the last chunk
	uint32_t lost;    // bytes of what was never ended, or never begun
};

/** Takes a chunk of SysEx that came at stamp_ns; emits what is whole or full.
 * Real-time messages inside it are emitted by themselves at once. */
STAGE_RT void stage_midi_assembler_feed(struct stage_midi_assembler *self,
	const uint8_t *bytes, size_t len, int64_t stamp_ns,
	stage_midi_emit *emit, void *user);

/** Drops what was begun, because another message came or the device went. */
STAGE_RT void stage_midi_assembler_abort(struct stage_midi_assembler *self);

#endif
