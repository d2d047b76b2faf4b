/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// In which order services are stopped.

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "rig/needs.h"
#include "rig/snapshot.h"
#include "rig/stop.h"

struct facts {
	struct stage_strv names;
	struct stage_needs *needs; // [names.count] owned
};

static void
finish_facts(struct facts *facts)
{
	for (size_t i = 0; facts->needs != NULL && i < facts->names.count;
		i++) {
		stage_needs_finish(&facts->needs[i]);
	}
	free(facts->needs);
	stage_strv_finish(&facts->names);
}

// The services of the rig, and those that run although their directory is not
// there (any more): a stick may have been pulled.
static enum stage_status
list_names(const struct stage_rig *rig, struct stage_strv *names)
{
	char path[STAGE_PATH_MAX];
	struct stage_strv running = {0};
	enum stage_status status = stage_snapshot_names(rig, true, names, NULL);

	if (status == STAGE_NO_MEMORY) {
		return status;
	}
	stage_rig_run_path(rig, path, "tree");
	status = stage_io_list_dir(path, &running, NULL);
	for (size_t i = 0; i < running.count && status == STAGE_OK; i++) {
		if (stage_service_name_ok(running.items[i]) &&
			!stage_strv_has(names, running.items[i])) {
			status = stage_strv_add(names, running.items[i]);
		}
	}
	stage_strv_finish(&running);
	return status == STAGE_NO_MEMORY ? status : STAGE_OK;
}

static enum stage_status
load_facts(
	const struct stage_rig *rig, struct facts *facts, struct stage_err *err)
{
	enum stage_status status = list_names(rig, &facts->names);

	if (status != STAGE_OK) {
		return stage_err_set(err, status, "out of memory");
	}
	facts->needs = calloc(facts->names.count + 1, sizeof(*facts->needs));
	if (facts->needs == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	for (size_t i = 0; i < facts->names.count; i++) {
		char path[STAGE_PATH_MAX];
		stage_rig_path(rig, path, "services/%s", facts->names.items[i]);
		// A file with a fault in it must not keep anything from
		// stopping.
		(void)!stage_needs_load(&facts->needs[i], path, NULL);
	}
	return STAGE_OK;
}

static bool
needs_service(const struct stage_needs *needs, const char *name)
{
	for (size_t i = 0; i < needs->count; i++) {
		if (needs->items[i].kind == STAGE_NEED_SERVICE &&
			strcmp(needs->items[i].argument, name) == 0) {
			return true;
		}
	}
	return false;
}

static bool
needs_jack(const struct stage_needs *needs)
{
	for (size_t i = 0; i < needs->count; i++) {
		if (needs->items[i].kind == STAGE_NEED_JACK ||
			needs->items[i].kind == STAGE_NEED_PORT) {
			return true;
		}
	}
	return false;
}

// Whether `who` declares that it stands on `whom`, which may be itself.
static bool
declares(const struct facts *facts, size_t who, size_t whom)
{
	const struct stage_needs *needs = &facts->needs[who];

	return needs_service(needs, facts->names.items[whom]) ||
	       (who != whom && needs_jack(needs) &&
		       stage_strv_has(&facts->needs[whom].provides, "jack"));
}

// What is stopped before what: before[i * count + j] when i goes before j.
struct edges {
	bool *before; // owned
	bool *below;  // owned, [count] scratch
	size_t *work; // owned, [count] scratch
	size_t count;
};

static void
finish_edges(struct edges *edges)
{
	free(edges->before);
	free(edges->below);
	free(edges->work);
}

static enum stage_status
init_edges(struct edges *edges, size_t count)
{
	edges->count = count;
	edges->before = calloc(count * count + 1, sizeof(*edges->before));
	edges->below = calloc(count + 1, sizeof(*edges->below));
	edges->work = calloc(count + 1, sizeof(*edges->work));
	return edges->before != NULL && edges->below != NULL &&
			       edges->work != NULL
		       ? STAGE_OK
		       : STAGE_NO_MEMORY;
}

static void
add_declared(struct edges *edges, const struct facts *facts)
{
	for (size_t i = 0; i < edges->count; i++) {
		for (size_t j = 0; j < edges->count; j++) {
			edges->before[i * edges->count + j] =
				declares(facts, i, j);
		}
	}
}

// Marks in below[] all that `top` goes before, directly or by way of others.
static void
mark_below(struct edges *edges, size_t top)
{
	size_t work_count = 1;

	memset(edges->below, 0, edges->count * sizeof(*edges->below));
	edges->work[0] = top;
	edges->below[top] = true;
	while (work_count > 0) {
		size_t at = edges->work[--work_count];
		for (size_t i = 0; i < edges->count; i++) {
			if (edges->before[at * edges->count + i] &&
				!edges->below[i]) {
				edges->below[i] = true;
				edges->work[work_count++] = i;
			}
		}
	}
}

// Whoever provides nothing goes before all that provide something, but for
// what those stand on themselves.
static void
add_silent(struct edges *edges, const struct facts *facts)
{
	for (size_t j = 0; j < edges->count; j++) {
		if (facts->needs[j].provides.count == 0) {
			continue;
		}
		mark_below(edges, j);
		for (size_t i = 0; i < edges->count; i++) {
			if (facts->needs[i].provides.count == 0 &&
				!edges->below[i]) {
				edges->before[i * edges->count + j] = true;
			}
		}
	}
}

static enum stage_status
make_tree(const struct facts *facts, const struct edges *edges,
	struct stage_runit_tree **out)
{
	size_t count = edges->count;
	struct stage_runit_needs *nodes = calloc(count + 1, sizeof(*nodes));
	const char **lists = calloc(count * count + 1, sizeof(*lists));
	enum stage_status status = STAGE_NO_MEMORY;
	size_t used = 0;

	for (size_t i = 0; nodes != NULL && lists != NULL && i < count; i++) {
		nodes[i].name = facts->names.items[i];
		nodes[i].needs = lists + used;
		for (size_t j = 0; j < count; j++) {
			if (edges->before[i * count + j]) {
				lists[used] = facts->names.items[j];
				used++;
				nodes[i].need_count++;
			}
		}
	}
	if (nodes != NULL && lists != NULL) {
		status = stage_runit_tree_create(nodes, count, out);
	}
	free(nodes);
	free(lists);
	return status;
}

static enum stage_status
order(const struct facts *facts, enum stage_stop_rule rule,
	struct stage_runit_tree **out)
{
	struct edges edges = {0};
	enum stage_status status = init_edges(&edges, facts->names.count);

	if (status == STAGE_OK) {
		add_declared(&edges, facts);
		if (rule == STAGE_STOP_SAFE) {
			add_silent(&edges, facts);
		}
		status = make_tree(facts, &edges, out);
	}
	finish_edges(&edges);
	return status;
}

enum stage_status
stage_stop_order(const struct stage_rig *rig, enum stage_stop_rule rule,
	struct stage_runit_tree **out, struct stage_err *err)
{
	struct facts facts = {0};
	enum stage_status status = load_facts(rig, &facts, err);

	if (status == STAGE_OK) {
		status = order(&facts, rule, out);
		if (status != STAGE_OK) {
			stage_err_set(err, status,
				"unable to order the services: %s",
				stage_strerror(status));
		}
	}
	finish_facts(&facts);
	return status;
}
