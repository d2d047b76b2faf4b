/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/engine_private.h"

struct walk {
	struct stage_engine *self;
	bool is_lacking_memory;
	/** Where to tell what would be done; NULL: it is done. */
	void (*plan)(void *user, bool is_disconnect,
		const struct stage_graph_port *from,
		const struct stage_graph_port *to);
	void *plan_user;
};

enum stage_patch_mode
stage_engine_mode(
	const struct stage_engine *self, const struct stage_reason *reason)
{
	return self->mode != STAGE_PATCH_MODE_LOCK && reason->has_mode
		       ? reason->mode
		       : self->mode;
}

static void
edit(struct walk *walk, struct stage_graph_port *from,
	struct stage_graph_port *to, enum stage_engine_edit what,
	const struct stage_reason *reason)
{
	bool is_disconnect = what != STAGE_ENGINE_CONNECT;
	struct stage_engine *self = walk->self;
	struct stage_link *link;

	if (walk->plan != NULL) {
		walk->plan(walk->plan_user, is_disconnect, from, to);
		return;
	}
	link = stage_link_make(self, from, to);
	if (link == NULL) {
		walk->is_lacking_memory = true;
		return;
	}
	stage_link_set(self, link,
		is_disconnect ? STAGE_LINK_DISCONNECTING
			      : STAGE_LINK_CONNECTING,
		0);
	if (self->ops->edit(self->user, what, from->system, from->name,
		    to->name, &reason->how) != STAGE_OK) {
		stage_link_set(self, link, STAGE_LINK_IDLE, 0);
		stage_link_forget(self, link);
		walk->is_lacking_memory = true;
	}
}

// A plan is made of what was told last, whatever happens meanwhile.
static bool
is_closed(const struct walk *walk, const struct stage_graph_port *port)
{
	return walk->plan == NULL &&
	       !stage_engine_is_open(walk->self, port->system);
}

static bool
is_kept_apart(const struct stage_engine *self,
	const struct stage_graph_port *from, const struct stage_graph_port *to)
{
	return stage_engine_is_cut(self, from, to) ||
	       stage_engine_is_hushed(self, from, to);
}

// A wanted pair: connected unless somebody's word is waited for.
static void
connect_pair(
	void *user, struct stage_graph_port *from, struct stage_graph_port *to)
{
	struct walk *walk = user;
	struct stage_engine *self = walk->self;
	const struct stage_link *link;
	struct stage_reason reason;

	if (walk->plan == NULL && (from->is_arriving || to->is_arriving)) {
		return; // once no more of them come
	}
	if (is_closed(walk, from) || !stage_graph_can_connect(from, to) ||
		stage_graph_is_connected(from, to) ||
		is_kept_apart(self, from, to) ||
		!stage_patch_policy_is_wanted(stage_desired_judge(
			self->desired, from, to, &reason)) ||
		stage_engine_mode(self, &reason) == STAGE_PATCH_MODE_OFF) {
		return;
	}
	link = stage_link_find(self, from, to);
	if (link == NULL || link->state == STAGE_LINK_IDLE) {
		edit(walk, from, to, STAGE_ENGINE_CONNECT, &reason);
	}
}

// True when the input is fed by what alone may feed it.
static bool
is_taken(const struct stage_engine *self, const struct stage_graph_port *to)
{
	struct stage_reason reason;

	for (size_t i = 0; i < to->peer_count; i++) {
		if (to->peers[i]->mark != NULL &&
			stage_desired_judge(self->desired, to->peers[i], to,
				&reason) == STAGE_PATCH_ONLY) {
			return true;
		}
	}
	return false;
}

static bool
is_unwelcome(const struct stage_engine *self,
	const struct stage_graph_port *from, const struct stage_graph_port *to,
	enum stage_patch_mode mode, const struct stage_link *link)
{
	if (link != NULL && link->state == STAGE_LINK_HELD) {
		return true; // it was wanted, and is so no longer
	}
	if (mode == STAGE_PATCH_MODE_EXCLUSIVE &&
		(stage_desired_knows(self->desired, from) ||
			stage_desired_knows(self->desired, to))) {
		return true;
	}
	return is_taken(self, to);
}

// Connected by hand in another way than is wanted: that is about to be learned.
static bool
is_learned_anew(
	const struct stage_link *link, const struct stage_reason *reason)
{
	return link->state == STAGE_LINK_LEARNING &&
	       !stage_patch_how_is_same(&link->how, &reason->how);
}

// Cut before, it would be no hand's any more.
static bool
is_being_learned(const struct stage_link *link)
{
	return link != NULL && link->state == STAGE_LINK_LEARNING;
}

static void
hold(struct walk *walk, const struct stage_graph_port *from,
	const struct stage_graph_port *to, const struct stage_reason *reason)
{
	struct stage_link *link;

	if (walk->plan == NULL) {
		link = stage_link_make(walk->self, from, to);
		if (link != NULL && !is_learned_anew(link, reason)) {
			stage_link_set(walk->self, link, STAGE_LINK_HELD, 0);
		}
	}
}

/* What is connected: held when it is wanted, else removed perhaps. What is
 * forbidden or cut goes in the first walk, before anything is made, other
 * things in the last. */
static void
judge_connection(struct walk *walk, struct stage_graph_port *from,
	struct stage_graph_port *to, bool is_for_forbidden)
{
	struct stage_engine *self = walk->self;
	struct stage_reason reason;
	enum stage_patch_policy policy =
		stage_desired_judge(self->desired, from, to, &reason);
	enum stage_patch_mode mode = stage_engine_mode(self, &reason);
	struct stage_link *link = stage_link_find(self, from, to);
	bool is_under_way =
		link != NULL && (link->state == STAGE_LINK_DISCONNECTING ||
					link->state == STAGE_LINK_CONNECTING);
	bool is_hushed = stage_engine_is_hushed(self, from, to);
	bool must_go = policy == STAGE_PATCH_FORBID || is_hushed ||
		       (stage_engine_is_cut(self, from, to) &&
			       !is_being_learned(link));

	if ((mode == STAGE_PATCH_MODE_OFF && !is_hushed) || is_under_way ||
		must_go != is_for_forbidden ||
		stage_engine_is_momentary(from)) {
		return;
	}
	if (is_hushed && walk->plan == NULL &&
		(!stage_patch_policy_is_wanted(policy) ||
			mode == STAGE_PATCH_MODE_OFF)) {
		stage_engine_remember_hushed(self, from, to);
	}
	if (stage_patch_policy_is_wanted(policy) && !must_go) {
		hold(walk, from, to, &reason);
	} else if (must_go || is_unwelcome(self, from, to, mode, link)) {
		edit(walk, from, to,
			is_for_forbidden ? STAGE_ENGINE_FORBID
					 : STAGE_ENGINE_DISCONNECT,
			&reason);
	}
}

static void
judge_port(
	struct walk *walk, struct stage_graph_port *port, bool is_for_forbidden)
{
	for (size_t i = 0; i < port->peer_count; i++) {
		struct stage_graph_port *peer = port->peers[i];
		if (peer->mark == NULL) {
			continue; // as in walk_port
		}
		judge_connection(walk, port->is_output ? port : peer,
			port->is_output ? peer : port, is_for_forbidden);
	}
}

static void
walk_port(struct walk *walk, struct stage_graph_port *port, int step)
{
	if (port->mark == NULL || is_closed(walk, port)) {
		return; // there was no memory for it; a scan brings it again
	}
	if (step == 1) {
		stage_desired_partners(walk->self->desired, walk->self->graph,
			port, connect_pair, walk);
	} else {
		judge_port(walk, port, step == 0);
	}
}

// Those of a server that is being listed stay.
static void
empty_dirty(struct stage_engine *self)
{
	size_t kept = 0;

	for (size_t i = 0; i < self->dirty.count; i++) {
		struct stage_graph_port *port = self->dirty.items[i];
		port->is_listed = !stage_engine_is_open(self, port->system);
		if (port->is_listed) {
			self->dirty.items[kept] = port;
			kept++;
		}
	}
	self->dirty.count = kept;
}

void
stage_engine_look_at_ports(struct stage_engine *self)
{
	struct walk walk = {.self = self};
	bool is_all = self->is_all_dirty;

	self->is_all_dirty = false;
	for (int step = 0; step < 3; step++) {
		struct stage_graph_port *port = stage_graph_first(self->graph);
		for (; is_all && port != NULL; port = port->next) {
			walk_port(&walk, port, step);
		}
		for (size_t i = 0; !is_all && i < self->dirty.count; i++) {
			walk_port(&walk, self->dirty.items[i], step);
		}
	}
	empty_dirty(self);
	self->is_all_dirty = self->is_all_dirty || walk.is_lacking_memory;
}

// From the outputs alone, so that nothing is told from both ends.
static void
walk_outputs(struct walk *walk)
{
	for (int step = 0; step < 3; step++) {
		struct stage_graph_port *port =
			stage_graph_first(walk->self->graph);
		for (; port != NULL; port = port->next) {
			if (port->is_output) {
				walk_port(walk, port, step);
			}
		}
	}
}

enum stage_status
stage_engine_try(struct stage_engine *self, struct stage_desired *desired,
	void (*look)(void *user), void *user)
{
	struct stage_desired *in_force = self->desired;
	enum stage_status status =
		stage_engine_move_ports(self, in_force, desired);

	self->desired = desired;
	if (status == STAGE_OK) {
		look(user);
	}
	self->desired = in_force;
	if (stage_engine_move_ports(self, desired, in_force) != STAGE_OK) {
		self->is_all_dirty = true;
		status = STAGE_NO_MEMORY;
	}
	return status;
}

static void
look_at_plan(void *user)
{
	walk_outputs(user);
}

enum stage_status
stage_engine_plan(struct stage_engine *self, struct stage_desired *desired,
	enum stage_patch_mode mode,
	void (*visit)(void *user, bool is_disconnect,
		const struct stage_graph_port *from,
		const struct stage_graph_port *to),
	void *user)
{
	struct walk walk = {.self = self, .plan = visit, .plan_user = user};
	enum stage_patch_mode mode_before = self->mode;
	enum stage_status status = STAGE_OK;

	self->mode = mode;
	if (desired != NULL) {
		status = stage_engine_try(self, desired, look_at_plan, &walk);
	} else {
		walk_outputs(&walk);
	}
	self->mode = mode_before;
	return status;
}

// The server has refused to disconnect them; perhaps they may stay by now.
static void
disconnect_pair(struct walk *walk, struct stage_graph_port *from,
	struct stage_graph_port *to)
{
	const struct stage_engine *self = walk->self;
	struct stage_reason reason;
	enum stage_patch_policy policy =
		stage_desired_judge(self->desired, from, to, &reason);
	bool must_go =
		policy == STAGE_PATCH_FORBID || is_kept_apart(self, from, to);

	if (stage_engine_mode(self, &reason) == STAGE_PATCH_MODE_OFF &&
		!stage_engine_is_hushed(self, from, to)) {
		return;
	}
	if (stage_patch_policy_is_wanted(policy) && !must_go) {
		hold(walk, from, to, &reason);
	} else {
		edit(walk, from, to,
			must_go ? STAGE_ENGINE_FORBID : STAGE_ENGINE_DISCONNECT,
			&reason);
	}
}

void
stage_engine_retry(struct stage_engine *self, struct stage_link *link)
{
	struct walk walk = {.self = self};
	struct stage_graph_port *from =
		stage_graph_find(self->graph, link->system, true, link->from);
	struct stage_graph_port *to =
		stage_graph_find(self->graph, link->system, false, link->to);

	stage_link_set(self, link, STAGE_LINK_IDLE, 0);
	if (from != NULL && to != NULL && from->mark != NULL &&
		to->mark != NULL) {
		if (stage_graph_is_connected(from, to)) {
			disconnect_pair(&walk, from, to);
		} else {
			connect_pair(&walk, from, to);
		}
	}
	stage_link_forget(self, link);
	self->is_all_dirty = self->is_all_dirty || walk.is_lacking_memory;
}
