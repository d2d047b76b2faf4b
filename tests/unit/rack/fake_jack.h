/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the process callback asks of JACK, without JACK: a port is its buffer,
 * one for MIDI is a struct fake_jack_midi, and time stands still. Ports are
 * connected, unless fake_jack_unconnected is one of them; fake_jack_wires
 * times.
 *
 * Thread: one.
 */

#ifndef TESTS_UNIT_RACK_FAKE_JACK_H
#define TESTS_UNIT_RACK_FAKE_JACK_H

#include <stddef.h>
#include <stdint.h>

#define FAKE_JACK_EVENTS 8192
#define FAKE_JACK_BYTES 65536 // of all events of a period

struct fake_jack_midi {
	struct {
		uint32_t frame;
		size_t at, size; // in bytes
	} events[FAKE_JACK_EVENTS];
	uint32_t count;
	unsigned char bytes[FAKE_JACK_BYTES];
	size_t used;
};

extern const void *fake_jack_unconnected;
extern int fake_jack_wires;

int jack_midi_event_write(
	void *buffer, uint32_t frame, const unsigned char *bytes, size_t size);
void jack_midi_clear_buffer(void *buffer);

#endif
