/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/links.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/str.h"
#include "jack/names.h"

struct stage_midi_links {
	char prefix[STAGE_JACK_CLIENT_NAME_MAX]; // "CLIENT:"
	struct stage_map *ports; // by our port a map by the other one
};

static void
destroy_peers(void *value)
{
	stage_map_destroy(value);
}

struct stage_midi_links *
stage_midi_links_create(const char *client)
{
	struct stage_midi_links *self = calloc(1, sizeof(*self));

	if (self != NULL) {
		snprintf(self->prefix, sizeof(self->prefix), "%s:", client);
		self->ports = stage_map_create(destroy_peers);
	}
	if (self != NULL && self->ports == NULL) {
		free(self);
		self = NULL;
	}
	return self;
}

void
stage_midi_links_destroy(struct stage_midi_links *self)
{
	if (self != NULL) {
		stage_map_destroy(self->ports);
		free(self);
	}
}

void
stage_midi_links_clear(struct stage_midi_links *self)
{
	stage_map_clear(self->ports);
}

static enum stage_status
add(struct stage_midi_links *self, const char *own, const char *other)
{
	struct stage_map *peers = stage_map_get(self->ports, own);
	enum stage_status status;

	if (peers == NULL) {
		peers = stage_map_create(NULL);
		if (peers == NULL) {
			return STAGE_NO_MEMORY;
		}
		status = stage_map_put(self->ports, own, peers);
		if (status != STAGE_OK) {
			stage_map_destroy(peers);
			return status;
		}
	}
	return stage_map_put(peers, other, NULL);
}

static void
take(struct stage_midi_links *self, const char *own, const char *other)
{
	struct stage_map *peers = stage_map_get(self->ports, own);

	if (peers != NULL) {
		stage_map_remove(peers, other);
	}
}

static bool
is_own(const struct stage_midi_links *self, const char *port)
{
	return stage_starts_with(port, self->prefix);
}

// Both ends may be ours.
static enum stage_status
connect(struct stage_midi_links *self,
	const struct stage_jack_graph_event *event)
{
	enum stage_status status = STAGE_OK;

	if (is_own(self, event->from)) {
		status = add(self, event->from, event->to);
	}
	if (status == STAGE_OK && is_own(self, event->to)) {
		status = add(self, event->to, event->from);
	}
	return status;
}

static void
drop_port(struct stage_midi_links *self, const char *port)
{
	const struct stage_map_item *item = stage_map_first(self->ports);

	for (; item != NULL; item = stage_map_next(item)) {
		take(self, stage_map_item_key(item), port);
	}
	stage_map_remove(self->ports, port);
}

// No connection of it changes.
static enum stage_status
rename_port(struct stage_midi_links *self, const char *name, const char *now)
{
	struct stage_map *own = stage_map_take(self->ports, name);
	const struct stage_map_item *item;
	enum stage_status status = STAGE_OK;

	if (own != NULL) {
		status = stage_map_put(self->ports, now, own);
	}
	if (status != STAGE_OK) {
		stage_map_destroy(own);
	}
	for (item = stage_map_first(self->ports);
		item != NULL && status == STAGE_OK;
		item = stage_map_next(item)) {
		struct stage_map *peers = stage_map_item_value(item);
		if (stage_map_remove(peers, name)) {
			status = stage_map_put(peers, now, NULL);
		}
	}
	return status;
}

enum stage_status
stage_midi_links_note(struct stage_midi_links *self,
	const struct stage_jack_graph_event *event)
{
	enum stage_status status = STAGE_OK;

	switch (event->kind) {
	case STAGE_JACK_GRAPH_CONNECTED:
		status = connect(self, event);
		break;
	case STAGE_JACK_GRAPH_DISCONNECTED:
		take(self, event->from, event->to);
		take(self, event->to, event->from);
		break;
	case STAGE_JACK_GRAPH_PORT_GONE:
		drop_port(self, event->name);
		break;
	case STAGE_JACK_GRAPH_PORT_RENAMED:
		status = rename_port(self, event->name, event->new_name);
		break;
	case STAGE_JACK_GRAPH_SCAN_BEGIN: // it tells of all there are
		stage_midi_links_clear(self);
		break;
	case STAGE_JACK_GRAPH_PORT_APPEARED:
	case STAGE_JACK_GRAPH_CLIENT_APPEARED:
	case STAGE_JACK_GRAPH_CLIENT_GONE:
	case STAGE_JACK_GRAPH_SCAN_END:
	case STAGE_JACK_GRAPH_EDIT_DONE:
	case STAGE_JACK_GRAPH_BATCH_END:
	case STAGE_JACK_GRAPH_KIND_COUNT:
		break;
	}
	return status;
}

bool
stage_midi_links_has(const struct stage_midi_links *self, const char *port)
{
	const struct stage_map *peers = stage_map_get(self->ports, port);

	return peers != NULL && stage_map_count(peers) > 0;
}
