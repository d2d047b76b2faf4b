/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/held.h"

#include <string.h>

#define NOTE_OFF 0x80
#define NOTE_ON 0x90
#define CONTROL 0xB0
#define PEDAL 64
#define PEDAL_DOWN 64 // from this value on
#define ALL_SOUND_OFF 120
#define ALL_NOTES_OFF 123
#define OFF_VELOCITY 64

STAGE_RT static void
see_note(struct stage_rack_held *self, unsigned channel, unsigned note,
	bool is_on)
{
	uint64_t bit = UINT64_C(1) << (note % 64);

	if (is_on) {
		self->notes[channel][note / 64] |= bit;
	} else {
		self->notes[channel][note / 64] &= ~bit;
	}
}

STAGE_RT static void
see_control(struct stage_rack_held *self, unsigned channel,
	const unsigned char *bytes)
{
	uint16_t bit = (uint16_t)(1U << channel);

	if (bytes[1] == PEDAL && bytes[2] >= PEDAL_DOWN) {
		self->pedal |= bit;
	} else if (bytes[1] == PEDAL) {
		self->pedal &= (uint16_t)~bit;
	} else if (bytes[1] == ALL_SOUND_OFF || bytes[1] >= ALL_NOTES_OFF) {
		memset(self->notes[channel], 0, sizeof(self->notes[channel]));
	}
}

STAGE_RT void
stage_rack_held_see(
	struct stage_rack_held *self, const void *bytes, uint32_t size)
{
	const unsigned char *event = bytes;
	unsigned channel;
	unsigned kind;

	if (size < 2 || event[0] < NOTE_OFF || event[0] >= 0xF0) {
		return;
	}
	channel = event[0] & 0x0F;
	kind = event[0] & 0xF0;
	self->used |= (uint16_t)(1U << channel);
	if (size < 3 || ((event[1] | event[2]) & 0x80) != 0) {
		return;
	}
	if (kind == NOTE_ON || kind == NOTE_OFF) {
		see_note(self, channel, event[1],
			kind == NOTE_ON && event[2] > 0);
	} else if (kind == CONTROL) {
		see_control(self, channel, event);
	}
}

STAGE_RT void
stage_rack_held_see_all(struct stage_rack_held *self,
	const struct stage_rack_urids *urids,
	const struct stage_rack_events *events)
{
	const LV2_Atom_Event *event = NULL;

	while ((event = stage_rack_events_next(events, urids, event)) != NULL) {
		if (event->body.type == urids->midi_event) {
			stage_rack_held_see(self, event + 1, event->body.size);
		}
	}
}

STAGE_RT static void
add(const struct stage_rack_urids *urids, struct stage_rack_events *to,
	uint32_t frame, unsigned status, unsigned data, unsigned value)
{
	const unsigned char bytes[] = {(unsigned char)status,
		(unsigned char)data, (unsigned char)value};

	(void)stage_rack_events_add(to, urids, frame, bytes, sizeof(bytes));
}

STAGE_RT static void
release_channel(const struct stage_rack_held *self,
	const struct stage_rack_urids *urids, struct stage_rack_events *to,
	uint32_t frame, unsigned channel)
{
	for (unsigned note = 0; note < STAGE_MIDI_NOTES; note++) {
		if ((self->notes[channel][note / 64] >> (note % 64) & 1) != 0) {
			add(urids, to, frame, NOTE_OFF | channel, note,
				OFF_VELOCITY);
		}
	}
	if ((self->pedal >> channel & 1) != 0) {
		add(urids, to, frame, CONTROL | channel, PEDAL, 0);
	}
}

STAGE_RT void
stage_rack_held_release(struct stage_rack_held *self,
	const struct stage_rack_urids *urids, struct stage_rack_events *to,
	uint32_t frame)
{
	for (unsigned channel = 0; channel < STAGE_MIDI_CHANNELS; channel++) {
		release_channel(self, urids, to, frame, channel);
	}
	memset(self->notes, 0, sizeof(self->notes));
	self->pedal = 0;
}

STAGE_RT void
stage_rack_held_panic(struct stage_rack_held *self,
	const struct stage_rack_urids *urids, struct stage_rack_events *to,
	uint32_t frame)
{
	self->pedal = self->used; // up on all of them
	for (unsigned channel = 0; channel < STAGE_MIDI_CHANNELS; channel++) {
		if ((self->used >> channel & 1) != 0) {
			release_channel(self, urids, to, frame, channel);
			add(urids, to, frame, CONTROL | channel, ALL_NOTES_OFF,
				0);
			add(urids, to, frame, CONTROL | channel, ALL_SOUND_OFF,
				0);
		}
	}
	memset(self->notes, 0, sizeof(self->notes));
	self->pedal = 0;
}
