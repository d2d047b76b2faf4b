/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A graph as an owner that follows the events of jack/graph.h would have it,
 * and a protocol of them. It fails the cmocka test at an event that breaks what
 * that header promises. Thread: the test's.
 */

#ifndef STAGE_TESTS_GRAPH_MODEL_H
#define STAGE_TESTS_GRAPH_MODEL_H

#include "base/map.h"
#include "base/str.h"
#include "jack/graph.h"

#define GRAPH_MODEL_SEPARATOR "\x1f" // no name in a test has it

struct graph_model {
	struct stage_map *ports; // names
	struct stage_map *links; // FROM, separator, TO
	struct stage_map *seen_ports;
	struct stage_map *seen_links;
	bool is_in_scan;
	bool is_in_batch;
	unsigned counts[STAGE_JACK_GRAPH_KIND_COUNT];
	unsigned outcomes[STAGE_JACK_OUTCOME_COUNT];
	uint64_t last_tag;
	/* One line an event: "+P", "-P", "P ~ P", "P > P", "P / P", "*C", "!C",
	 * "[", "]", "= TAG OUTCOME", "." for the end of a batch. */
	struct stage_str protocol;
};

void graph_model_init(struct graph_model *self);
void graph_model_finish(struct graph_model *self);

/** Takes an event in. */
void graph_model_take(
	struct graph_model *self, const struct stage_jack_graph_event *event);

/** Forgets the ports and connections: another server. */
void graph_model_clear(struct graph_model *self);

bool graph_model_has_port(const struct graph_model *self, const char *name);
bool graph_model_has_link(
	const struct graph_model *self, const char *from, const char *to);

/** Where a line of the protocol begins; fails the test when it is not there.
 */
size_t graph_model_find(const struct graph_model *self, const char *line);

/** How often a line is in the protocol. */
size_t graph_model_count(const struct graph_model *self, const char *line);

#endif
