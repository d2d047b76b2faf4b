/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/engine.h"

#include <stdlib.h>

#include "patchbay/engine_private.h"

static void
ignore(void *user, struct stage_graph_port *port)
{
	(void)user;
	(void)port;
}

struct stage_engine *
stage_engine_create(const struct stage_engine_ops *ops, void *user)
{
	struct stage_engine *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return NULL;
	}
	self->ops = ops;
	self->user = user;
	self->mode = STAGE_PATCH_MODE_LEARN;
	self->graph = stage_graph_create();
	self->links = stage_map_create(stage_link_destroy);
	if (self->graph == NULL || self->links == NULL ||
		stage_desired_create(NULL, 0, false, &self->desired, NULL) !=
			STAGE_OK) {
		stage_engine_destroy(self);
		return NULL;
	}
	return self;
}

static void
drop_earlier(struct stage_engine *self, struct stage_engine_side *side)
{
	struct stage_desired *earlier = side->earlier;
	bool is_shared = false;

	side->earlier = NULL;
	for (int i = 0; i < STAGE_PATCH_SYSTEM_COUNT; i++) {
		is_shared |= self->sides[i].earlier == earlier;
	}
	if (earlier != NULL && !is_shared) {
		stage_desired_destroy(earlier);
	}
}

bool
stage_engine_is_open(
	const struct stage_engine *self, enum stage_patch_system system)
{
	return self->sides[system].is_up && !self->sides[system].is_scanning;
}

void
stage_engine_destroy(struct stage_engine *self)
{
	if (self == NULL) {
		return;
	}
	for (int i = 0; i < STAGE_PATCH_SYSTEM_COUNT; i++) {
		drop_earlier(self, &self->sides[i]);
	}
	stage_desired_destroy(self->desired);
	stage_graph_destroy(self->graph);
	stage_map_destroy(self->links);
	stage_bag_finish(&self->dirty);
	stage_bag_finish(&self->arriving);
	stage_bag_finish(&self->waking);
	stage_strv_finish(&self->hung);
	stage_strv_finish(&self->hushed_clients);
	stage_strv_finish(&self->hushed);
	free(self);
}

void
stage_engine_touch(void *user, struct stage_graph_port *port)
{
	struct stage_engine *self = user;

	if (port->is_listed) {
		return;
	}
	port->is_listed = stage_bag_add(&self->dirty, port) == STAGE_OK;
	self->is_all_dirty = self->is_all_dirty || !port->is_listed;
}

struct adopting {
	struct stage_engine *engine;
	enum stage_patch_system system;
};

static void
hold_wanted(
	void *user, struct stage_graph_port *from, struct stage_graph_port *to)
{
	const struct adopting *adopting = user;
	struct stage_engine *self = adopting->engine;
	struct stage_reason reason;
	struct stage_link *link = NULL;

	if (from->system == adopting->system && from->mark != NULL &&
		to->mark != NULL &&
		stage_patch_policy_is_wanted(
			stage_desired_judge(self->sides[from->system].earlier,
				from, to, &reason))) {
		link = stage_link_make(self, from, to);
	}
	if (link != NULL) {
		stage_link_set(self, link, STAGE_LINK_HELD, 0);
	}
}

enum stage_status
stage_engine_adopt_earlier(
	struct stage_engine *self, enum stage_patch_system system)
{
	struct stage_engine_side *side = &self->sides[system];
	struct adopting adopting = {self, system};
	enum stage_status status;

	if (side->earlier == NULL) {
		return STAGE_OK;
	}
	status = stage_engine_move_ports(self, self->desired, side->earlier);
	if (status == STAGE_OK) {
		stage_graph_each_connection(
			self->graph, hold_wanted, &adopting);
	}
	if (stage_engine_move_ports(self, side->earlier, self->desired) !=
		STAGE_OK) {
		status = STAGE_NO_MEMORY;
	}
	drop_earlier(self, side);
	self->is_all_dirty = true;
	return status;
}

enum stage_status
stage_engine_move_ports(struct stage_engine *self, struct stage_desired *from,
	struct stage_desired *to)
{
	struct stage_graph_port *port = stage_graph_first(self->graph);
	enum stage_status status = STAGE_OK;

	for (; port != NULL; port = port->next) {
		stage_desired_remove_port(from, port, ignore, NULL);
	}
	for (port = stage_graph_first(self->graph); port != NULL;
		port = port->next) {
		if (stage_desired_add_port(to, port, ignore, NULL) !=
			STAGE_OK) {
			status = STAGE_NO_MEMORY;
		}
	}
	return status;
}

// For those who have not been listed yet. Returns whether it is kept.
static bool
keep_earlier(
	struct stage_engine *self, struct stage_desired *before, int64_t now_ns)
{
	bool is_kept = false;

	for (int i = 0; i < STAGE_PATCH_SYSTEM_COUNT; i++) {
		struct stage_engine_side *side = &self->sides[i];
		side->settled_ns = now_ns + STAGE_ENGINE_SETTLE_NS;
		if (!side->has_scanned && side->earlier == NULL) {
			side->earlier = before;
			is_kept = true;
		}
	}
	return is_kept;
}

enum stage_status
stage_engine_set_desired(struct stage_engine *self,
	struct stage_desired *desired, bool is_switch, int64_t now_ns)
{
	struct stage_desired *before = self->desired;
	enum stage_status status;

	status = stage_engine_move_ports(self, before, desired);
	self->is_all_dirty = true;
	if (status != STAGE_OK) {
		return stage_engine_move_ports(self, desired, before) ==
				       STAGE_OK
			       ? status
			       : STAGE_NO_MEMORY;
	}
	self->desired = desired;
	if (is_switch) { // what has come by now is part of it, or sound is cut
		self->arrival_last_ns = now_ns - STAGE_ENGINE_ARRIVAL_NS;
	}
	if (!is_switch || !keep_earlier(self, before, now_ns)) {
		stage_desired_destroy(before);
	}
	return STAGE_OK;
}

void
stage_engine_set_behind(struct stage_engine *self,
	enum stage_patch_system system, bool is_behind)
{
	self->sides[system].is_behind = is_behind;
}

void
stage_engine_set_mode(struct stage_engine *self, enum stage_patch_mode mode)
{
	self->mode = mode;
	self->is_all_dirty = true;
}

const struct stage_graph *
stage_engine_graph(const struct stage_engine *self)
{
	return self->graph;
}

const struct stage_desired *
stage_engine_desired(const struct stage_engine *self)
{
	return self->desired;
}

bool
stage_engine_judge(const struct stage_engine *self,
	enum stage_patch_system system, const char *from, const char *to,
	enum stage_patch_policy *policy, struct stage_reason *reason)
{
	const struct stage_graph_port *output =
		stage_desired_find_port(self->desired, system, true, from);
	const struct stage_graph_port *input =
		stage_desired_find_port(self->desired, system, false, to);

	*policy = STAGE_PATCH_NOT;
	*reason = (struct stage_reason){0};
	if (output == NULL || input == NULL) {
		return false;
	}
	*policy = stage_desired_judge(self->desired, output, input, reason);
	return true;
}

struct judging {
	const struct stage_engine *engine;
	void (*visit)(void *user, const struct stage_graph_port *from,
		const struct stage_graph_port *to,
		const struct stage_reason *reason);
	void *user;
};

static void
visit_judged(
	void *user, struct stage_graph_port *from, struct stage_graph_port *to)
{
	const struct judging *judging = user;
	struct stage_reason reason;

	if (from->mark != NULL && to->mark != NULL) {
		(void)stage_desired_judge(
			judging->engine->desired, from, to, &reason);
		judging->visit(judging->user, from, to, &reason);
	}
}

void
stage_engine_each_connection(const struct stage_engine *self,
	void (*visit)(void *user, const struct stage_graph_port *from,
		const struct stage_graph_port *to,
		const struct stage_reason *reason),
	void *user)
{
	struct judging judging = {self, visit, user};

	stage_graph_each_connection(self->graph, visit_judged, &judging);
}

const char *
stage_engine_note_name(enum stage_engine_note note)
{
	static const char *const names[STAGE_NOTE_COUNT] = {"made", "removed",
		"connected itself", "lost with an end", "contested", "failed",
		"withheld"};

	return (unsigned)note < STAGE_NOTE_COUNT ? names[note] : "unknown";
}
