/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/wire.h"

#include <jack/jack.h>
#include <jack/midiport.h>
#include <string.h>

#include "base/clock.h"

#define HEADER sizeof(struct stage_show_in_header)
#define CHANNELS 16
#define NOTE_OFF 0x80U
#define NOTE_ON 0x90U
#define CONTROL 0xb0U
#define SUSTAIN 64
#define SOUND_OFF 120
#define NOTES_OFF 123

STAGE_RT void
stage_show_wire_tell(struct stage_show_wire *self)
{
	if (!atomic_exchange(&self->has_news, true)) {
		sem_post(&self->work);
	}
}

// What comes in.

STAGE_RT static void
take_in(struct stage_show_wire *self, const jack_midi_event_t *event,
	int64_t start_ns)
{
	struct stage_show_in_header header = {
		.at_ns =
			start_ns + event->time * STAGE_NS_PER_S / self->rate_hz,
	};

	if (event->size == 0 || event->size > STAGE_SHOW_MIDI_MAX) {
		atomic_fetch_add(&self->lost_in, event->size > 0);
		return;
	}
	memcpy(self->scratch, &header, HEADER);
	memcpy(self->scratch + HEADER, event->buffer, event->size);
	if (stage_ring_write(self->in, 0, self->scratch,
		    (uint32_t)(HEADER + event->size)) != STAGE_OK) {
		atomic_fetch_add(&self->lost_in, 1);
	}
}

// Clock and active sensing say nothing to a show, and come all the time.
STAGE_RT static bool
is_pulse(const jack_midi_event_t *event)
{
	return event->size == 1 && event->buffer[0] >= 0xf8;
}

STAGE_RT static void
run_in(struct stage_show_wire *self, uint32_t frames)
{
	void *buffer = jack_port_get_buffer(self->midi_in, frames);
	uint32_t count = jack_midi_get_event_count(buffer);
	int64_t since;
	int64_t start_ns;
	bool has_some = false;

	if (count == 0) {
		return;
	}
	since = jack_frames_since_cycle_start(self->client);
	start_ns = stage_clock_now_ns() -
		   (since + frames) * STAGE_NS_PER_S / self->rate_hz;
	for (uint32_t i = 0; i < count; i++) {
		jack_midi_event_t event;
		if (jack_midi_event_get(&event, buffer, i) == 0 &&
			!is_pulse(&event)) {
			take_in(self, &event, start_ns);
			has_some = true;
		}
	}
	if (has_some) {
		stage_show_wire_tell(self);
	}
}

// What goes out.

STAGE_RT static bool
put(void *buffer, const uint8_t *bytes, uint32_t size)
{
	return jack_midi_max_event_size(buffer) >= size &&
	       jack_midi_event_write(buffer, 0, bytes, size) == 0;
}

STAGE_RT static void
forget_note(struct stage_show_wire *self, uint32_t index)
{
	self->note_count--;
	self->notes[index] = self->notes[self->note_count];
}

STAGE_RT static bool
end_note(struct stage_show_wire *self, void *buffer, uint32_t index)
{
	const struct stage_show_note *note = &self->notes[index];
	const uint8_t bytes[3] = {
		(uint8_t)(NOTE_OFF | note->channel), note->key, 64};

	if (!put(buffer, bytes, sizeof(bytes))) {
		return false;
	}
	forget_note(self, index);
	return true;
}

// Those for which the buffer has no room end in the next cycle.
STAGE_RT static void
end_notes(struct stage_show_wire *self, void *buffer, uint32_t frames)
{
	for (uint32_t i = self->note_count; i > 0; i--) {
		struct stage_show_note *note = &self->notes[i - 1];
		if (note->frames > frames) {
			note->frames -= frames;
		} else {
			(void)end_note(self, buffer, i - 1);
		}
	}
}

STAGE_RT static void
note_begins(struct stage_show_wire *self, uint8_t channel, uint8_t key)
{
	struct stage_show_note *note = &self->notes[self->note_count];

	note->channel = channel;
	note->key = key;
	note->frames = self->rate_hz / STAGE_SHOW_NOTE_PART;
	self->note_count++;
}

STAGE_RT static void
note_ends(struct stage_show_wire *self, uint8_t channel, uint8_t key)
{
	for (uint32_t i = self->note_count; i > 0; i--) {
		if (self->notes[i - 1].channel == channel &&
			self->notes[i - 1].key == key) {
			forget_note(self, i - 1);
		}
	}
}

STAGE_RT static void
see_note(struct stage_show_wire *self, const uint8_t *bytes, uint32_t size)
{
	uint8_t kind = bytes[0] & 0xf0;
	uint8_t channel = bytes[0] & 0x0f;

	if (size != 3 || (kind != NOTE_ON && kind != NOTE_OFF)) {
		return;
	}
	note_ends(self, channel, bytes[1]); // it begins anew, or has ended
	if (kind == NOTE_ON && bytes[2] > 0) {
		note_begins(self, channel, bytes[1]);
	}
}

// False when it has to wait for the next cycle. The ring is read only when the
// message has gone out: it is there once, and whole.
STAGE_RT static bool
send_one(struct stage_show_wire *self, void *buffer, uint32_t size,
	bool is_first)
{
	struct stage_ring_header header;
	uint8_t *room = NULL;

	if (jack_midi_max_event_size(buffer) >= size) {
		room = jack_midi_event_reserve(buffer, 0, size);
	}
	if (room == NULL) {
		if (is_first) { // not even an empty buffer has room
			stage_ring_skip(self->out);
			atomic_fetch_add(&self->lost, 1);
		}
		return is_first;
	}
	if (stage_ring_read(self->out, &header, room, size) != STAGE_OK) {
		memset(room, 0xfe, size); // cannot be: it was there
		return false;
	}
	see_note(self, room, size);
	atomic_fetch_add(&self->sent, 1);
	return true;
}

// Until somebody is connected: who has just come with a server has to be first.
STAGE_RT static bool
must_wait(struct stage_show_wire *self, uint32_t frames)
{
	bool is_over = atomic_load(&self->is_connected) ||
		       self->grace_frames <= frames;

	self->grace_frames = is_over ? 0 : self->grace_frames - frames;
	return !is_over;
}

STAGE_RT static void
run_out(struct stage_show_wire *self, uint32_t frames)
{
	void *buffer = jack_port_get_buffer(self->midi_out, frames);
	struct stage_ring_header header;
	bool may_wait = must_wait(self, frames);

	jack_midi_clear_buffer(buffer);
	end_notes(self, buffer, frames);
	while (!may_wait && stage_ring_peek(self->out, &header) == STAGE_OK &&
		self->note_count < STAGE_SHOW_NOTES_MAX) {
		bool is_first = jack_midi_get_event_count(buffer) == 0;
		if (!send_one(self, buffer, header.size, is_first)) {
			return;
		}
	}
}

// The panic.

STAGE_RT static void
write_panic(void *buffer)
{
	static const uint8_t numbers[] = {SUSTAIN, NOTES_OFF, SOUND_OFF};

	for (unsigned channel = 0; channel < CHANNELS; channel++) {
		for (size_t i = 0; i < sizeof(numbers); i++) {
			const uint8_t bytes[3] = {
				(uint8_t)(CONTROL | channel), numbers[i], 0};
			(void)put(buffer, bytes, sizeof(bytes));
		}
	}
}

STAGE_RT static void
run_panic(struct stage_show_wire *self, uint32_t frames)
{
	void *buffer = jack_port_get_buffer(self->panic, frames);

	jack_midi_clear_buffer(buffer);
	if (atomic_exchange(&self->must_panic, false)) {
		write_panic(buffer);
		self->panic_cycles = STAGE_SHOW_PANIC_CYCLES;
	} else if (self->panic_cycles > 0) {
		self->panic_cycles--;
		if (self->panic_cycles == 0) {
			atomic_store(&self->has_panicked, true);
			stage_show_wire_tell(self);
		}
	}
}

// The time.

STAGE_RT static void
take_orders(struct stage_show_wire *self, uint64_t frame, bool is_rolling)
{
	struct stage_ring_header header;
	struct stage_show_order order;

	while (stage_ring_read(self->orders, &header, &order, sizeof(order)) ==
		STAGE_OK) {
		stage_show_timebase_set(&self->timebase, &order.tempo, order.at,
			frame, is_rolling);
	}
}

STAGE_RT void
stage_show_on_timebase(jack_transport_state_t state, jack_nframes_t frames,
	jack_position_t *position, int is_new, void *arg)
{
	struct stage_show_wire *self = arg;
	const struct stage_show_tempo *tempo = &self->timebase.tempo;
	struct stage_show_bbt bbt;

	(void)frames;
	(void)is_new;
	self->told++;
	take_orders(self, position->frame, state == JackTransportRolling);
	stage_show_timebase_find(&self->timebase, position->frame, &bbt);
	position->valid = JackPositionBBT;
	position->bar = (int32_t)bbt.bar;
	position->beat = bbt.beat;
	position->tick = bbt.tick;
	position->bar_start_tick = (double)bbt.bar_start_tick;
	position->beats_per_bar = tempo->beats;
	position->beat_type = tempo->beat_type;
	position->ticks_per_beat = STAGE_SHOW_TICKS_PER_BEAT;
	position->beats_per_minute = tempo->micro_bpm / 1e6;
}

/* JACK says nothing to a master whose place another one has taken: it is not
 * called any more. It is called behind us, in each cycle that rolls. */
STAGE_RT static void
look_whether_master(struct stage_show_wire *self, bool is_rolling)
{
	bool is_called = self->told != self->told_before;

	self->told_before = self->told;
	if (is_called || !is_rolling || !atomic_load(&self->is_master)) {
		self->cycles_untold = 0;
		return;
	}
	self->cycles_untold++;
	if (self->cycles_untold > STAGE_SHOW_UNTOLD_MAX) {
		atomic_store(&self->is_master, false);
		stage_show_wire_tell(self);
	}
}

// Of whoever is master. It is told when the cycle in which it falls has begun.
STAGE_RT static void
look_at_beat(struct stage_show_wire *self, const jack_position_t *position,
	bool is_rolling)
{
	bool has_beat = is_rolling && (position->valid & JackPositionBBT) != 0;
	uint64_t beat = has_beat && position->bar > 0 && position->beat > 0
				? STAGE_SHOW_BEAT(position->bar, position->beat)
				: 0;

	if (beat != atomic_load(&self->beat)) {
		atomic_store(&self->beat, beat);
		stage_show_wire_tell(self);
	}
}

STAGE_RT static void
run_time(struct stage_show_wire *self)
{
	jack_position_t position;
	jack_transport_state_t state =
		jack_transport_query(self->client, &position);
	bool is_rolling = state == JackTransportRolling;

	take_orders(self, position.frame, is_rolling);
	look_whether_master(self, is_rolling);
	look_at_beat(self, &position, is_rolling);
	if (is_rolling != self->was_rolling) {
		self->was_rolling = is_rolling;
		atomic_store(&self->is_rolling, is_rolling);
		stage_show_wire_tell(self);
	}
}

STAGE_RT int
stage_show_process(uint32_t frames, void *arg)
{
	struct stage_show_wire *self = arg;

	run_time(self);
	run_in(self, frames);
	run_out(self, frames);
	run_panic(self, frames);
	return 0;
}
