/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "patchbay/desired_private.h"

// Whom to tell of ports that are meant by other names than before.
struct telling {
	struct stage_desired *self;
	stage_desired_touch touch;
	void *user;
	enum stage_status status;
};

static enum stage_graph_space
space_of(const struct stage_graph_port *port)
{
	return stage_graph_space(port->system, port->is_output);
}

static const char *
endpoint_key(
	const struct stage_endpoint *endpoint, enum stage_identity_rank rank)
{
	if (rank == STAGE_IDENTITY_PLAIN) {
		return endpoint->plain;
	}
	return rank == STAGE_IDENTITY_INSTANCE ? endpoint->instance
					       : endpoint->name;
}

/* Whether another name, too, could mean whatever answers to this one at a weak
 * rank. Of two equal devices that are away, the one that comes to another place
 * may be either. JACK's numbers are those of programs, where it does no harm.
 */
static bool
has_rival(const struct stage_desired *self,
	const struct stage_endpoint *endpoint, enum stage_identity_rank rank)
{
	const struct stage_bag *bag =
		stage_map_get(self->endpoints[endpoint->space][rank],
			endpoint_key(endpoint, rank));

	for (size_t i = 0;
		endpoint->system == STAGE_PATCH_ALSA && i < bag->count; i++) {
		const struct stage_endpoint *other = bag->items[i];
		if (other != endpoint &&
			!stage_map_has(self->ports_by[other->space]
						     [STAGE_IDENTITY_EXACT],
				other->name)) {
			return true;
		}
	}
	return false;
}

/* The best port for a name: of the first rank at which any answers. One that is
 * named exactly by somebody answers to nothing weaker than its aliases. */
static struct stage_graph_port *
best_port(const struct stage_desired *self,
	const struct stage_endpoint *endpoint, bool *is_ambiguous)
{
	*is_ambiguous = false;
	for (int rank = 0; rank < STAGE_IDENTITY_RANK_COUNT; rank++) {
		const struct stage_bag *bag = stage_map_get(
			self->ports_by[endpoint->space][rank],
			endpoint_key(endpoint, (enum stage_identity_rank)rank));
		struct stage_graph_port *found = NULL;
		for (size_t i = 0; bag != NULL && i < bag->count; i++) {
			struct stage_graph_port *port = bag->items[i];
			const struct stage_meant *meant = port->mark;
			if (rank >= STAGE_IDENTITY_PLAIN && meant->is_named) {
				continue;
			}
			if (found != NULL && found != port) {
				*is_ambiguous = true;
				return NULL;
			}
			found = port;
		}
		if (found == NULL) {
			continue;
		}
		*is_ambiguous = rank >= STAGE_IDENTITY_PLAIN &&
				has_rival(self, endpoint,
					(enum stage_identity_rank)rank);
		return *is_ambiguous ? NULL : found;
	}
	return NULL;
}

static bool
is_alias(const struct stage_meant *meant, const char *name)
{
	for (size_t i = 0; i < STAGE_GRAPH_ALIASES_MAX; i++) {
		if (meant->aliases[i] != NULL &&
			strcmp(meant->aliases[i], name) == 0) {
			return true;
		}
	}
	return false;
}

const char *
stage_desired_name_of(const struct stage_graph_port *port)
{
	const struct stage_meant *meant = port->mark;

	if (meant == NULL || meant->is_named) {
		return port->name;
	}
	for (size_t i = 0; i < meant->endpoints.count; i++) {
		const struct stage_endpoint *endpoint =
			meant->endpoints.items[i];
		if (!is_alias(meant, endpoint->name)) {
			return endpoint->name;
		}
	}
	return port->name;
}

const struct stage_graph_port *
stage_desired_find_port(const struct stage_desired *self,
	enum stage_patch_system system, bool is_output, const char *name)
{
	const struct stage_endpoint *endpoint =
		stage_endpoint_find(self, system, is_output, name);
	enum stage_graph_space space = stage_graph_space(system, is_output);
	const struct stage_bag *bag = NULL;

	if (endpoint != NULL) {
		return endpoint->bound;
	}
	for (int rank = 0; rank < STAGE_IDENTITY_PLAIN && bag == NULL; rank++) {
		bag = stage_map_get(self->ports_by[space][rank], name);
	}
	return bag != NULL && bag->count == 1 ? bag->items[0] : NULL;
}

static void
bind_anew(struct telling *telling, struct stage_endpoint *endpoint)
{
	struct stage_graph_port *before = endpoint->bound;
	struct stage_graph_port *now =
		best_port(telling->self, endpoint, &endpoint->is_ambiguous);

	if (now == before) {
		return;
	}
	if (before != NULL) {
		stage_bag_remove(
			&((struct stage_meant *)before->mark)->endpoints,
			endpoint);
		telling->touch(telling->user, before);
	}
	endpoint->bound = NULL;
	if (now != NULL) {
		struct stage_meant *meant = now->mark;
		if (stage_bag_add(&meant->endpoints, endpoint) != STAGE_OK) {
			telling->status = STAGE_NO_MEMORY;
			return;
		}
		endpoint->bound = now;
		telling->touch(telling->user, now);
	}
}

static void
bind_bag(struct telling *telling, const struct stage_bag *bag)
{
	for (size_t i = 0; bag != NULL && i < bag->count; i++) {
		bind_anew(telling, bag->items[i]);
	}
}

// Whoever might mean a port, or mean another now that it has gone.
static void
bind_all_for(struct telling *telling, enum stage_graph_space space,
	const char *name, const struct stage_meant *meant)
{
	struct stage_map **by = telling->self->endpoints[space];

	bind_bag(telling, stage_map_get(by[STAGE_IDENTITY_EXACT], name));
	for (size_t i = 0; i < STAGE_GRAPH_ALIASES_MAX; i++) {
		if (meant->aliases[i] != NULL) {
			bind_bag(
				telling, stage_map_get(by[STAGE_IDENTITY_EXACT],
						 meant->aliases[i]));
		}
	}
	bind_bag(
		telling, stage_map_get(by[STAGE_IDENTITY_PLAIN], meant->plain));
	bind_bag(telling,
		stage_map_get(by[STAGE_IDENTITY_INSTANCE], meant->instance));
}

static void
free_meant(struct stage_meant *self)
{
	stage_bag_finish(&self->endpoints);
	free(self->plain);
	free(self->instance);
	for (size_t i = 0; i < STAGE_GRAPH_ALIASES_MAX; i++) {
		free(self->aliases[i]);
	}
	free(self);
}

static char *
name_at_rank(const struct stage_graph_port *port, enum stage_identity_rank rank,
	bool is_pipewire)
{
	size_t size = strlen(port->name) + 1; // it gets no longer
	char *out = malloc(size);

	if (out != NULL) {
		(void)!stage_identity_name(
			port->system, port->name, rank, is_pipewire, out, size);
	}
	return out;
}

static struct stage_meant *
create_meant(
	const struct stage_desired *self, const struct stage_graph_port *port)
{
	struct stage_meant *meant = calloc(1, sizeof(*meant));
	bool is_whole;

	if (meant == NULL) {
		return NULL;
	}
	meant->plain =
		name_at_rank(port, STAGE_IDENTITY_PLAIN, self->is_pipewire);
	meant->instance =
		name_at_rank(port, STAGE_IDENTITY_INSTANCE, self->is_pipewire);
	is_whole = meant->plain != NULL && meant->instance != NULL;
	for (size_t i = 0; i < STAGE_GRAPH_ALIASES_MAX; i++) {
		if (port->aliases[i] != NULL) {
			meant->aliases[i] = strdup(port->aliases[i]);
			is_whole = is_whole && meant->aliases[i] != NULL;
		}
	}
	if (!is_whole) {
		free_meant(meant);
		return NULL;
	}
	meant->is_named = stage_map_has(
		self->endpoints[space_of(port)][STAGE_IDENTITY_EXACT],
		port->name);
	return meant;
}

static void
drop_from(struct stage_map *map, const char *key,
	const struct stage_graph_port *port)
{
	struct stage_bag *bag = key != NULL ? stage_map_get(map, key) : NULL;

	if (bag != NULL) {
		stage_bag_remove(bag, port);
		if (bag->count == 0) {
			(void)stage_map_remove(map, key);
		}
	}
}

static void
drop_from_tables(struct stage_desired *self, struct stage_graph_port *port)
{
	struct stage_map **by = self->ports_by[space_of(port)];
	const struct stage_meant *meant = port->mark;

	drop_from(by[STAGE_IDENTITY_EXACT], port->name, port);
	for (size_t i = 0; i < STAGE_GRAPH_ALIASES_MAX; i++) {
		drop_from(by[STAGE_IDENTITY_ALIAS], meant->aliases[i], port);
	}
	drop_from(by[STAGE_IDENTITY_PLAIN], meant->plain, port);
	drop_from(by[STAGE_IDENTITY_INSTANCE], meant->instance, port);
	stage_bag_remove(&self->ports, port);
}

static bool
put_into(struct stage_map *map, const char *key, struct stage_graph_port *port)
{
	struct stage_bag *bag = stage_bag_of(map, key);

	return bag != NULL && stage_bag_add(bag, port) == STAGE_OK;
}

static bool
put_into_tables(struct stage_desired *self, struct stage_graph_port *port)
{
	struct stage_map **by = self->ports_by[space_of(port)];
	const struct stage_meant *meant = port->mark;
	bool is_done =
		stage_bag_add(&self->ports, port) == STAGE_OK &&
		put_into(by[STAGE_IDENTITY_EXACT], port->name, port) &&
		put_into(by[STAGE_IDENTITY_PLAIN], meant->plain, port) &&
		put_into(by[STAGE_IDENTITY_INSTANCE], meant->instance, port);

	for (size_t i = 0; is_done && i < STAGE_GRAPH_ALIASES_MAX; i++) {
		if (meant->aliases[i] != NULL) {
			is_done = put_into(by[STAGE_IDENTITY_ALIAS],
				meant->aliases[i], port);
		}
	}
	return is_done;
}

static bool
has_same_aliases(const struct stage_graph_port *port)
{
	const struct stage_meant *meant = port->mark;

	for (size_t i = 0; i < STAGE_GRAPH_ALIASES_MAX; i++) {
		const char *a = meant->aliases[i];
		const char *b = port->aliases[i];
		if ((a == NULL) != (b == NULL) ||
			(a != NULL && strcmp(a, b) != 0)) {
			return false;
		}
	}
	return true;
}

enum stage_status
stage_desired_add_port(struct stage_desired *self,
	struct stage_graph_port *port, stage_desired_touch touch, void *user)
{
	struct telling telling = {self, touch, user, STAGE_OK};

	if (port->mark != NULL) {
		if (has_same_aliases(port)) {
			return STAGE_OK;
		}
		stage_desired_remove_port(self, port, touch, user);
	}
	port->mark = create_meant(self, port);
	if (port->mark == NULL) {
		return STAGE_NO_MEMORY;
	}
	if (!put_into_tables(self, port)) {
		stage_desired_remove_port(self, port, touch, user);
		return STAGE_NO_MEMORY;
	}
	touch(user, port);
	bind_all_for(&telling, space_of(port), port->name, port->mark);
	return telling.status;
}

void
stage_desired_remove_port(struct stage_desired *self,
	struct stage_graph_port *port, stage_desired_touch touch, void *user)
{
	struct telling telling = {self, touch, user, STAGE_OK};
	struct stage_meant *meant = port->mark;

	if (meant == NULL) {
		return;
	}
	drop_from_tables(self, port);
	for (size_t i = 0; i < meant->endpoints.count; i++) {
		struct stage_endpoint *endpoint = meant->endpoints.items[i];
		endpoint->bound = NULL;
	}
	port->mark = NULL;
	bind_all_for(&telling, space_of(port), port->name, meant);
	free_meant(meant);
}
