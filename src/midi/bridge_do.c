/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// What a user asks of the bridge, and what it tells of itself.

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/num.h"
#include "midi/bridge_private.h"

#define TEST_NOTE 60

static bool
is_port_name(const struct stage_midi_endpoint *endpoint, const char *text)
{
	const struct stage_midi_name name = stage_midi_endpoint_name(endpoint);
	char port[STAGE_MIDI_PORT_NAME_MAX];

	if (stage_starts_with(text, STAGE_MIDI_CLIENT ":")) {
		text += strlen(STAGE_MIDI_CLIENT) + 1;
	}
	for (int i = 0; i < STAGE_MIDI_DIRECTIONS; i++) {
		stage_midi_port_name(&name, (enum stage_midi_direction)i, port);
		if (endpoint->has[i] && strcmp(port, text) == 0) {
			return true;
		}
	}
	return false;
}

static const char *
label_of(const struct stage_midi_endpoint *endpoint)
{
	const struct stage_midi_link *link = stage_midi_link_of(endpoint);

	return link != NULL && link->treatment.label != NULL
		       ? link->treatment.label
		       : endpoint->label;
}

static bool
is_meant(const struct stage_midi_endpoint *endpoint, const char *text,
	int64_t number)
{
	const struct stage_midi_name name = stage_midi_endpoint_name(endpoint);
	char device[STAGE_MIDI_PORT_NAME_MAX];

	stage_midi_device_name(&name, device, sizeof(device));
	return endpoint->id == number || strcmp(device, text) == 0 ||
	       strcmp(label_of(endpoint), text) == 0 ||
	       is_port_name(endpoint, text);
}

enum stage_status
stage_midi_bridge_find(struct stage_midi_bridge *self, const char *name,
	struct stage_midi_endpoint **out, struct stage_err *err)
{
	size_t count = stage_midi_endpoints_count(self->endpoints);
	int64_t number = 0;
	size_t found = 0;

	(void)!stage_num_parse(name, 1, INT32_MAX, &number, NULL);
	for (size_t i = 0; i < count && name[0] != '\0'; i++) {
		struct stage_midi_endpoint *endpoint =
			stage_midi_endpoints_at(self->endpoints, i);
		if (is_meant(endpoint, name, number)) {
			*out = endpoint;
			found++;
		}
	}
	if (found == 0) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"there is no MIDI port %s; stagecraft midi list shows "
			"those that there are",
			name);
	}
	return found == 1 ? STAGE_OK
			  : stage_err_set(err, STAGE_BAD_INPUT,
				    "%zu ports are called %s; name one by its "
				    "number or its whole name, as stagecraft "
				    "midi list shows them",
				    found, name);
}

enum stage_status
stage_midi_bridge_label(struct stage_midi_bridge *self,
	struct stage_midi_endpoint *endpoint, const char *label,
	struct stage_err *err)
{
	if (strlen(label) >= sizeof(endpoint->label)) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"a label has at most %zu bytes",
			sizeof(endpoint->label) - 1);
	}
	memcpy(endpoint->label, label, strlen(label) + 1);
	if (stage_midi_endpoint_is_kept(endpoint)) {
		stage_midi_bridge_save(self);
	}
	stage_midi_bridge_relink(self);
	self->events->changed(self->user, "endpoint");
	return STAGE_OK;
}

enum stage_status
stage_midi_bridge_forget(struct stage_midi_bridge *self,
	struct stage_midi_endpoint *endpoint, struct stage_err *err)
{
	bool is_kept = stage_midi_endpoint_is_kept(endpoint);

	if (stage_midi_endpoints_forget(self->endpoints, endpoint) !=
		STAGE_OK) {
		return stage_err_set(err, STAGE_BUSY,
			"%s is here; only what is away can be forgotten",
			endpoint->port_name);
	}
	if (is_kept) {
		stage_midi_bridge_save(self);
	}
	self->events->changed(self->user, "endpoint");
	return STAGE_OK;
}

void
stage_midi_bridge_panic(struct stage_midi_bridge *self)
{
	size_t count = atomic_load(&self->wire->way_count);

	for (size_t i = 0; i < count; i++) {
		struct stage_midi_way *way = atomic_load(&self->wire->ways[i]);
		if (stage_midi_wire_uses(self->wire, way) &&
			atomic_load(&way->has_rings)) {
			atomic_store(&way->must_panic, true);
			atomic_store(&way->must_release, true);
		}
	}
	sem_post(&self->wire->work);
}

// A note that begins and ends, as if a client, or the device, had played it.
enum stage_status
stage_midi_bridge_test(struct stage_midi_bridge *self,
	struct stage_midi_endpoint *endpoint, struct stage_err *err)
{
	const struct stage_midi_link *link = stage_midi_link_of(endpoint);
	const uint8_t notes[][3] = {
		{0x90, TEST_NOTE, 100}, {0x80, TEST_NOTE, 64}};

	if (!endpoint->has[STAGE_MIDI_PLAYBACK]) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"%s takes no notes, it only plays them",
			endpoint->port_name);
	}
	if (self->seq == NULL || !endpoint->is_here || link == NULL) {
		return stage_err_set(
			err, STAGE_GONE, "%s is away", endpoint->port_name);
	}
	if (link->states[STAGE_MIDI_PLAYBACK] != STAGE_MIDI_LINK_OPEN) {
		return stage_err_set(err, STAGE_BUSY,
			"%s is not in use: connect something to its playback "
			"port first",
			endpoint->port_name);
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(notes); i++) {
		enum stage_status status = self->seq_class->send(self->seq,
			endpoint->address, notes[i], sizeof(notes[i]));
		if (status != STAGE_OK) {
			return stage_err_set(err, status,
				"unable to play to %s: %s", endpoint->port_name,
				stage_strerror(status));
		}
	}
	return STAGE_OK;
}

enum stage_status
stage_midi_bridge_add_virtual(
	struct stage_midi_bridge *self, const char *name, struct stage_err *err)
{
	struct stage_midi_address address;
	struct stage_midi_endpoint *endpoint;

	if (name[0] == '\0' || strlen(name) >= STAGE_MIDI_NAME_MAX) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"a name has 1 to %d bytes", STAGE_MIDI_NAME_MAX - 1);
	}
	if (self->seq == NULL) {
		return stage_err_set(err, STAGE_GONE, "%s", self->seq_reason);
	}
	endpoint = stage_midi_endpoints_add_virtual(self->endpoints, name);
	if (endpoint == NULL) {
		return stage_err_set(
			err, STAGE_FULL, "there is no room for a port more");
	}
	if (endpoint->is_here) {
		return stage_err_set(err, STAGE_EXISTS,
			"there is a virtual port %s already", name);
	}
	stage_midi_bridge_save(self);
	return self->seq_class->make_port(self->seq, name, &address, err);
}

// Telling.

static json_t *
describe_way(const struct stage_midi_bridge *self,
	const struct stage_midi_endpoint *endpoint,
	enum stage_midi_direction direction)
{
	const struct stage_midi_link *link = stage_midi_link_of(endpoint);
	const struct stage_midi_name name = stage_midi_endpoint_name(endpoint);
	struct stage_midi_way *way = link->ways[direction];
	static const char *const states[] = {"closed", "open", "busy"};
	char port[STAGE_MIDI_PORT_NAME_MAX];

	(void)self;
	stage_midi_port_name(&name, direction, port);
	return json_pack("{s:s, s:s+, s:b, s:s, s:b, s:i, s:I, s:I}",
		"direction", stage_midi_direction_word(direction), "port",
		STAGE_MIDI_CLIENT ":", port, "connected",
		(int)atomic_load(&way->is_connected), "device",
		states[link->states[direction]], "muted",
		(int)atomic_load(&way->is_muted), "held",
		(int)stage_midi_held_count(atomic_load(&way->held)), "passed",
		(json_int_t)atomic_load(&way->passed), "lost",
		(json_int_t)atomic_load(&way->lost));
}

static json_t *
describe_ways(const struct stage_midi_bridge *self,
	const struct stage_midi_endpoint *endpoint)
{
	const struct stage_midi_link *link = stage_midi_link_of(endpoint);
	json_t *ways = json_array();

	for (int i = 0; link != NULL && i < STAGE_MIDI_DIRECTIONS; i++) {
		if (link->ways[i] != NULL) {
			json_array_append_new(
				ways, describe_way(self, endpoint,
					      (enum stage_midi_direction)i));
		}
	}
	return ways;
}

static json_t *
describe(const struct stage_midi_bridge *self,
	const struct stage_midi_endpoint *endpoint)
{
	const struct stage_midi_link *link = stage_midi_link_of(endpoint);
	const struct stage_midi_name name = stage_midi_endpoint_name(endpoint);
	struct stage_str identity = {0};
	char device[STAGE_MIDI_PORT_NAME_MAX];
	char port_name[STAGE_MIDI_NAME_MAX];
	json_t *out;

	stage_midi_device_name(&name, device, sizeof(device));
	memcpy(port_name, endpoint->port_name, sizeof(port_name));
	stage_midi_map_text(port_name);
	(void)!stage_midi_identity_add(&endpoint->identity, &identity);
	out = json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:s, s:o}",
		"id", (int)endpoint->id, "device", device, "name", port_name,
		"kind", stage_midi_kind_word(endpoint->identity.kind),
		"identity", stage_str_text(&identity), "label",
		label_of(endpoint), "here", (int)endpoint->is_here, "ignored",
		(int)(link == NULL), "reason", link != NULL ? link->reason : "",
		"ways", describe_ways(self, endpoint));
	stage_str_finish(&identity);
	return out;
}

json_t *
stage_midi_bridge_list(const struct stage_midi_bridge *self)
{
	json_t *list = json_array();
	size_t count = stage_midi_endpoints_count(self->endpoints);

	for (size_t i = 0; list != NULL && i < count; i++) {
		json_t *item = describe(
			self, stage_midi_endpoints_at(self->endpoints, i));
		if (item != NULL) {
			json_array_append_new(list, item);
		}
	}
	return list;
}

const char *
stage_midi_bridge_trouble(const struct stage_midi_bridge *self)
{
	if (self->seq == NULL) {
		return self->seq_reason;
	}
	return self->is_stalled ? self->jack_reason : "";
}

json_t *
stage_midi_bridge_state(const struct stage_midi_bridge *self)
{
	return json_pack("{s:s, s:s, s:b, s:I, s:i, s:I, s:o}", "sequencer",
		self->seq != NULL ? "open" : self->seq_reason, "jack",
		self->jack_reason[0] == '\0' &&
				stage_midi_jack_is_open(self->jack)
			? "open"
			: self->jack_reason,
		"standing_back", (int)self->is_standing_back, "latency_us",
		(json_int_t)(atomic_load(&self->wire->latency_ns) / 1000),
		"period", (int)atomic_load(&self->wire->period_frames),
		"overflows",
		(json_int_t)atomic_load(&self->wire->sequencer_losses),
		"endpoints", stage_midi_bridge_list(self));
}
