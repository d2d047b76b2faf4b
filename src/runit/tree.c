/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/tree.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ARROW " -> "

/* Services are numbered by their place in the sorted list of names, so that
 * nothing depends on the order of the input. Needs are edges in one array,
 * sorted by the needing and then by the needed service; first[i] to first[i +
 * 1] are those of service i. */

struct edge {
	uint32_t from; // needs
	uint32_t to;   // is needed
	bool is_cut;   // closes a circle: left out of the order
};

struct edges {
	struct edge *items; // owned
	size_t *first;      // owned, one more than there are services
	size_t count;
};

struct stage_runit_tree {
	struct stage_strv names; // sorted, each once
	struct edges needs;      // sorted by from, to
	struct edges needed_by;  // the same, each turned round
	uint32_t *level;         // owned, of each service
	struct stage_strv *levels;
	size_t level_count;
	struct stage_strv cycles;
};

// What the walk through the needs has to remember.
struct walk {
	struct stage_runit_tree *tree;
	unsigned char *mark; // owned, of each service: enum mark
	size_t *next;        // owned, of each service: its edge to follow next
	uint32_t *path;      // owned: the services from the start to here
	size_t depth;        // of path
	uint32_t *done; // owned: in the order of leaving, needed ones first
	size_t done_count;
};

enum mark {
	NEW,
	ON_PATH,
	LEFT
};

static const struct stage_strv no_names;

static void *
make_array(size_t count, size_t size)
{
	return calloc(count > 0 ? count : 1, size);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

// The number of a service, or the count of services when it is unknown.
static size_t
find(const struct stage_runit_tree *self, const char *name)
{
	char **hit = NULL;

	if (self->names.count > 0) {
		hit = bsearch(&name, self->names.items, self->names.count,
			sizeof(*self->names.items), compare_names);
	}
	return hit != NULL ? (size_t)(hit - self->names.items)
			   : self->names.count;
}

static enum stage_status
take_names(struct stage_runit_tree *self,
	const struct stage_runit_needs *services, size_t count)
{
	const char **sorted = make_array(count, sizeof(*sorted));
	enum stage_status status = STAGE_OK;

	if (sorted == NULL) {
		return STAGE_NO_MEMORY;
	}
	for (size_t i = 0; i < count; i++) {
		sorted[i] = services[i].name;
	}
	qsort(sorted, count, sizeof(*sorted), compare_names);
	for (size_t i = 0; i < count && status == STAGE_OK; i++) {
		if (i == 0 || strcmp(sorted[i - 1], sorted[i]) != 0) {
			status = stage_strv_add(&self->names, sorted[i]);
		}
	}
	free(sorted);
	return status;
}

static int
compare_edges(const void *a, const void *b)
{
	const struct edge *x = a;
	const struct edge *y = b;

	if (x->from != y->from) {
		return x->from < y->from ? -1 : 1;
	}
	return (x->to > y->to) - (x->to < y->to);
}

// Sorts, drops those that are there twice, and fills first[].
static enum stage_status
index_edges(struct edges *edges, size_t service_count)
{
	size_t kept = 0;

	qsort(edges->items, edges->count, sizeof(*edges->items), compare_edges);
	for (size_t i = 0; i < edges->count; i++) {
		if (kept == 0 || compare_edges(&edges->items[kept - 1],
					 &edges->items[i]) != 0) {
			edges->items[kept] = edges->items[i];
			kept++;
		}
	}
	edges->count = kept;
	edges->first = make_array(service_count + 1, sizeof(*edges->first));
	if (edges->first == NULL) {
		return STAGE_NO_MEMORY;
	}
	for (size_t i = 0; i < kept; i++) {
		edges->first[edges->items[i].from + 1]++;
	}
	for (size_t i = 0; i < service_count; i++) {
		edges->first[i + 1] += edges->first[i];
	}
	return STAGE_OK;
}

static enum stage_status
take_needs(struct stage_runit_tree *self,
	const struct stage_runit_needs *services, size_t count)
{
	struct edges *needs = &self->needs;
	size_t total = 0;

	for (size_t i = 0; i < count; i++) {
		total += services[i].need_count;
	}
	needs->items = make_array(total, sizeof(*needs->items));
	if (needs->items == NULL) {
		return STAGE_NO_MEMORY;
	}
	for (size_t i = 0; i < count; i++) {
		size_t from = find(self, services[i].name);
		for (size_t k = 0; k < services[i].need_count; k++) {
			size_t to = find(self, services[i].needs[k]);
			if (to < self->names.count) {
				needs->items[needs->count] = (struct edge){
					(uint32_t)from, (uint32_t)to, false};
				needs->count++;
			}
		}
	}
	return index_edges(needs, self->names.count);
}

static enum stage_status
turn_needs(struct stage_runit_tree *self)
{
	struct edges *turned = &self->needed_by;

	turned->items = make_array(self->needs.count, sizeof(*turned->items));
	if (turned->items == NULL) {
		return STAGE_NO_MEMORY;
	}
	turned->count = self->needs.count;
	for (size_t i = 0; i < turned->count; i++) {
		turned->items[i].from = self->needs.items[i].to;
		turned->items[i].to = self->needs.items[i].from;
	}
	return index_edges(turned, self->names.count);
}

// Spells out the circle that leads from the end of the path back into it.
static enum stage_status
report_cycle(const struct walk *walk, uint32_t back_to)
{
	struct stage_runit_tree *tree = walk->tree;
	struct stage_str text = {0};
	size_t start = walk->depth;
	size_t len;
	size_t least;
	enum stage_status status = STAGE_OK;

	if (tree->cycles.count >= STAGE_RUNIT_CYCLES_MAX) {
		return STAGE_OK;
	}
	while (walk->path[start - 1] != back_to) {
		start--;
	}
	start--;
	len = walk->depth - start;
	least = start;
	for (size_t i = start; i < walk->depth; i++) {
		least = walk->path[i] < walk->path[least] ? i : least;
	}
	for (size_t i = 0; i <= len && status == STAGE_OK; i++) {
		size_t at = start + (least - start + i) % len;
		status = stage_str_addf(&text, "%s%s", i > 0 ? ARROW : "",
			tree->names.items[walk->path[at]]);
	}
	if (status == STAGE_OK) {
		status = stage_strv_add(&tree->cycles, stage_str_text(&text));
	}
	stage_str_finish(&text);
	return status;
}

static void
enter(struct walk *walk, uint32_t service)
{
	walk->mark[service] = ON_PATH;
	walk->next[service] = walk->tree->needs.first[service];
	walk->path[walk->depth] = service;
	walk->depth++;
}

// Follows the next need of the last service on the path, or leaves it.
static enum stage_status
step(struct walk *walk)
{
	struct edges *needs = &walk->tree->needs;
	uint32_t here = walk->path[walk->depth - 1];
	struct edge *edge;

	if (walk->next[here] == needs->first[here + 1]) {
		walk->mark[here] = LEFT;
		walk->done[walk->done_count] = here;
		walk->done_count++;
		walk->depth--;
		return STAGE_OK;
	}
	edge = &needs->items[walk->next[here]];
	walk->next[here]++;
	if (walk->mark[edge->to] == NEW) {
		enter(walk, edge->to);
	} else if (walk->mark[edge->to] == ON_PATH) {
		edge->is_cut = true;
		return report_cycle(walk, edge->to);
	}
	return STAGE_OK;
}

// Takes the services with all that need them first; so each level is final.
static void
set_levels(const struct walk *walk)
{
	struct stage_runit_tree *tree = walk->tree;

	for (size_t i = walk->done_count; i > 0; i--) {
		uint32_t from = walk->done[i - 1];
		for (size_t e = tree->needs.first[from];
			e < tree->needs.first[from + 1]; e++) {
			const struct edge *edge = &tree->needs.items[e];
			if (!edge->is_cut &&
				tree->level[edge->to] <= tree->level[from]) {
				tree->level[edge->to] = tree->level[from] + 1;
			}
		}
	}
}

static enum stage_status
order(struct stage_runit_tree *self)
{
	size_t count = self->names.count;
	struct walk walk = {
		.tree = self,
		.mark = make_array(count, sizeof(*walk.mark)),
		.next = make_array(count, sizeof(*walk.next)),
		.path = make_array(count, sizeof(*walk.path)),
		.done = make_array(count, sizeof(*walk.done)),
	};
	enum stage_status status = STAGE_OK;

	self->level = make_array(count, sizeof(*self->level));
	if (walk.mark == NULL || walk.next == NULL || walk.path == NULL ||
		walk.done == NULL || self->level == NULL) {
		status = STAGE_NO_MEMORY;
	}
	for (size_t i = 0; i < count && status == STAGE_OK; i++) {
		if (walk.mark[i] == NEW) {
			enter(&walk, (uint32_t)i);
		}
		while (walk.depth > 0 && status == STAGE_OK) {
			status = step(&walk);
		}
	}
	if (status == STAGE_OK) {
		set_levels(&walk);
	}
	free(walk.done);
	free(walk.path);
	free(walk.next);
	free(walk.mark);
	return status;
}

static enum stage_status
list_levels(struct stage_runit_tree *self)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < self->names.count; i++) {
		if (self->level[i] >= self->level_count) {
			self->level_count = self->level[i] + 1;
		}
	}
	self->levels = make_array(self->level_count, sizeof(*self->levels));
	if (self->levels == NULL) {
		return STAGE_NO_MEMORY;
	}
	for (size_t i = 0; i < self->names.count && status == STAGE_OK; i++) {
		status = stage_strv_add(
			&self->levels[self->level[i]], self->names.items[i]);
	}
	return status;
}

enum stage_status
stage_runit_tree_create(const struct stage_runit_needs *services, size_t count,
	struct stage_runit_tree **out)
{
	struct stage_runit_tree *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return STAGE_NO_MEMORY;
	}
	status = take_names(self, services, count);
	if (status == STAGE_OK) {
		status = take_needs(self, services, count);
	}
	if (status == STAGE_OK) {
		status = turn_needs(self);
	}
	if (status == STAGE_OK) {
		status = order(self);
	}
	if (status == STAGE_OK) {
		status = list_levels(self);
	}
	if (status != STAGE_OK) {
		stage_runit_tree_destroy(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

void
stage_runit_tree_destroy(struct stage_runit_tree *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; self->levels != NULL && i < self->level_count; i++) {
		stage_strv_finish(&self->levels[i]);
	}
	free(self->levels);
	free(self->level);
	free(self->needs.items);
	free(self->needs.first);
	free(self->needed_by.items);
	free(self->needed_by.first);
	stage_strv_finish(&self->cycles);
	stage_strv_finish(&self->names);
	free(self);
}

size_t
stage_runit_tree_level_count(const struct stage_runit_tree *self)
{
	return self->level_count;
}

const struct stage_strv *
stage_runit_tree_level(const struct stage_runit_tree *self, size_t level)
{
	return level < self->level_count ? &self->levels[level] : &no_names;
}

const struct stage_strv *
stage_runit_tree_cycles(const struct stage_runit_tree *self)
{
	return &self->cycles;
}

// Marks all that need `start`; `queue` has room for every service.
static void
mark_dependents(const struct stage_runit_tree *self, size_t start,
	unsigned char *mark, uint32_t *queue)
{
	const struct edges *by = &self->needed_by;
	size_t head = 0;
	size_t tail = 1;

	queue[0] = (uint32_t)start;
	mark[start] = 1;
	while (head < tail) {
		uint32_t here = queue[head];
		head++;
		for (size_t e = by->first[here]; e < by->first[here + 1]; e++) {
			uint32_t next = by->items[e].to;
			if (mark[next] == 0) {
				mark[next] = 1;
				queue[tail] = next;
				tail++;
			}
		}
	}
}

static enum stage_status
add_marked(const struct stage_runit_tree *self, size_t without,
	const unsigned char *mark, struct stage_strv *out)
{
	enum stage_status status = STAGE_OK;

	for (size_t level = 0; level < self->level_count; level++) {
		const struct stage_strv *names = &self->levels[level];
		for (size_t i = 0; i < names->count && status == STAGE_OK;
			i++) {
			size_t at = find(self, names->items[i]);
			if (mark[at] != 0 && at != without) {
				status = stage_strv_add(out, names->items[i]);
			}
		}
	}
	return status;
}

enum stage_status
stage_runit_tree_dependents(const struct stage_runit_tree *self,
	const char *name, struct stage_strv *out)
{
	size_t start = find(self, name);
	enum stage_status status = STAGE_NO_MEMORY;
	unsigned char *mark;
	uint32_t *queue;

	if (start == self->names.count) {
		return STAGE_NOT_FOUND;
	}
	mark = make_array(self->names.count, sizeof(*mark));
	queue = make_array(self->names.count, sizeof(*queue));
	if (mark != NULL && queue != NULL) {
		mark_dependents(self, start, mark, queue);
		status = add_marked(self, start, mark, out);
	}
	free(queue);
	free(mark);
	return status;
}
