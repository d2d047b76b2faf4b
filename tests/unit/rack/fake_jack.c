/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "fake_jack.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define POSITION_BYTES 64 // of a jack_position_t, which has more

void *jack_port_get_buffer(void *port, uint32_t frames);
int jack_port_connected(const void *port);
uint32_t jack_midi_get_event_count(void *buffer);
int jack_midi_event_get(void *event, void *buffer, uint32_t at);
size_t jack_midi_max_event_size(void *buffer);
int jack_transport_query(const void *client, void *position);

const void *fake_jack_unconnected;
int fake_jack_wires = 1;

void *
jack_port_get_buffer(void *port, uint32_t frames)
{
	(void)frames;
	return port;
}

int
jack_port_connected(const void *port)
{
	return port != fake_jack_unconnected ? fake_jack_wires : 0;
}

// A jack_midi_event_t.
struct event {
	uint32_t time;
	size_t size;
	unsigned char *buffer;
};

uint32_t
jack_midi_get_event_count(void *buffer)
{
	return ((const struct fake_jack_midi *)buffer)->count;
}

int
jack_midi_event_get(void *event, void *buffer, uint32_t at)
{
	struct fake_jack_midi *midi = buffer;

	if (at >= midi->count) {
		return -1;
	}
	*(struct event *)event = (struct event){midi->events[at].frame,
		midi->events[at].size, midi->bytes + midi->events[at].at};
	return 0;
}

void
jack_midi_clear_buffer(void *buffer)
{
	struct fake_jack_midi *midi = buffer;

	midi->count = 0;
	midi->used = 0;
}

size_t
jack_midi_max_event_size(void *buffer)
{
	const struct fake_jack_midi *midi = buffer;

	return midi->count < FAKE_JACK_EVENTS ? FAKE_JACK_BYTES - midi->used
					      : 0;
}

int
jack_midi_event_write(
	void *buffer, uint32_t frame, const unsigned char *bytes, size_t size)
{
	struct fake_jack_midi *midi = buffer;

	if (size > jack_midi_max_event_size(buffer)) {
		return -1;
	}
	midi->events[midi->count].frame = frame;
	midi->events[midi->count].at = midi->used;
	midi->events[midi->count++].size = size;
	memcpy(midi->bytes + midi->used, bytes, size);
	midi->used += size;
	return 0;
}

int
jack_transport_query(const void *client, void *position)
{
	(void)client;
	memset(position, 0, POSITION_BYTES);
	return 0;
}
