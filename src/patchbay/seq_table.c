/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/seq_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "patchbay/alsa_name.h"

#define TYPE "alsa midi"
#define FIRST_PORTS 4

struct port {
	struct stage_seq_port info;
	char *name; // owned; full
	bool is_told;
};

struct client {
	struct stage_seq_client info;
	char serial[STAGE_SEQ_SERIAL_MAX];
	char place[STAGE_SEQ_PLACE_MAX]; // "": a program
	unsigned instance;               // 0: it has no ports
	bool is_told;
	struct port *ports; // owned array
	size_t port_count;
	size_t port_cap;
};

struct stage_seq_table {
	const struct stage_seq_table_events *events;
	void *user;
	struct client *clients[STAGE_SEQ_CLIENTS];
};

struct stage_seq_table *
stage_seq_table_create(const struct stage_seq_table_events *events, void *user)
{
	struct stage_seq_table *self = calloc(1, sizeof(*self));

	if (self != NULL) {
		self->events = events;
		self->user = user;
	}
	return self;
}

static void
free_client(struct client *client)
{
	for (size_t i = 0; client != NULL && i < client->port_count; i++) {
		free(client->ports[i].name);
	}
	if (client != NULL) {
		free(client->ports);
		free(client);
	}
}

void
stage_seq_table_clear(struct stage_seq_table *self)
{
	for (int i = 0; self != NULL && i < STAGE_SEQ_CLIENTS; i++) {
		free_client(self->clients[i]);
		self->clients[i] = NULL;
	}
}

void
stage_seq_table_destroy(struct stage_seq_table *self)
{
	stage_seq_table_clear(self);
	free(self);
}

static struct client *
client_at(const struct stage_seq_table *self, int client)
{
	return client >= 0 && client < STAGE_SEQ_CLIENTS ? self->clients[client]
							 : NULL;
}

bool
stage_seq_table_has_client(const struct stage_seq_table *self, int client)
{
	return client_at(self, client) != NULL;
}

static struct port *
port_at(const struct stage_seq_table *self, struct stage_seq_addr addr)
{
	struct client *client = client_at(self, addr.client);

	for (size_t i = 0; client != NULL && i < client->port_count; i++) {
		if (client->ports[i].info.addr.port == addr.port) {
			return &client->ports[i];
		}
	}
	return NULL;
}

static struct stage_alsa_name
name_of(const struct client *client, const struct stage_seq_port *port)
{
	return (struct stage_alsa_name){
		.client = client->info.name,
		.serial = client->serial,
		.place = client->place,
		.instance = client->instance,
		.number = (unsigned)port->addr.port,
		.port = port->name,
	};
}

// Ownership: the caller's. NULL when out of memory.
static char *
make_name(const struct client *client, const struct stage_seq_port *port)
{
	const struct stage_alsa_name name = name_of(client, port);
	struct stage_str text = {0};

	if (stage_alsa_name_write(&name, &text) != STAGE_OK) {
		stage_str_finish(&text);
		return NULL;
	}
	return text.data;
}

static bool
is_twin(const struct client *a, const struct client *b)
{
	return strcmp(a->info.name, b->info.name) == 0 &&
	       strcmp(a->serial, b->serial) == 0 &&
	       strcmp(a->place, b->place) == 0;
}

static unsigned
free_instance(const struct stage_seq_table *self, const struct client *client)
{
	unsigned instance = 1;
	int i = 0;

	while (i < STAGE_SEQ_CLIENTS) {
		const struct client *other = self->clients[i];
		if (other != NULL && other != client &&
			other->instance == instance && is_twin(other, client)) {
			instance++;
			i = 0;
		} else {
			i++;
		}
	}
	return instance;
}

static struct stage_graph_port_info
info_of(const struct port *port, bool is_output)
{
	return (struct stage_graph_port_info){
		.system = STAGE_PATCH_ALSA,
		.name = port->name,
		.type = TYPE,
		.is_output = is_output,
		.is_physical = port->info.is_physical,
	};
}

static void
tell_port(struct stage_seq_table *self, enum stage_engine_kind kind,
	const struct stage_graph_port_info *info, const char *to)
{
	const struct stage_engine_event event = {.kind = kind,
		.system = STAGE_PATCH_ALSA,
		.port = *info,
		.to = to};

	self->events->event(self->user, &event);
}

// Tells of each direction that the port has.
static void
tell_each(struct stage_seq_table *self, const struct port *port,
	enum stage_engine_kind kind, const char *to)
{
	struct stage_graph_port_info info = info_of(port, true);

	if (port->info.is_output) {
		tell_port(self, kind, &info, to);
	}
	info.is_output = false;
	if (port->info.is_input) {
		tell_port(self, kind, &info, to);
	}
}

static enum stage_status
tell_appeared(struct stage_seq_table *self, const struct client *client,
	const struct port *port)
{
	const struct stage_alsa_name name = name_of(client, &port->info);
	struct stage_str by_number = {0};
	struct stage_str by_name = {0};
	enum stage_status status =
		stage_alsa_name_alias(&name, true, &by_number);

	if (status == STAGE_OK) {
		status = stage_alsa_name_alias(&name, false, &by_name);
	}
	for (int i = 0; i < 2 && status == STAGE_OK; i++) {
		struct stage_graph_port_info info = info_of(port, i == 0);
		info.aliases[0] = by_number.data;
		info.aliases[1] = by_name.data;
		if (i == 0 ? port->info.is_output : port->info.is_input) {
			tell_port(
				self, STAGE_ENGINE_PORT_APPEARED, &info, NULL);
		}
	}
	stage_str_finish(&by_number);
	stage_str_finish(&by_name);
	return status;
}

// The port has another name now: renamed, then told with its aliases.
static enum stage_status
rename_port(struct stage_seq_table *self, const struct client *client,
	struct port *port)
{
	char *name = make_name(client, &port->info);

	if (name == NULL) {
		return STAGE_NO_MEMORY;
	}
	if (strcmp(name, port->name) == 0) {
		free(name);
		return STAGE_OK;
	}
	tell_each(self, port, STAGE_ENGINE_PORT_RENAMED, name);
	free(port->name);
	port->name = name;
	return tell_appeared(self, client, port);
}

static void
set_device(struct client *client, const struct stage_seq_device *device)
{
	client->serial[0] = '\0';
	client->place[0] = '\0';
	if (device == NULL) {
		return;
	}
	memcpy(client->serial, device->serial, sizeof(client->serial));
	memcpy(client->place, device->place, sizeof(client->place));
	if (client->place[0] == '\0') {
		memcpy(client->place, device->id, sizeof(device->id));
	}
}

static enum stage_status
change_client(struct stage_seq_table *self, struct client *client,
	const struct stage_seq_client *info,
	const struct stage_seq_device *device)
{
	const struct client before = *client; // its texts
	enum stage_status status = STAGE_OK;

	if (strcmp(client->info.name, info->name) != 0) {
		self->events->client(self->user, client->info.name, false);
		self->events->client(self->user, info->name, true);
	}
	client->info = *info;
	set_device(client, device);
	if (client->instance > 0 && !is_twin(client, &before)) {
		client->instance = free_instance(self, client);
	}
	for (size_t i = 0; i < client->port_count && status == STAGE_OK; i++) {
		status = rename_port(self, client, &client->ports[i]);
	}
	return status;
}

enum stage_status
stage_seq_table_put_client(struct stage_seq_table *self,
	const struct stage_seq_client *info,
	const struct stage_seq_device *device)
{
	struct client *client = client_at(self, info->client);

	if (client != NULL) {
		client->is_told = true;
		return change_client(self, client, info, device);
	}
	client = calloc(1, sizeof(*client));
	if (client == NULL) {
		return STAGE_NO_MEMORY;
	}
	client->info = *info;
	client->is_told = true;
	set_device(client, device);
	self->clients[info->client] = client;
	self->events->client(self->user, info->name, true);
	return STAGE_OK;
}

void
stage_seq_table_remove_client(struct stage_seq_table *self, int number)
{
	struct client *client = client_at(self, number);

	if (client == NULL) {
		return;
	}
	while (client->port_count > 0) {
		stage_seq_table_remove_port(self, client->ports[0].info.addr);
	}
	self->events->client(self->user, client->info.name, false);
	free_client(client);
	self->clients[number] = NULL;
}

static bool
reserve_port(struct client *client)
{
	size_t cap = client->port_cap == 0 ? FIRST_PORTS : client->port_cap * 2;
	struct port *ports;

	if (client->port_count < client->port_cap) {
		return true;
	}
	ports = realloc(client->ports, cap * sizeof(*ports));
	if (ports == NULL) {
		return false;
	}
	client->ports = ports;
	client->port_cap = cap;
	return true;
}

static enum stage_status
add_port(struct stage_seq_table *self, const struct stage_seq_port *info)
{
	struct client *client = client_at(self, info->addr.client);
	struct port *port;
	char *name;

	if (!reserve_port(client)) {
		return STAGE_NO_MEMORY;
	}
	if (client->instance == 0) {
		client->instance = free_instance(self, client);
	}
	name = make_name(client, info);
	if (name == NULL) {
		return STAGE_NO_MEMORY;
	}
	port = &client->ports[client->port_count];
	*port = (struct port){.info = *info, .name = name, .is_told = true};
	client->port_count++;
	return tell_appeared(self, client, port);
}

// It goes one way no longer.
static void
tell_lost_way(struct stage_seq_table *self, const struct port *port,
	const struct stage_seq_port *now)
{
	struct stage_graph_port_info info = info_of(port, true);

	if (port->info.is_output && !now->is_output) {
		tell_port(self, STAGE_ENGINE_PORT_GONE, &info, NULL);
	}
	info.is_output = false;
	if (port->info.is_input && !now->is_input) {
		tell_port(self, STAGE_ENGINE_PORT_GONE, &info, NULL);
	}
}

static enum stage_status
change_port(struct stage_seq_table *self, struct port *port,
	const struct stage_seq_port *info)
{
	const struct client *client = client_at(self, info->addr.client);
	enum stage_status status;

	tell_lost_way(self, port, info);
	port->info.is_output = port->info.is_output && info->is_output;
	port->info.is_input = port->info.is_input && info->is_input;
	port->is_told = true;
	memcpy(port->info.name, info->name, sizeof(port->info.name));
	status = rename_port(self, client, port);
	port->info = *info;
	return status == STAGE_OK ? tell_appeared(self, client, port) : status;
}

enum stage_status
stage_seq_table_put_port(
	struct stage_seq_table *self, const struct stage_seq_port *info)
{
	struct port *port = port_at(self, info->addr);

	if (!info->is_output && !info->is_input) {
		stage_seq_table_remove_port(self, info->addr);
		return STAGE_OK;
	}
	return port != NULL ? change_port(self, port, info)
			    : add_port(self, info);
}

void
stage_seq_table_remove_port(
	struct stage_seq_table *self, struct stage_seq_addr addr)
{
	struct client *client = client_at(self, addr.client);
	struct port *port = port_at(self, addr);

	if (port == NULL) {
		return;
	}
	tell_each(self, port, STAGE_ENGINE_PORT_GONE, NULL);
	free(port->name);
	client->port_count--;
	*port = client->ports[client->port_count];
	if (client->port_count == 0) {
		client->instance = 0;
	}
}

void
stage_seq_table_tell_pair(struct stage_seq_table *self,
	struct stage_seq_addr from, struct stage_seq_addr to,
	const struct stage_patch_how *how)
{
	const struct port *output = port_at(self, from);
	const struct port *input = port_at(self, to);
	struct stage_engine_event event = {.system = STAGE_PATCH_ALSA,
		.kind = how != NULL ? STAGE_ENGINE_CONNECTED
				    : STAGE_ENGINE_DISCONNECTED};

	if (output == NULL || input == NULL) {
		return;
	}
	event.from = output->name;
	event.to = input->name;
	if (how != NULL) {
		event.how = *how;
	}
	self->events->event(self->user, &event);
}

bool
stage_seq_table_find(const struct stage_seq_table *self, bool is_output,
	const char *name, struct stage_seq_addr *out)
{
	for (int i = 0; i < STAGE_SEQ_CLIENTS; i++) {
		const struct client *client = self->clients[i];
		for (size_t j = 0; client != NULL && j < client->port_count;
			j++) {
			const struct port *port = &client->ports[j];
			if ((is_output ? port->info.is_output
				       : port->info.is_input) &&
				strcmp(port->name, name) == 0) {
				*out = port->info.addr;
				return true;
			}
		}
	}
	return false;
}

void
stage_seq_table_scan_begin(struct stage_seq_table *self)
{
	for (int i = 0; i < STAGE_SEQ_CLIENTS; i++) {
		struct client *client = self->clients[i];
		if (client == NULL) {
			continue;
		}
		client->is_told = false;
		for (size_t j = 0; j < client->port_count; j++) {
			client->ports[j].is_told = false;
		}
	}
}

static void
sweep_ports(struct stage_seq_table *self, struct client *client)
{
	for (size_t i = client->port_count; i > 0; i--) {
		const struct port *port = &client->ports[i - 1];
		if (!port->is_told) {
			stage_seq_table_remove_port(self, port->info.addr);
		}
	}
}

void
stage_seq_table_scan_end(struct stage_seq_table *self)
{
	for (int i = 0; i < STAGE_SEQ_CLIENTS; i++) {
		struct client *client = self->clients[i];
		if (client != NULL && !client->is_told) {
			stage_seq_table_remove_client(self, i);
		} else if (client != NULL) {
			sweep_ports(self, client);
		}
	}
}
