/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What is in an outbox; for outbox_rt.c and outbox_setup.c only. */

#ifndef STAGE_MIDI_OUTBOX_PRIVATE_H
#define STAGE_MIDI_OUTBOX_PRIVATE_H

#include "midi/outbox.h"

struct stage_midi_out_lane {
	struct stage_ring *ring; // borrowed; NULL: no device
	uint8_t *buffer;         // [size] header and bytes of the message here
	size_t size;
	size_t len; // of the bytes; 0: none is here
	size_t at;  // how far it was sent
	struct stage_midi_parser parser;
	struct stage_midi_message next; // what is to be sent now
	size_t next_taken;              // bytes that it takes
	int64_t due_ns;                 // its deadline, or when it may go
	bool is_held_up;                // by the pace, or by a SysEx
	uint32_t order;
	size_t place; // in the heap, from 1; 0: not in it
};

struct stage_midi_out_device {
	struct stage_midi_out_lane lanes[STAGE_MIDI_LANES];
	struct stage_midi_pace pace;
	int64_t cut_ns; // when a SysEx that does not go on is given up
};

struct stage_midi_outbox {
	struct stage_midi_out_device *devices; // [count]
	size_t count;
	size_t *heap; // [lanes + 1], from 1; lane LANES * device + lane
	size_t heap_count;
	int64_t longest_ns;
};

#endif
