/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rpc/follow.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define PATIENCE_MS 30000 // that it may take to tell its state

struct stage_rpc_follow {
	struct stage_rpc_link *link;
	char *name; // owned
	const struct stage_rpc_follow_events *events;
	void *user;
	json_t *snapshot;   // owned; NULL: it is not there
	json_t *verbs;      // owned
	bool is_fresh;      // nothing happened since the snapshot
	bool is_refreshing; // it is being asked for
	bool is_ended;
};

static void
forget(struct stage_rpc_follow *self)
{
	json_decref(self->snapshot);
	json_decref(self->verbs);
	self->snapshot = NULL;
	self->verbs = NULL;
	self->is_fresh = false;
}

static void
on_state(void *user, const struct stage_err *err, json_t *result)
{
	struct stage_rpc_follow *self = user;

	if (self->is_ended) {
		return;
	}
	self->is_refreshing = false;
	if (result != NULL) {
		json_decref(self->snapshot);
		self->snapshot = json_incref(result);
		self->is_fresh = true;
		self->events->snapshot(self->user, self);
	} else if (err->status != STAGE_GONE) {
		stage_log_warn("no state of %s: %s", self->name, err->text);
	}
}

static void
on_verbs(void *user, const struct stage_err *err, json_t *result)
{
	struct stage_rpc_follow *self = user;
	json_t *verbs = json_object_get(result, "verbs");

	if (self->is_ended) {
		return;
	}
	if (verbs == NULL && err->status != STAGE_GONE) {
		stage_log_warn("no verbs of %s: %s", self->name,
			err->status != STAGE_OK ? err->text : "it tells none");
	}
	json_decref(self->verbs);
	self->verbs = json_incref(verbs);
}

static void
on_up(void *user)
{
	struct stage_rpc_follow *self = user;

	self->is_refreshing = true;
	stage_rpc_link_call(
		self->link, "verbs", NULL, PATIENCE_MS, on_verbs, self);
	stage_rpc_link_call(
		self->link, "subscribe", NULL, PATIENCE_MS, on_state, self);
}

static void
on_told(void *user, const char *method, const json_t *params)
{
	struct stage_rpc_follow *self = user;

	if (strcmp(method, "event") == 0) {
		self->is_fresh = false;
		self->events->event(self->user, self, params);
	} else if (strcmp(method, "resync") == 0) {
		self->is_fresh = false;
		(void)stage_rpc_follow_refresh(self);
	}
}

static void
on_down(void *user)
{
	struct stage_rpc_follow *self = user;
	bool was_there = self->snapshot != NULL;

	self->is_refreshing = false;
	forget(self);
	if (was_there) {
		self->events->gone(self->user, self);
	}
}

enum stage_status
stage_rpc_follow_create(struct stage_rpc_follow **out, uv_loop_t *loop,
	const char *name, const char *path,
	const struct stage_rpc_follow_events *events, void *user,
	struct stage_err *err)
{
	static const struct stage_rpc_link_events link_events = {
		.up = on_up, .told = on_told, .down = on_down};
	struct stage_rpc_follow *self = calloc(1, sizeof(*self));
	enum stage_status status = STAGE_NO_MEMORY;

	if (self != NULL) {
		self->name = strdup(name);
	}
	if (self == NULL || self->name == NULL) {
		free(self);
		return stage_err_set(err, status, "out of memory");
	}
	self->events = events;
	self->user = user;
	status = stage_rpc_link_create(
		&self->link, loop, name, path, &link_events, self, err);
	if (status != STAGE_OK) {
		free(self->name);
		free(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

void
stage_rpc_follow_destroy(struct stage_rpc_follow *self)
{
	if (self == NULL) {
		return;
	}
	self->is_ended = true;
	stage_rpc_link_destroy(self->link);
	forget(self);
	free(self->name);
	free(self);
}

const char *
stage_rpc_follow_name(const struct stage_rpc_follow *self)
{
	return self->name;
}

const json_t *
stage_rpc_follow_snapshot(const struct stage_rpc_follow *self)
{
	return self->snapshot;
}

const json_t *
stage_rpc_follow_verbs(const struct stage_rpc_follow *self)
{
	return self->verbs;
}

bool
stage_rpc_follow_refresh(struct stage_rpc_follow *self)
{
	if (self->is_fresh) {
		return true;
	}
	if (stage_rpc_link_is_up(self->link) && !self->is_refreshing) {
		self->is_refreshing = true;
		stage_rpc_link_call(
			self->link, "state", NULL, PATIENCE_MS, on_state, self);
	}
	return false;
}

void
stage_rpc_follow_call(struct stage_rpc_follow *self, const char *verb,
	json_t *params, unsigned timeout_ms, stage_rpc_answered *answered,
	void *user)
{
	stage_rpc_link_call(
		self->link, verb, params, timeout_ms, answered, user);
}
