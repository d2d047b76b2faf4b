/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Endpoints and their ways.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "midi/bridge_private.h"

struct stage_midi_link *
stage_midi_link_of(const struct stage_midi_endpoint *endpoint)
{
	return endpoint->user;
}

static void
wake_sender(struct stage_midi_bridge *self)
{
	if (self->threads != NULL) {
		sem_post(&self->wire->work);
	}
}

// Of a way to a device that was never opened nobody but us knows.
static void
ask_to_release(struct stage_midi_bridge *self, struct stage_midi_way *way)
{
	if (way->direction == STAGE_MIDI_CAPTURE) {
		atomic_store(&way->must_release, true);
	} else if (atomic_load(&way->has_rings)) {
		atomic_store(&way->must_release, true);
		wake_sender(self);
	} else if (atomic_load(&way->address) == STAGE_MIDI_AWAY) {
		stage_midi_held_clear(atomic_load(&way->held));
	}
}

/* Ends what a device holds whose port goes, as long as it is open. The sender
 * knows no address any more. */
static void
end_held(struct stage_midi_bridge *self, struct stage_midi_address address,
	struct stage_midi_way *way)
{
	uint8_t bytes[STAGE_MIDI_RELEASE_BYTES];

	while (stage_midi_held_release(atomic_load(&way->held), bytes)) {
		(void)self->seq_class->send(
			self->seq, address, bytes, sizeof(bytes));
	}
}

static bool
holds_something(const struct stage_midi_way *way)
{
	const struct stage_midi_held *held = atomic_load(&way->held);

	return !stage_midi_held_is_empty(held);
}

static void
set_route(struct stage_midi_bridge *self, struct stage_midi_address address,
	unsigned route)
{
	unsigned at = (unsigned)address.client << 8 | (unsigned)address.port;

	if (at < STAGE_MIDI_ADDRESSES) {
		atomic_store(&self->wire->routes[at], (uint16_t)route);
	}
}

// Ports.

static void
want_port(struct stage_midi_bridge *self, struct stage_midi_endpoint *endpoint,
	enum stage_midi_direction direction, bool is_here)
{
	struct stage_midi_link *link = stage_midi_link_of(endpoint);
	struct stage_midi_name name = stage_midi_endpoint_name(endpoint);
	char text[STAGE_MIDI_PORT_NAME_MAX];
	char device[STAGE_MIDI_PORT_NAME_MAX];
	struct stage_str identity = {0};
	struct stage_midi_jack_port port = {
		.name = text,
		.label = link->treatment.label != NULL ? link->treatment.label
						       : endpoint->label,
		.group = device,
		.order = endpoint->port,
		.is_hardware = endpoint->identity.kind <= STAGE_MIDI_CARD,
		.is_here = is_here,
	};

	stage_midi_port_name(&name, direction, text);
	stage_midi_device_name(&name, device, sizeof(device));
	if (stage_midi_identity_add(&endpoint->identity, &identity) ==
			STAGE_OK &&
		stage_str_addf(&identity, "/%d/%s", endpoint->port,
			direction == STAGE_MIDI_CAPTURE ? "out" : "in") ==
			STAGE_OK) {
		port.identity = stage_str_text(&identity);
		stage_midi_jack_want(self->jack, link->ways[direction], &port);
	}
	stage_str_finish(&identity);
}

static void
add_way(struct stage_midi_bridge *self, struct stage_midi_endpoint *endpoint,
	enum stage_midi_direction direction)
{
	struct stage_midi_link *link = stage_midi_link_of(endpoint);
	struct stage_midi_name name = stage_midi_endpoint_name(endpoint);
	struct stage_midi_way *way = stage_midi_wire_add(self->wire, direction);
	char text[STAGE_MIDI_PORT_NAME_MAX];
	struct stage_midi_held *held = NULL;

	if (way != NULL) {
		stage_midi_port_name(&name, direction, text);
		held = stage_midi_ledger_take(self->ledger, text);
	}
	if (held == NULL) {
		stage_log_warn("there is no room for a port of %s",
			endpoint->identity.name);
		return;
	}
	atomic_store(&way->held, held);
	link->ways[direction] = way;
	link->has_leftover[direction] = holds_something(way);
	want_port(self, endpoint, direction, endpoint->is_here);
}

/* A channel that does not come through any more is one whose notes nobody ends.
 */
static void
set_filter(struct stage_midi_way *way, unsigned filter)
{
	unsigned before = atomic_exchange(&way->filter, filter);

	if (way->direction == STAGE_MIDI_CAPTURE &&
		(filter & ~before) >= STAGE_MIDI_CLASS_CHANNEL &&
		holds_something(way)) {
		atomic_store(&way->must_release, true);
	}
}

static void
set_treatment(struct stage_midi_bridge *self,
	const struct stage_midi_endpoint *endpoint)
{
	struct stage_midi_link *link = stage_midi_link_of(endpoint);
	const struct stage_midi_treatment *treatment = &link->treatment;

	for (int i = 0; i < STAGE_MIDI_DIRECTIONS; i++) {
		struct stage_midi_way *way = link->ways[i];
		if (way == NULL) {
			continue;
		}
		atomic_store(&way->is_asap, treatment->is_asap);
		atomic_store(&way->passes_note0, treatment->passes_note0);
		set_filter(way, treatment->filter);
		atomic_store(&way->pace_rate, treatment->pace);
		atomic_store(
			&way->pace_burst, (int64_t)(self->output_bytes / 2));
	}
}

static void
close_way(struct stage_midi_bridge *self, struct stage_midi_endpoint *endpoint,
	enum stage_midi_direction direction)
{
	struct stage_midi_link *link = stage_midi_link_of(endpoint);

	if (link->states[direction] == STAGE_MIDI_LINK_OPEN &&
		self->seq != NULL) {
		self->seq_class->unsubscribe(
			self->seq, endpoint->address, direction);
	}
	link->states[direction] = STAGE_MIDI_LINK_CLOSED;
}

static void
remove_link(
	struct stage_midi_bridge *self, struct stage_midi_endpoint *endpoint)
{
	struct stage_midi_link *link = stage_midi_link_of(endpoint);

	if (link == NULL) {
		return;
	}
	for (int i = 0; i < STAGE_MIDI_DIRECTIONS; i++) {
		struct stage_midi_way *way = link->ways[i];
		if (way == NULL) {
			continue;
		}
		atomic_store(&way->address, STAGE_MIDI_AWAY);
		if (i == STAGE_MIDI_PLAYBACK &&
			link->states[i] == STAGE_MIDI_LINK_OPEN &&
			self->seq != NULL) {
			end_held(self, endpoint->address, way);
		}
		close_way(self, endpoint, (enum stage_midi_direction)i);
		stage_midi_jack_unwant(self->jack, way);
		stage_midi_ledger_give_back(
			self->ledger, atomic_load(&way->held));
		stage_midi_wire_remove(self->wire, way);
	}
	if (endpoint->is_here) {
		set_route(self, endpoint->address, 0);
	}
	free(link);
	endpoint->user = NULL;
}

static void
bind_ways(struct stage_midi_bridge *self, struct stage_midi_endpoint *endpoint)
{
	struct stage_midi_link *link = stage_midi_link_of(endpoint);
	struct stage_midi_address address = endpoint->address;

	for (int i = 0; i < STAGE_MIDI_DIRECTIONS; i++) {
		if (link->ways[i] != NULL && endpoint->is_here) {
			atomic_store(&link->ways[i]->address,
				address.client << 8 | address.port);
		}
	}
	if (endpoint->is_here && link->ways[STAGE_MIDI_CAPTURE] != NULL) {
		set_route(self, address,
			(unsigned)link->ways[STAGE_MIDI_CAPTURE]->index + 1);
	}
}

static void
relink(struct stage_midi_bridge *self, struct stage_midi_endpoint *endpoint)
{
	struct stage_midi_treatment treatment =
		stage_midi_rules_treat(self->rules, endpoint);
	struct stage_midi_link *link = stage_midi_link_of(endpoint);

	if (treatment.is_ignored ||
		(self->has_rival &&
			endpoint->identity.kind <= STAGE_MIDI_CARD)) {
		remove_link(self, endpoint);
		return;
	}
	if (link == NULL) {
		link = endpoint->user = calloc(1, sizeof(*link));
		if (link == NULL) {
			return;
		}
	}
	link->treatment = treatment;
	for (int i = 0; i < STAGE_MIDI_DIRECTIONS; i++) {
		if (!endpoint->has[i]) {
			continue;
		}
		if (link->ways[i] == NULL) {
			add_way(self, endpoint, (enum stage_midi_direction)i);
		} else {
			want_port(self, endpoint, (enum stage_midi_direction)i,
				endpoint->is_here);
		}
	}
	set_treatment(self, endpoint);
	bind_ways(self, endpoint);
}

void
stage_midi_bridge_relink(struct stage_midi_bridge *self)
{
	size_t count = stage_midi_endpoints_count(self->endpoints);

	for (size_t i = 0; i < count; i++) {
		relink(self, stage_midi_endpoints_at(self->endpoints, i));
	}
	stage_midi_bridge_settle(self);
}

// Devices.

static bool
is_wanted_open(struct stage_midi_bridge *self,
	const struct stage_midi_endpoint *endpoint,
	enum stage_midi_direction direction)
{
	const struct stage_midi_link *link = stage_midi_link_of(endpoint);
	const struct stage_midi_way *way = link->ways[direction];

	if (self->seq == NULL || !endpoint->is_here) {
		return false;
	}
	if (!self->is_standing_back &&
		(link->treatment.is_pinned ||
			atomic_load(&way->is_connected))) {
		return true;
	}
	return direction == STAGE_MIDI_PLAYBACK &&
	       (holds_something(way) || atomic_load(&way->must_release));
}

static enum stage_status
make_rings(struct stage_midi_bridge *self, struct stage_midi_way *way)
{
	enum stage_status status = STAGE_OK;

	if (atomic_load(&way->has_rings)) {
		return STAGE_OK;
	}
	status = stage_midi_way_make_rings(way);
	if (status == STAGE_OK && way->direction == STAGE_MIDI_PLAYBACK) {
		status = stage_midi_threads_add_device(self->threads, way);
	}
	if (status == STAGE_OK) {
		atomic_store(&way->has_rings, true);
	}
	return status;
}

static void
open_way(struct stage_midi_bridge *self, struct stage_midi_endpoint *endpoint,
	enum stage_midi_direction direction)
{
	struct stage_midi_link *link = stage_midi_link_of(endpoint);
	struct stage_midi_way *way = link->ways[direction];
	struct stage_err err = STAGE_ERR_INIT;

	if (direction == STAGE_MIDI_CAPTURE) {
		// It is not read while nothing is open.
		self->seq_class->keep_time(self->seq);
	}
	if (make_rings(self, way) != STAGE_OK) {
		stage_log_err("out of memory; %s is not opened",
			endpoint->identity.name);
		return;
	}
	if (self->seq_class->subscribe(self->seq, endpoint->address, direction,
		    &err) != STAGE_OK) {
		if (link->states[direction] != STAGE_MIDI_LINK_BUSY) {
			stage_log_warn("%s: %s; trying again",
				endpoint->identity.name, err.text);
		}
		link->states[direction] = STAGE_MIDI_LINK_BUSY;
		snprintf(
			link->reason, sizeof(link->reason), "%.100s", err.text);
		return;
	}
	link->states[direction] = STAGE_MIDI_LINK_OPEN;
	link->reason[0] = '\0';
	if (link->has_leftover[direction] && direction == STAGE_MIDI_PLAYBACK) {
		link->has_leftover[direction] = false;
		ask_to_release(self, way);
	}
}

// What a port holds that has just been connected is somebody's from before;
// what one holds that leads to a device and is not connected, nobody will end.
static void
note_connection(struct stage_midi_bridge *self, struct stage_midi_link *link,
	enum stage_midi_direction direction)
{
	struct stage_midi_way *way = link->ways[direction];
	bool is_connected = atomic_load(&way->is_connected);
	bool has_changed = is_connected != link->was_connected[direction];

	link->was_connected[direction] = is_connected;
	if (direction == STAGE_MIDI_CAPTURE) {
		if (has_changed && is_connected && holds_something(way)) {
			ask_to_release(self, way);
		}
	} else if (!is_connected && (has_changed || holds_something(way)) &&
		   link->states[direction] == STAGE_MIDI_LINK_OPEN) {
		ask_to_release(self, way);
	}
}

static void
settle_way(struct stage_midi_bridge *self, struct stage_midi_endpoint *endpoint,
	enum stage_midi_direction direction)
{
	struct stage_midi_link *link = stage_midi_link_of(endpoint);
	bool is_wanted;

	note_connection(self, link, direction);
	is_wanted = is_wanted_open(self, endpoint, direction);
	if (is_wanted && link->states[direction] != STAGE_MIDI_LINK_OPEN) {
		open_way(self, endpoint, direction);
	} else if (!is_wanted) {
		close_way(self, endpoint, direction);
	}
	self->has_waiting |= is_wanted && (direction == STAGE_MIDI_CAPTURE ||
						  link->states[direction] !=
							  STAGE_MIDI_LINK_OPEN);
}

void
stage_midi_bridge_settle(struct stage_midi_bridge *self)
{
	size_t count = stage_midi_endpoints_count(self->endpoints);

	self->has_waiting = false;
	for (size_t i = 0; i < count && !self->is_ending; i++) {
		struct stage_midi_endpoint *endpoint =
			stage_midi_endpoints_at(self->endpoints, i);
		struct stage_midi_link *link = stage_midi_link_of(endpoint);
		for (int k = 0; link != NULL && k < STAGE_MIDI_DIRECTIONS;
			k++) {
			if (link->ways[k] != NULL) {
				settle_way(self, endpoint,
					(enum stage_midi_direction)k);
			}
		}
	}
	if (self->has_waiting) {
		stage_midi_bridge_wait(self);
	}
}

// What the endpoints tell.

static void
on_came(void *user, struct stage_midi_endpoint *endpoint, bool is_new)
{
	struct stage_midi_bridge *self = user;

	relink(self, endpoint);
	if (stage_midi_link_of(endpoint) != NULL &&
		stage_midi_endpoint_is_kept(endpoint)) {
		stage_log_info("%s is here%s", endpoint->port_name,
			is_new ? ", for the first time" : "");
	}
}

// The subscriptions went with the device.
static void
on_went(void *user, struct stage_midi_endpoint *endpoint)
{
	struct stage_midi_bridge *self = user;
	struct stage_midi_link *link = stage_midi_link_of(endpoint);

	set_route(self, endpoint->address, 0);
	for (int i = 0; link != NULL && i < STAGE_MIDI_DIRECTIONS; i++) {
		struct stage_midi_way *way = link->ways[i];
		link->states[i] = STAGE_MIDI_LINK_CLOSED;
		link->has_leftover[i] = false;
		if (way != NULL) {
			atomic_store(&way->address, STAGE_MIDI_AWAY);
			ask_to_release(self, way);
			want_port(self, endpoint, (enum stage_midi_direction)i,
				false);
		}
	}
	if (link != NULL && stage_midi_endpoint_is_kept(endpoint)) {
		stage_log_info("%s is away", endpoint->port_name);
	}
}

static void
on_forgotten(void *user, struct stage_midi_endpoint *endpoint)
{
	remove_link(user, endpoint);
}

const struct stage_midi_endpoints_ops stage_midi_bridge_endpoint_ops = {
	.came = on_came,
	.went = on_went,
	.forgotten = on_forgotten,
};
