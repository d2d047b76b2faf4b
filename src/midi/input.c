/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// What [reader] does with what comes in. Nothing here waits or allocates.

#include "midi/rules.h"
#include "midi/threads.h"

#define MUTE_NS INT64_C(2000000000)
#define OFF_VELOCITY 64

struct incoming {
	struct stage_midi_wire *wire;
	struct stage_midi_way *way;
};

static struct stage_midi_way *
way_from(struct stage_midi_wire *wire, struct stage_midi_address from)
{
	unsigned address = ((unsigned)from.client << 8 | (unsigned)from.port) &
			   (STAGE_MIDI_ADDRESSES - 1);
	unsigned route = atomic_load(&wire->routes[address]);

	return route > 0 ? atomic_load(&wire->ways[route - 1]) : NULL;
}

// What is lost may have been the end of a note.
static void
lose(struct stage_midi_way *way)
{
	atomic_fetch_add(&way->lost, 1);
	atomic_store(&way->must_release, true);
}

static void
put(struct stage_midi_way *way, int64_t at_ns, const uint8_t *bytes, size_t len)
{
	if (stage_ring_write(way->rings[0], stage_midi_stamp(at_ns), bytes,
		    (uint32_t)len) != STAGE_OK) {
		lose(way);
	}
}

static void
on_sysex(void *user, int64_t at_ns, const uint8_t *bytes, size_t len)
{
	struct incoming *incoming = user;

	// Real-time messages within it come alone.
	if ((stage_midi_class_of(bytes, len) &
		    atomic_load(&incoming->way->filter)) == 0) {
		put(incoming->way, at_ns, bytes, len);
	}
}

// A circle is cut until it has been quiet for a while.
static bool
is_circle(struct incoming *incoming, const uint8_t *bytes, size_t len,
	int64_t at_ns)
{
	struct stage_midi_way *way = incoming->way;

	if (stage_midi_guard_in(&incoming->wire->guard, bytes, len, at_ns)) {
		atomic_store(&way->is_muted, true);
		atomic_store(&way->muted_ns, at_ns);
	}
	if (!atomic_load(&way->is_muted)) {
		return false;
	}
	if (at_ns - atomic_load(&way->muted_ns) > MUTE_NS) {
		atomic_store(&way->is_muted, false);
		return false;
	}
	return true;
}

static void
take_message(struct incoming *incoming, const uint8_t *message, size_t len,
	int64_t at_ns)
{
	struct stage_midi_way *way = incoming->way;
	uint8_t bytes[3] = {message[0], message[1], message[2]};

	if ((bytes[0] & 0xf0) == 0x90 && bytes[2] == 0 &&
		!atomic_load(&way->passes_note0)) {
		bytes[0] = (uint8_t)(0x80 | (bytes[0] & 0x0f));
		bytes[2] = OFF_VELOCITY;
	}
	if ((stage_midi_class_of(bytes, len) & atomic_load(&way->filter)) !=
		0) {
		return;
	}
	if (is_circle(incoming, bytes, len, at_ns)) {
		lose(way);
		return;
	}
	put(way, at_ns, bytes, len);
}

void
stage_midi_take_input(
	struct stage_midi_wire *wire, const struct stage_midi_input *input)
{
	struct stage_midi_address from = input->from;
	struct incoming incoming = {.wire = wire};

	if (input->is_virtual) {
		// Whoever it comes from, the port is ours.
		from = input->to;
	}
	incoming.way = way_from(wire, from);
	// Unconnected, a ring is not read: it would be old when it is.
	if (incoming.way == NULL || !atomic_load(&incoming.way->has_rings) ||
		!atomic_load(&incoming.way->is_connected)) {
		return;
	}
	if (input->kind == STAGE_MIDI_INPUT_SYSEX) {
		stage_midi_assembler_feed(&incoming.way->assembler,
			input->sysex, input->sysex_len, input->at_ns, on_sysex,
			&incoming);
		return;
	}
	for (size_t i = 0; i < input->count; i++) {
		if (input->messages[i][0] < STAGE_MIDI_CLOCK) {
			stage_midi_assembler_abort(&incoming.way->assembler);
		}
		take_message(&incoming, input->messages[i], input->lens[i],
			input->at_ns);
	}
}
