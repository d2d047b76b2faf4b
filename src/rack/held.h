/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Which notes of a stream of MIDI are held, and how to let go of them: for
 * panic, for a keyboard that went away with a key down, and for an effect for
 * MIDI that is switched while a note of its sounds.
 *
 * Thread: [rt]; pure.
 */

#ifndef STAGE_RACK_HELD_H
#define STAGE_RACK_HELD_H

#include "rack/midi.h"

#define STAGE_MIDI_CHANNELS 16
#define STAGE_MIDI_NOTES 128

struct stage_rack_held {
	uint64_t notes[STAGE_MIDI_CHANNELS][STAGE_MIDI_NOTES / 64];
	uint16_t used;  // channels on which something came
	uint16_t pedal; // channels whose pedal (64) is down
};

/** Sees an event. */
STAGE_RT void stage_rack_held_see(
	struct stage_rack_held *self, const void *bytes, uint32_t size);

/** Sees all of a sequence. */
STAGE_RT void stage_rack_held_see_all(struct stage_rack_held *self,
	const struct stage_rack_urids *urids,
	const struct stage_rack_events *events);

/** Appends what lets go of all that is held: a note-off for each note, and the
 * pedal up; at that frame. Nothing is held then. */
STAGE_RT void stage_rack_held_release(struct stage_rack_held *self,
	const struct stage_rack_urids *urids, struct stage_rack_events *to,
	uint32_t frame);

/** The same, and on each channel that was used pedal up, all notes off (123)
 * and all sound off (120), in this order: some obey only one of them. */
STAGE_RT void stage_rack_held_panic(struct stage_rack_held *self,
	const struct stage_rack_urids *urids, struct stage_rack_events *to,
	uint32_t frame);

#endif
