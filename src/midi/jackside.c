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

// Names of the freedesktop icon theme.
#define ICON_HERE "audio-card"
#define ICON_AWAY "network-offline"
#define INTEGER_TYPE "http://www.w3.org/2001/XMLSchema#integer"

#pragma weak jack_set_property
#pragma weak jack_remove_property

/* What JACK is to be told of a port. The mutex guards it: the loop writes, the
 * worker takes a copy. */
struct wish {
	char name[STAGE_MIDI_PORT_NAME_MAX];
	char aliases[2][ALIAS_MAX];
	char label[ALIAS_MAX];
	char group[ALIAS_MAX];
	char order[16];
	char icon[32];
	bool is_hardware;
};

struct port {
	struct stage_midi_way *way;
	struct wish wish;
	bool is_wanted;     // written by the loop only
	bool has_failed;    // JACK did not register it
	bool is_old;        // what JACK was told
	struct wish told;   // [worker] what that was; "": nothing yet
	jack_port_t *going; // taken away, not unregistered yet
	uint32_t going_at;  // the count of cycles then
};

struct stage_midi_jack {
	struct stage_jack_client *client;
	struct stage_midi_links *links; // [main]
	struct stage_midi_wire *wire;
	const struct stage_midi_jack_events *events;
	void *user;
	char name[STAGE_JACK_CLIENT_NAME_MAX];
	pthread_mutex_t mutex; // of the ports; never held in a call of JACK
	struct port ports[STAGE_MIDI_WAYS_MAX]; // by the ways' index
	unsigned refs;    // ours, and one for each setup without a teardown
	bool stands_back; // no port is registered; written by the loop only
	atomic_bool must_tell_latency;
	bool is_open;          // [main] from opened to lost
	bool has_rival;        // [main] `rival` was told
	bool has_told_no_room; // [main]
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
lock(struct stage_midi_jack *self)
{
	pthread_mutex_lock(&self->mutex);
}

static void
unlock(struct stage_midi_jack *self)
{
	pthread_mutex_unlock(&self->mutex);
}

// The worker's calls, each of which may wait for the server. The ports are
// looked at again after each: the loop may want something else by then.

static void
set_aliases(const struct wish *wish, jack_port_t *handle)
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
set_properties(const struct wish *wish, const struct wish *before,
	jack_client_t *client, jack_port_t *handle)
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
static bool
must_register(const struct stage_midi_jack *self, const struct port *port)
{
	return port->way != NULL && port->is_wanted && !self->stands_back &&
	       port->going == NULL && atomic_load(&port->way->port) == NULL;
}

// The mutex is held. Of a port that nobody has seen no cycle knows.
static void
put_in(struct stage_midi_jack *self, struct port *port, jack_port_t *handle)
{
	port->has_failed = handle == NULL;
	port->is_old = true;
	if (handle != NULL && must_register(self, port)) {
		atomic_store(&port->way->port, handle);
	} else if (handle != NULL) {
		port->going = handle;
		port->going_at =
			atomic_load(&self->wire->cycles) - CYCLES_TO_WAIT;
	}
}

// [worker]
static void
register_port(
	struct stage_midi_jack *self, struct port *port, jack_client_t *client)
{
	unsigned long flags;
	struct wish wish;
	jack_port_t *handle;
	bool must;

	lock(self);
	must = must_register(self, port);
	wish = port->wish;
	unlock(self);
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
	lock(self);
	put_in(self, port, handle);
	unlock(self);
}

// [worker] When no cycle can be using it.
static void
unregister_port(
	struct stage_midi_jack *self, struct port *port, jack_client_t *client)
{
	uint32_t cycles = atomic_load(&self->wire->cycles);
	jack_port_t *handle;

	lock(self);
	handle = cycles - port->going_at >= CYCLES_TO_WAIT ? port->going : NULL;
	unlock(self);
	if (handle == NULL) {
		return;
	}
	jack_port_unregister(client, handle);
	lock(self);
	port->going = NULL;
	unlock(self);
}

// [worker]
static void
describe_port(
	struct stage_midi_jack *self, struct port *port, jack_client_t *client)
{
	jack_port_t *handle = NULL;
	struct wish wish;

	lock(self);
	if (port->way != NULL && port->is_old) {
		handle = atomic_load(&port->way->port);
	}
	if (handle != NULL) {
		port->is_old = false;
		wish = port->wish;
	}
	unlock(self);
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
	void (*act)(struct stage_midi_jack *self, struct port *port,
		jack_client_t *client))
{
	for (size_t i = 0; i < STAGE_MIDI_WAYS_MAX; i++) {
		act(self, &self->ports[i], client);
	}
}

// [worker] All ports are there before any is described: who awaits one does
// not await its properties.
static void
tend(void *user)
{
	struct stage_midi_jack *self = user;
	jack_client_t *client = handle_of(self);

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
static enum stage_status
setup(void *user, jack_client_t *client, struct stage_err *err)
{
	struct stage_midi_jack *self = user;

	(void)err;
	lock(self);
	self->refs++;
	unlock(self);
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
static void
teardown(void *user)
{
	struct stage_midi_jack *self = user;

	lock(self);
	atomic_store(&self->wire->client, NULL);
	for (size_t i = 0; i < STAGE_MIDI_WAYS_MAX; i++) {
		if (self->ports[i].way != NULL) {
			atomic_store(&self->ports[i].way->port, NULL);
			self->ports[i].going = NULL;
			self->ports[i].has_failed = false;
		}
	}
	unlock(self);
	unref(self);
}

static void
on_opened(void *user, const struct stage_jack_info *info)
{
	struct stage_midi_jack *self = user;

	self->is_open = true;
	self->has_told_no_room = false;
	stage_jack_client_tend(self->client);
	self->events->opened(self->user, info);
}

static void
on_lost(void *user, const char *reason)
{
	struct stage_midi_jack *self = user;

	self->is_open = false;
	self->has_rival = false;
	stage_midi_links_clear(self->links);
	for (size_t i = 0; i < STAGE_MIDI_WAYS_MAX; i++) {
		if (self->ports[i].way != NULL) {
			atomic_store(&self->ports[i].way->is_connected, false);
		}
	}
	self->events->lost(self->user, reason);
}

static void
on_stalled(void *user, const char *reason)
{
	struct stage_midi_jack *self = user;

	self->events->stalled(self->user, reason);
}

static void
on_alive(void *user)
{
	struct stage_midi_jack *self = user;

	self->events->alive(self->user);
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

/* By the name that a port has or will have: it may be connected before its
 * registration has come back. */
static bool
is_connected(const struct stage_midi_jack *self, const struct port *port)
{
	char name[STAGE_JACK_CLIENT_NAME_MAX + STAGE_MIDI_PORT_NAME_MAX];

	if (!port->is_wanted || self->stands_back) {
		return false;
	}
	snprintf(name, sizeof(name), "%s:%s", self->name, port->wish.name);
	return stage_midi_links_has(self->links, name);
}

static void
look_at_connections(struct stage_midi_jack *self)
{
	bool has_changed = false;

	for (size_t i = 0; self->is_open && i < STAGE_MIDI_WAYS_MAX; i++) {
		struct port *port = &self->ports[i];
		bool is_now = port->way != NULL && is_connected(self, port);
		if (port->way != NULL &&
			atomic_load(&port->way->is_connected) != is_now) {
			atomic_store(&port->way->is_connected, is_now);
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
	const char *client_name, const struct stage_jack_backend *backend,
	const struct stage_midi_jack_events *events, void *user,
	struct stage_midi_jack **out, struct stage_err *err)
{
	static const struct stage_jack_client_ops ops = {
		.opened = on_opened,
		.lost = on_lost,
		.failed = on_failed,
		.stalled = on_stalled,
		.alive = on_alive,
		.hung = on_hung,
		.graph = on_graph,
		.setup = setup,
		.tend = tend,
		.teardown = teardown,
	};
	const struct stage_jack_client_config config = {
		.name = client_name, .server = "default", .backend = backend};
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
	snprintf(self->name, sizeof(self->name), "%s", client_name);
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
		stage_jack_client_destroy(self->client);
		stage_midi_links_destroy(self->links);
		self->links = NULL;
		unref(self);
	}
}

static void
fill(struct wish *wish, enum stage_midi_direction direction,
	const struct stage_midi_jack_port *wanted)
{
	memset(wish, 0, sizeof(*wish)); // they are compared as bytes
	wish->is_hardware = wanted->is_hardware;
	snprintf(wish->group, sizeof(wish->group), "%s", wanted->group);
	snprintf(wish->order, sizeof(wish->order), "%d", wanted->order);
	snprintf(wish->icon, sizeof(wish->icon), "%s",
		wanted->is_here ? ICON_HERE : ICON_AWAY);
	snprintf(wish->name, sizeof(wish->name), "%s", wanted->name);
	snprintf(wish->label, sizeof(wish->label), "%s", wanted->label);
	snprintf(wish->aliases[0], ALIAS_MAX, "%s", wanted->identity);
	if (wanted->label[0] != '\0') {
		snprintf(wish->aliases[1], ALIAS_MAX, "%.128s (%s)",
			wanted->label, stage_midi_direction_word(direction));
	}
}

void
stage_midi_jack_want(struct stage_midi_jack *self, struct stage_midi_way *way,
	const struct stage_midi_jack_port *port)
{
	struct port *own = &self->ports[way->index];
	struct wish wish;

	fill(&wish, way->direction, port);
	if (own->is_wanted && memcmp(&wish, &own->wish, sizeof(wish)) == 0) {
		return;
	}
	lock(self);
	own->way = way;
	own->is_wanted = true;
	own->is_old = true;
	own->wish = wish;
	unlock(self);
	stage_jack_client_tend(self->client);
}

// The mutex is held.
static void
take_away(struct stage_midi_jack *self, struct port *port)
{
	jack_port_t *handle = atomic_exchange(&port->way->port, NULL);

	atomic_store(&port->way->is_connected, false);
	if (handle != NULL) {
		port->going = handle;
		port->going_at = atomic_load(&self->wire->cycles);
	}
}

void
stage_midi_jack_unwant(struct stage_midi_jack *self, struct stage_midi_way *way)
{
	struct port *port = &self->ports[way->index];

	lock(self);
	if (port->way != NULL) {
		port->is_wanted = port->has_failed = false;
		take_away(self, port);
	}
	unlock(self);
	stage_jack_client_tend(self->client);
}

void
stage_midi_jack_stand_back(struct stage_midi_jack *self, bool stands_back)
{
	lock(self);
	self->stands_back = stands_back;
	for (size_t i = 0; stands_back && i < STAGE_MIDI_WAYS_MAX; i++) {
		if (self->ports[i].way != NULL) {
			take_away(self, &self->ports[i]);
		}
	}
	unlock(self);
	stage_jack_client_tend(self->client);
}

static void
count_pending(struct stage_midi_jack *self, size_t *going, size_t *failed)
{
	*going = *failed = 0;
	lock(self);
	for (size_t i = 0; i < STAGE_MIDI_WAYS_MAX; i++) {
		*going += self->ports[i].going != NULL;
		*failed += self->ports[i].has_failed;
	}
	unlock(self);
}

bool
stage_midi_jack_has_pending(struct stage_midi_jack *self)
{
	size_t going = 0;
	size_t failed = 0;

	count_pending(self, &going, &failed);
	return self->is_open && (going > 0 || failed > 0);
}

bool
stage_midi_jack_tidy(struct stage_midi_jack *self)
{
	size_t going = 0;
	size_t failed = 0;
	char text[128];

	if (!self->is_open) {
		return false;
	}
	count_pending(self, &going, &failed);
	if (going > 0 || failed > 0) {
		stage_jack_client_tend(self->client);
	}
	if (failed > 0 && !self->has_told_no_room) {
		self->has_told_no_room = true;
		snprintf(text, sizeof(text),
			"JACK does not take %zu of the MIDI ports; trying "
			"again",
			failed);
		self->events->warn(self->user, text);
	}
	return going > 0 || failed > 0;
}

void
stage_midi_jack_tell_latency(struct stage_midi_jack *self)
{
	atomic_store(&self->must_tell_latency, true);
	stage_jack_client_tend(self->client);
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
stage_midi_jack_is_settled(struct stage_midi_jack *self)
{
	bool is_settled = self->is_open;

	lock(self);
	for (size_t i = 0; i < STAGE_MIDI_WAYS_MAX && is_settled; i++) {
		const struct port *port = &self->ports[i];
		is_settled = port->has_failed || !must_register(self, port);
	}
	unlock(self);
	return is_settled;
}

bool
stage_midi_jack_is_open(const struct stage_midi_jack *self)
{
	return self->is_open;
}
