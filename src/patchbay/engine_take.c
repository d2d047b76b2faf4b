/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "patchbay/engine_private.h"

static void
forget_dirty(struct stage_engine *self, struct stage_graph_port *port)
{
	if (port->is_listed) {
		stage_bag_remove(&self->dirty, port);
		port->is_listed = false;
	}
}

// Others may come right behind it. Those of a scan are all there at its end.
static void
arrive(struct stage_engine *self, struct stage_graph_port *port, int64_t now_ns)
{
	if (self->arriving.count == 0) {
		self->arrival_first_ns = now_ns;
	}
	if (!port->is_arriving && !self->sides[port->system].is_scanning) {
		port->is_arriving =
			stage_bag_add(&self->arriving, port) == STAGE_OK;
	}
	if (port->is_arriving) {
		self->arrival_last_ns = now_ns;
	} else {
		stage_engine_touch(self, port);
	}
}

static void
forget_arriving(struct stage_engine *self, struct stage_graph_port *port)
{
	if (port->is_arriving) {
		stage_bag_remove(&self->arriving, port);
		port->is_arriving = false;
	}
}

// The connection was lost with one of its ends: the wish stays.
static void
lose(struct stage_engine *self, struct stage_link *link)
{
	if (link->state == STAGE_LINK_HELD ||
		link->state == STAGE_LINK_DOUBTED) {
		self->ops->note(self->user, STAGE_NOTE_LOST, link->system,
			link->from, link->to);
	}
	link->fights = 0;
	stage_link_set(self, link, STAGE_LINK_IDLE, 0);
	stage_link_forget(self, link);
}

static bool
is_end(const struct stage_link *link, const struct stage_graph_port *port)
{
	return link->system == port->system &&
	       strcmp(port->is_output ? link->from : link->to, port->name) == 0;
}

// What is doubted, learned, under way or tried again about a port that goes.
static void
lose_waking(struct stage_engine *self, const struct stage_graph_port *port)
{
	for (size_t i = self->waking.count; i > 0; i--) {
		struct stage_link *link = self->waking.items[i - 1];
		if (is_end(link, port)) {
			lose(self, link);
		}
	}
}

// The port is about to be known by this name no longer.
static void
name_goes(struct stage_engine *self, struct stage_graph_port *port)
{
	for (size_t i = 0; i < port->peer_count; i++) {
		struct stage_link *link =
			stage_link_between(self, port, port->peers[i]);
		if (link != NULL) {
			lose(self, link);
		}
		stage_engine_touch(self, port->peers[i]);
	}
	lose_waking(self, port);
	stage_desired_remove_port(
		self->desired, port, stage_engine_touch, self);
}

static void
port_goes(struct stage_engine *self, struct stage_graph_port *port)
{
	name_goes(self, port);
	forget_dirty(self, port);
	forget_arriving(self, port);
}

static void
on_gone(void *user, struct stage_graph_port *port)
{
	port_goes(user, port);
}

static enum stage_status
take_port(struct stage_engine *self, const struct stage_graph_port_info *info,
	int64_t now_ns)
{
	struct stage_graph_port *port;
	bool is_new;
	enum stage_status status = stage_graph_add(
		self->graph, info, now_ns, on_gone, self, &port, &is_new);

	if (status != STAGE_OK) {
		return status;
	}
	if (!is_new && !self->sides[port->system].is_scanning) {
		stage_graph_age(port); // it may have come with it
	}
	arrive(self, port, now_ns); // also again: perhaps it is active now
	return stage_desired_add_port(
		self->desired, port, stage_engine_touch, self);
}

static enum stage_status
take_rename(struct stage_engine *self, const struct stage_graph_port_info *info,
	const char *new_name)
{
	struct stage_graph_port *port = stage_graph_find(
		self->graph, info->system, info->is_output, info->name);
	enum stage_status status;

	if (port == NULL) {
		return STAGE_OK;
	}
	name_goes(self, port);
	status = stage_graph_rename(self->graph, port, new_name);
	stage_engine_touch(self, port);
	return status == STAGE_OK ? stage_desired_add_port(self->desired, port,
					    stage_engine_touch, self)
				  : status;
}

static bool
is_settled(const struct stage_engine *self, const struct stage_graph_port *from,
	const struct stage_graph_port *to, int64_t now_ns)
{
	return now_ns >= self->sides[from->system].settled_ns &&
	       now_ns - from->since_ns >= STAGE_ENGINE_SETTLE_NS &&
	       now_ns - to->since_ns >= STAGE_ENGINE_SETTLE_NS;
}

static bool
is_other_way(enum stage_patch_policy policy, const struct stage_reason *reason,
	const struct stage_patch_how *how)
{
	return stage_patch_policy_is_wanted(policy) &&
	       !stage_patch_how_is_same(&reason->how, how);
}

/* Somebody else has connected two ports about which nothing is said, or in
 * another way than is said. */
static enum stage_status
judge_connect(struct stage_engine *self, struct stage_graph_port *from,
	struct stage_graph_port *to, const struct stage_patch_how *how,
	int64_t now_ns)
{
	struct stage_reason reason;
	enum stage_patch_policy policy;
	struct stage_link *link;

	if (from->mark == NULL || to->mark == NULL) {
		return STAGE_OK; // there was no memory for it; a scan comes
	}
	if (stage_engine_is_momentary(from)) {
		return STAGE_OK;
	}
	policy = stage_desired_judge(self->desired, from, to, &reason);
	if ((policy != STAGE_PATCH_NOT &&
		    !is_other_way(policy, &reason, how)) ||
		self->sides[from->system].is_scanning) {
		return STAGE_OK; // act sees to it; what a scan finds is old
	}
	if (!is_settled(self, from, to, now_ns)) {
		if (policy != STAGE_PATCH_NOT) {
			return STAGE_OK;
		}
		self->ops->note(self->user, STAGE_NOTE_AUTO, from->system,
			from->name, to->name);
		return STAGE_OK;
	}
	if (stage_engine_mode(self, &reason) != STAGE_PATCH_MODE_LEARN) {
		return STAGE_OK;
	}
	link = stage_link_make(self, from, to);
	if (link == NULL) {
		return STAGE_NO_MEMORY;
	}
	link->how = *how;
	stage_link_set(self, link, STAGE_LINK_LEARNING,
		now_ns + STAGE_ENGINE_QUIET_NS);
	return STAGE_OK;
}

// A listing may show what somebody does before the word of it comes.
static bool
is_late_word(const struct stage_engine *self, struct stage_graph_port *from,
	const struct stage_graph_port *to)
{
	return !self->sides[from->system].is_scanning &&
	       stage_graph_take_found(from, to);
}

static enum stage_status
take_connect(struct stage_engine *self, struct stage_graph_port *from,
	struct stage_graph_port *to, const struct stage_patch_how *how,
	int64_t now_ns)
{
	struct stage_link *link = stage_link_find(self, from, to);
	bool is_new = false;
	enum stage_status status =
		stage_graph_connect(self->graph, from, to, &is_new);

	if (status == STAGE_BAD_INPUT) {
		return STAGE_OK; // the server knows better; a scan will tell
	}
	if (status == STAGE_OK) {
		stage_graph_set_how(from, to, how);
	}
	if (status != STAGE_OK || !is_new) {
		return status == STAGE_OK && is_late_word(self, from, to)
			       ? judge_connect(self, from, to, how, now_ns)
			       : status;
	}
	stage_engine_touch(self, from);
	stage_engine_touch(self, to);
	if (link != NULL && link->state == STAGE_LINK_CONNECTING) {
		link->made_ns = now_ns;
		link->refusals = 0;
		stage_link_set(self, link,
			link->is_put_back ? STAGE_LINK_IDLE : STAGE_LINK_HELD,
			0);
		link->is_put_back = false;
		self->ops->note(self->user, STAGE_NOTE_MADE, from->system,
			from->name, to->name);
		return STAGE_OK;
	}
	if (link != NULL && link->state != STAGE_LINK_DISCONNECTING) {
		stage_link_set(self, link, STAGE_LINK_IDLE, 0);
		stage_link_forget(self, link);
	}
	return judge_connect(self, from, to, how, now_ns);
}

// A connection that should be is gone, by whomever, and both ends are there.
static void
doubt(struct stage_engine *self, struct stage_link *link,
	enum stage_patch_mode mode, int64_t now_ns)
{
	bool is_fight = link->made_ns != 0 &&
			now_ns - link->made_ns < STAGE_ENGINE_FIGHT_NS;

	link->fights = is_fight ? link->fights + 1 : 0;
	if (mode == STAGE_PATCH_MODE_LEARN && !is_fight &&
		now_ns >= self->sides[link->system].settled_ns) {
		stage_link_set(self, link, STAGE_LINK_DOUBTED,
			now_ns + STAGE_ENGINE_GRACE_NS);
	} else {
		stage_link_set(self, link, STAGE_LINK_RETRY,
			now_ns + stage_link_pause_ns(self, link));
	}
}

static void
take_disconnect(struct stage_engine *self, struct stage_graph_port *from,
	struct stage_graph_port *to, int64_t now_ns)
{
	struct stage_link *link = stage_link_find(self, from, to);
	struct stage_reason reason;

	if (!stage_graph_disconnect(self->graph, from, to)) {
		return;
	}
	stage_engine_touch(self, from);
	stage_engine_touch(self, to);
	if (link == NULL) {
		return;
	}
	if (link->state == STAGE_LINK_DISCONNECTING) {
		self->ops->note(self->user, STAGE_NOTE_REMOVED, from->system,
			from->name, to->name);
	}
	if (link->state != STAGE_LINK_HELD) {
		stage_link_set(self, link, STAGE_LINK_IDLE, 0);
		stage_link_forget(self, link);
		return;
	}
	if (from->mark == NULL || to->mark == NULL) {
		lose(self, link); // likewise
		return;
	}
	(void)stage_desired_judge(self->desired, from, to, &reason);
	doubt(self, link, stage_engine_mode(self, &reason), now_ns);
}

// In a scan it counts as lost, for nobody saw how it went.
static void
on_scan_disconnect(
	void *user, struct stage_graph_port *from, struct stage_graph_port *to)
{
	struct stage_engine *self = user;
	struct stage_link *link = stage_link_find(self, from, to);

	if (link != NULL) {
		lose(self, link);
	}
	stage_engine_touch(self, from);
	stage_engine_touch(self, to);
}

static void
take_refusal(struct stage_engine *self, struct stage_link *link, int64_t now_ns)
{
	static const int64_t pauses_ms[] = {5, 20, 100, 500};

	if (link->refusals >= STAGE_COUNT_OF(pauses_ms)) {
		self->ops->note(self->user, STAGE_NOTE_FAILED, link->system,
			link->from, link->to);
		stage_link_set(self, link, STAGE_LINK_IDLE, 0);
		stage_link_forget(self, link);
		return;
	}
	stage_link_set(self, link, STAGE_LINK_RETRY,
		now_ns + pauses_ms[link->refusals] * STAGE_NS_PER_MS);
	link->refusals++;
}

static enum stage_status
take_edit_done(struct stage_engine *self,
	const struct stage_engine_event *event, int64_t now_ns)
{
	struct stage_graph_port *from =
		stage_graph_find(self->graph, event->system, true, event->from);
	struct stage_graph_port *to =
		stage_graph_find(self->graph, event->system, false, event->to);
	enum stage_link_state expected = event->is_disconnect
						 ? STAGE_LINK_DISCONNECTING
						 : STAGE_LINK_CONNECTING;
	struct stage_link *link;

	if (from == NULL || to == NULL) {
		return STAGE_OK; // with the port all about it was forgotten
	}
	link = stage_link_find(self, from, to);
	if (link == NULL || link->state != expected) {
		return STAGE_OK; // the graph's own event came first
	}
	if (event->outcome == STAGE_ENGINE_OUTCOME_DONE) {
		if (!event->is_disconnect) {
			return take_connect(
				self, from, to, &event->how, now_ns);
		}
		take_disconnect(self, from, to, now_ns);
		return STAGE_OK;
	}
	if (event->outcome == STAGE_ENGINE_OUTCOME_REFUSED &&
		(!event->is_disconnect || stage_graph_is_connected(from, to))) {
		take_refusal(self, link, now_ns);
		return STAGE_OK;
	}
	stage_link_set(self, link, STAGE_LINK_IDLE, 0);
	stage_link_forget(self, link);
	return STAGE_OK;
}

static void
lose_all(struct stage_engine *self, enum stage_patch_system system)
{
	struct stage_engine_side *side = &self->sides[system];

	stage_graph_scan_begin(self->graph, system);
	(void)stage_graph_scan_end(
		self->graph, system, on_scan_disconnect, on_gone, self);
	side->is_up = false;
	side->is_scanning = false;
	side->has_scanned = false;
}

static enum stage_status
take_pair(struct stage_engine *self, const struct stage_engine_event *event,
	int64_t now_ns)
{
	struct stage_graph_port *from =
		stage_graph_find(self->graph, event->system, true, event->from);
	struct stage_graph_port *to =
		stage_graph_find(self->graph, event->system, false, event->to);

	if (from == NULL || to == NULL) {
		return STAGE_OK;
	}
	if (event->kind == STAGE_ENGINE_CONNECTED) {
		return take_connect(self, from, to, &event->how, now_ns);
	}
	take_disconnect(self, from, to, now_ns);
	return STAGE_OK;
}

static void
take_gone(struct stage_engine *self, const struct stage_graph_port_info *info)
{
	struct stage_graph_port *port = stage_graph_find(
		self->graph, info->system, info->is_output, info->name);

	if (port != NULL) {
		port_goes(self, port);
		stage_graph_remove(self->graph, port);
	}
}

enum stage_status
stage_engine_take(struct stage_engine *self,
	const struct stage_engine_event *event, int64_t now_ns)
{
	enum stage_patch_system system = event->system;
	struct stage_engine_side *side = &self->sides[system];

	switch (event->kind) {
	case STAGE_ENGINE_SERVER_UP:
		side->is_up = true;
		side->settled_ns = now_ns + STAGE_ENGINE_SETTLE_NS;
		return STAGE_OK;
	case STAGE_ENGINE_SERVER_GONE:
		lose_all(self, system);
		return STAGE_OK;
	case STAGE_ENGINE_SCAN_BEGIN:
		stage_graph_scan_begin(self->graph, system);
		side->is_scanning = true;
		return STAGE_OK;
	case STAGE_ENGINE_SCAN_END:
		(void)stage_graph_scan_end(
			self->graph, system, on_scan_disconnect, on_gone, self);
		side->is_scanning = false;
		side->has_scanned = true;
		return stage_engine_adopt_earlier(self, system);
	case STAGE_ENGINE_PORT_APPEARED:
		return take_port(self, &event->port, now_ns);
	case STAGE_ENGINE_PORT_GONE:
		take_gone(self, &event->port);
		return STAGE_OK;
	case STAGE_ENGINE_PORT_RENAMED:
		return take_rename(self, &event->port, event->to);
	case STAGE_ENGINE_CONNECTED:
	case STAGE_ENGINE_DISCONNECTED:
		return take_pair(self, event, now_ns);
	case STAGE_ENGINE_EDIT_DONE:
		return take_edit_done(self, event, now_ns);
	case STAGE_ENGINE_KIND_COUNT:
		break;
	}
	return STAGE_OK;
}
