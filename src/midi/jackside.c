/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/jackside.h"

#include <jack/jack.h>
#include <jack/metadata.h>
#include <jack/midiport.h>
#include <jack/thread.h>
#include <jack/uuid.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "midi/links.h"

#define ALIAS_MAX 256
#define CYCLES_TO_WAIT 2 // until nobody uses a port that was taken away

#pragma weak jack_set_property

struct port {
	struct stage_midi_way *way;
	bool is_wanted;
	char name[STAGE_MIDI_PORT_NAME_MAX];
	char aliases[2][ALIAS_MAX];
	char label[ALIAS_MAX];
	bool is_hardware;
	jack_port_t *going; // taken away, not unregistered yet
	uint32_t going_at;  // the count of cycles then
};

struct stage_midi_jack {
	struct stage_jack_client *client;
	struct stage_midi_links *links; // [main]
	struct stage_midi_wire *wire;
	const struct stage_midi_jack_events *events;
	void *user;
	pthread_mutex_t mutex; // of the ports, which setup goes through
	struct port ports[STAGE_MIDI_WAYS_MAX]; // by the ways' index
	unsigned refs;     // ours, and one for each setup without a teardown
	bool is_open;      // [main] from opened to lost
	bool stands_back;  // no port is registered
	bool has_rival;    // [main] `rival` was told
	bool is_destroyed; // [main]
};

static void
unref(struct stage_midi_jack *self)
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

static jack_client_t *
handle_of(const struct stage_midi_jack *self)
{
	return atomic_load(&self->wire->client);
}

static void
set_aliases(const struct port *port, jack_port_t *handle)
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
		if (port->aliases[i][0] != '\0') {
			jack_port_set_alias(handle, port->aliases[i]);
		}
	}
}

static void
register_port(
	struct stage_midi_jack *self, struct port *port, jack_client_t *client)
{
	bool is_capture = port->way->direction == STAGE_MIDI_CAPTURE;
	unsigned long flags = is_capture ? JackPortIsOutput : JackPortIsInput;
	jack_port_t *handle;

	if (port->is_hardware) {
		flags |= JackPortIsPhysical | JackPortIsTerminal;
	}
	if (!port->is_wanted || self->stands_back || port->going != NULL ||
		atomic_load(&port->way->port) != NULL) {
		return;
	}
	handle = jack_port_register(
		client, port->name, JACK_DEFAULT_MIDI_TYPE, flags, 0);
	if (handle != NULL) {
		set_aliases(port, handle);
		atomic_store(&port->way->port, handle);
	}
}

static void
register_all(struct stage_midi_jack *self, jack_client_t *client)
{
	pthread_mutex_lock(&self->mutex);
	for (size_t i = 0; i < STAGE_MIDI_WAYS_MAX; i++) {
		if (self->ports[i].way != NULL) {
			register_port(self, &self->ports[i], client);
		}
	}
	pthread_mutex_unlock(&self->mutex);
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
static enum stage_status
setup(void *user, jack_client_t *client, struct stage_err *err)
{
	struct stage_midi_jack *self = user;

	(void)err;
	pthread_mutex_lock(&self->mutex);
	self->refs++;
	pthread_mutex_unlock(&self->mutex);
	atomic_store(&self->wire->rate_hz, jack_get_sample_rate(client));
	atomic_store(&self->wire->period_frames, jack_get_buffer_size(client));
	atomic_store(&self->wire->is_late, true);
	jack_set_process_callback(client, stage_midi_process, self->wire);
	jack_set_xrun_callback(client, stage_midi_on_xrun, self->wire);
	jack_set_latency_callback(client, on_latency, self);
	register_all(self, client);
	atomic_store(&self->wire->client, client);
	return STAGE_OK;
}

// [worker]
static void
teardown(void *user)
{
	struct stage_midi_jack *self = user;

	pthread_mutex_lock(&self->mutex);
	atomic_store(&self->wire->client, NULL);
	for (size_t i = 0; i < STAGE_MIDI_WAYS_MAX; i++) {
		if (self->ports[i].way != NULL) {
			atomic_store(&self->ports[i].way->port, NULL);
			self->ports[i].going = NULL;
		}
	}
	pthread_mutex_unlock(&self->mutex);
	unref(self);
}

static void
set_property(struct stage_midi_jack *self, const struct port *port)
{
	jack_port_t *handle = atomic_load(&port->way->port);
	jack_client_t *client = handle_of(self);

	if (handle == NULL || client == NULL || jack_set_property == NULL) {
		return;
	}
	if (port->label[0] != '\0') {
		jack_set_property(client, jack_port_uuid(handle),
			JACK_METADATA_PRETTY_NAME, port->label, NULL);
	}
}

static void
on_opened(void *user, const struct stage_jack_info *info)
{
	struct stage_midi_jack *self = user;

	self->is_open = true;
	stage_midi_jack_tidy(self);
	for (size_t i = 0; i < STAGE_MIDI_WAYS_MAX; i++) {
		if (self->ports[i].way != NULL) {
			set_property(self, &self->ports[i]);
		}
	}
	self->events->opened(self->user, info);
}

static void
on_lost(void *user, const char *reason)
{
	struct stage_midi_jack *self = user;

	(void)reason;
	self->is_open = false;
	self->has_rival = false;
	stage_midi_links_clear(self->links);
	for (size_t i = 0; i < STAGE_MIDI_WAYS_MAX; i++) {
		if (self->ports[i].way != NULL) {
			atomic_store(&self->ports[i].way->is_connected, false);
		}
	}
	self->events->lost(self->user);
}

static void
on_failed(void *user, const char *reason)
{
	struct stage_midi_jack *self = user;

	self->events->warn(self->user, reason);
}

static void
on_hung(void *user, const char *what)
{
	struct stage_midi_jack *self = user;

	self->events->hung(self->user, what);
}

static void
look_at_connections(struct stage_midi_jack *self)
{
	bool has_changed = false;

	for (size_t i = 0; self->is_open && i < STAGE_MIDI_WAYS_MAX; i++) {
		struct stage_midi_way *way = self->ports[i].way;
		jack_port_t *port =
			way != NULL ? atomic_load(&way->port) : NULL;
		bool is_connected =
			port != NULL &&
			stage_midi_links_has(self->links, jack_port_name(port));
		if (way != NULL &&
			atomic_load(&way->is_connected) != is_connected) {
			atomic_store(&way->is_connected, is_connected);
			has_changed = true;
		}
	}
	if (has_changed) {
		self->events->connected(self->user);
	}
}

// What JACK2's option -X makes.
static bool
is_rival(const struct stage_jack_graph_event *event)
{
	return event->kind == STAGE_JACK_GRAPH_PORT_APPEARED &&
	       (stage_starts_with(event->name, "system:midi_capture_") ||
		       stage_starts_with(event->name, "system:midi_playback_"));
}

static void
on_graph(void *user, const struct stage_jack_graph_event *event)
{
	struct stage_midi_jack *self = user;

	if (is_rival(event) && !self->has_rival) {
		self->has_rival = true;
		self->events->rival(self->user);
	}
	if (stage_midi_links_note(self->links, event) != STAGE_OK) {
		stage_jack_client_scan(self->client);
	}
	if (event->kind == STAGE_JACK_GRAPH_BATCH_END) {
		look_at_connections(self);
	}
}

enum stage_status
stage_midi_jack_create(uv_loop_t *loop, struct stage_midi_wire *wire,
	const char *client_name, const struct stage_midi_jack_events *events,
	void *user, struct stage_midi_jack **out, struct stage_err *err)
{
	static const struct stage_jack_client_ops ops = {
		.opened = on_opened,
		.lost = on_lost,
		.failed = on_failed,
		.hung = on_hung,
		.graph = on_graph,
		.setup = setup,
		.teardown = teardown,
	};
	const struct stage_jack_client_config config = {
		.name = client_name, .server = "default"};
	struct stage_midi_jack *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self != NULL) {
		self->links = stage_midi_links_create(client_name);
	}
	if (self == NULL || self->links == NULL) {
		free(self);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	pthread_mutex_init(&self->mutex, NULL);
	self->refs = 1;
	self->wire = wire;
	self->events = events;
	self->user = user;
	status = stage_jack_client_create(
		loop, &config, &ops, self, &self->client, err);
	if (status != STAGE_OK) {
		pthread_mutex_destroy(&self->mutex);
		stage_midi_links_destroy(self->links);
		free(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

void
stage_midi_jack_destroy(struct stage_midi_jack *self)
{
	if (self != NULL) {
		self->is_open = false;
		self->is_destroyed = true;
		stage_jack_client_destroy(self->client);
		stage_midi_links_destroy(self->links);
		self->links = NULL;
		unref(self);
	}
}

static void
fill(struct port *port, const struct stage_midi_jack_port *wanted)
{
	snprintf(port->name, sizeof(port->name), "%s", wanted->name);
	snprintf(port->label, sizeof(port->label), "%s", wanted->label);
	snprintf(port->aliases[0], ALIAS_MAX, "%s", wanted->identity);
	port->aliases[1][0] = '\0';
	if (wanted->label[0] != '\0') {
		snprintf(port->aliases[1], ALIAS_MAX, "%.128s (%s)",
			wanted->label,
			stage_midi_direction_word(port->way->direction));
	}
	port->is_hardware = wanted->is_hardware;
}

void
stage_midi_jack_want(struct stage_midi_jack *self, struct stage_midi_way *way,
	const struct stage_midi_jack_port *port)
{
	struct port *own = &self->ports[way->index];
	jack_port_t *handle;

	pthread_mutex_lock(&self->mutex);
	own->way = way;
	own->is_wanted = true;
	fill(own, port);
	if (self->is_open) {
		register_port(self, own, handle_of(self));
	}
	handle = atomic_load(&way->port);
	if (self->is_open && handle != NULL) {
		set_aliases(own, handle);
		set_property(self, own);
	}
	pthread_mutex_unlock(&self->mutex);
}

static void
take_away(struct stage_midi_jack *self, struct port *port)
{
	jack_port_t *handle = atomic_exchange(&port->way->port, NULL);

	atomic_store(&port->way->is_connected, false);
	if (handle != NULL && self->is_open) {
		port->going = handle;
		port->going_at = atomic_load(&self->wire->cycles);
	}
}

void
stage_midi_jack_unwant(struct stage_midi_jack *self, struct stage_midi_way *way)
{
	struct port *port = &self->ports[way->index];

	pthread_mutex_lock(&self->mutex);
	if (port->way != NULL) {
		port->is_wanted = false;
		take_away(self, port);
	}
	pthread_mutex_unlock(&self->mutex);
}

void
stage_midi_jack_stand_back(struct stage_midi_jack *self, bool stands_back)
{
	pthread_mutex_lock(&self->mutex);
	self->stands_back = stands_back;
	for (size_t i = 0; stands_back && i < STAGE_MIDI_WAYS_MAX; i++) {
		if (self->ports[i].way != NULL) {
			take_away(self, &self->ports[i]);
		}
	}
	pthread_mutex_unlock(&self->mutex);
	stage_midi_jack_tidy(self);
}

void
stage_midi_jack_tidy(struct stage_midi_jack *self)
{
	uint32_t cycles = atomic_load(&self->wire->cycles);

	if (!self->is_open) {
		return;
	}
	pthread_mutex_lock(&self->mutex);
	for (size_t i = 0; i < STAGE_MIDI_WAYS_MAX; i++) {
		struct port *port = &self->ports[i];
		if (port->going != NULL &&
			cycles - port->going_at >= CYCLES_TO_WAIT) {
			jack_port_unregister(handle_of(self), port->going);
			port->going = NULL;
		}
	}
	pthread_mutex_unlock(&self->mutex);
	register_all(self, handle_of(self));
}

void
stage_midi_jack_tell_latency(struct stage_midi_jack *self)
{
	if (self->is_open) {
		jack_recompute_total_latencies(handle_of(self));
	}
}

int
stage_midi_jack_priority(const struct stage_midi_jack *self)
{
	int priority = self->is_open
			       ? jack_client_real_time_priority(handle_of(self))
			       : 0;

	return priority > 0 ? priority : 0;
}

bool
stage_midi_jack_is_open(const struct stage_midi_jack *self)
{
	return self->is_open;
}
