/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/graph.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "patchbay/alsa_name.h"

#define FIRST_PEERS 4

// What is known of a connection, at its output.
struct fact {
	bool is_told;  // since the listing began
	bool is_found; // by listings only
	struct stage_patch_how how;
};

// What the graph keeps of a port besides what others see, which comes first.
struct port {
	struct stage_graph_port seen;
	struct port *previous;
	size_t peer_cap;
	bool is_told;       // since the listing began
	struct fact *facts; // [peer_cap]
	char *texts;        // owned: type and aliases
	char *own_name;     // owned
};

struct stage_graph {
	struct stage_map *names[STAGE_GRAPH_SPACE_COUNT]; // to struct port
	struct port *first;
	size_t port_count;
	size_t connection_count;
	bool is_scanning[STAGE_PATCH_SYSTEM_COUNT];
};

enum stage_graph_space
stage_graph_space(enum stage_patch_system system, bool is_output)
{
	if (system == STAGE_PATCH_JACK) {
		return STAGE_GRAPH_JACK;
	}
	return is_output ? STAGE_GRAPH_ALSA_OUTPUTS : STAGE_GRAPH_ALSA_INPUTS;
}

// The ports of a space by name.
static struct stage_map *
names_of(const struct stage_graph *self, enum stage_patch_system system,
	bool is_output)
{
	return self->names[stage_graph_space(system, is_output)];
}

static struct port *
of(struct stage_graph_port *seen)
{
	return (struct port *)seen;
}

static void
free_port(struct port *self)
{
	free(self->seen.peers);
	free(self->facts);
	free(self->texts);
	free(self->own_name);
	free(self);
}

struct stage_graph *
stage_graph_create(void)
{
	struct stage_graph *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return NULL;
	}
	for (int i = 0; i < STAGE_GRAPH_SPACE_COUNT; i++) {
		self->names[i] = stage_map_create(NULL);
		if (self->names[i] == NULL) {
			stage_graph_destroy(self);
			return NULL;
		}
	}
	return self;
}

void
stage_graph_destroy(struct stage_graph *self)
{
	if (self == NULL) {
		return;
	}
	while (self->first != NULL) {
		struct port *port = self->first;
		self->first = of(port->seen.next);
		free_port(port);
	}
	for (int i = 0; i < STAGE_GRAPH_SPACE_COUNT; i++) {
		stage_map_destroy(self->names[i]);
	}
	free(self);
}

// The type and the aliases in one piece of memory, where `seen` finds them.
static bool
set_texts(struct port *self, const struct stage_graph_port_info *info)
{
	const char *texts[1 + STAGE_GRAPH_ALIASES_MAX] = {
		info->type, info->aliases[0], info->aliases[1]};
	const char *copies[STAGE_COUNT_OF(texts)] = {NULL};
	size_t len = 0;
	char *all;

	for (size_t i = 0; i < STAGE_COUNT_OF(texts); i++) {
		len += texts[i] != NULL ? strlen(texts[i]) + 1 : 0;
	}
	all = malloc(len + 1);
	if (all == NULL) {
		return false;
	}
	len = 0;
	for (size_t i = 0; i < STAGE_COUNT_OF(texts); i++) {
		if (texts[i] != NULL) {
			size_t size = strlen(texts[i]) + 1;
			copies[i] = memcpy(all + len, texts[i], size);
			len += size;
		}
	}
	free(self->texts);
	self->texts = all;
	self->seen.type = copies[0] != NULL ? copies[0] : "";
	self->seen.aliases[0] = copies[1];
	self->seen.aliases[1] = copies[2];
	return true;
}

static struct port *
create_port(const struct stage_graph_port_info *info, int64_t now_ns)
{
	struct port *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return NULL;
	}
	self->own_name = strdup(info->name);
	if (self->own_name == NULL || !set_texts(self, info)) {
		free_port(self);
		return NULL;
	}
	self->seen.system = info->system;
	self->seen.name = self->own_name;
	self->seen.is_output = info->is_output;
	self->seen.is_physical = info->is_physical;
	self->seen.since_ns = now_ns;
	return self;
}

static void
link_in(struct stage_graph *self, struct port *port)
{
	if (self->first != NULL) {
		self->first->previous = port;
		port->seen.next = &self->first->seen;
	}
	self->first = port;
	self->port_count++;
}

static void
link_out(struct stage_graph *self, struct port *port)
{
	struct port *next =
		port->seen.next != NULL ? of(port->seen.next) : NULL;

	if (port->previous != NULL) {
		port->previous->seen.next = port->seen.next;
	} else {
		self->first = next;
	}
	if (next != NULL) {
		next->previous = port->previous;
	}
	self->port_count--;
}

static bool
is_other_kind(const struct stage_graph_port *port,
	const struct stage_graph_port_info *info)
{
	return port->is_output != info->is_output ||
	       strcmp(port->type, info->type != NULL ? info->type : "") != 0;
}

static enum stage_status
add_new(struct stage_graph *self, const struct stage_graph_port_info *info,
	int64_t now_ns, struct port **out)
{
	struct port *port = create_port(info, now_ns);

	if (port == NULL) {
		return STAGE_NO_MEMORY;
	}
	if (stage_map_put(names_of(self, info->system, info->is_output),
		    info->name, port) != STAGE_OK) {
		free_port(port);
		return STAGE_NO_MEMORY;
	}
	link_in(self, port);
	*out = port;
	return STAGE_OK;
}

enum stage_status
stage_graph_add(struct stage_graph *self,
	const struct stage_graph_port_info *info, int64_t now_ns,
	void (*gone)(void *user, struct stage_graph_port *port), void *user,
	struct stage_graph_port **out, bool *is_new)
{
	struct stage_graph_port *there = stage_graph_find(
		self, info->system, info->is_output, info->name);
	struct port *port = NULL;

	*is_new = there == NULL || is_other_kind(there, info);
	if (!*is_new) {
		port = of(there);
		if (!set_texts(port, info)) {
			return STAGE_NO_MEMORY;
		}
		port->seen.is_physical = info->is_physical;
	} else {
		enum stage_status status;
		if (there != NULL) {
			gone(user, there);
			stage_graph_remove(self, there);
		}
		status = add_new(self, info, now_ns, &port);
		if (status != STAGE_OK) {
			return status;
		}
	}
	port->is_told = true;
	*out = &port->seen;
	return STAGE_OK;
}

struct stage_graph_port *
stage_graph_find(const struct stage_graph *self, enum stage_patch_system system,
	bool is_output, const char *name)
{
	struct port *port =
		stage_map_get(names_of(self, system, is_output), name);

	return port != NULL ? &port->seen : NULL;
}

static size_t
index_of(const struct stage_graph_port *port,
	const struct stage_graph_port *peer)
{
	for (size_t i = 0; i < port->peer_count; i++) {
		if (port->peers[i] == peer) {
			return i;
		}
	}
	return SIZE_MAX;
}

static void
drop_peer(struct stage_graph_port *port, size_t index)
{
	struct port *self = of(port);

	port->peer_count--;
	port->peers[index] = port->peers[port->peer_count];
	self->facts[index] = self->facts[port->peer_count];
}

void
stage_graph_remove(struct stage_graph *self, struct stage_graph_port *port)
{
	for (size_t i = 0; i < port->peer_count; i++) {
		drop_peer(port->peers[i], index_of(port->peers[i], port));
		self->connection_count--;
	}
	(void)stage_map_remove(
		names_of(self, port->system, port->is_output), port->name);
	link_out(self, of(port));
	free_port(of(port));
}

enum stage_status
stage_graph_rename(struct stage_graph *self, struct stage_graph_port *port,
	const char *name)
{
	struct stage_map *names = names_of(self, port->system, port->is_output);
	char *copy;

	if (strcmp(port->name, name) == 0) {
		return STAGE_OK;
	}
	if (stage_map_has(names, name)) {
		return STAGE_EXISTS;
	}
	copy = strdup(name);
	if (copy == NULL || stage_map_put(names, name, of(port)) != STAGE_OK) {
		free(copy);
		return STAGE_NO_MEMORY;
	}
	(void)stage_map_remove(names, port->name);
	free(of(port)->own_name);
	of(port)->own_name = copy;
	port->name = copy;
	return STAGE_OK;
}

static bool
reserve_peer(struct stage_graph_port *port)
{
	struct port *self = of(port);
	size_t cap = self->peer_cap == 0 ? FIRST_PEERS : self->peer_cap * 2;
	struct stage_graph_port **peers;
	struct fact *facts;

	if (port->peer_count < self->peer_cap) {
		return true;
	}
	peers = realloc(port->peers, cap * sizeof(*port->peers));
	if (peers == NULL) {
		return false;
	}
	port->peers = peers;
	facts = realloc(self->facts, cap * sizeof(*facts));
	if (facts == NULL) {
		return false;
	}
	self->facts = facts;
	self->peer_cap = cap;
	return true;
}

static void
add_peer(struct stage_graph_port *port, struct stage_graph_port *peer,
	bool is_found)
{
	port->peers[port->peer_count] = peer;
	of(port)->facts[port->peer_count] =
		(struct fact){.is_told = true, .is_found = is_found};
	port->peer_count++;
}

enum stage_status
stage_graph_connect(struct stage_graph *self, struct stage_graph_port *from,
	struct stage_graph_port *to, bool *is_new)
{
	size_t index = index_of(from, to);
	bool is_listing = self->is_scanning[from->system];

	*is_new = index == SIZE_MAX;
	if (!*is_new) {
		of(from)->facts[index].is_told = true;
		return STAGE_OK;
	}
	if (!stage_graph_can_connect(from, to)) {
		return STAGE_BAD_INPUT;
	}
	if (!reserve_peer(from) || !reserve_peer(to)) {
		return STAGE_NO_MEMORY;
	}
	add_peer(from, to, is_listing);
	add_peer(to, from, is_listing);
	self->connection_count++;
	return STAGE_OK;
}

bool
stage_graph_disconnect(struct stage_graph *self, struct stage_graph_port *from,
	struct stage_graph_port *to)
{
	size_t index = index_of(from, to);

	if (index == SIZE_MAX) {
		return false;
	}
	drop_peer(from, index);
	drop_peer(to, index_of(to, from));
	self->connection_count--;
	return true;
}

struct stage_patch_how
stage_graph_how(
	const struct stage_graph_port *from, const struct stage_graph_port *to)
{
	size_t index = index_of(from, to);

	return index != SIZE_MAX ? ((const struct port *)from)->facts[index].how
				 : (struct stage_patch_how){0};
}

void
stage_graph_set_how(struct stage_graph_port *from,
	const struct stage_graph_port *to, const struct stage_patch_how *how)
{
	of(from)->facts[index_of(from, to)].how = *how;
}

static bool
take_found(struct stage_graph_port *from, size_t index)
{
	bool is_found = of(from)->facts[index].is_found;

	of(from)->facts[index].is_found = false;
	return is_found;
}

bool
stage_graph_take_found(
	struct stage_graph_port *from, const struct stage_graph_port *to)
{
	return take_found(from, index_of(from, to));
}

void
stage_graph_age(struct stage_graph_port *port)
{
	for (size_t i = 0; i < port->peer_count; i++) {
		if (port->is_output) {
			(void)take_found(port, i);
		} else {
			(void)stage_graph_take_found(port->peers[i], port);
		}
	}
}

bool
stage_graph_is_connected(
	const struct stage_graph_port *from, const struct stage_graph_port *to)
{
	return from->peer_count <= to->peer_count
		       ? index_of(from, to) != SIZE_MAX
		       : index_of(to, from) != SIZE_MAX;
}

bool
stage_graph_can_connect(
	const struct stage_graph_port *from, const struct stage_graph_port *to)
{
	return from->is_output && !to->is_output &&
	       from->system == to->system && strcmp(from->type, to->type) == 0;
}

void
stage_graph_scan_begin(struct stage_graph *self, enum stage_patch_system system)
{
	struct stage_graph_port *port = stage_graph_first(self);

	self->is_scanning[system] = true;
	for (; port != NULL; port = port->next) {
		if (port->system != system) {
			continue;
		}
		of(port)->is_told = false;
		for (size_t i = 0; i < port->peer_count; i++) {
			of(port)->facts[i].is_told = false;
		}
	}
}

// Goes from the end to the front, for what is dropped is filled from behind.
static void
sweep_connections(struct stage_graph *self, struct stage_graph_port *from,
	void (*disconnected)(void *user, struct stage_graph_port *from,
		struct stage_graph_port *to),
	void *user)
{
	for (size_t i = from->peer_count; i > 0; i--) {
		struct stage_graph_port *to = from->peers[i - 1];
		if (!of(from)->facts[i - 1].is_told) {
			(void)stage_graph_disconnect(self, from, to);
			disconnected(user, from, to);
		}
	}
}

bool
stage_graph_scan_end(struct stage_graph *self, enum stage_patch_system system,
	void (*disconnected)(void *user, struct stage_graph_port *from,
		struct stage_graph_port *to),
	void (*gone)(void *user, struct stage_graph_port *port), void *user)
{
	struct stage_graph_port *port = stage_graph_first(self);
	bool was_scanning = self->is_scanning[system];

	self->is_scanning[system] = false;
	while (was_scanning && port != NULL) {
		struct stage_graph_port *next = port->next;
		if (port->system != system) {
			port = next;
			continue;
		}
		if (!of(port)->is_told) {
			gone(user, port);
			stage_graph_remove(self, port);
		} else if (port->is_output) {
			sweep_connections(self, port, disconnected, user);
		}
		port = next;
	}
	return was_scanning;
}

struct stage_graph_port *
stage_graph_first(const struct stage_graph *self)
{
	return self->first != NULL ? &self->first->seen : NULL;
}

void
stage_graph_each_connection(const struct stage_graph *self,
	void (*visit)(void *user, struct stage_graph_port *from,
		struct stage_graph_port *to),
	void *user)
{
	struct stage_graph_port *from = stage_graph_first(self);

	for (; from != NULL; from = from->next) {
		for (size_t i = 0; from->is_output && i < from->peer_count;
			i++) {
			visit(user, from, from->peers[i]);
		}
	}
}

size_t
stage_graph_port_count(const struct stage_graph *self)
{
	return self->port_count;
}

size_t
stage_graph_connection_count(const struct stage_graph *self)
{
	return self->connection_count;
}

size_t
stage_graph_connections_of(
	const struct stage_graph *self, enum stage_patch_system system)
{
	const struct stage_graph_port *port = stage_graph_first(self);
	size_t count = 0;

	for (; port != NULL; port = port->next) {
		if (port->system == system && port->is_output) {
			count += port->peer_count;
		}
	}
	return count;
}

size_t
stage_graph_client_len(enum stage_patch_system system, const char *name)
{
	return system == STAGE_PATCH_ALSA ? stage_alsa_client_len(name)
					  : strcspn(name, ":");
}
