/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/held.h"

#define NOTE_OFF 0x80
#define NOTE_ON 0x90
#define CONTROLLER 0xb0
#define BEND 0xe0

#define DAMPER 64
#define SOSTENUTO 66
#define ALL_SOUND_OFF 120
#define RESET_CONTROLLERS 121
#define ALL_NOTES_OFF 123 // and the modes above it end all notes, too

#define OFF_VELOCITY 64
#define BEND_MIDDLE 0x40 // of the higher seven bits

// One writer: a load and a store will do.
STAGE_RT static void
set_bit(_Atomic uint32_t *word, unsigned bit, bool is_on)
{
	uint32_t value = atomic_load_explicit(word, memory_order_relaxed);
	uint32_t mask = UINT32_C(1) << bit;

	atomic_store_explicit(word, is_on ? value | mask : value & ~mask,
		memory_order_relaxed);
}

STAGE_RT static uint32_t
get(const _Atomic uint32_t *word)
{
	return atomic_load_explicit(word, memory_order_relaxed);
}

STAGE_RT static void
set_note(struct stage_midi_held *self, unsigned channel, unsigned note,
	bool is_on)
{
	set_bit(&self->notes[channel][note / 32], note % 32, is_on);
}

STAGE_RT static void
clear_notes(struct stage_midi_held *self, unsigned channel)
{
	for (unsigned i = 0; i < STAGE_MIDI_NOTES / 32; i++) {
		atomic_store_explicit(
			&self->notes[channel][i], 0, memory_order_relaxed);
	}
}

STAGE_RT static void
note_controller(struct stage_midi_held *self, unsigned channel,
	unsigned controller, unsigned value)
{
	if (controller == DAMPER) {
		set_bit(&self->dampers, channel, value >= 64);
	} else if (controller == SOSTENUTO) {
		set_bit(&self->sostenutos, channel, value >= 64);
	} else if (controller == RESET_CONTROLLERS) {
		set_bit(&self->dampers, channel, false);
		set_bit(&self->sostenutos, channel, false);
		set_bit(&self->bends, channel, false);
	} else if (controller == ALL_SOUND_OFF || controller >= ALL_NOTES_OFF) {
		clear_notes(self, channel);
	}
}

STAGE_RT void
stage_midi_held_note(
	struct stage_midi_held *self, const uint8_t *bytes, size_t len)
{
	unsigned channel;

	if (len != 3 || bytes[1] > 127 || bytes[2] > 127) {
		return;
	}
	channel = bytes[0] & 0x0f;
	switch (bytes[0] & 0xf0) {
	case NOTE_ON:
		set_note(self, channel, bytes[1], bytes[2] != 0);
		break;
	case NOTE_OFF:
		set_note(self, channel, bytes[1], false);
		break;
	case CONTROLLER:
		note_controller(self, channel, bytes[1], bytes[2]);
		break;
	case BEND:
		set_bit(&self->bends, channel,
			bytes[1] != 0 || bytes[2] != BEND_MIDDLE);
		break;
	default:
		break;
	}
}

STAGE_RT static unsigned
lowest_bit(uint32_t word)
{
	unsigned bit = 0;

	while ((word & 1) == 0) {
		word >>= 1;
		bit++;
	}
	return bit;
}

STAGE_RT static void
write_message(uint8_t *out, unsigned status, unsigned first, unsigned second)
{
	out[0] = (uint8_t)status;
	out[1] = (uint8_t)first;
	out[2] = (uint8_t)second;
}

STAGE_RT static bool
release_note(struct stage_midi_held *self, uint8_t *out)
{
	for (unsigned channel = 0; channel < STAGE_MIDI_CHANNELS; channel++) {
		for (unsigned i = 0; i < STAGE_MIDI_NOTES / 32; i++) {
			uint32_t word = get(&self->notes[channel][i]);
			if (word != 0) {
				unsigned note = 32 * i + lowest_bit(word);
				set_note(self, channel, note, false);
				write_message(out, NOTE_OFF | channel, note,
					OFF_VELOCITY);
				return true;
			}
		}
	}
	return false;
}

STAGE_RT static bool
release_pedal(_Atomic uint32_t *pedals, unsigned controller, uint8_t *out)
{
	uint32_t word = get(pedals) & 0xffff;
	unsigned channel;

	if (word == 0) {
		return false;
	}
	channel = lowest_bit(word);
	set_bit(pedals, channel, false);
	write_message(out, CONTROLLER | channel, controller, 0);
	return true;
}

STAGE_RT static bool
release_bend(struct stage_midi_held *self, uint8_t *out)
{
	uint32_t word = get(&self->bends) & 0xffff;
	unsigned channel;

	if (word == 0) {
		return false;
	}
	channel = lowest_bit(word);
	set_bit(&self->bends, channel, false);
	write_message(out, BEND | channel, 0, BEND_MIDDLE);
	return true;
}

STAGE_RT bool
stage_midi_held_release(
	struct stage_midi_held *self, uint8_t out[STAGE_MIDI_RELEASE_BYTES])
{
	return release_note(self, out) ||
	       release_pedal(&self->dampers, DAMPER, out) ||
	       release_pedal(&self->sostenutos, SOSTENUTO, out) ||
	       release_bend(self, out);
}

STAGE_RT void
stage_midi_held_clear(struct stage_midi_held *self)
{
	for (unsigned channel = 0; channel < STAGE_MIDI_CHANNELS; channel++) {
		clear_notes(self, channel);
	}
	atomic_store_explicit(&self->dampers, 0, memory_order_relaxed);
	atomic_store_explicit(&self->sostenutos, 0, memory_order_relaxed);
	atomic_store_explicit(&self->bends, 0, memory_order_relaxed);
}

STAGE_RT bool
stage_midi_held_is_empty(const struct stage_midi_held *self)
{
	uint32_t all = get(&self->dampers) | get(&self->sostenutos) |
		       get(&self->bends);

	for (unsigned channel = 0; channel < STAGE_MIDI_CHANNELS; channel++) {
		for (unsigned i = 0; i < STAGE_MIDI_NOTES / 32; i++) {
			all |= get(&self->notes[channel][i]);
		}
	}
	return all == 0;
}

unsigned
stage_midi_held_count(const struct stage_midi_held *self)
{
	unsigned count = 0;

	for (unsigned channel = 0; channel < STAGE_MIDI_CHANNELS; channel++) {
		for (unsigned i = 0; i < STAGE_MIDI_NOTES / 32; i++) {
			uint32_t word = get(&self->notes[channel][i]);
			for (; word != 0; word &= word - 1) {
				count++;
			}
		}
	}
	return count;
}
