/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define FIRST_BUCKETS 16 // a power of two, as every size that follows

struct stage_map_item {
	struct stage_map_item *chained; // the next one in its bucket
	struct stage_map_item *before;  // in the order of insertion
	struct stage_map_item *after;
	uint64_t hash;
	void *value;
	char key[];
};

struct stage_map {
	struct stage_map_item **buckets; // [bucket_count]
	size_t bucket_count;
	size_t count;
	struct stage_map_item *first;
	struct stage_map_item *last;
	void (*free_value)(void *value);
	struct stage_hash_key hash_key;
};

struct stage_map *
stage_map_create(void (*free_value)(void *value))
{
	struct stage_map *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return NULL;
	}
	self->buckets = calloc(FIRST_BUCKETS, sizeof(*self->buckets));
	if (self->buckets == NULL) {
		free(self);
		return NULL;
	}
	self->bucket_count = FIRST_BUCKETS;
	self->free_value = free_value;
	stage_hash_key_init(&self->hash_key);
	return self;
}

void
stage_map_destroy(struct stage_map *self)
{
	if (self != NULL) {
		stage_map_clear(self);
		free(self->buckets);
		free(self);
	}
}

size_t
stage_map_count(const struct stage_map *self)
{
	return self->count;
}

static uint64_t
hash_of(const struct stage_map *self, const char *key)
{
	return stage_hash(&self->hash_key, key, strlen(key));
}

static struct stage_map_item **
bucket_of(const struct stage_map *self, uint64_t hash)
{
	return &self->buckets[hash & (self->bucket_count - 1)];
}

// The pointer that points to the item, or to NULL at the end of its bucket.
static struct stage_map_item **
find(const struct stage_map *self, const char *key, uint64_t hash)
{
	struct stage_map_item **at = bucket_of(self, hash);

	while (*at != NULL &&
		((*at)->hash != hash || strcmp((*at)->key, key) != 0)) {
		at = &(*at)->chained;
	}
	return at;
}

void *
stage_map_get(const struct stage_map *self, const char *key)
{
	const struct stage_map_item *item =
		*find(self, key, hash_of(self, key));

	return item != NULL ? item->value : NULL;
}

bool
stage_map_has(const struct stage_map *self, const char *key)
{
	return *find(self, key, hash_of(self, key)) != NULL;
}

// Doubles the buckets. Without memory for that the map is slower, not broken.
static void
grow(struct stage_map *self)
{
	size_t count = self->bucket_count * 2;
	struct stage_map_item **buckets = calloc(count, sizeof(*buckets));

	if (buckets == NULL) {
		return;
	}
	free(self->buckets);
	self->buckets = buckets;
	self->bucket_count = count;
	for (struct stage_map_item *i = self->first; i != NULL; i = i->after) {
		struct stage_map_item **at = bucket_of(self, i->hash);
		i->chained = *at;
		*at = i;
	}
}

static void
free_value(const struct stage_map *self, void *value)
{
	if (self->free_value != NULL) {
		self->free_value(value);
	}
}

static void
append(struct stage_map *self, struct stage_map_item *item)
{
	struct stage_map_item **bucket = bucket_of(self, item->hash);

	item->chained = *bucket;
	*bucket = item;
	item->before = self->last;
	if (self->last != NULL) {
		self->last->after = item;
	} else {
		self->first = item;
	}
	self->last = item;
	self->count++;
}

enum stage_status
stage_map_put(struct stage_map *self, const char *key, void *value)
{
	uint64_t hash = hash_of(self, key);
	struct stage_map_item *item = *find(self, key, hash);
	size_t key_bytes = strlen(key) + 1;

	if (item != NULL) {
		void *old = item->value;
		item->value = value;
		if (old != value) {
			free_value(self, old);
		}
		return STAGE_OK;
	}
	item = calloc(1, sizeof(*item) + key_bytes);
	if (item == NULL) {
		return STAGE_NO_MEMORY;
	}
	memcpy(item->key, key, key_bytes);
	item->hash = hash;
	item->value = value;
	if (self->count == self->bucket_count) {
		grow(self);
	}
	append(self, item);
	return STAGE_OK;
}

// Unlinks an item, frees it and returns its value.
static void *
detach(struct stage_map *self, struct stage_map_item **at)
{
	struct stage_map_item *item = *at;
	void *value = item->value;

	*at = item->chained;
	if (item->before != NULL) {
		item->before->after = item->after;
	} else {
		self->first = item->after;
	}
	if (item->after != NULL) {
		item->after->before = item->before;
	} else {
		self->last = item->before;
	}
	self->count--;
	free(item);
	return value;
}

bool
stage_map_remove(struct stage_map *self, const char *key)
{
	struct stage_map_item **at = find(self, key, hash_of(self, key));

	if (*at == NULL) {
		return false;
	}
	free_value(self, detach(self, at));
	return true;
}

void *
stage_map_take(struct stage_map *self, const char *key)
{
	struct stage_map_item **at = find(self, key, hash_of(self, key));

	return *at != NULL ? detach(self, at) : NULL;
}

void
stage_map_clear(struct stage_map *self)
{
	struct stage_map_item *item = self->first;

	memset(self->buckets, 0, self->bucket_count * sizeof(*self->buckets));
	self->first = NULL;
	self->last = NULL;
	self->count = 0;
	while (item != NULL) {
		struct stage_map_item *after = item->after;
		free_value(self, item->value);
		free(item);
		item = after;
	}
}

const struct stage_map_item *
stage_map_first(const struct stage_map *self)
{
	return self->first;
}

const struct stage_map_item *
stage_map_next(const struct stage_map_item *item)
{
	return item->after;
}

const char *
stage_map_item_key(const struct stage_map_item *item)
{
	return item->key;
}

void *
stage_map_item_value(const struct stage_map_item *item)
{
	return item->value;
}
