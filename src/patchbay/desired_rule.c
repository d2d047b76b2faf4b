/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "patchbay/desired_private.h"

#define OTHER_NAMES 3

// Its aliases, and its plain name where that is another one; NULL: has none.
static const char *
other_name_at(const struct stage_graph_port *port, size_t index)
{
	const struct stage_meant *meant = port->mark;

	if (index < OTHER_NAMES - 1) {
		return port->aliases[index];
	}
	return meant != NULL && strcmp(meant->plain, port->name) != 0
		       ? meant->plain
		       : NULL;
}

static bool
means_by_name(const struct stage_pattern *pattern,
	const struct stage_graph_port *port, struct stage_captures *captures)
{
	if (stage_pattern_matches(pattern, port->name, captures)) {
		return true;
	}
	for (size_t i = 0; i < OTHER_NAMES; i++) {
		const char *name = other_name_at(port, i);
		if (name != NULL &&
			stage_pattern_matches(pattern, name, captures)) {
			return true;
		}
	}
	return false;
}

bool
stage_rule_side_means(const struct stage_desired *desired,
	const struct stage_rule_side *self, const struct stage_graph_port *port,
	struct stage_captures *captures)
{
	enum stage_graph_space space =
		stage_graph_space(port->system, port->is_output);
	const struct stage_meant *meant = port->mark;

	if (means_by_name(self->pattern, port, captures)) {
		return true;
	}
	return self->plain != NULL && meant != NULL && !meant->is_named &&
	       port->system == STAGE_PATCH_JACK &&
	       strcmp(self->plain, meant->plain) == 0 &&
	       !stage_map_has(desired->ports_by[space][STAGE_IDENTITY_EXACT],
		       stage_pattern_literal(self->pattern));
}

static bool
joins_bound(const struct stage_rule *self,
	const struct stage_captures *captures,
	const struct stage_graph_port *to)
{
	struct stage_pattern *bound = NULL;
	bool does;

	// What cannot be made of these captures matches nothing.
	if (stage_pattern_bind(self->to.pattern, captures, &bound, NULL) !=
		STAGE_OK) {
		return false;
	}
	does = means_by_name(bound, to, NULL);
	stage_pattern_destroy(bound);
	return does;
}

bool
stage_rule_joins(const struct stage_desired *desired,
	const struct stage_rule *self, const struct stage_graph_port *from,
	const struct stage_graph_port *to)
{
	struct stage_captures captures;

	if (self->system != from->system || self->system != to->system ||
		!stage_rule_side_means(desired, &self->from, from, &captures)) {
		return false;
	}
	if (self->except.pattern != NULL &&
		stage_rule_side_means(desired, &self->except, from, NULL)) {
		return false;
	}
	return stage_pattern_needs_captures(self->to.pattern)
		       ? joins_bound(self, &captures, to)
		       : stage_rule_side_means(desired, &self->to, to, NULL);
}
