/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <jack/jack.h>
#include <jack/midiport.h>
#include <string.h>

#include "base/clock.h"
#include "midi/wire.h"

#define HEADER sizeof(struct stage_midi_out_header)

// From a device to JACK.

struct delivery {
	struct stage_midi_way *way;
	void *buffer;
	int64_t now_ns;
	uint32_t frames;
	uint32_t last; // offset of the last event
	uint32_t count;
};

// A stamp that cannot be is no reason to keep an event, and all behind it, for
// a day.
STAGE_RT static uint32_t
offset_of(const struct stage_midi_wire *wire, const struct delivery *delivery,
	uint32_t stamp)
{
	int64_t at_ns = stage_midi_unstamp(stamp, delivery->now_ns);
	uint32_t offset;

	if (atomic_load_explicit(
		    &delivery->way->is_asap, memory_order_relaxed) ||
		at_ns > delivery->now_ns + STAGE_NS_PER_S) {
		return 0;
	}
	offset = stage_midi_timing_offset(&wire->timing, at_ns);
	return offset < delivery->last ? delivery->last : offset;
}

// Writes the event in place; false when JACK has no room for it any more.
STAGE_RT static bool
deliver_one(struct delivery *self, uint32_t offset, uint32_t size)
{
	struct stage_ring_header header;
	jack_midi_data_t *room = NULL;

	// Asked first: libjack says loudly what it cannot do.
	if (jack_midi_max_event_size(self->buffer) >= size) {
		room = jack_midi_event_reserve(self->buffer, offset, size);
	}
	if (room == NULL) {
		return false;
	}
	if (stage_ring_read(self->way->rings[0], &header, room, size) !=
		STAGE_OK) {
		memset(room, 0xfe, size); // cannot be: we have just seen it
		return false;
	}
	if (size <= 3) {
		stage_midi_held_note(atomic_load_explicit(&self->way->held,
					     memory_order_relaxed),
			room, size);
	}
	self->last = offset;
	self->count++;
	return true;
}

// Returns true when the ring is empty.
STAGE_RT static bool
deliver(const struct stage_midi_wire *wire, struct delivery *self)
{
	struct stage_ring_header header;

	while (stage_ring_peek(self->way->rings[0], &header) == STAGE_OK) {
		uint32_t offset = offset_of(wire, self, header.type);
		if (offset >= self->frames) {
			return false;
		}
		if (deliver_one(self, offset, header.size)) {
			continue;
		}
		if (self->count > 0) {
			return false;
		}
		// Too long even for an empty buffer: it never fits.
		stage_ring_skip(self->way->rings[0]);
		atomic_fetch_add_explicit(
			&self->way->lost, 1, memory_order_relaxed);
	}
	return true;
}

STAGE_RT static void
put_panic(struct delivery *self)
{
	for (unsigned channel = 0; channel < STAGE_MIDI_CHANNELS; channel++) {
		const uint8_t bytes[] = {(uint8_t)(0xb0 | channel), 120, 0,
			(uint8_t)(0xb0 | channel), 123, 0};
		if (jack_midi_max_event_size(self->buffer) < sizeof(bytes)) {
			return;
		}
		jack_midi_event_write(self->buffer, self->last, bytes, 3);
		jack_midi_event_write(self->buffer, self->last, bytes + 3, 3);
	}
}

// Ends what is held, as far as there is room; the rest comes next time.
STAGE_RT static void
release(struct stage_midi_wire *wire, struct delivery *self)
{
	uint8_t bytes[STAGE_MIDI_RELEASE_BYTES];
	struct stage_midi_held *held = atomic_load(&self->way->held);

	while (jack_midi_max_event_size(self->buffer) >= sizeof(bytes) &&
		stage_midi_held_release(held, bytes)) {
		jack_midi_event_write(
			self->buffer, self->last, bytes, sizeof(bytes));
	}
	if (stage_midi_held_is_empty(held)) {
		if (atomic_exchange(&self->way->must_panic, false)) {
			put_panic(self);
		}
		atomic_store(&self->way->must_release, false);
		atomic_store(&wire->has_released, true);
	}
}

STAGE_RT static void
silence(struct stage_midi_way *way, void *port, uint32_t frames)
{
	if (way->is_silent) {
		return;
	}
	jack_midi_clear_buffer(jack_port_get_buffer(port, frames));
	way->is_silent = true;
}

// What came when nobody was connected is nobody's.
STAGE_RT static void
end_silence(struct stage_midi_way *way)
{
	while (way->is_silent && stage_ring_skip(way->rings[0])) {
		continue;
	}
	way->is_silent = false;
}

STAGE_RT static void
run_capture(struct stage_midi_wire *wire, struct stage_midi_way *way,
	void *port, uint32_t frames, int64_t now_ns)
{
	struct delivery delivery = {
		.way = way, .now_ns = now_ns, .frames = frames};
	bool is_done = true;

	if (!atomic_load(&way->is_connected) || !atomic_load(&way->has_rings)) {
		silence(way, port, frames);
		return;
	}
	end_silence(way);
	delivery.buffer = jack_port_get_buffer(port, frames);
	jack_midi_clear_buffer(delivery.buffer);
	is_done = deliver(wire, &delivery);
	atomic_fetch_add_explicit(
		&way->passed, delivery.count, memory_order_relaxed);
	if (is_done && atomic_load(&way->must_release)) {
		release(wire, &delivery);
	}
}

// From JACK to a device.

STAGE_RT static enum stage_midi_lane
lane_of(const jack_midi_event_t *event)
{
	uint8_t first = event->buffer[0];

	if (event->size == 1 && first >= STAGE_MIDI_CLOCK) {
		return STAGE_MIDI_LANE_REALTIME;
	}
	return first < 0x80 || first == STAGE_MIDI_SYSEX ||
			       first == STAGE_MIDI_SYSEX_END ||
			       event->size > STAGE_MIDI_OUT_SHORT_MAX
		       ? STAGE_MIDI_LANE_BULK
		       : STAGE_MIDI_LANE_SHORT;
}

STAGE_RT static bool
enqueue(struct stage_midi_wire *wire, struct stage_midi_way *way,
	const jack_midi_event_t *event)
{
	struct stage_midi_out_header header = {
		.deadline_ns =
			stage_midi_timing_at(&wire->timing, event->time) +
			wire->latency.ns,
		.order = wire->order++,
	};
	size_t size = HEADER + event->size;

	if (event->size == 0 || size > sizeof(wire->scratch)) {
		return event->size == 0;
	}
	if (header.deadline_ns < way->last_deadline &&
		way->last_deadline - header.deadline_ns < STAGE_NS_PER_S) {
		header.deadline_ns = way->last_deadline;
	}
	way->last_deadline = header.deadline_ns;
	memcpy(wire->scratch, &header, HEADER);
	memcpy(wire->scratch + HEADER, event->buffer, event->size);
	return stage_ring_write(way->rings[lane_of(event)], 0, wire->scratch,
		       (uint32_t)size) == STAGE_OK;
}

// Whether something that the device holds may end by this.
STAGE_RT static bool
may_end_something(const jack_midi_event_t *event)
{
	uint8_t kind = event->size == 3 ? event->buffer[0] & 0xf0 : 0;

	return kind == 0x80 || kind == 0xb0 || kind == 0xe0 ||
	       (kind == 0x90 && event->buffer[2] == 0);
}

// Counts one that found no room. The end of a note must not be missing.
STAGE_RT static void
lose(struct stage_midi_way *way, const jack_midi_event_t *event)
{
	atomic_fetch_add_explicit(&way->lost, 1, memory_order_relaxed);
	if (may_end_something(event)) {
		atomic_store(&way->must_release, true);
	}
}

// Returns whether there is something for the sender.
STAGE_RT static bool
run_playback(struct stage_midi_wire *wire, struct stage_midi_way *way,
	void *port, uint32_t frames)
{
	void *buffer;
	uint32_t count;

	if (!atomic_load(&way->is_connected) || !atomic_load(&way->has_rings) ||
		atomic_load(&way->address) == STAGE_MIDI_AWAY) {
		return false;
	}
	buffer = jack_port_get_buffer(port, frames);
	count = jack_midi_get_event_count(buffer);
	for (uint32_t i = 0; i < count; i++) {
		jack_midi_event_t event;
		if (jack_midi_event_get(&event, buffer, i) == 0 &&
			!enqueue(wire, way, &event)) {
			lose(way, &event);
		}
	}
	if (count > 0) {
		atomic_store(&way->has_news, true);
	}
	return count > 0;
}

// The cycle.

STAGE_RT static void
keep_time(struct stage_midi_wire *wire, jack_client_t *client, int64_t now_ns,
	uint32_t frames)
{
	uint32_t rate_hz = atomic_load(&wire->rate_hz);
	int64_t since = jack_frames_since_cycle_start(client);
	int64_t start_ns = now_ns;
	int64_t period_ns;
	int64_t after_ns;

	// When the driver woke, not when it was our turn.
	if (rate_hz > 0 && since >= 0 && since < 10 * (int64_t)frames) {
		start_ns -= since * STAGE_NS_PER_S / rate_hz;
	}
	if (atomic_exchange(&wire->is_late, false)) {
		stage_midi_timing_forget(&wire->timing);
	}
	stage_midi_timing_cycle(&wire->timing, start_ns,
		jack_last_frame_time(client), frames, rate_hz);
	period_ns = stage_midi_timing_period_ns(&wire->timing);
	after_ns = now_ns - stage_midi_timing_at(&wire->timing, 0);
	// A cycle that is over is an xrun, for which nobody could be prepared.
	if (after_ns < period_ns &&
		stage_midi_latency_note(&wire->latency, after_ns, period_ns)) {
		atomic_store(&wire->latency_ns, wire->latency.ns);
	}
	atomic_store(&wire->period_frames, frames);
	atomic_store(&wire->period_ns, period_ns);
}

STAGE_RT int
stage_midi_process(uint32_t frames, void *arg)
{
	struct stage_midi_wire *wire = arg;
	jack_client_t *client = atomic_load(&wire->client);
	size_t count = atomic_load(&wire->way_count);
	int64_t now_ns = stage_clock_now_ns();
	int64_t latency_ns = wire->latency.ns;
	bool has_work = false;

	if (client == NULL || frames == 0) {
		return 0;
	}
	keep_time(wire, client, now_ns, frames);
	for (size_t i = 0; i < count; i++) {
		struct stage_midi_way *way = atomic_load(&wire->ways[i]);
		void *port = atomic_load(&way->port);
		if (port == NULL) {
			continue;
		}
		if (way->direction == STAGE_MIDI_CAPTURE) {
			run_capture(wire, way, port, frames, now_ns);
		} else {
			has_work |= run_playback(wire, way, port, frames);
		}
	}
	atomic_fetch_add(&wire->cycles, 1);
	if (has_work || latency_ns != wire->latency.ns ||
		atomic_load(&wire->has_released)) {
		sem_post(&wire->work);
	}
	return 0;
}

STAGE_RT int
stage_midi_on_xrun(void *arg)
{
	struct stage_midi_wire *wire = arg;

	atomic_store(&wire->is_late, true);
	return 0;
}
