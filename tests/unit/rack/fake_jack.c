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
void jack_midi_clear_buffer(void *buffer);
size_t jack_midi_max_event_size(void *buffer);
int jack_midi_event_write(
	void *buffer, uint32_t frame, const unsigned char *bytes, size_t size);
int jack_transport_query(const void *client, void *position);

const void *fake_jack_unconnected;

void *
jack_port_get_buffer(void *port, uint32_t frames)
{
	(void)frames;
	return port;
}

int
jack_port_connected(const void *port)
{
	return port != fake_jack_unconnected;
}

uint32_t
jack_midi_get_event_count(void *buffer)
{
	(void)buffer;
	return 0;
}

int
jack_midi_event_get(void *event, void *buffer, uint32_t at)
{
	(void)event;
	(void)buffer;
	(void)at;
	return -1;
}

void
jack_midi_clear_buffer(void *buffer)
{
	(void)buffer;
}

size_t
jack_midi_max_event_size(void *buffer)
{
	(void)buffer;
	return 0;
}

int
jack_midi_event_write(
	void *buffer, uint32_t frame, const unsigned char *bytes, size_t size)
{
	(void)buffer;
	(void)frame;
	(void)bytes;
	(void)size;
	return -1;
}

int
jack_transport_query(const void *client, void *position)
{
	(void)client;
	memset(position, 0, POSITION_BYTES);
	return 0;
}
