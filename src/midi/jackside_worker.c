/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// What the worker of the client does: each call may wait for the server. The
// ports are looked at again after each: the loop may want something else by
// then.

#include <jack/metadata.h>
#include <jack/midiport.h>
#include <jack/uuid.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "midi/jackside_private.h"

#define CYCLES_TO_WAIT 2 // until nobody uses a port that was taken away
#define INTEGER_TYPE "http://www.w3.org/2001/XMLSchema#integer"

#pragma weak jack_set_property
#pragma weak jack_remove_property

void
stage_midi_jack_unref(struct stage_midi_jack *self)
{
	bool is_last;

	pthread_mutex_lock(&self->mutex);
	self->refs--;
	is_last = self->refs == 0;
	pthread_mutex_unlock(&self->mutex);
	if (is_last) {
		self->events->ended(self->user);
		pthread_mutex_destroy(&self->mutex);
		free(self);
	}
}

jack_client_t *
stage_midi_jack_handle_of(const struct stage_midi_jack *self)
{
	return atomic_load(&self->wire->client);
}

void
stage_midi_jack_lock(struct stage_midi_jack *self)
{
	pthread_mutex_lock(&self->mutex);
}

void
stage_midi_jack_unlock(struct stage_midi_jack *self)
{
	pthread_mutex_unlock(&self->mutex);
}

static void
set_aliases(const struct stage_midi_jack_wish *wish, jack_port_t *handle)
{
	char texts[2][512];
	char *const now[2] = {texts[0], texts[1]};
	int count = jack_port_name_size() <= 512
			    ? jack_port_get_aliases(handle, now)
			    : 0;

	for (int i = 0; i < count; i++) {
		jack_port_unset_alias(handle, texts[i]);
	}
	for (int i = 0; i < 2; i++) {
		if (wish->aliases[i][0] != '\0') {
			jack_port_set_alias(handle, wish->aliases[i]);
		}
	}
}

// Each is told to all clients, so only what has changed.
static void
set_property(jack_client_t *client, jack_uuid_t uuid, const char *key,
	const char *value, const char *before, const char *type)
{
	if (strcmp(value, before) == 0) {
		return;
	}
	if (value[0] != '\0') {
		jack_set_property(client, uuid, key, value, type);
	} else {
		jack_remove_property(client, uuid, key);
	}
}

static void
set_properties(const struct stage_midi_jack_wish *wish,
	const struct stage_midi_jack_wish *before, jack_client_t *client,
	jack_port_t *handle)
{
	jack_uuid_t uuid = jack_port_uuid(handle);

	if (jack_set_property == NULL || jack_remove_property == NULL) {
		return;
	}
	set_property(client, uuid, JACK_METADATA_PRETTY_NAME, wish->label,
		before->label, NULL);
	set_property(client, uuid, JACK_METADATA_PORT_GROUP, wish->group,
		before->group, NULL);
	set_property(client, uuid, JACK_METADATA_ORDER, wish->order,
		before->order, INTEGER_TYPE);
	set_property(client, uuid, JACK_METADATA_ICON_NAME, wish->icon,
		before->icon, NULL);
}

// The mutex is held.
bool
stage_midi_jack_must_register(const struct stage_midi_jack *self,
	const struct stage_midi_jack_own_port *port)
{
	return port->way != NULL && port->is_wanted && !self->stands_back &&
	       port->going == NULL && atomic_load(&port->way->port) == NULL;
}

// The mutex is held. Of a port that nobody has seen no cycle knows.
static void
put_in(struct stage_midi_jack *self, struct stage_midi_jack_own_port *port,
	jack_port_t *handle)
{
	port->has_failed = handle == NULL;
	port->is_old = true;
	if (handle != NULL && stage_midi_jack_must_register(self, port)) {
		atomic_store(&port->way->port, handle);
	} else if (handle != NULL) {
		port->going = handle;
		port->going_at =
			atomic_load(&self->wire->cycles) - CYCLES_TO_WAIT;
	}
}

// [worker]
static void
register_port(struct stage_midi_jack *self,
	struct stage_midi_jack_own_port *port, jack_client_t *client)
{
	unsigned long flags;
	struct stage_midi_jack_wish wish;
	jack_port_t *handle;
	bool must;

	stage_midi_jack_lock(self);
	must = stage_midi_jack_must_register(self, port);
	wish = port->wish;
	stage_midi_jack_unlock(self);
	if (!must) {
		return;
	}
	flags = port->way->direction == STAGE_MIDI_CAPTURE ? JackPortIsOutput
							   : JackPortIsInput;
	if (wish.is_hardware) {
		flags |= JackPortIsPhysical | JackPortIsTerminal;
	}
	handle = jack_port_register(
		client, wish.name, JACK_DEFAULT_MIDI_TYPE, flags, 0);
	memset(&port->told, 0, sizeof(port->told));
	if (handle != NULL) {
		set_aliases(&wish, handle);
		memcpy(port->told.aliases, wish.aliases, sizeof(wish.aliases));
	}
	stage_midi_jack_lock(self);
	put_in(self, port, handle);
	stage_midi_jack_unlock(self);
}

// [worker] When no cycle can be using it.
static void
unregister_port(struct stage_midi_jack *self,
	struct stage_midi_jack_own_port *port, jack_client_t *client)
{
	uint32_t cycles = atomic_load(&self->wire->cycles);
	jack_port_t *handle;

	stage_midi_jack_lock(self);
	handle = cycles - port->going_at >= CYCLES_TO_WAIT ? port->going : NULL;
	stage_midi_jack_unlock(self);
	if (handle == NULL) {
		return;
	}
	jack_port_unregister(client, handle);
	stage_midi_jack_lock(self);
	port->going = NULL;
	stage_midi_jack_unlock(self);
}

// [worker]
static void
describe_port(struct stage_midi_jack *self,
	struct stage_midi_jack_own_port *port, jack_client_t *client)
{
	jack_port_t *handle = NULL;
	struct stage_midi_jack_wish wish;

	stage_midi_jack_lock(self);
	if (port->way != NULL && port->is_old) {
		handle = atomic_load(&port->way->port);
	}
	if (handle != NULL) {
		port->is_old = false;
		wish = port->wish;
	}
	stage_midi_jack_unlock(self);
	if (handle == NULL) {
		return;
	}
	if (memcmp(wish.aliases, port->told.aliases, sizeof(wish.aliases)) !=
		0) {
		set_aliases(&wish, handle);
	}
	set_properties(&wish, &port->told, client, handle);
	port->told = wish;
}

// [worker]
static void
for_all(struct stage_midi_jack *self, jack_client_t *client,
	void (*act)(struct stage_midi_jack *self,
		struct stage_midi_jack_own_port *port, jack_client_t *client))
{
	for (size_t i = 0; i < STAGE_MIDI_WAYS_MAX; i++) {
		act(self, &self->ports[i], client);
	}
}

// [worker] All ports are there before any is described: who awaits one does
// not await its properties.
void
stage_midi_jack_tend(void *user)
{
	struct stage_midi_jack *self = user;
	jack_client_t *client = stage_midi_jack_handle_of(self);

	for_all(self, client, unregister_port);
	for_all(self, client, register_port);
	for_all(self, client, describe_port);
	if (atomic_exchange(&self->must_tell_latency, false)) {
		jack_recompute_total_latencies(client);
	}
	self->events->tended(self->user);
}

// [notify] Of whatever comes from a device a period has passed; what goes to
// one waits as long as it must.
static void
on_latency(jack_latency_callback_mode_t mode, void *arg)
{
	struct stage_midi_jack *self = arg;
	struct stage_midi_wire *wire = self->wire;
	size_t count = atomic_load(&wire->way_count);
	uint32_t period = atomic_load(&wire->period_frames);
	int64_t out = atomic_load(&wire->latency_ns) *
		      atomic_load(&wire->rate_hz) / STAGE_NS_PER_S;

	for (size_t i = 0; i < count; i++) {
		struct stage_midi_way *way = atomic_load(&wire->ways[i]);
		bool is_capture = way->direction == STAGE_MIDI_CAPTURE;
		jack_port_t *port = atomic_load(&way->port);
		jack_latency_range_t range;
		if (port == NULL ||
			is_capture != (mode == JackCaptureLatency)) {
			continue;
		}
		range.min = range.max = is_capture ? period : (uint32_t)out;
		if (is_capture && atomic_load(&way->is_asap)) {
			range.min = 0;
		}
		jack_port_set_latency_range(port, mode, &range);
	}
}

// [worker]
enum stage_status
stage_midi_jack_setup(void *user, jack_client_t *client, struct stage_err *err)
{
	struct stage_midi_jack *self = user;

	(void)err;
	stage_midi_jack_lock(self);
	self->refs++;
	stage_midi_jack_unlock(self);
	atomic_store(&self->wire->rate_hz, jack_get_sample_rate(client));
	atomic_store(&self->wire->period_frames, jack_get_buffer_size(client));
	atomic_store(&self->wire->is_late, true);
	jack_set_process_callback(client, stage_midi_process, self->wire);
	jack_set_xrun_callback(client, stage_midi_on_xrun, self->wire);
	jack_set_latency_callback(client, on_latency, self);
	for_all(self, client, register_port);
	atomic_store(&self->wire->client, client);
	return STAGE_OK;
}

// [worker]
void
stage_midi_jack_teardown(void *user)
{
	struct stage_midi_jack *self = user;

	stage_midi_jack_lock(self);
	atomic_store(&self->wire->client, NULL);
	for (size_t i = 0; i < STAGE_MIDI_WAYS_MAX; i++) {
		if (self->ports[i].way != NULL) {
			atomic_store(&self->ports[i].way->port, NULL);
			self->ports[i].going = NULL;
			self->ports[i].has_failed = false;
		}
	}
	stage_midi_jack_unlock(self);
	stage_midi_jack_unref(self);
}
