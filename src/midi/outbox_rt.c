/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "midi/outbox_private.h"

#define NS_PER_S INT64_C(1000000000)
#define CUT_NS NS_PER_S // a SysEx that does not go on for so long is over

#define HEADER sizeof(struct stage_midi_out_header)

// The bucket, as the time at which it is full.

STAGE_RT static int64_t
time_of(const struct stage_midi_pace *self, int64_t bytes)
{
	return bytes * NS_PER_S / self->rate;
}

STAGE_RT int64_t
stage_midi_pace_when(
	const struct stage_midi_pace *self, size_t bytes, int64_t now_ns)
{
	int64_t needed = (int64_t)bytes;

	if (self->rate == 0) {
		return now_ns;
	}
	if (needed > self->burst) {
		needed = self->burst; // else it would never go
	}
	return self->full_ns - time_of(self, self->burst - needed);
}

STAGE_RT void
stage_midi_pace_take(struct stage_midi_pace *self, size_t bytes, int64_t now_ns)
{
	if (self->rate == 0) {
		return;
	}
	if (self->full_ns < now_ns) {
		self->full_ns = now_ns;
	}
	self->full_ns += time_of(self, (int64_t)bytes);
}

// The heap of lanes.

STAGE_RT static struct stage_midi_out_lane *
lane_at(const struct stage_midi_outbox *self, size_t lane)
{
	return &self->devices[lane / STAGE_MIDI_LANES]
			.lanes[lane % STAGE_MIDI_LANES];
}

STAGE_RT static bool
is_before(const struct stage_midi_outbox *self, size_t a, size_t b)
{
	const struct stage_midi_out_lane *left = lane_at(self, a);
	const struct stage_midi_out_lane *right = lane_at(self, b);

	if (left->due_ns != right->due_ns) {
		return left->due_ns < right->due_ns;
	}
	return (int32_t)(left->order - right->order) < 0;
}

STAGE_RT static void
put_at(struct stage_midi_outbox *self, size_t place, size_t lane)
{
	self->heap[place] = lane;
	lane_at(self, lane)->place = place;
}

STAGE_RT static void
rise(struct stage_midi_outbox *self, size_t place)
{
	size_t lane = self->heap[place];

	while (place > 1 && is_before(self, lane, self->heap[place / 2])) {
		put_at(self, place, self->heap[place / 2]);
		place /= 2;
	}
	put_at(self, place, lane);
}

STAGE_RT static void
sink(struct stage_midi_outbox *self, size_t place)
{
	size_t lane = self->heap[place];

	for (;;) {
		size_t child = 2 * place;
		if (child > self->heap_count) {
			break;
		}
		if (child < self->heap_count &&
			is_before(self, self->heap[child + 1],
				self->heap[child])) {
			child++;
		}
		if (!is_before(self, self->heap[child], lane)) {
			break;
		}
		put_at(self, place, self->heap[child]);
		place = child;
	}
	put_at(self, place, lane);
}

STAGE_RT static void
add_to_heap(struct stage_midi_outbox *self, size_t lane)
{
	self->heap_count++;
	put_at(self, self->heap_count, lane);
	rise(self, self->heap_count);
}

STAGE_RT static void
remove_from_heap(struct stage_midi_outbox *self, size_t lane)
{
	size_t place = lane_at(self, lane)->place;
	size_t last = self->heap[self->heap_count];

	if (place == 0) {
		return;
	}
	lane_at(self, lane)->place = 0;
	self->heap_count--;
	if (last != lane) {
		put_at(self, place, last);
		rise(self, place);
		sink(self, lane_at(self, last)->place);
	}
}

// A lane's message, one part after the other.

// Finds what is to be sent next of the message that is here. False when nothing
// is left of it.
STAGE_RT static bool
find_part(struct stage_midi_out_lane *lane)
{
	lane->next_taken = stage_midi_parser_next(&lane->parser,
		lane->buffer + HEADER + lane->at, lane->len - lane->at,
		&lane->next);
	return lane->next.kind != STAGE_MIDI_MESSAGE_NONE;
}

// Passes over what no lane could hold, which nobody should have put there.
STAGE_RT static bool
load_message(struct stage_midi_outbox *self, struct stage_midi_out_lane *lane,
	int64_t now_ns)
{
	struct stage_midi_out_header header;
	struct stage_ring_header head;
	enum stage_status status = stage_ring_read(
		lane->ring, &head, lane->buffer, (uint32_t)lane->size);

	if (status != STAGE_OK) {
		return status == STAGE_TOO_LONG && stage_ring_skip(lane->ring);
	}
	memcpy(&header, lane->buffer, HEADER);
	lane->len = head.size - HEADER;
	lane->at = 0;
	lane->due_ns = header.deadline_ns;
	lane->order = header.order;
	if (lane->due_ns > now_ns + self->longest_ns) {
		lane->due_ns = now_ns + self->longest_ns;
	}
	return true;
}

STAGE_RT static void
load_lane(struct stage_midi_outbox *self, size_t index, int64_t now_ns)
{
	struct stage_midi_out_lane *lane = lane_at(self, index);

	if (lane->ring == NULL || lane->len > 0) {
		return;
	}
	while (load_message(self, lane, now_ns)) {
		if (lane->len > 0 && find_part(lane)) {
			add_to_heap(self, index);
			return;
		}
		lane->len = 0;
	}
}

STAGE_RT void
stage_midi_outbox_load(
	struct stage_midi_outbox *self, size_t device, int64_t now_ns)
{
	for (size_t i = 0; i < STAGE_MIDI_LANES; i++) {
		load_lane(self, STAGE_MIDI_LANES * device + i, now_ns);
	}
}

STAGE_RT bool
stage_midi_outbox_drop(struct stage_midi_outbox *self, size_t device)
{
	struct stage_midi_out_device *out = &self->devices[device];
	bool was_cut = out->cut_ns != 0;

	for (size_t i = 0; i < STAGE_MIDI_LANES; i++) {
		struct stage_midi_out_lane *lane = &out->lanes[i];
		remove_from_heap(self, STAGE_MIDI_LANES * device + i);
		lane->len = 0;
		lane->at = 0;
		lane->is_held_up = false;
		lane->parser =
			(struct stage_midi_parser){.lost = lane->parser.lost};
		while (lane->ring != NULL && stage_ring_skip(lane->ring)) {
			continue;
		}
	}
	out->cut_ns = 0;
	return was_cut;
}

STAGE_RT static bool
is_realtime(const struct stage_midi_message *message)
{
	return message->kind == STAGE_MIDI_MESSAGE_SHORT &&
	       message->bytes[0] >= STAGE_MIDI_CLOCK;
}

// A device is within a SysEx of which a part was sent.
STAGE_RT static bool
is_within_sysex(struct stage_midi_out_device *device, int64_t now_ns)
{
	struct stage_midi_out_lane *bulk = &device->lanes[STAGE_MIDI_LANE_BULK];

	if (device->cut_ns == 0) {
		return false;
	}
	if (now_ns < device->cut_ns) {
		return true;
	}
	device->cut_ns = 0;
	if (bulk->len == 0) {
		stage_midi_parser_abort(&bulk->parser);
	}
	return false;
}

// When the next part of a lane may go: now or earlier, or later.
STAGE_RT static int64_t
when_may_go(struct stage_midi_out_device *device,
	const struct stage_midi_out_lane *lane, int64_t now_ns)
{
	bool is_short = lane == &device->lanes[STAGE_MIDI_LANE_SHORT];

	if (is_realtime(&lane->next)) {
		return now_ns;
	}
	if (is_short && is_within_sysex(device, now_ns)) {
		return device->cut_ns; // or when that ends: see end_sysex
	}
	return stage_midi_pace_when(&device->pace, lane->next.len, now_ns);
}

// Short messages that waited for the end of a SysEx go before the next one.
STAGE_RT static void
end_sysex(struct stage_midi_outbox *self, size_t device)
{
	struct stage_midi_out_lane *lane =
		&self->devices[device].lanes[STAGE_MIDI_LANE_SHORT];

	self->devices[device].cut_ns = 0;
	if (lane->is_held_up) {
		lane->is_held_up = false;
		lane->due_ns = 0;
		rise(self, lane->place);
	}
}

STAGE_RT static void
send_part(struct stage_midi_outbox *self, size_t index, int64_t now_ns,
	stage_midi_send *send, void *user)
{
	struct stage_midi_out_lane *lane = lane_at(self, index);
	size_t to = index / STAGE_MIDI_LANES;
	struct stage_midi_out_device *device = &self->devices[to];

	send(user, to, lane->next.bytes, lane->next.len);
	stage_midi_pace_take(&device->pace, lane->next.len, now_ns);
	if (lane->next.kind == STAGE_MIDI_MESSAGE_SYSEX) {
		device->cut_ns = now_ns + CUT_NS;
		if (!lane->parser.is_in_sysex) {
			end_sysex(self, to);
		}
	}
	lane->at += lane->next_taken;
	if (lane->at == lane->len || !find_part(lane)) {
		remove_from_heap(self, index);
		lane->len = 0;
		load_lane(self, index, now_ns);
	}
}

STAGE_RT int64_t
stage_midi_outbox_run(struct stage_midi_outbox *self, int64_t now_ns,
	size_t most, stage_midi_send *send, void *user)
{
	for (size_t i = 0; i < most && self->heap_count > 0; i++) {
		size_t index = self->heap[1];
		struct stage_midi_out_lane *lane = lane_at(self, index);
		int64_t when_ns;
		if (lane->due_ns > now_ns) {
			return lane->due_ns;
		}
		when_ns = when_may_go(
			&self->devices[index / STAGE_MIDI_LANES], lane, now_ns);
		lane->is_held_up = when_ns > now_ns;
		if (lane->is_held_up) {
			lane->due_ns = when_ns;
			sink(self, 1);
		} else {
			send_part(self, index, now_ns, send, user);
		}
	}
	return self->heap_count > 0 ? lane_at(self, self->heap[1])->due_ns
				    : STAGE_MIDI_NEVER;
}

STAGE_RT void
stage_midi_outbox_set_pace(struct stage_midi_outbox *self, size_t device,
	int64_t rate, int64_t burst)
{
	self->devices[device].pace.rate = rate;
	self->devices[device].pace.burst = burst;
}

STAGE_RT void
stage_midi_outbox_set_longest(
	struct stage_midi_outbox *self, int64_t longest_ns)
{
	self->longest_ns = longest_ns;
}

STAGE_RT uint32_t
stage_midi_outbox_lost(const struct stage_midi_outbox *self)
{
	uint32_t lost = 0;

	for (size_t i = 0; i < self->count; i++) {
		for (size_t k = 0; k < STAGE_MIDI_LANES; k++) {
			lost += self->devices[i].lanes[k].parser.lost;
		}
	}
	return lost;
}
