/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdbool.h>
#include <string.h>

#include "fuzz.h"
#include "runit/tree.h"

#define SERVICES 10 // names, single letters from 'a' on
#define NEEDS_MAX 64

// Who needs whom, as a matrix.
struct graph {
	bool is_there[SERVICES];
	bool needs[SERVICES][SERVICES]; // of those that are there
	bool reaches[SERVICES][SERVICES];
};

static const char *const names[SERVICES] = {
	"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};

static int
number_of(const char *name)
{
	FUZZ_CHECK(
		name[0] >= 'a' && name[0] < 'a' + SERVICES && name[1] == '\0');
	return name[0] - 'a';
}

// Each line of the input is a service and what it needs, any bytes being names.
static size_t
read_services(const uint8_t *data, size_t size, struct stage_runit_needs *out,
	const char **needs, struct graph *graph)
{
	size_t count = 0;
	size_t used = 0;
	int service = -1;

	for (size_t i = 0; i < size && used < NEEDS_MAX; i++) {
		int name = data[i] % (SERVICES + 1);
		if (name == SERVICES) {
			service = -1;
			continue;
		}
		if (service < 0) {
			if (count == NEEDS_MAX) {
				break;
			}
			service = name;
			graph->is_there[name] = true;
			out[count] = (struct stage_runit_needs){
				.name = names[name], .needs = needs + used};
			count++;
			continue;
		}
		needs[used] = names[name];
		used++;
		out[count - 1].need_count++;
		graph->needs[service][name] = true;
	}
	return count;
}

static void
close_graph(struct graph *graph)
{
	for (int i = 0; i < SERVICES; i++) {
		for (int j = 0; j < SERVICES; j++) {
			graph->needs[i][j] =
				graph->needs[i][j] && graph->is_there[j];
			graph->reaches[i][j] = graph->needs[i][j];
		}
	}
	for (int k = 0; k < SERVICES; k++) {
		for (int i = 0; i < SERVICES; i++) {
			for (int j = 0; j < SERVICES; j++) {
				graph->reaches[i][j] =
					graph->reaches[i][j] ||
					(graph->reaches[i][k] &&
						graph->reaches[k][j]);
			}
		}
	}
}

// Each service stands in one level.
static void
find_levels(const struct stage_runit_tree *tree, const struct graph *graph,
	int *level)
{
	for (int i = 0; i < SERVICES; i++) {
		level[i] = -1;
	}
	for (size_t i = 0; i < stage_runit_tree_level_count(tree); i++) {
		const struct stage_strv *row = stage_runit_tree_level(tree, i);
		FUZZ_CHECK(row->count > 0);
		for (size_t k = 0; k < row->count; k++) {
			int service = number_of(row->items[k]);
			FUZZ_CHECK(level[service] == -1);
			FUZZ_CHECK(k == 0 || strcmp(row->items[k - 1],
						     row->items[k]) < 0);
			level[service] = (int)i;
		}
	}
	for (int i = 0; i < SERVICES; i++) {
		FUZZ_CHECK((level[i] >= 0) == graph->is_there[i]);
	}
}

// Who needs something is stopped before it, unless the two stand in a circle.
static void
check_order(const struct graph *graph, const int *level)
{
	for (int i = 0; i < SERVICES; i++) {
		for (int j = 0; j < SERVICES; j++) {
			FUZZ_CHECK(!graph->is_there[i] || !graph->needs[i][j] ||
				   graph->reaches[j][i] || level[i] < level[j]);
		}
	}
}

static void
check_cycles(const struct stage_runit_tree *tree, const struct graph *graph)
{
	bool has_circle = false;

	for (int i = 0; i < SERVICES; i++) {
		has_circle = has_circle ||
			     (graph->is_there[i] && graph->reaches[i][i]);
	}
	FUZZ_CHECK(has_circle == (stage_runit_tree_cycles(tree)->count > 0));
	FUZZ_CHECK(
		stage_runit_tree_cycles(tree)->count <= STAGE_RUNIT_CYCLES_MAX);
}

static void
check_dependents(const struct stage_runit_tree *tree, const struct graph *graph)
{
	for (int i = 0; i < SERVICES; i++) {
		struct stage_strv found = {0};
		enum stage_status status =
			stage_runit_tree_dependents(tree, names[i], &found);
		FUZZ_CHECK(status ==
			   (graph->is_there[i] ? STAGE_OK : STAGE_NOT_FOUND));
		for (int j = 0; j < SERVICES && status == STAGE_OK; j++) {
			FUZZ_CHECK(stage_strv_has(&found, names[j]) ==
				   (j != i && graph->is_there[j] &&
					   graph->reaches[j][i]));
		}
		stage_strv_finish(&found);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_runit_needs services[NEEDS_MAX];
	const char *needs[NEEDS_MAX];
	struct graph graph = {0};
	struct stage_runit_tree *tree = NULL;
	int level[SERVICES];
	size_t count = read_services(data, size, services, needs, &graph);

	close_graph(&graph);
	FUZZ_CHECK(stage_runit_tree_create(services, count, &tree) == STAGE_OK);
	find_levels(tree, &graph, level);
	check_order(&graph, level);
	check_cycles(tree, &graph);
	check_dependents(tree, &graph);
	stage_runit_tree_destroy(tree);
	return 0;
}
