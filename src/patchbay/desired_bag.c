/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdlib.h>

#include "patchbay/desired_private.h"

#define FIRST_CAP 4

enum stage_status
stage_bag_add(struct stage_bag *self, void *item)
{
	if (self->count == self->cap) {
		size_t cap = self->cap == 0 ? FIRST_CAP : self->cap * 2;
		void **items = realloc(self->items, cap * sizeof(*items));
		if (items == NULL) {
			return STAGE_NO_MEMORY;
		}
		self->items = items;
		self->cap = cap;
	}
	self->items[self->count] = item;
	self->count++;
	return STAGE_OK;
}

void
stage_bag_remove(struct stage_bag *self, const void *item)
{
	for (size_t i = 0; i < self->count; i++) {
		if (self->items[i] == item) {
			self->count--;
			self->items[i] = self->items[self->count];
			return;
		}
	}
}

void
stage_bag_finish(struct stage_bag *self)
{
	free(self->items);
	*self = (struct stage_bag){0};
}

void
stage_bag_destroy(void *bag)
{
	if (bag != NULL) {
		stage_bag_finish(bag);
		free(bag);
	}
}

struct stage_bag *
stage_bag_of(struct stage_map *map, const char *key)
{
	struct stage_bag *bag = stage_map_get(map, key);

	if (bag != NULL) {
		return bag;
	}
	bag = calloc(1, sizeof(*bag));
	if (bag == NULL || stage_map_put(map, key, bag) != STAGE_OK) {
		free(bag);
		return NULL;
	}
	return bag;
}
