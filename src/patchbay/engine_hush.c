/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Silence: connections of audio that are withheld until somebody lifts it.

#include <stdlib.h>
#include <string.h>

#include "patchbay/engine_private.h"

// stagecraft-show's, by which it ends all notes: connected to everything for a
// moment, by nobody's wish.
#define MOMENTARY "stagecraft-show:panic"

static bool
is_audio(const struct stage_graph_port *port)
{
	return port->system == STAGE_PATCH_JACK && port->type != NULL &&
	       strstr(port->type, "audio") != NULL;
}

// A client of NSM is called as its id, or "id/..." (API 1.1.2), and JACK may
// put "-01" behind a name that is in use. "ams-01:" is that client alone.
static bool
is_of_client(const struct stage_graph_port *port, const char *client)
{
	size_t len = strlen(client);

	if (strncmp(port->name, client, len) != 0) {
		return false;
	}
	return (len > 0 && client[len - 1] == ':') || port->name[len] == ':' ||
	       port->name[len] == '/' || port->name[len] == '-' ||
	       port->name[len] == '.';
}

static bool
is_of_any(const struct stage_engine *self, const struct stage_graph_port *port)
{
	for (size_t i = 0; i < self->hushed_clients.count; i++) {
		if (is_of_client(port, self->hushed_clients.items[i])) {
			return true;
		}
	}
	return false;
}

bool
stage_engine_is_hushed(const struct stage_engine *self,
	const struct stage_graph_port *from, const struct stage_graph_port *to)
{
	struct stage_reason reason;

	if (self->hush == STAGE_HUSH_NONE || !is_audio(from)) {
		return false;
	}
	if (self->hush == STAGE_HUSH_ALL && to->is_physical) {
		return true;
	}
	if (is_of_any(self, from)) {
		return true;
	}
	(void)stage_desired_judge(self->desired, from, to, &reason);
	return reason.is_said && (reason.layer == STAGE_LAYER_SONG ||
					 reason.layer == STAGE_LAYER_RINGING);
}

bool
stage_engine_is_momentary(const struct stage_graph_port *from)
{
	return strcmp(from->name, MOMENTARY) == 0;
}

void
stage_engine_remember_hushed(struct stage_engine *self,
	const struct stage_graph_port *from, const struct stage_graph_port *to)
{
	struct stage_strv *list = &self->hushed;

	for (size_t i = 0; i + 1 < list->count; i += 2) {
		if (strcmp(list->items[i], from->name) == 0 &&
			strcmp(list->items[i + 1], to->name) == 0) {
			return;
		}
	}
	if (stage_strv_add(list, from->name) == STAGE_OK &&
		stage_strv_add(list, to->name) != STAGE_OK) {
		list->count--; // without memory it is forgotten
		free(list->items[list->count]);
	}
}

// What nobody wants is nobody's to keep: it is only put back.
static void
put_back(struct stage_engine *self, const char *from_name, const char *to_name)
{
	struct stage_graph_port *from = stage_graph_find(
		self->graph, STAGE_PATCH_JACK, true, from_name);
	struct stage_graph_port *to =
		stage_graph_find(self->graph, STAGE_PATCH_JACK, false, to_name);
	const struct stage_patch_how how = {0};
	struct stage_link *link;

	if (from == NULL || to == NULL || !stage_graph_can_connect(from, to) ||
		stage_graph_is_connected(from, to)) {
		return;
	}
	link = stage_link_make(self, from, to);
	if (link == NULL || link->state != STAGE_LINK_IDLE) {
		return;
	}
	link->is_put_back = true;
	stage_link_set(self, link, STAGE_LINK_CONNECTING, 0);
	if (self->ops->edit(self->user, STAGE_ENGINE_CONNECT, STAGE_PATCH_JACK,
		    from->name, to->name, &how) != STAGE_OK) {
		link->is_put_back = false;
		stage_link_set(self, link, STAGE_LINK_IDLE, 0);
		stage_link_forget(self, link);
	}
}

static void
put_all_back(struct stage_engine *self)
{
	struct stage_strv list = self->hushed;

	self->hushed = (struct stage_strv){0};
	for (size_t i = 0; i + 1 < list.count; i += 2) {
		put_back(self, list.items[i], list.items[i + 1]);
	}
	stage_strv_finish(&list);
}

enum stage_status
stage_engine_set_hush(struct stage_engine *self, enum stage_hush hush,
	const char *const *clients, size_t count)
{
	struct stage_strv names = {0};
	bool is_lifted = hush < self->hush;
	bool was_silent = self->hush != STAGE_HUSH_NONE;

	for (size_t i = 0; i < count; i++) {
		if (stage_strv_add(&names, clients[i]) != STAGE_OK) {
			stage_strv_finish(&names);
			return STAGE_NO_MEMORY;
		}
	}
	stage_strv_finish(&self->hushed_clients);
	self->hushed_clients = names;
	self->hush = hush;
	self->is_all_dirty =
		self->is_all_dirty || was_silent || hush != STAGE_HUSH_NONE;
	if (is_lifted) {
		put_all_back(self); // what is to stay away goes again
	}
	return STAGE_OK;
}

enum stage_hush
stage_engine_hush(const struct stage_engine *self)
{
	return self->hush;
}
