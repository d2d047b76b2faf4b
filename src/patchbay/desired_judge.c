/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "jack/names.h"
#include "patchbay/desired_private.h"
#include "patchbay/pattern_glob.h"

struct stage_edge *
stage_edge_find(
	const struct stage_endpoint *from, const struct stage_endpoint *to)
{
	bool is_by_to = to->to.count < from->from.count;
	const struct stage_bag *bag = is_by_to ? &to->to : &from->from;

	for (size_t i = 0; i < bag->count; i++) {
		struct stage_edge *edge = bag->items[i];
		if (edge->from == from && edge->to == to) {
			return edge;
		}
	}
	return NULL;
}

static const struct stage_rule *
find_forbid(const struct stage_desired *self,
	const struct stage_graph_port *from, const struct stage_graph_port *to)
{
	for (size_t i = 0; i < self->forbids.count; i++) {
		if (stage_rule_joins(self, self->forbids.items[i], from, to)) {
			return self->forbids.items[i];
		}
	}
	return NULL;
}

static const struct stage_meant *
meant_of(const struct stage_graph_port *port)
{
	return port->mark;
}

static bool
stands_above(const struct stage_edge *edge, const struct stage_edge *other)
{
	return other == NULL || edge->reason.layer < other->reason.layer ||
	       (edge->reason.layer == other->reason.layer &&
		       edge->order > other->order);
}

// What is said about the names of two ports: of the highest layer the last.
static const struct stage_edge *
find_edge(
	const struct stage_graph_port *from, const struct stage_graph_port *to)
{
	const struct stage_edge *found = NULL;
	const struct stage_bag *sources = &meant_of(from)->endpoints;
	const struct stage_bag *targets = &meant_of(to)->endpoints;

	for (size_t i = 0; i < sources->count; i++) {
		for (size_t j = 0; j < targets->count; j++) {
			const struct stage_edge *edge = stage_edge_find(
				sources->items[i], targets->items[j]);
			if (edge != NULL && stands_above(edge, found)) {
				found = edge;
			}
		}
	}
	return found;
}

// True when a port has what an "also" gives to `to` already, on `from`.
static bool
is_also(const struct stage_desired *self, const struct stage_rule *rule,
	const struct stage_graph_port *peer_of,
	const struct stage_graph_port *port, bool is_output)
{
	for (size_t i = 0; i < peer_of->peer_count; i++) {
		const struct stage_graph_port *model = peer_of->peers[i];
		if (model != port && model->is_output == is_output &&
			stage_rule_joins(self, rule, model, port)) {
			return true;
		}
	}
	return false;
}

static bool
rule_wants(const struct stage_desired *self, const struct stage_rule *rule,
	const struct stage_graph_port *from, const struct stage_graph_port *to)
{
	if (rule->reason.policy != STAGE_PATCH_ALSO) {
		return stage_rule_joins(self, rule, from, to);
	}
	return is_also(self, rule, from, to, false) ||
	       is_also(self, rule, to, from, true);
}

// What rings is heard; notes that come now are for what plays. A name alone
// does not say what flows there.
static bool
may_ring(const struct stage_graph_port *from, const struct stage_graph_port *to)
{
	return from->system == STAGE_PATCH_JACK &&
	       (from->type == NULL || to->type == NULL ||
		       strstr(from->type, "audio") != NULL);
}

static bool
is_silent(const struct stage_rule *rule, const struct stage_graph_port *from,
	const struct stage_graph_port *to)
{
	return rule->reason.layer == STAGE_LAYER_RINGING && !may_ring(from, to);
}

// Of the lines that say something, the last.
static void
judge_rules(const struct stage_desired *self,
	const struct stage_graph_port *from, const struct stage_graph_port *to,
	struct stage_reason *reason)
{
	for (size_t i = self->rules.count; i > 0; i--) {
		const struct stage_rule *rule = self->rules.items[i - 1];
		if (!is_silent(rule, from, to) &&
			rule_wants(self, rule, from, to)) {
			*reason = rule->reason;
			return;
		}
	}
}

// What is said of the very names stands above rules, but for what rings, which
// is below all.
static void
judge_edge(const struct stage_desired *self, const struct stage_edge *edge,
	const struct stage_graph_port *from, const struct stage_graph_port *to,
	struct stage_reason *reason)
{
	bool rings = edge != NULL && edge->reason.layer == STAGE_LAYER_RINGING;

	if (edge != NULL && !rings) {
		*reason = edge->reason;
		return;
	}
	judge_rules(self, from, to, reason);
	if (!reason->is_said && rings && may_ring(from, to)) {
		*reason = edge->reason;
	}
}

static void
judge_mode(const struct stage_desired *self,
	const struct stage_graph_port *port, struct stage_reason *reason)
{
	char client[STAGE_JACK_PORT_NAME_MAX];
	size_t len = stage_graph_client_len(port->system, port->name);

	if (self->clients.count == 0 || len >= sizeof(client)) {
		return;
	}
	memcpy(client, port->name, len);
	client[len] = '\0';
	for (size_t i = 0; i < self->clients.count; i++) {
		const struct stage_client_mode *mode = self->clients.items[i];
		if (stage_glob_match(mode->client, client, NULL)) {
			reason->has_mode = true;
			reason->mode = mode->mode;
		}
	}
}

// What comes of it; what an "also" wants is wanted.
static enum stage_patch_policy
policy_of(const struct stage_reason *reason)
{
	if (!reason->is_said) {
		return STAGE_PATCH_NOT;
	}
	return reason->policy == STAGE_PATCH_ALSO ? STAGE_PATCH_WANT
						  : reason->policy;
}

enum stage_patch_policy
stage_desired_judge(const struct stage_desired *self,
	const struct stage_graph_port *from, const struct stage_graph_port *to,
	struct stage_reason *reason)
{
	const struct stage_rule *forbid = find_forbid(self, from, to);
	const struct stage_edge *edge = find_edge(from, to);

	*reason = (struct stage_reason){0};
	if (forbid != NULL) {
		*reason = forbid->reason;
	} else {
		judge_edge(self, edge, from, to, reason);
	}
	judge_mode(self, to, reason);
	judge_mode(self, from, reason);
	return policy_of(reason);
}

struct stage_endpoint *
stage_endpoint_find(const struct stage_desired *self,
	enum stage_patch_system system, bool is_output, const char *name)
{
	enum stage_graph_space space = stage_graph_space(system, is_output);
	const struct stage_bag *bag = stage_map_get(
		self->endpoints[space][STAGE_IDENTITY_EXACT], name);

	return bag != NULL && bag->count > 0 ? bag->items[0] : NULL;
}

void
stage_desired_names(const struct stage_graph_port *from,
	const struct stage_graph_port *to, const char **from_name,
	const char **to_name)
{
	const struct stage_edge *edge = from->mark != NULL && to->mark != NULL
						? find_edge(from, to)
						: NULL;

	*from_name =
		edge != NULL ? edge->from->name : stage_desired_name_of(from);
	*to_name = edge != NULL ? edge->to->name : stage_desired_name_of(to);
}

enum stage_patch_policy
stage_desired_judge_names(const struct stage_desired *self,
	enum stage_patch_system system, const char *from, const char *to,
	struct stage_reason *reason)
{
	// Nothing but a name; a pattern asks for no more.
	const struct stage_graph_port output = {.system = system, .name = from};
	const struct stage_graph_port input = {.system = system, .name = to};
	const struct stage_endpoint *source =
		stage_endpoint_find(self, system, true, from);
	const struct stage_endpoint *target =
		stage_endpoint_find(self, system, false, to);
	const struct stage_rule *forbid = find_forbid(self, &output, &input);
	const struct stage_edge *edge =
		source != NULL && target != NULL
			? stage_edge_find(source, target)
			: NULL;

	*reason = (struct stage_reason){0};
	if (forbid != NULL) {
		*reason = forbid->reason;
	} else {
		judge_edge(self, edge, &output, &input, reason);
	}
	return policy_of(reason);
}

// Partners.

struct visiting {
	void (*visit)(void *user, struct stage_graph_port *from,
		struct stage_graph_port *to);
	void *user;
};

static void
visit_edges(const struct stage_endpoint *endpoint, bool is_output,
	struct stage_graph_port *port, const struct visiting *visiting)
{
	const struct stage_bag *edges =
		is_output ? &endpoint->from : &endpoint->to;

	for (size_t i = 0; i < edges->count; i++) {
		const struct stage_edge *edge = edges->items[i];
		struct stage_graph_port *other =
			is_output ? edge->to->bound : edge->from->bound;
		if (other == NULL) {
			continue;
		}
		if (is_output) {
			visiting->visit(visiting->user, port, other);
		} else {
			visiting->visit(visiting->user, other, port);
		}
	}
}

// A rule that may want the port, whatever else it has to match.
static bool
may_want(const struct stage_desired *self, const struct stage_graph_port *port)
{
	for (size_t i = 0; i < self->rules.count; i++) {
		const struct stage_rule *rule = self->rules.items[i];
		const struct stage_rule_side *side =
			port->is_output ? &rule->from : &rule->to;
		if (rule->reason.policy == STAGE_PATCH_ALSO ||
			stage_pattern_needs_captures(side->pattern) ||
			stage_rule_side_means(self, side, port, NULL)) {
			return true;
		}
	}
	return false;
}

void
stage_desired_partners(const struct stage_desired *self,
	const struct stage_graph *graph, struct stage_graph_port *port,
	void (*visit)(void *user, struct stage_graph_port *from,
		struct stage_graph_port *to),
	void *user)
{
	const struct visiting visiting = {visit, user};
	const struct stage_bag *endpoints = &meant_of(port)->endpoints;
	struct stage_graph_port *other;

	for (size_t i = 0; i < endpoints->count; i++) {
		visit_edges(
			endpoints->items[i], port->is_output, port, &visiting);
	}
	if (!may_want(self, port)) {
		return;
	}
	for (other = stage_graph_first(graph); other != NULL;
		other = other->next) {
		if (other->is_output != port->is_output &&
			other->mark != NULL) {
			visit(user, port->is_output ? port : other,
				port->is_output ? other : port);
		}
	}
}

bool
stage_desired_knows(
	const struct stage_desired *self, const struct stage_graph_port *port)
{
	return port->mark != NULL &&
	       (meant_of(port)->endpoints.count > 0 || may_want(self, port));
}

void
stage_desired_wishes(const struct stage_desired *self,
	void (*visit)(void *user, const struct stage_wish *wish), void *user)
{
	for (size_t i = 0; i < self->edges.count; i++) {
		const struct stage_edge *edge = self->edges.items[i];
		const struct stage_wish wish = {
			.system = edge->from->system,
			.from = edge->from->name,
			.to = edge->to->name,
			.from_port = edge->from->bound,
			.to_port = edge->to->bound,
			.is_from_ambiguous = edge->from->is_ambiguous,
			.is_to_ambiguous = edge->to->is_ambiguous,
			.reason = edge->reason,
		};
		if (edge->reason.policy != STAGE_PATCH_NOT) {
			visit(user, &wish);
		}
	}
}
