/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/snapshot.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 16

#define NO_CHANGE STAGE_RUNIT_CHANGE_KIND_COUNT

static const char *const change_words[] = {
	[STAGE_RUNIT_ADDED] = "added",
	[STAGE_RUNIT_REMOVED] = "removed",
	[STAGE_RUNIT_REPLACED] = "replaced",
	[STAGE_RUNIT_TOUCHED] = "touched",
	[STAGE_RUNIT_UNUSABLE] = "unusable",
};

static_assert(STAGE_COUNT_OF(change_words) == STAGE_RUNIT_CHANGE_KIND_COUNT,
	"every kind of change has a word");

const char *
stage_runit_change_word(enum stage_runit_change_kind kind)
{
	if ((size_t)kind >= STAGE_COUNT_OF(change_words)) {
		return "unknown";
	}
	return change_words[kind];
}

// Makes room for one more in an array of count items, cap allocated.
static enum stage_status
grow(void **items, size_t *cap, size_t count, size_t size)
{
	size_t new_cap = *cap != 0 ? *cap * 2 : FIRST_CAP;
	void *grown;

	if (count < *cap) {
		return STAGE_OK;
	}
	grown = realloc(*items, new_cap * size);
	if (grown == NULL) {
		return STAGE_NO_MEMORY;
	}
	*items = grown;
	*cap = new_cap;
	return STAGE_OK;
}

enum stage_status
stage_runit_snapshot_add(struct stage_runit_snapshot *self, const char *name,
	const struct stage_runit_entry *entry)
{
	void *items = self->items;
	enum stage_status status =
		grow(&items, &self->cap, self->count, sizeof(*self->items));
	char *copy;

	self->items = items;
	if (status != STAGE_OK) {
		return status;
	}
	copy = strdup(name);
	if (copy == NULL) {
		return STAGE_NO_MEMORY;
	}
	self->items[self->count] = *entry;
	self->items[self->count].name = copy;
	self->count++;
	return STAGE_OK;
}

static int
compare(const void *a, const void *b)
{
	const struct stage_runit_entry *x = a;
	const struct stage_runit_entry *y = b;

	return strcmp(x->name, y->name);
}

void
stage_runit_snapshot_sort(struct stage_runit_snapshot *self)
{
	if (self->count > 1) {
		qsort(self->items, self->count, sizeof(*self->items), compare);
	}
}

static int
compare_name(const void *name, const void *entry)
{
	return strcmp(name, ((const struct stage_runit_entry *)entry)->name);
}

struct stage_runit_entry *
stage_runit_snapshot_find(
	const struct stage_runit_snapshot *self, const char *name)
{
	if (self->count == 0) {
		return NULL;
	}
	return bsearch(name, self->items, self->count, sizeof(*self->items),
		compare_name);
}

void
stage_runit_snapshot_finish(struct stage_runit_snapshot *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; i < self->count; i++) {
		free(self->items[i].name);
	}
	free(self->items);
	*self = (struct stage_runit_snapshot){0};
}

static bool
is_same_directory(
	const struct stage_runit_entry *a, const struct stage_runit_entry *b)
{
	return a->dev == b->dev && a->ino == b->ino &&
	       (a->birth_ns == b->birth_ns || a->birth_ns == 0 ||
		       b->birth_ns == 0);
}

static enum stage_runit_change_kind
judge_new(struct stage_runit_entry *after)
{
	after->is_service = after->has_run && !after->is_unusable;
	if (after->is_unusable) {
		return STAGE_RUNIT_UNUSABLE;
	}
	return after->is_service ? STAGE_RUNIT_ADDED : NO_CHANGE;
}

static enum stage_runit_change_kind
judge_both(
	const struct stage_runit_entry *before, struct stage_runit_entry *after)
{
	bool is_same = is_same_directory(before, after);

	if (before->is_unusable) {
		return NO_CHANGE; // the same name is as unusable as before
	}
	after->is_service = after->has_run || (is_same && before->is_service);
	if (!before->is_service) {
		return after->is_service ? STAGE_RUNIT_ADDED : NO_CHANGE;
	}
	if (!after->is_service) {
		return STAGE_RUNIT_REMOVED;
	}
	if (!is_same) {
		return STAGE_RUNIT_REPLACED;
	}
	return before->stamp != after->stamp ? STAGE_RUNIT_TOUCHED : NO_CHANGE;
}

static enum stage_status
add_change(struct stage_runit_changes *self, enum stage_runit_change_kind kind,
	const char *name)
{
	void *items = self->items;
	enum stage_status status;

	if (kind == NO_CHANGE) {
		return STAGE_OK;
	}
	status = grow(&items, &self->cap, self->count, sizeof(*self->items));
	self->items = items;
	if (status != STAGE_OK) {
		return status;
	}
	self->items[self->count] = (struct stage_runit_change){kind, name};
	self->count++;
	return STAGE_OK;
}

// Which of two entries comes first; not both are behind the last.
static int
compare_places(const struct stage_runit_snapshot *before, size_t b,
	const struct stage_runit_snapshot *after, size_t a)
{
	if (a == after->count) {
		return -1;
	}
	if (b == before->count) {
		return 1;
	}
	return strcmp(before->items[b].name, after->items[a].name);
}

enum stage_status
stage_runit_snapshot_diff(const struct stage_runit_snapshot *before,
	struct stage_runit_snapshot *after, struct stage_runit_changes *out)
{
	enum stage_status status = STAGE_OK;
	size_t b = 0;
	size_t a = 0;

	while (status == STAGE_OK && (b < before->count || a < after->count)) {
		int order = compare_places(before, b, after, a);

		if (order < 0) {
			const struct stage_runit_entry *old = &before->items[b];
			status = add_change(out,
				old->is_service ? STAGE_RUNIT_REMOVED
						: NO_CHANGE,
				old->name);
		} else {
			struct stage_runit_entry *new = &after->items[a];
			status = add_change(out,
				order == 0 ? judge_both(&before->items[b], new)
					   : judge_new(new),
				new->name);
		}
		b += order <= 0;
		a += order >= 0;
	}
	return status;
}

void
stage_runit_changes_finish(struct stage_runit_changes *self)
{
	if (self != NULL) {
		free(self->items);
		*self = (struct stage_runit_changes){0};
	}
}
