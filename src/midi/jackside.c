/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/jackside_private.h"

#include <jack/thread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

// Names of the freedesktop icon theme.
#define ICON_HERE "audio-card"
#define ICON_AWAY "network-offline"

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
is_connected(const struct stage_midi_jack *self,
	const struct stage_midi_jack_own_port *port)
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
		struct stage_midi_jack_own_port *port = &self->ports[i];
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
		.setup = stage_midi_jack_setup,
		.tend = stage_midi_jack_tend,
		.teardown = stage_midi_jack_teardown,
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
		stage_midi_jack_unref(self);
	}
}

static void
fill(struct stage_midi_jack_wish *wish, enum stage_midi_direction direction,
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
	snprintf(wish->aliases[0], STAGE_MIDI_JACK_ALIAS_MAX, "%s",
		wanted->identity);
	if (wanted->label[0] != '\0') {
		snprintf(wish->aliases[1], STAGE_MIDI_JACK_ALIAS_MAX,
			"%.128s (%s)", wanted->label,
			stage_midi_direction_word(direction));
	}
}

void
stage_midi_jack_want(struct stage_midi_jack *self, struct stage_midi_way *way,
	const struct stage_midi_jack_port *port)
{
	struct stage_midi_jack_own_port *own = &self->ports[way->index];
	struct stage_midi_jack_wish wish;

	fill(&wish, way->direction, port);
	if (own->is_wanted && memcmp(&wish, &own->wish, sizeof(wish)) == 0) {
		return;
	}
	stage_midi_jack_lock(self);
	own->way = way;
	own->is_wanted = true;
	own->is_old = true;
	own->wish = wish;
	stage_midi_jack_unlock(self);
	stage_jack_client_tend(self->client);
}

// The mutex is held.
static void
take_away(struct stage_midi_jack *self, struct stage_midi_jack_own_port *port)
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
	struct stage_midi_jack_own_port *port = &self->ports[way->index];

	stage_midi_jack_lock(self);
	if (port->way != NULL) {
		port->is_wanted = port->has_failed = false;
		take_away(self, port);
	}
	stage_midi_jack_unlock(self);
	stage_jack_client_tend(self->client);
}

void
stage_midi_jack_stand_back(struct stage_midi_jack *self, bool stands_back)
{
	stage_midi_jack_lock(self);
	self->stands_back = stands_back;
	for (size_t i = 0; stands_back && i < STAGE_MIDI_WAYS_MAX; i++) {
		if (self->ports[i].way != NULL) {
			take_away(self, &self->ports[i]);
		}
	}
	stage_midi_jack_unlock(self);
	stage_jack_client_tend(self->client);
}

static void
count_pending(struct stage_midi_jack *self, size_t *going, size_t *failed)
{
	*going = *failed = 0;
	stage_midi_jack_lock(self);
	for (size_t i = 0; i < STAGE_MIDI_WAYS_MAX; i++) {
		*going += self->ports[i].going != NULL;
		*failed += self->ports[i].has_failed;
	}
	stage_midi_jack_unlock(self);
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
	int priority = self->is_open ? jack_client_real_time_priority(
					       stage_midi_jack_handle_of(self))
				     : 0;

	return priority > 0 ? priority : 0;
}

bool
stage_midi_jack_is_settled(struct stage_midi_jack *self)
{
	bool is_settled = self->is_open;

	stage_midi_jack_lock(self);
	for (size_t i = 0; i < STAGE_MIDI_WAYS_MAX && is_settled; i++) {
		const struct stage_midi_jack_own_port *port = &self->ports[i];
		is_settled = port->has_failed ||
			     !stage_midi_jack_must_register(self, port);
	}
	stage_midi_jack_unlock(self);
	return is_settled;
}

bool
stage_midi_jack_is_open(const struct stage_midi_jack *self)
{
	return self->is_open;
}
