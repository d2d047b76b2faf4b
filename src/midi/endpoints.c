/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/endpoints.h"

#include <stdlib.h>
#include <string.h>

struct stage_midi_endpoints {
	const struct stage_midi_endpoints_ops *ops;
	void *user;
	struct stage_midi_endpoint *items[STAGE_MIDI_ENDPOINTS_MAX]; // owned
	size_t count;
	unsigned last_id;
	unsigned last_device;
	uint64_t uses;
};

/* The ports found of one client, which are a device's. */
struct group {
	size_t first, count; // of found
	unsigned device;
	unsigned ordinal;
};

struct stage_midi_endpoints *
stage_midi_endpoints_create(
	const struct stage_midi_endpoints_ops *ops, void *user)
{
	struct stage_midi_endpoints *self = calloc(1, sizeof(*self));

	if (self != NULL) {
		self->ops = ops;
		self->user = user;
	}
	return self;
}

void
stage_midi_endpoints_destroy(struct stage_midi_endpoints *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; i < self->count; i++) {
		free(self->items[i]);
	}
	free(self);
}

bool
stage_midi_endpoint_is_kept(const struct stage_midi_endpoint *endpoint)
{
	return endpoint->identity.kind != STAGE_MIDI_SOFTWARE;
}

struct stage_midi_name
stage_midi_endpoint_name(const struct stage_midi_endpoint *endpoint)
{
	return (struct stage_midi_name){
		.device = endpoint->identity.name,
		.ordinal = endpoint->ordinal,
		.port = endpoint->port_name,
		.twin = endpoint->twin,
	};
}

size_t
stage_midi_endpoints_count(const struct stage_midi_endpoints *self)
{
	return self->count;
}

struct stage_midi_endpoint *
stage_midi_endpoints_at(const struct stage_midi_endpoints *self, size_t index)
{
	return self->items[index];
}

static bool
is_same_address(struct stage_midi_address a, struct stage_midi_address b)
{
	return a.client == b.client && a.port == b.port;
}

struct stage_midi_endpoint *
stage_midi_endpoints_here(const struct stage_midi_endpoints *self,
	struct stage_midi_address address)
{
	for (size_t i = 0; i < self->count; i++) {
		if (self->items[i]->is_here &&
			is_same_address(self->items[i]->address, address)) {
			return self->items[i];
		}
	}
	return NULL;
}

static struct stage_midi_endpoint *
append(struct stage_midi_endpoints *self,
	const struct stage_midi_endpoint *endpoint)
{
	struct stage_midi_endpoint *copy;

	if (self->count == STAGE_MIDI_ENDPOINTS_MAX) {
		return NULL;
	}
	copy = malloc(sizeof(*copy));
	if (copy == NULL) {
		return NULL;
	}
	*copy = *endpoint;
	self->items[self->count++] = copy;
	if (copy->id > self->last_id) {
		self->last_id = copy->id;
	}
	if (copy->device > self->last_device) {
		self->last_device = copy->device;
	}
	return copy;
}

enum stage_status
stage_midi_endpoints_add(struct stage_midi_endpoints *self,
	const struct stage_midi_endpoint *endpoint)
{
	struct stage_midi_endpoint away = *endpoint;

	for (size_t i = 0; i < self->count; i++) {
		const struct stage_midi_endpoint *other = self->items[i];
		if (other->id == endpoint->id ||
			(other->device == endpoint->device &&
				other->port == endpoint->port)) {
			return STAGE_EXISTS;
		}
	}
	away.is_here = false;
	if (self->count == STAGE_MIDI_ENDPOINTS_MAX) {
		return STAGE_FULL;
	}
	return append(self, &away) != NULL ? STAGE_OK : STAGE_NO_MEMORY;
}

static void
remove_item(
	struct stage_midi_endpoints *self, struct stage_midi_endpoint *endpoint)
{
	size_t at = 0;

	while (self->items[at] != endpoint) {
		at++;
	}
	self->ops->forgotten(self->user, endpoint);
	self->count--;
	memmove(&self->items[at], &self->items[at + 1],
		(self->count - at) * sizeof(self->items[0]));
	free(endpoint);
}

enum stage_status
stage_midi_endpoints_forget(
	struct stage_midi_endpoints *self, struct stage_midi_endpoint *endpoint)
{
	if (endpoint->is_here) {
		return STAGE_BUSY;
	}
	remove_item(self, endpoint);
	return STAGE_OK;
}

static void
leave(struct stage_midi_endpoints *self, struct stage_midi_endpoint *endpoint)
{
	self->ops->went(self->user, endpoint);
	endpoint->is_here = false;
	endpoint->last_used = ++self->uses;
}

void
stage_midi_endpoints_gone(
	struct stage_midi_endpoints *self, struct stage_midi_address address)
{
	for (size_t i = 0; i < self->count; i++) {
		struct stage_midi_endpoint *endpoint = self->items[i];
		if (endpoint->is_here &&
			endpoint->address.client == address.client &&
			(address.port < 0 ||
				endpoint->address.port == address.port)) {
			leave(self, endpoint);
		}
	}
}

// The number that no other device of that name has.
static unsigned
find_ordinal(const struct stage_midi_endpoints *self, const char *name)
{
	unsigned ordinal = 1;
	size_t i = 0;

	while (i < self->count) {
		const struct stage_midi_endpoint *other = self->items[i];
		if (other->ordinal == ordinal &&
			stage_midi_maps_same(other->identity.name, name)) {
			ordinal++;
			i = 0;
		} else {
			i++;
		}
	}
	return ordinal;
}

static unsigned
find_twin(const struct stage_midi_endpoints *self, unsigned device,
	const char *port_name)
{
	unsigned twin = 1;
	size_t i = 0;

	while (i < self->count) {
		const struct stage_midi_endpoint *other = self->items[i];
		if (other->device == device && other->twin == twin &&
			stage_midi_maps_same(other->port_name, port_name)) {
			twin++;
			i = 0;
		} else {
			i++;
		}
	}
	return twin;
}

struct stage_midi_endpoint *
stage_midi_endpoints_add_virtual(
	struct stage_midi_endpoints *self, const char *name)
{
	struct stage_midi_endpoint endpoint = {
		.id = self->last_id + 1,
		.device = self->last_device + 1,
		.twin = 1,
		.has = {true, true},
	};

	stage_midi_identity_init(&endpoint.identity, name, NULL);
	endpoint.identity.kind = STAGE_MIDI_VIRTUAL;
	for (size_t i = 0; i < self->count; i++) {
		const struct stage_midi_identity *other =
			&self->items[i]->identity;
		if (other->kind == STAGE_MIDI_VIRTUAL &&
			strcmp(other->name, endpoint.identity.name) == 0) {
			return self->items[i];
		}
	}
	memcpy(endpoint.port_name, endpoint.identity.name,
		sizeof(endpoint.port_name));
	endpoint.ordinal = find_ordinal(self, endpoint.identity.name);
	return append(self, &endpoint);
}

// Those that have ended longest ago go first.
static void
drop_old_software(struct stage_midi_endpoints *self)
{
	for (;;) {
		struct stage_midi_endpoint *oldest = NULL;
		size_t count = 0;
		for (size_t i = 0; i < self->count; i++) {
			struct stage_midi_endpoint *item = self->items[i];
			if (stage_midi_endpoint_is_kept(item) ||
				item->is_here) {
				continue;
			}
			count++;
			if (oldest == NULL ||
				item->last_used < oldest->last_used) {
				oldest = item;
			}
		}
		if (count <= STAGE_MIDI_SOFTWARE_MAX) {
			return;
		}
		remove_item(self, oldest);
	}
}

// Update: what is bound and still so, then the others.

static bool
is_same_device(
	const struct stage_midi_found *a, const struct stage_midi_found *b)
{
	return a->address.client == b->address.client &&
	       strcmp(a->identity.name, b->identity.name) == 0;
}

static size_t
group_found(const struct stage_midi_found *found, size_t count,
	struct group groups[STAGE_MIDI_DEVICES_MAX])
{
	size_t group_count = 0;

	for (size_t i = 0; i < count; i++) {
		if (group_count > 0 &&
			is_same_device(&found[groups[group_count - 1].first],
				&found[i])) {
			groups[group_count - 1].count++;
		} else if (group_count < STAGE_MIDI_DEVICES_MAX) {
			groups[group_count++] = (struct group){i, 1, 0, 0};
		}
	}
	return group_count;
}

static bool
is_among(const struct stage_midi_found *found, size_t count,
	const struct stage_midi_endpoint *endpoint)
{
	for (size_t i = 0; i < count; i++) {
		if (is_same_address(found[i].address, endpoint->address) &&
			strcmp(found[i].identity.name, endpoint->seen_name) ==
				0) {
			return true;
		}
	}
	return false;
}

static void
leave_missing(struct stage_midi_endpoints *self,
	const struct stage_midi_found *found, size_t count)
{
	for (size_t i = 0; i < self->count; i++) {
		if (self->items[i]->is_here &&
			!is_among(found, count, self->items[i])) {
			leave(self, self->items[i]);
		}
	}
}

// The first endpoint of each device, in the order of the devices' numbers.
static size_t
list_devices(const struct stage_midi_endpoints *self,
	const struct stage_midi_endpoint *out[STAGE_MIDI_ENDPOINTS_MAX])
{
	size_t count = 0;
	unsigned done = 0;

	for (;;) {
		const struct stage_midi_endpoint *next = NULL;
		for (size_t i = 0; i < self->count; i++) {
			const struct stage_midi_endpoint *item = self->items[i];
			if (item->device > done &&
				(next == NULL || item->device < next->device)) {
				next = item;
			}
		}
		if (next == NULL) {
			return count;
		}
		out[count++] = next;
		done = next->device;
	}
}

// The device of which a port that was found is known already; 0 for none. Our
// own client has a device in each of its ports.
static unsigned
device_at(const struct stage_midi_endpoints *self,
	const struct stage_midi_found *found)
{
	for (size_t i = 0; i < self->count; i++) {
		const struct stage_midi_endpoint *item = self->items[i];
		if (item->is_here &&
			item->address.client == found->address.client &&
			strcmp(item->seen_name, found->identity.name) == 0) {
			return item->device;
		}
	}
	return 0;
}

static void
identify_groups(struct stage_midi_endpoints *self,
	const struct stage_midi_found *found, struct group *groups,
	size_t group_count)
{
	const struct stage_midi_endpoint *devices[STAGE_MIDI_ENDPOINTS_MAX];
	const struct stage_midi_identity *known[STAGE_MIDI_ENDPOINTS_MAX];
	struct stage_midi_present present[STAGE_MIDI_DEVICES_MAX];
	size_t count = list_devices(self, devices);

	for (size_t i = 0; i < count; i++) {
		known[i] = &devices[i]->identity;
	}
	for (size_t k = 0; k < group_count; k++) {
		const struct stage_midi_found *first = &found[groups[k].first];
		unsigned device = device_at(self, first);
		present[k].identity = &first->identity;
		present[k].known = STAGE_MIDI_NOT_KNOWN;
		for (size_t i = 0; device != 0 && i < count; i++) {
			if (devices[i]->device == device) {
				present[k].known = i;
			}
		}
	}
	stage_midi_identify(known, count, present, group_count);
	for (size_t k = 0; k < group_count; k++) {
		size_t is = present[k].known;
		if (is != STAGE_MIDI_NOT_KNOWN) {
			groups[k].device = devices[is]->device;
			groups[k].ordinal = devices[is]->ordinal;
		}
	}
}

// An endpoint of the device that is away: the best one of those.
static struct stage_midi_endpoint *
find_endpoint(const struct stage_midi_endpoints *self, unsigned device,
	const struct stage_midi_found *found)
{
	struct stage_midi_endpoint *best = NULL;
	unsigned best_score = 0;

	for (size_t i = 0; i < self->count; i++) {
		struct stage_midi_endpoint *item = self->items[i];
		unsigned score =
			2U * (item->port == found->address.port) +
			1U * (strcmp(item->port_name, found->port_name) == 0);
		if (item->device == device && !item->is_here &&
			score > best_score) {
			best = item;
			best_score = score;
		}
	}
	return best;
}

static struct stage_midi_endpoint *
add_found(struct stage_midi_endpoints *self, const struct group *group,
	const struct stage_midi_found *found)
{
	struct stage_midi_endpoint endpoint = {
		.id = self->last_id + 1,
		.device = group->device,
		.identity = found->identity,
		.ordinal = group->ordinal,
		.port = found->address.port,
		.twin = find_twin(self, group->device, found->port_name),
	};

	memcpy(endpoint.port_name, found->port_name,
		sizeof(endpoint.port_name));
	return append(self, &endpoint);
}

// What is known of a device grows: it may be in another socket now. Its name is
// a promise, and stays.
static bool
learn_identity(struct stage_midi_endpoint *endpoint,
	const struct stage_midi_found *found)
{
	struct stage_midi_identity now = found->identity;

	memcpy(now.name, endpoint->identity.name, sizeof(now.name));
	if (now.serial[0] == '\0') {
		memcpy(now.serial, endpoint->identity.serial,
			sizeof(now.serial));
	}
	if (strcmp(now.place, endpoint->identity.place) == 0 &&
		strcmp(now.serial, endpoint->identity.serial) == 0) {
		return false;
	}
	endpoint->identity = now;
	return true;
}

static bool
add_directions(struct stage_midi_endpoint *endpoint,
	const struct stage_midi_found *found)
{
	bool has_more = false;

	for (int i = 0; i < STAGE_MIDI_DIRECTIONS; i++) {
		if (found->has[i] && !endpoint->has[i]) {
			endpoint->has[i] = true;
			has_more = true;
		}
	}
	return has_more;
}

// Returns whether something that the file keeps has changed.
static bool
bind_one(struct stage_midi_endpoints *self, struct group *group,
	const struct stage_midi_found *found, size_t *lost)
{
	struct stage_midi_endpoint *endpoint =
		stage_midi_endpoints_here(self, found->address);
	bool was_here = endpoint != NULL;
	bool is_new = false;
	bool has_changed;

	if (endpoint == NULL) {
		endpoint = find_endpoint(self, group->device, found);
	}
	if (endpoint == NULL) {
		endpoint = add_found(self, group, found);
		is_new = true;
	}
	if (endpoint == NULL) {
		*lost += 1;
		return false;
	}
	has_changed = add_directions(endpoint, found);
	if (!was_here || has_changed) {
		has_changed |= learn_identity(endpoint, found);
		endpoint->is_here = true;
		endpoint->address = found->address;
		memcpy(endpoint->seen_name, found->identity.name,
			sizeof(endpoint->seen_name));
		self->ops->came(self->user, endpoint, is_new);
	}
	return (has_changed || is_new) && stage_midi_endpoint_is_kept(endpoint);
}

static bool
bind_group(struct stage_midi_endpoints *self, struct group *group,
	const struct stage_midi_found *found, size_t *lost)
{
	bool has_changed = false;

	if (group->device == 0) {
		group->device = self->last_device + 1;
		group->ordinal =
			find_ordinal(self, found[group->first].identity.name);
	}
	for (size_t i = 0; i < group->count; i++) {
		has_changed |=
			bind_one(self, group, &found[group->first + i], lost);
	}
	return has_changed;
}

bool
stage_midi_endpoints_update(struct stage_midi_endpoints *self,
	const struct stage_midi_found *found, size_t count, size_t *lost)
{
	struct group groups[STAGE_MIDI_DEVICES_MAX];
	size_t group_count = group_found(found, count, groups);
	size_t lost_here = 0;
	bool has_changed = false;

	leave_missing(self, found, count);
	identify_groups(self, found, groups, group_count);
	for (size_t i = 0; i < group_count; i++) {
		has_changed |= bind_group(self, &groups[i], found, &lost_here);
	}
	drop_old_software(self);
	if (lost != NULL) {
		*lost = lost_here;
	}
	return has_changed;
}
