/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "fake_libjack.h"

#include <jack/jack.h>
#include <jack/metadata.h>
#include <jack/midiport.h>
#include <jack/thread.h>
#include <jack/uuid.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_backend.h"

#define PORTS_MAX 1200
#define EVENTS_MAX 64
#define TEXT_MAX 320
#define PROPERTIES_MAX 6
#define BUFFER_BYTES 4096

struct _jack_port {
	bool is_used;
	unsigned long flags;
	char name[TEXT_MAX];
	char aliases[2][TEXT_MAX];
	char keys[PROPERTIES_MAX][TEXT_MAX];
	char values[PROPERTIES_MAX][TEXT_MAX];
	jack_latency_range_t latencies[2]; // by mode
	jack_midi_event_t events[EVENTS_MAX];
	size_t count, bytes;
};

static struct {
	pthread_mutex_t mutex;
	struct _jack_port ports[PORTS_MAX];
	size_t room, buffer_bytes;
	unsigned recomputes, changes;
	uint32_t frame_time;
	JackProcessCallback process;
	JackXRunCallback xrun;
	JackLatencyCallback latency;
	void *process_arg, *xrun_arg, *latency_arg;
	void (*on_buffer)(void *user);
	void *on_buffer_user;
} fake = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void
lock(void)
{
	pthread_mutex_lock(&fake.mutex);
}

static void
unlock(void)
{
	pthread_mutex_unlock(&fake.mutex);
}

static void
clear_events(struct _jack_port *port)
{
	for (size_t i = 0; i < port->count; i++) {
		free(port->events[i].buffer);
	}
	port->count = port->bytes = 0;
}

void
fake_libjack_reset(void)
{
	lock();
	for (size_t i = 0; i < PORTS_MAX; i++) {
		clear_events(&fake.ports[i]);
		memset(&fake.ports[i], 0, sizeof(fake.ports[i]));
	}
	fake.room = SIZE_MAX;
	fake.buffer_bytes = BUFFER_BYTES;
	fake.recomputes = fake.changes = 0;
	fake.frame_time = 0;
	fake.process = NULL;
	fake.xrun = NULL;
	fake.latency = NULL;
	fake.on_buffer = NULL;
	unlock();
}

// The mutex is held.
static struct _jack_port *
find(const char *name)
{
	for (size_t i = 0; i < PORTS_MAX; i++) {
		if (fake.ports[i].is_used &&
			strcmp(fake.ports[i].name, name) == 0) {
			return &fake.ports[i];
		}
	}
	return NULL;
}

bool
fake_libjack_has(const char *name)
{
	bool has;

	lock();
	has = find(name) != NULL;
	unlock();
	return has;
}

// The mutex is held.
static size_t
count_ports(void)
{
	size_t count = 0;

	for (size_t i = 0; i < PORTS_MAX; i++) {
		count += fake.ports[i].is_used;
	}
	return count;
}

size_t
fake_libjack_count(void)
{
	size_t count;

	lock();
	count = count_ports();
	unlock();
	return count;
}

void
fake_libjack_set_room(size_t ports)
{
	lock();
	fake.room = ports;
	unlock();
}

void
fake_libjack_set_buffer_bytes(size_t bytes)
{
	lock();
	fake.buffer_bytes = bytes;
	unlock();
}

static const char *
keep(const char *text)
{
	static _Thread_local char kept[TEXT_MAX];

	snprintf(kept, sizeof(kept), "%s", text != NULL ? text : "");
	return kept;
}

const char *
fake_libjack_alias(const char *name, int index)
{
	const struct _jack_port *port;
	const char *text;

	lock();
	port = find(name);
	text = keep(port != NULL ? port->aliases[index] : NULL);
	unlock();
	return text;
}

const char *
fake_libjack_property(const char *name, const char *key)
{
	const struct _jack_port *port;
	const char *text = NULL;

	lock();
	port = find(name);
	for (size_t i = 0; port != NULL && i < PROPERTIES_MAX; i++) {
		if (strcmp(port->keys[i], key) == 0) {
			text = port->values[i];
		}
	}
	text = keep(text);
	unlock();
	return text;
}

unsigned long
fake_libjack_flags(const char *name)
{
	const struct _jack_port *port;
	unsigned long flags;

	lock();
	port = find(name);
	flags = port != NULL ? port->flags : 0;
	unlock();
	return flags;
}

unsigned
fake_libjack_recomputes(void)
{
	unsigned count;

	lock();
	count = fake.recomputes;
	unlock();
	return count;
}

unsigned
fake_libjack_changes(void)
{
	unsigned count;

	lock();
	count = fake.changes;
	unlock();
	return count;
}

uint32_t
fake_libjack_latency(const char *name, bool is_least)
{
	const struct _jack_port *port;
	uint32_t frames = 0;

	lock();
	port = find(name);
	if (port != NULL) {
		const jack_latency_range_t *range =
			&port->latencies[(port->flags & JackPortIsOutput) != 0
						 ? JackCaptureLatency
						 : JackPlaybackLatency];
		frames = is_least ? range->min : range->max;
	}
	unlock();
	return frames;
}

void
fake_libjack_ask_latency(bool is_capture)
{
	fake.latency(is_capture ? JackCaptureLatency : JackPlaybackLatency,
		fake.latency_arg);
}

void
fake_libjack_cycle(uint32_t frames)
{
	fake.frame_time += frames;
	fake.process(frames, fake.process_arg);
}

void
fake_libjack_xrun(void)
{
	fake.xrun(fake.xrun_arg);
}

void
fake_libjack_on_buffer(void (*act)(void *user), void *user)
{
	fake.on_buffer = act;
	fake.on_buffer_user = user;
}

void
fake_libjack_put(
	const char *name, uint32_t time, const uint8_t *bytes, size_t size)
{
	lock();
	jack_midi_event_write(find(name), time, bytes, size);
	unlock();
}

void
fake_libjack_empty(const char *name)
{
	lock();
	clear_events(find(name));
	unlock();
}

size_t
fake_libjack_events(const char *name, struct fake_event *out, size_t max)
{
	const struct _jack_port *port;
	size_t count = 0;

	lock();
	port = find(name);
	for (; port != NULL && count < port->count && count < max; count++) {
		const jack_midi_event_t *event = &port->events[count];
		size_t size = event->size < sizeof(out->bytes)
				      ? event->size
				      : sizeof(out->bytes);
		out[count].time = event->time;
		out[count].size = event->size;
		memcpy(out[count].bytes, event->buffer, size);
	}
	unlock();
	return count;
}

// libjack's own.

jack_nframes_t
jack_get_sample_rate(jack_client_t *client)
{
	(void)client;
	return 48000;
}

jack_nframes_t
jack_get_buffer_size(jack_client_t *client)
{
	(void)client;
	return 256;
}

int
jack_set_process_callback(
	jack_client_t *client, JackProcessCallback callback, void *arg)
{
	(void)client;
	fake.process = callback;
	fake.process_arg = arg;
	return 0;
}

int
jack_set_xrun_callback(
	jack_client_t *client, JackXRunCallback callback, void *arg)
{
	(void)client;
	fake.xrun = callback;
	fake.xrun_arg = arg;
	return 0;
}

int
jack_set_latency_callback(
	jack_client_t *client, JackLatencyCallback callback, void *arg)
{
	(void)client;
	fake.latency = callback;
	fake.latency_arg = arg;
	return 0;
}

int
jack_client_real_time_priority(jack_client_t *client)
{
	(void)client;
	return -1;
}

int
jack_recompute_total_latencies(jack_client_t *client)
{
	(void)client;
	fake_backend_own_call();
	lock();
	fake.recomputes++;
	unlock();
	return 0;
}

jack_port_t *
jack_port_register(jack_client_t *client, const char *name, const char *type,
	unsigned long flags, unsigned long bytes)
{
	struct _jack_port *port = NULL;

	(void)client;
	(void)type;
	(void)bytes;
	fake_backend_own_call();
	lock();
	for (size_t i = 0; i < PORTS_MAX && count_ports() < fake.room &&
			   find(name) == NULL && port == NULL;
		i++) {
		port = fake.ports[i].is_used ? NULL : &fake.ports[i];
	}
	if (port != NULL) {
		memset(port, 0, sizeof(*port));
		port->is_used = true;
		port->flags = flags;
		snprintf(port->name, sizeof(port->name), "%s", name);
	}
	unlock();
	return port;
}

int
jack_port_unregister(jack_client_t *client, jack_port_t *port)
{
	(void)client;
	fake_backend_own_call();
	lock();
	clear_events(port);
	port->is_used = false;
	unlock();
	return 0;
}

int
jack_port_name_size(void)
{
	return TEXT_MAX;
}

int
jack_port_get_aliases(const jack_port_t *port, char *const aliases[2])
{
	int count = 0;

	lock();
	for (int i = 0; i < 2; i++) {
		if (port->aliases[i][0] != '\0') {
			memcpy(aliases[count++], port->aliases[i], TEXT_MAX);
		}
	}
	unlock();
	return count;
}

int
jack_port_unset_alias(jack_port_t *port, const char *alias)
{
	lock();
	for (int i = 0; i < 2; i++) {
		if (strcmp(port->aliases[i], alias) == 0) {
			port->aliases[i][0] = '\0';
		}
	}
	unlock();
	return 0;
}

int
jack_port_set_alias(jack_port_t *port, const char *alias)
{
	int at;

	lock();
	fake.changes++;
	at = port->aliases[0][0] == '\0' ? 0 : 1;
	snprintf(port->aliases[at], TEXT_MAX, "%s", alias);
	unlock();
	return 0;
}

jack_uuid_t
jack_port_uuid(const jack_port_t *port)
{
	return (jack_uuid_t)(port - fake.ports) + 1;
}

int
jack_set_property(jack_client_t *client, jack_uuid_t subject, const char *key,
	const char *value, const char *type)
{
	struct _jack_port *port = &fake.ports[subject - 1];
	size_t at = 0;

	(void)client;
	(void)type;
	fake_backend_own_call();
	lock();
	fake.changes++;
	while (at < PROPERTIES_MAX - 1 && port->keys[at][0] != '\0' &&
		strcmp(port->keys[at], key) != 0) {
		at++;
	}
	snprintf(port->keys[at], TEXT_MAX, "%s", key);
	snprintf(port->values[at], TEXT_MAX, "%s", value);
	unlock();
	return 0;
}

int
jack_remove_property(
	jack_client_t *client, jack_uuid_t subject, const char *key)
{
	struct _jack_port *port = &fake.ports[subject - 1];

	(void)client;
	fake_backend_own_call();
	lock();
	fake.changes++;
	for (size_t i = 0; i < PROPERTIES_MAX; i++) {
		if (strcmp(port->keys[i], key) == 0) {
			port->values[i][0] = '\0';
		}
	}
	unlock();
	return 0;
}

void
jack_port_set_latency_range(jack_port_t *port,
	jack_latency_callback_mode_t mode, jack_latency_range_t *range)
{
	lock();
	port->latencies[mode] = *range;
	unlock();
}

// In a cycle. What is done there needs no mutex: tests make cycles.

void *
jack_port_get_buffer(jack_port_t *port, jack_nframes_t frames)
{
	(void)frames;
	if (fake.on_buffer != NULL) {
		fake.on_buffer(fake.on_buffer_user);
	}
	return port;
}

jack_nframes_t
jack_last_frame_time(const jack_client_t *client)
{
	(void)client;
	return fake.frame_time;
}

jack_nframes_t
jack_frames_since_cycle_start(const jack_client_t *client)
{
	(void)client;
	return 0;
}

void
jack_midi_clear_buffer(void *buffer)
{
	clear_events(buffer);
}

size_t
jack_midi_max_event_size(void *buffer)
{
	const struct _jack_port *port = buffer;

	return port->count < EVENTS_MAX ? fake.buffer_bytes - port->bytes : 0;
}

jack_midi_data_t *
jack_midi_event_reserve(void *buffer, jack_nframes_t time, size_t size)
{
	struct _jack_port *port = buffer;
	jack_midi_event_t *event = &port->events[port->count];

	if (jack_midi_max_event_size(buffer) < size) {
		return NULL;
	}
	event->time = time;
	event->size = size;
	event->buffer = malloc(size);
	port->count++;
	port->bytes += size;
	return event->buffer;
}

int
jack_midi_event_write(void *buffer, jack_nframes_t time,
	const jack_midi_data_t *data, size_t size)
{
	jack_midi_data_t *room = jack_midi_event_reserve(buffer, time, size);

	if (room == NULL) {
		return -1;
	}
	memcpy(room, data, size);
	return 0;
}

uint32_t
jack_midi_get_event_count(void *buffer)
{
	return (uint32_t)((struct _jack_port *)buffer)->count;
}

int
jack_midi_event_get(jack_midi_event_t *event, void *buffer, uint32_t index)
{
	const struct _jack_port *port = buffer;

	if (index >= port->count) {
		return -1;
	}
	*event = port->events[index];
	return 0;
}
