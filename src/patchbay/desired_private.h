/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the files desired*.c share. */

#ifndef STAGE_PATCHBAY_DESIRED_PRIVATE_H
#define STAGE_PATCHBAY_DESIRED_PRIVATE_H

#include "base/map.h"
#include "base/str.h"
#include "patchbay/desired.h"
#include "patchbay/pattern.h"

struct stage_edge;

/** A growing array of pointers. Zeroed memory is an empty one. */
struct stage_bag {
	void **items; // owned array of borrowed pointers
	size_t count;
	size_t cap;
};

STAGE_NODISCARD enum stage_status stage_bag_add(
	struct stage_bag *self, void *item);

/** Removes the first one of an item; another takes its place. */
void stage_bag_remove(struct stage_bag *self, const void *item);

void stage_bag_finish(struct stage_bag *self);

/** A wanted name, of any number of edges. */
struct stage_endpoint {
	enum stage_patch_system system;
	enum stage_graph_space space;
	char *name;                     // owned
	char *plain;                    // owned; as at the rank PLAIN
	char *instance;                 // owned; as at the rank INSTANCE
	struct stage_graph_port *bound; // the port that it means now, or NULL
	bool is_ambiguous;
	struct stage_bag from; // edges that begin here
	struct stage_bag to;   // edges that end here
};

/** What the highest layer says about two names. */
struct stage_edge {
	struct stage_endpoint *from;
	struct stage_endpoint *to;
	struct stage_reason reason;
	size_t order; // when it was said; what is said later decides
};

/** What a rule says of ports on one side. */
struct stage_rule_side {
	struct stage_pattern *pattern; // owned; NULL: nothing
	char *plain; // owned; as at the rank PLAIN; NULL: it is no name
};

/** A statement with a pattern in it, or a forbid. */
struct stage_rule {
	enum stage_patch_system system;
	struct stage_rule_side from;
	struct stage_rule_side to;
	struct stage_rule_side except;
	struct stage_reason reason;
};

/** A "mode MODE for CLIENT" line. */
struct stage_client_mode {
	char *client; // owned glob
	enum stage_patch_mode mode;
};

/** What is kept of a port, as its mark. */
struct stage_meant {
	struct stage_bag endpoints; // that mean it
	char *plain;                // owned
	char *instance;             // owned
	bool is_named;              // an endpoint has exactly its name
	char *aliases[STAGE_GRAPH_ALIASES_MAX]; // owned; as it was taken in
};

struct stage_desired {
	bool is_pipewire;
	struct stage_strv files; // their names
	struct stage_bag edges;
	struct stage_bag rules;   // want, also, only; the last one wins
	struct stage_bag forbids; // struct stage_rule too
	struct stage_bag clients; // struct stage_client_mode
	bool has_also;
	size_t said;            // lines about two names, so far
	struct stage_bag ports; // that are known

	// By name, to struct stage_bag.
	struct stage_map
		*endpoints[STAGE_GRAPH_SPACE_COUNT][STAGE_IDENTITY_RANK_COUNT];
	struct stage_map
		*ports_by[STAGE_GRAPH_SPACE_COUNT][STAGE_IDENTITY_RANK_COUNT];
};

/** The bag of a key, made when it is not there; NULL without memory. */
struct stage_bag *stage_bag_of(struct stage_map *map, const char *key);

/** Frees a bag on the heap, for maps. */
void stage_bag_destroy(void *bag);

/** The edge between two names, or NULL. */
struct stage_edge *stage_edge_find(
	const struct stage_endpoint *from, const struct stage_endpoint *to);

/** The endpoint of a name, or NULL when no statement names it. */
struct stage_endpoint *stage_endpoint_find(const struct stage_desired *self,
	enum stage_patch_system system, bool is_output, const char *name);

/** True when a rule is about the connection of two ports, by their names,
 * aliases or plain names. */
bool stage_rule_joins(const struct stage_desired *desired,
	const struct stage_rule *self, const struct stage_graph_port *from,
	const struct stage_graph_port *to);

/** True when a side is about a port. A name there means a port of JACK whatever
 * numbers that has by now, as one of an edge does: unless one of exactly that
 * name is there, or somebody names the port exactly. captures may be NULL. */
bool stage_rule_side_means(const struct stage_desired *desired,
	const struct stage_rule_side *self, const struct stage_graph_port *port,
	struct stage_captures *captures);

#endif
