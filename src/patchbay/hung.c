/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/hung.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "rpc/client.h"

#define PATIENCE_NS (250 * STAGE_NS_PER_MS) // each for connecting and asking

struct stage_patch_hung {
	uv_loop_t *loop; // borrowed
	char *path;
	stage_patch_hung_told *told;
	void *user;
	struct stage_rpc_client *client; // NULL: it does not listen
	struct stage_strv hung; // those of the last snapshot, and since then
	uv_poll_t *poll;        // frees itself, a turn of the loop later
};

static void
on_poll_closed(uv_handle_t *handle)
{
	free(handle);
}

static void
hang_up(struct stage_patch_hung *self)
{
	if (self->poll != NULL) {
		uv_close((uv_handle_t *)self->poll, on_poll_closed);
		self->poll = NULL;
	}
	stage_rpc_client_destroy(self->client);
	self->client = NULL;
}

static void
tell_hung(struct stage_patch_hung *self, const char *client)
{
	// Without memory for it nobody sees that its end was lost.
	if (!stage_strv_has(&self->hung, client)) {
		(void)!stage_strv_add(&self->hung, client);
	}
	self->told(self->user, client, true);
}

// {what, client, ...}; others of its words say less, or more.
static void
tell(struct stage_patch_hung *self, const json_t *data)
{
	const char *what = json_string_value(json_object_get(data, "what"));
	const char *client = json_string_value(json_object_get(data, "client"));

	if (what == NULL || client == NULL) {
		return;
	}
	if (strcmp(what, "hung") == 0) {
		tell_hung(self, client);
	} else if (strcmp(what, "moves") == 0) {
		self->told(self->user, client, false);
	}
}

// False when some were lost: only a new snapshot tells then.
static bool
take_events(struct stage_patch_hung *self)
{
	struct stage_rpc_event event;
	enum stage_status status;
	bool is_lost = false;

	while ((status = stage_rpc_client_next_event(
			self->client, 0, &event, NULL)) == STAGE_OK) {
		is_lost = is_lost || event.is_resync;
		tell(self, event.data);
		stage_rpc_event_finish(&event);
	}
	if (status != STAGE_TIMEOUT || is_lost) {
		hang_up(self); // the server has gone, or is to be asked anew
	}
	return !is_lost;
}

static void
on_readable(uv_poll_t *poll, int status, int events)
{
	struct stage_patch_hung *self = poll->data;

	(void)status;
	(void)events;
	if (!take_events(self)) {
		stage_patch_hung_listen(self);
	}
}

static bool
start_poll(struct stage_patch_hung *self)
{
	uv_poll_t *poll = calloc(1, sizeof(*poll));

	if (poll == NULL || uv_poll_init(self->loop, poll,
				    stage_rpc_client_fd(self->client)) != 0) {
		free(poll);
		return false;
	}
	poll->data = self;
	self->poll = poll;
	return uv_poll_start(poll, UV_READABLE, on_readable) == 0;
}

// Those of the snapshot, {state: {hung: [...]}}, and that nobody else hangs.
static void
tell_present(struct stage_patch_hung *self, const json_t *snapshot)
{
	const json_t *state = json_object_get(snapshot, "state");
	const json_t *names = json_object_get(state, "hung");
	struct stage_strv before = self->hung;

	self->hung = (struct stage_strv){0};
	for (size_t i = 0; i < json_array_size(names); i++) {
		const char *name = json_string_value(json_array_get(names, i));
		if (name != NULL) {
			tell_hung(self, name);
		}
	}
	for (size_t i = 0; i < before.count; i++) {
		if (!stage_strv_has(&self->hung, before.items[i])) {
			self->told(self->user, before.items[i], false);
		}
	}
	stage_strv_finish(&before);
}

static bool
subscribe(struct stage_patch_hung *self)
{
	static const char *const topics[] = {"client", NULL};
	json_t *snapshot = NULL;

	if (stage_rpc_client_subscribe(self->client, topics, PATIENCE_NS,
		    &snapshot, NULL) != STAGE_OK ||
		!start_poll(self)) {
		json_decref(snapshot);
		return false;
	}
	tell_present(self, snapshot);
	json_decref(snapshot);
	return true;
}

struct stage_patch_hung *
stage_patch_hung_create(uv_loop_t *loop, const char *path,
	stage_patch_hung_told *told, void *user)
{
	struct stage_patch_hung *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return NULL;
	}
	self->loop = loop;
	self->told = told;
	self->user = user;
	self->path = strdup(path);
	if (self->path == NULL) {
		free(self);
		return NULL;
	}
	return self;
}

void
stage_patch_hung_listen(struct stage_patch_hung *self)
{
	if (self->client != NULL) {
		return;
	}
	self->client = stage_rpc_client_create(self->path, PATIENCE_NS, NULL);
	if (self->client == NULL) {
		return;
	}
	if (subscribe(self)) {
		// Those that came with the answer; of lost ones the next
		// call asks.
		(void)take_events(self);
	} else {
		hang_up(self);
	}
}

void
stage_patch_hung_destroy(struct stage_patch_hung *self)
{
	if (self != NULL) {
		hang_up(self);
		stage_strv_finish(&self->hung);
		free(self->path);
		free(self);
	}
}
