/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/log_merge.h"

#include <stdlib.h>
#include <string.h>

#define NONE ((size_t)-1)

struct entry {
	struct stage_log_source *source; // owned
	char *name;                      // owned
	struct stage_log_line head;
	bool is_queued; // stands in the heap
	bool is_told;   // its error was
};

// The heap holds numbers of entries that have a line, the earliest on top.
struct stage_log_merge {
	bool wants_rest;
	struct entry *entries; // owned
	size_t *heap;          // owned; [count] has room for all
	size_t count;
	size_t queued;
	size_t given; // whose line next gave last, or NONE
};

struct stage_log_merge *
stage_log_merge_create(bool wants_rest)
{
	struct stage_log_merge *self = calloc(1, sizeof(*self));

	if (self != NULL) {
		self->wants_rest = wants_rest;
		self->given = NONE;
	}
	return self;
}

void
stage_log_merge_destroy(struct stage_log_merge *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; i < self->count; i++) {
		stage_log_source_destroy(self->entries[i].source);
		free(self->entries[i].name);
	}
	free(self->entries);
	free(self->heap);
	free(self);
}

static bool
is_before(const struct stage_log_merge *self, size_t a, size_t b)
{
	const struct stage_log_line *left = &self->entries[a].head;
	const struct stage_log_line *right = &self->entries[b].head;

	if (left->wall_ns != right->wall_ns) {
		return left->wall_ns < right->wall_ns;
	}
	return a < b;
}

static void
swap(struct stage_log_merge *self, size_t a, size_t b)
{
	size_t number = self->heap[a];

	self->heap[a] = self->heap[b];
	self->heap[b] = number;
}

static void
push(struct stage_log_merge *self, size_t number)
{
	size_t at = self->queued;

	self->entries[number].is_queued = true;
	self->heap[at] = number;
	self->queued++;
	while (at > 0 &&
		is_before(self, self->heap[at], self->heap[(at - 1) / 2])) {
		swap(self, at, (at - 1) / 2);
		at = (at - 1) / 2;
	}
}

static size_t
pop(struct stage_log_merge *self)
{
	size_t number = self->heap[0];
	size_t at = 0;

	self->queued--;
	self->heap[0] = self->heap[self->queued];
	for (;;) {
		size_t least = at;
		for (size_t k = 2 * at + 1; k <= 2 * at + 2; k++) {
			if (k < self->queued && is_before(self, self->heap[k],
							self->heap[least])) {
				least = k;
			}
		}
		if (least == at) {
			break;
		}
		swap(self, at, least);
		at = least;
	}
	self->entries[number].is_queued = false;
	return number;
}

void
stage_log_merge_wake(struct stage_log_merge *self, size_t number)
{
	struct entry *entry = &self->entries[number];

	// The one whose line was given last comes back with the next call.
	if (!entry->is_queued && self->given != number &&
		stage_log_source_peek(
			entry->source, self->wants_rest, &entry->head)) {
		push(self, number);
	}
}

enum stage_status
stage_log_merge_add(struct stage_log_merge *self, const char *directory,
	const char *name, size_t last_lines, struct stage_err *err)
{
	size_t room = self->count + 1;
	struct entry *entries = realloc(self->entries, room * sizeof(*entries));
	size_t *heap = realloc(self->heap, room * sizeof(*heap));
	struct entry entry = {0};
	enum stage_status status;

	self->entries = entries != NULL ? entries : self->entries;
	self->heap = heap != NULL ? heap : self->heap;
	entry.name = strdup(name);
	if (entries == NULL || heap == NULL || entry.name == NULL) {
		free(entry.name);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	status = stage_log_source_create(
		directory, name, last_lines, &entry.source, err);
	if (status != STAGE_OK) {
		free(entry.name);
		return status;
	}
	self->entries[self->count] = entry;
	self->count++;
	stage_log_merge_wake(self, self->count - 1);
	return STAGE_OK;
}

bool
stage_log_merge_has(const struct stage_log_merge *self, const char *name)
{
	for (size_t i = 0; i < self->count; i++) {
		if (strcmp(self->entries[i].name, name) == 0) {
			return true;
		}
	}
	return false;
}

bool
stage_log_merge_next(struct stage_log_merge *self, struct stage_log_line *line)
{
	size_t given = self->given;

	if (given != NONE) {
		self->given = NONE;
		stage_log_source_next(self->entries[given].source);
		stage_log_merge_wake(self, given);
	}
	if (self->queued == 0) {
		return false;
	}
	self->given = pop(self);
	*line = self->entries[self->given].head;
	return true;
}

const struct stage_err *
stage_log_merge_take_err(struct stage_log_merge *self)
{
	for (size_t i = 0; i < self->count; i++) {
		struct entry *entry = &self->entries[i];
		const struct stage_err *err =
			stage_log_source_err(entry->source);
		if (err->status != STAGE_OK && !entry->is_told) {
			entry->is_told = true;
			return err;
		}
	}
	return NULL;
}
