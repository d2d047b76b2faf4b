/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
on_came(void *user, struct stage_midi_endpoint *endpoint, bool is_new)
{
	struct midi_world *self = user;

	assert_true(endpoint->is_here);
	self->came++;
	self->new_ones += is_new;
}

static void
on_went(void *user, struct stage_midi_endpoint *endpoint)
{
	struct midi_world *self = user;

	assert_true(endpoint->is_here);
	self->went++;
}

static void
on_forgotten(void *user, struct stage_midi_endpoint *endpoint)
{
	struct midi_world *self = user;

	assert_false(endpoint->is_here);
	self->forgotten++;
}

static const struct stage_midi_endpoints_ops ops = {
	.came = on_came,
	.went = on_went,
	.forgotten = on_forgotten,
};

void
midi_world_init(struct midi_world *self)
{
	*self = (struct midi_world){.count = 0};
	self->endpoints = stage_midi_endpoints_create(&ops, self);
	assert_non_null(self->endpoints);
}

void
midi_world_finish(struct midi_world *self)
{
	stage_midi_endpoints_destroy(self->endpoints);
}

struct stage_midi_identity
midi_keyboard(const char *serial, const char *place)
{
	struct stage_midi_identity identity = {
		.kind = STAGE_MIDI_USB, .vid = 0x1d6b, .pid = 0x0104};

	snprintf(identity.serial, sizeof(identity.serial), "%s", serial);
	snprintf(identity.place, sizeof(identity.place), "%s", place);
	snprintf(identity.name, sizeof(identity.name), "Keystation 61");
	return identity;
}

struct stage_midi_identity
midi_program(const char *name)
{
	struct stage_midi_identity identity;

	stage_midi_identity_init(&identity, name, NULL);
	return identity;
}

static int
compare_found(const void *a, const void *b)
{
	const struct stage_midi_found *left = a;
	const struct stage_midi_found *right = b;

	return (left->address.client * 256 + left->address.port) -
	       (right->address.client * 256 + right->address.port);
}

void
midi_world_plug(struct midi_world *self, int client,
	const struct stage_midi_identity *identity, const char *port_name,
	int count)
{
	for (int i = 0; i < count; i++) {
		struct stage_midi_found *found = &self->found[self->count++];
		assert_true(self->count <= WORLD_FOUND_MAX);
		*found = (struct stage_midi_found){
			.address = {client, i},
			.identity = *identity,
			.has = {true, true},
		};
		snprintf(found->port_name, sizeof(found->port_name), "%s",
			port_name);
	}
	qsort(self->found, self->count, sizeof(self->found[0]), compare_found);
}

void
midi_world_pull(struct midi_world *self, int client)
{
	size_t kept = 0;

	for (size_t i = 0; i < self->count; i++) {
		if (self->found[i].address.client != client) {
			self->found[kept++] = self->found[i];
		}
	}
	self->count = kept;
}

bool
midi_world_update(struct midi_world *self)
{
	size_t lost = 0;
	bool has_changed = stage_midi_endpoints_update(
		self->endpoints, self->found, self->count, &lost);

	assert_int_equal(lost, 0);
	return has_changed;
}

const char *
midi_world_name(const struct midi_world *self, int client, int port)
{
	static char name[STAGE_MIDI_PORT_NAME_MAX];
	const struct stage_midi_address address = {client, port};
	const struct stage_midi_endpoint *endpoint =
		stage_midi_endpoints_here(self->endpoints, address);
	struct stage_midi_name parts;

	if (endpoint == NULL) {
		return "";
	}
	parts = stage_midi_endpoint_name(endpoint);
	stage_midi_port_name(&parts, STAGE_MIDI_CAPTURE, name);
	return name;
}
