/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What our JACK ports are called: exactly as `a2jmidid -u` calls them, so that
 * patch files written for it hold, and told apart where it gives up.
 *
 *     Keystation 61 (capture): Keystation 61 MIDI 1
 *     Keystation 61 #2 (capture): Keystation 61 MIDI 1     its twin
 *     MK3 (playback): MK3 MIDI 1 (2)        two equal ports of one device
 *
 * capture is what can be read from the device, an output in JACK. Each byte
 * that is none of A-Z a-z 0-9 / _ : ( ) [ ] - becomes a blank, bytewise. The
 * client's part is `a2j`, or what it is set to.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_MIDI_NAMES_H
#define STAGE_MIDI_NAMES_H

#include <stddef.h>

#include "midi/identity.h"

#define STAGE_MIDI_CLIENT "a2j"
#define STAGE_MIDI_PORT_NAME_MAX 192 // of a JACK port without its client

enum stage_midi_direction {
	STAGE_MIDI_CAPTURE,  // from the device to JACK
	STAGE_MIDI_PLAYBACK, // from JACK to the device
	STAGE_MIDI_DIRECTIONS,
};

struct stage_midi_name {
	const char *device; // the sequencer client's
	unsigned ordinal;   // 1, or 2 for " #2"
	const char *port;
	unsigned twin; // 1, or 2 for " (2)"
};

/** Replaces what a2jmidid replaces, in place. */
void stage_midi_map_text(char *text);

/** True when two texts are the same once they are mapped. */
bool stage_midi_maps_same(const char *a, const char *b);

/** Writes "DEVICE", or "DEVICE #2", mapped. Cut where it does not fit. */
void stage_midi_device_name(
	const struct stage_midi_name *name, char *out, size_t size);

/** Writes the port's name into out[STAGE_MIDI_PORT_NAME_MAX]. */
void stage_midi_port_name(const struct stage_midi_name *name,
	enum stage_midi_direction direction, char *out);

/** "capture" or "playback". */
const char *stage_midi_direction_word(enum stage_midi_direction direction);

#endif
