/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "jack/client.h"
#include "patchbay/backend.h"
#include "patchbay/rivals.h"

#define CLIENT_NAME "stagecraft-patchbay"
#define HEARTBEAT_MS 30000 // an idle patchbay wakes for nothing else
#define FIRST_EDITS 16

struct stage_patch_backend {
	struct stage_jack_client *client;
	const struct stage_patch_backend_events *events;
	void *user;
	struct stage_jack_edit *edits; // owned array
	char **names;                  // likewise; both names of each edit
	size_t edit_count;
	size_t edit_cap;
};

static void
forget_edits(struct stage_patch_backend *self)
{
	for (size_t i = 0; i < self->edit_count; i++) {
		free(self->names[i]);
	}
	self->edit_count = 0;
}

static void
tell(struct stage_patch_backend *self, enum stage_engine_kind kind)
{
	const struct stage_engine_event event = {
		.kind = kind, .system = STAGE_PATCH_JACK};

	self->events->event(self->user, &event);
}

static void
on_opened(void *user, const struct stage_jack_info *info)
{
	struct stage_patch_backend *self = user;

	self->events->up(self->user, info->is_pipewire);
	tell(self, STAGE_ENGINE_SERVER_UP);
}

static void
on_lost(void *user, const char *reason)
{
	struct stage_patch_backend *self = user;

	(void)reason;
	forget_edits(self);
	tell(self, STAGE_ENGINE_SERVER_GONE);
	self->events->settled(self->user);
}

static void
on_failed(void *user, const char *reason)
{
	struct stage_patch_backend *self = user;

	self->events->warn(self->user, reason);
}

static void
on_hung(void *user, const char *what)
{
	struct stage_patch_backend *self = user;

	self->events->hung(self->user, what);
}

static struct stage_graph_port_info
port_of(const struct stage_jack_graph_event *event)
{
	return (struct stage_graph_port_info){
		.system = STAGE_PATCH_JACK,
		.name = event->name,
		.type = event->type,
		.aliases = {event->aliases[0], event->aliases[1]},
		.is_output = (event->flags & STAGE_JACK_PORT_OUTPUT) != 0,
		.is_physical = (event->flags & STAGE_JACK_PORT_PHYSICAL) != 0,
	};
}

static void
tell_port(struct stage_patch_backend *self,
	const struct stage_jack_graph_event *from, enum stage_engine_kind kind)
{
	const struct stage_engine_event event = {.kind = kind,
		.system = STAGE_PATCH_JACK,
		.port = port_of(from),
		.to = from->new_name};

	self->events->event(self->user, &event);
}

static void
tell_pair(struct stage_patch_backend *self,
	const struct stage_jack_graph_event *from, enum stage_engine_kind kind)
{
	static const enum stage_engine_outcome outcomes[] = {
		[STAGE_JACK_OUTCOME_DONE] = STAGE_ENGINE_OUTCOME_DONE,
		[STAGE_JACK_OUTCOME_EXISTS] = STAGE_ENGINE_OUTCOME_DONE,
		[STAGE_JACK_OUTCOME_REFUSED] = STAGE_ENGINE_OUTCOME_REFUSED,
		[STAGE_JACK_OUTCOME_GONE] = STAGE_ENGINE_OUTCOME_GONE,
	};
	const struct stage_engine_event event = {.kind = kind,
		.system = STAGE_PATCH_JACK,
		.from = from->from,
		.to = from->to,
		.is_disconnect = from->tag != 0,
		.outcome = outcomes[from->outcome]};

	_Static_assert(STAGE_COUNT_OF(outcomes) == STAGE_JACK_OUTCOME_COUNT,
		"each outcome has its row");
	self->events->event(self->user, &event);
}

static void
on_graph(void *user, const struct stage_jack_graph_event *event)
{
	struct stage_patch_backend *self = user;

	switch (event->kind) {
	case STAGE_JACK_GRAPH_PORT_APPEARED:
		tell_port(self, event, STAGE_ENGINE_PORT_APPEARED);
		break;
	case STAGE_JACK_GRAPH_PORT_GONE:
		tell_port(self, event, STAGE_ENGINE_PORT_GONE);
		break;
	case STAGE_JACK_GRAPH_PORT_RENAMED:
		tell_port(self, event, STAGE_ENGINE_PORT_RENAMED);
		break;
	case STAGE_JACK_GRAPH_CONNECTED:
		tell_pair(self, event, STAGE_ENGINE_CONNECTED);
		break;
	case STAGE_JACK_GRAPH_DISCONNECTED:
		tell_pair(self, event, STAGE_ENGINE_DISCONNECTED);
		break;
	case STAGE_JACK_GRAPH_EDIT_DONE:
		tell_pair(self, event, STAGE_ENGINE_EDIT_DONE);
		break;
	case STAGE_JACK_GRAPH_SCAN_BEGIN:
		tell(self, STAGE_ENGINE_SCAN_BEGIN);
		break;
	case STAGE_JACK_GRAPH_SCAN_END:
		tell(self, STAGE_ENGINE_SCAN_END);
		break;
	case STAGE_JACK_GRAPH_BATCH_END:
		self->events->settled(self->user);
		break;
	case STAGE_JACK_GRAPH_CLIENT_APPEARED:
		self->events->client(self->user, event->name, true);
		break;
	case STAGE_JACK_GRAPH_CLIENT_GONE:
		self->events->client(self->user, event->name, false);
		break;
	case STAGE_JACK_GRAPH_KIND_COUNT:
		break;
	}
}

static enum stage_status
create(uv_loop_t *loop, const struct stage_patch_backend_events *events,
	void *user, struct stage_patch_backend **out, struct stage_err *err)
{
	static const struct stage_jack_client_ops ops = {
		.opened = on_opened,
		.lost = on_lost,
		.failed = on_failed,
		.hung = on_hung,
		.graph = on_graph,
	};
	const struct stage_jack_client_config config = {.name = CLIENT_NAME,
		.heartbeat_ms = HEARTBEAT_MS,
		.watched_clients = stage_patch_rivals};
	struct stage_patch_backend *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->events = events;
	self->user = user;
	status = stage_jack_client_create(
		loop, &config, &ops, self, &self->client, err);
	if (status != STAGE_OK) {
		free(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

static bool
reserve_edit(struct stage_patch_backend *self)
{
	size_t cap = self->edit_cap == 0 ? FIRST_EDITS : self->edit_cap * 2;
	struct stage_jack_edit *edits;
	char **names;

	if (self->edit_count < self->edit_cap) {
		return true;
	}
	edits = realloc(self->edits, cap * sizeof(*edits));
	if (edits == NULL) {
		return false;
	}
	self->edits = edits;
	names = realloc(self->names, cap * sizeof(*names));
	if (names == NULL) {
		return false;
	}
	self->names = names;
	self->edit_cap = cap;
	return true;
}

static enum stage_status
edit(struct stage_patch_backend *self, enum stage_engine_edit what,
	const char *from, const char *to, const struct stage_patch_how *how)
{
	size_t from_size = strlen(from) + 1;
	size_t to_size = strlen(to) + 1;
	char *both;

	(void)how;
	if (!reserve_edit(self)) {
		return STAGE_NO_MEMORY;
	}
	both = malloc(from_size + to_size);
	if (both == NULL) {
		return STAGE_NO_MEMORY;
	}
	memcpy(both, from, from_size);
	memcpy(both + from_size, to, to_size);
	self->names[self->edit_count] = both;
	self->edits[self->edit_count] = (struct stage_jack_edit){
		.is_disconnect = what != STAGE_ENGINE_CONNECT,
		.is_urgent = what == STAGE_ENGINE_FORBID,
		.from = both,
		.to = both + from_size,
		.tag = what != STAGE_ENGINE_CONNECT};
	self->edit_count++;
	return STAGE_OK;
}

static bool
flush(struct stage_patch_backend *self)
{
	enum stage_status status = STAGE_OK;

	if (self->edit_count > 0) {
		status = stage_jack_client_edit(
			self->client, self->edits, self->edit_count);
	}
	forget_edits(self);
	return status == STAGE_OK;
}

static void
scan(struct stage_patch_backend *self)
{
	stage_jack_client_scan(self->client);
}

static bool
is_behind(const struct stage_patch_backend *self)
{
	return stage_jack_client_is_behind(self->client);
}

static void
destroy(struct stage_patch_backend *self)
{
	if (self != NULL) {
		stage_jack_client_destroy(self->client);
		forget_edits(self);
		free(self->edits);
		free(self->names);
		free(self);
	}
}

const struct stage_patch_backend_class *
stage_patch_backend_jack(void)
{
	static const struct stage_patch_backend_class jack = {
		.create = create,
		.edit = edit,
		.flush = flush,
		.scan = scan,
		.is_behind = is_behind,
		.destroy = destroy,
	};

	return &jack;
}
