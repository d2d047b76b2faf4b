/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "fake_backend.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct stage_patch_backend {
	struct fake_server *server;
	const struct stage_patch_backend_events *events;
	void *user;
	uv_timer_t timer; // of 0 ms: the next turn
};

// The one that the class makes backends of.
static struct fake_server *the_server;

static void
send_event(struct fake_server *self, const struct stage_engine_event *event)
{
	self->backend->events->event(self->backend->user, event);
}

static void
tell(struct fake_server *self, enum stage_engine_kind kind)
{
	send_event(self, &(struct stage_engine_event){.kind = kind});
}

static void
settle(struct fake_server *self)
{
	self->backend->events->settled(self->backend->user);
}

static void
tell_port(struct fake_server *self, enum stage_engine_kind kind,
	const struct fake_port *port, const char *new_name)
{
	send_event(self, &(struct stage_engine_event){.kind = kind,
				 .port = {.name = port->name,
					 .type = port->type,
					 .is_output = port->is_output,
					 .is_physical = port->is_physical},
				 .to = new_name});
}

static void
tell_pair(struct fake_server *self, enum stage_engine_kind kind,
	const struct fake_connection *pair)
{
	send_event(self,
		&(struct stage_engine_event){
			.kind = kind, .from = pair->from, .to = pair->to});
}

static size_t
find_port(const struct fake_server *self, const char *name)
{
	size_t i = 0;

	while (i < self->port_count && strcmp(self->ports[i].name, name) != 0) {
		i++;
	}
	return i;
}

static size_t
find_connection(
	const struct fake_server *self, const char *from, const char *to)
{
	size_t i = 0;

	while (i < self->connection_count &&
		(strcmp(self->connections[i].from, from) != 0 ||
			strcmp(self->connections[i].to, to) != 0)) {
		i++;
	}
	return i;
}

static struct fake_connection
pair_of(const char *from, const char *to)
{
	struct fake_connection pair;

	assert_true(strlen(from) < FAKE_NAME_MAX);
	assert_true(strlen(to) < FAKE_NAME_MAX);
	strcpy(pair.from, from);
	strcpy(pair.to, to);
	return pair;
}

// Makes or removes it, and tells; false when it is so already, or cannot be.
static bool
change(struct fake_server *self, bool is_disconnect,
	const struct fake_connection *pair)
{
	size_t at = find_connection(self, pair->from, pair->to);
	bool is_there = at < self->connection_count;

	if (is_there != is_disconnect ||
		find_port(self, pair->from) == self->port_count ||
		find_port(self, pair->to) == self->port_count) {
		return false;
	}
	if (is_disconnect) {
		self->connection_count--;
		self->connections[at] =
			self->connections[self->connection_count];
	} else {
		assert_true(self->connection_count < FAKE_CONNECTIONS_MAX);
		self->connections[self->connection_count] = *pair;
		self->connection_count++;
	}
	tell_pair(self,
		is_disconnect ? STAGE_ENGINE_DISCONNECTED
			      : STAGE_ENGINE_CONNECTED,
		pair);
	return true;
}

static void
answer(struct fake_server *self, const struct fake_edit *edit)
{
	struct stage_engine_event event = {.kind = STAGE_ENGINE_EDIT_DONE,
		.from = edit->pair.from,
		.to = edit->pair.to,
		.is_disconnect = edit->is_disconnect,
		.outcome = STAGE_ENGINE_OUTCOME_REFUSED};

	if (self->answer == FAKE_LOST) {
		return;
	}
	if (self->answer == FAKE_DONE &&
		find_port(self, edit->pair.from) < self->port_count &&
		find_port(self, edit->pair.to) < self->port_count) {
		(void)change(self, edit->is_disconnect, &edit->pair);
		self->edit_count++;
		event.outcome = STAGE_ENGINE_OUTCOME_DONE;
	}
	send_event(self, &event);
}

static void
list_all(struct fake_server *self)
{
	tell(self, STAGE_ENGINE_SCAN_BEGIN);
	for (size_t i = 0; i < self->port_count; i++) {
		tell_port(self, STAGE_ENGINE_PORT_APPEARED, &self->ports[i],
			NULL);
	}
	for (size_t i = 0; i < self->connection_count; i++) {
		tell_pair(self, STAGE_ENGINE_CONNECTED, &self->connections[i]);
	}
	tell(self, STAGE_ENGINE_SCAN_END);
}

static void
on_turn(uv_timer_t *timer)
{
	struct stage_patch_backend *backend = timer->data;
	struct fake_server *self = backend->server;
	static struct fake_edit edits[FAKE_CONNECTIONS_MAX];
	size_t count = self->flushed_count;

	if (!self->is_up) {
		return;
	}
	memcpy(edits, self->flushed, count * sizeof(*edits));
	self->flushed_count = 0;
	for (size_t i = 0; i < count; i++) {
		answer(self, &edits[i]);
	}
	if (self->is_scan_wanted) {
		self->is_scan_wanted = false;
		self->scan_count++;
		list_all(self);
	}
	settle(self);
}

static enum stage_status
create(uv_loop_t *loop, const struct stage_patch_backend_events *events,
	void *user, struct stage_patch_backend **out, struct stage_err *err)
{
	struct stage_patch_backend *self = calloc(1, sizeof(*self));

	if (self == NULL || the_server->create_status != STAGE_OK) {
		free(self);
		return stage_err_set(
			err, the_server->create_status, "no fake server");
	}
	self->server = the_server;
	self->events = events;
	self->user = user;
	assert_int_equal(uv_timer_init(loop, &self->timer), 0);
	self->timer.data = self;
	the_server->backend = self;
	*out = self;
	return STAGE_OK;
}

static enum stage_status
edit(struct stage_patch_backend *backend, enum stage_engine_edit what,
	const char *from, const char *to, const struct stage_patch_how *how)
{
	struct fake_server *self = backend->server;

	(void)how;
	if (self->edits_refused > 0) {
		self->edits_refused--;
		return STAGE_NO_MEMORY;
	}
	assert_true(self->kept_count < FAKE_CONNECTIONS_MAX);
	self->kept[self->kept_count] = (struct fake_edit){
		what != STAGE_ENGINE_CONNECT, pair_of(from, to)};
	self->kept_count++;
	return STAGE_OK;
}

static bool
flush(struct stage_patch_backend *backend)
{
	struct fake_server *self = backend->server;

	if (self->kept_count > 0 && self->flushes_lost > 0) {
		self->flushes_lost--;
		self->kept_count = 0;
		return false;
	}
	if (self->kept_count > 0 && self->is_up) {
		assert_true(self->flushed_count + self->kept_count <=
			    FAKE_CONNECTIONS_MAX);
		memcpy(self->flushed + self->flushed_count, self->kept,
			self->kept_count * sizeof(*self->kept));
		self->flushed_count += self->kept_count;
		uv_timer_start(&backend->timer, on_turn, 0, 0);
	}
	self->kept_count = 0;
	return self->is_up;
}

static void
scan(struct stage_patch_backend *backend)
{
	if (backend->server->is_up) {
		backend->server->is_scan_wanted = true;
		uv_timer_start(&backend->timer, on_turn, 0, 0);
	}
}

static bool
is_behind(const struct stage_patch_backend *backend)
{
	return backend->server->is_behind;
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void
destroy(struct stage_patch_backend *backend)
{
	if (backend != NULL) {
		backend->server->backend = NULL;
		uv_close((uv_handle_t *)&backend->timer, on_closed);
	}
}

const struct stage_patch_backend_class *
fake_backend(struct fake_server *server)
{
	static const struct stage_patch_backend_class fake = {
		.create = create,
		.edit = edit,
		.flush = flush,
		.scan = scan,
		.is_behind = is_behind,
		.destroy = destroy,
	};

	memset(server, 0, sizeof(*server));
	the_server = server;
	return &fake;
}

void
fake_server_come(struct fake_server *self, bool is_pipewire)
{
	self->is_up = true;
	self->is_pipewire = is_pipewire;
	self->backend->events->up(self->backend->user, is_pipewire);
	tell(self, STAGE_ENGINE_SERVER_UP);
	list_all(self);
	settle(self);
}

void
fake_server_go(struct fake_server *self)
{
	self->is_up = false;
	self->is_scan_wanted = false;
	self->port_count = 0;
	self->connection_count = 0;
	self->flushed_count = 0;
	self->kept_count = 0;
	tell(self, STAGE_ENGINE_SERVER_GONE);
	settle(self);
}

void
fake_server_add(struct fake_server *self, const char *name)
{
	struct fake_port *port = &self->ports[self->port_count];

	assert_true(self->port_count < FAKE_PORTS_MAX);
	assert_true(strlen(name) < FAKE_NAME_MAX);
	assert_int_equal(find_port(self, name), self->port_count);
	*port = (struct fake_port){
		.type = strstr(name, "midi") != NULL ? "midi" : "audio",
		.is_output = strstr(name, ":out") != NULL,
		.is_physical = strncmp(name, "system:", 7) == 0};
	strcpy(port->name, name);
	self->port_count++;
	tell_port(self, STAGE_ENGINE_PORT_APPEARED, port, NULL);
	settle(self);
}

void
fake_server_remove(struct fake_server *self, const char *name)
{
	size_t at = find_port(self, name);
	struct fake_port port;

	assert_true(at < self->port_count);
	for (size_t i = self->connection_count; i > 0; i--) {
		struct fake_connection pair = self->connections[i - 1];
		if (strcmp(pair.from, name) == 0 ||
			strcmp(pair.to, name) == 0) {
			(void)change(self, true, &pair);
		}
	}
	port = self->ports[at];
	self->port_count--;
	self->ports[at] = self->ports[self->port_count];
	tell_port(self, STAGE_ENGINE_PORT_GONE, &port, NULL);
	settle(self);
}

void
fake_server_rename(
	struct fake_server *self, const char *name, const char *new_name)
{
	struct fake_port *port = &self->ports[find_port(self, name)];
	struct fake_port before = *port;

	strcpy(port->name, new_name);
	for (size_t i = 0; i < self->connection_count; i++) {
		struct fake_connection *pair = &self->connections[i];
		char *end = port->is_output ? pair->from : pair->to;
		if (strcmp(end, name) == 0) {
			strcpy(end, new_name);
		}
	}
	tell_port(self, STAGE_ENGINE_PORT_RENAMED, &before, new_name);
	settle(self);
}

void
fake_server_connect(struct fake_server *self, const char *from, const char *to)
{
	struct fake_connection pair = pair_of(from, to);

	assert_true(change(self, false, &pair));
	settle(self);
}

void
fake_server_disconnect(
	struct fake_server *self, const char *from, const char *to)
{
	struct fake_connection pair = pair_of(from, to);

	assert_true(change(self, true, &pair));
	settle(self);
}

void
fake_server_disconnect_all(
	struct fake_server *self, const char *from, size_t count)
{
	for (size_t i = self->connection_count; i > 0 && count > 0; i--) {
		struct fake_connection pair = self->connections[i - 1];
		if (strcmp(pair.from, from) == 0) {
			(void)change(self, true, &pair);
			count--;
		}
	}
	assert_int_equal(count, 0);
	settle(self);
}

bool
fake_server_is_connected(
	const struct fake_server *self, const char *from, const char *to)
{
	return find_connection(self, from, to) < self->connection_count;
}

bool
fake_server_is_idle(const struct fake_server *self)
{
	return self->kept_count == 0 && self->flushed_count == 0 &&
	       !self->is_scan_wanted;
}

void
fake_server_client(struct fake_server *self, const char *name, bool is_there)
{
	self->backend->events->client(self->backend->user, name, is_there);
	self->backend->events->settled(self->backend->user);
}

void
fake_server_warn(struct fake_server *self, const char *sentence)
{
	self->backend->events->warn(self->backend->user, sentence);
}

void
fake_server_hang(struct fake_server *self)
{
	self->backend->events->hung(self->backend->user, "a test hangs");
}
