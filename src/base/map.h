/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A table from text to pointer that remembers the order of insertion.
 *
 * Finding, putting and removing take constant time on average. The hash is
 * keyed at random for each map (base/hash.h), so keys chosen by somebody else
 * cannot make it slow. Going through the items gives them in the order in which
 * their keys were first put; a replaced value keeps its place, a key that was
 * removed and put again goes to the end. A walk that removes fetches the next
 * item first; it may then remove any other. New items are met at the end.
 *
 * Keys are copied. Values are the caller's, or the map's if it was given a
 * function to free them with.
 *
 * Thread: any but the real-time one, one object by one thread at a time.
 */

#ifndef STAGE_BASE_MAP_H
#define STAGE_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/status.h"

struct stage_map;
struct stage_map_item;

/** Makes an empty map. free_value, when not NULL, gets each value that is
 * replaced, removed or left at the end. Ownership: the caller calls
 * stage_map_destroy. NULL when out of memory. */
struct stage_map *stage_map_create(void (*free_value)(void *value));

/** Frees the map, its keys, and its values where it owns them. NULL is fine. */
void stage_map_destroy(struct stage_map *self);

/** How many items there are. */
size_t stage_map_count(const struct stage_map *self);

/** The value of a key; NULL when it is not there (or when its value is NULL).
 * Ownership: borrowed. */
void *stage_map_get(const struct stage_map *self, const char *key);

/** True when the key is there, whatever its value. */
bool stage_map_has(const struct stage_map *self, const char *key);

/** Sets the value of a key, in place of the one it may have.
 *
 * Ownership: taken on success only, where the map frees values. Errors:
 * STAGE_NO_MEMORY, nothing has changed.
 */
STAGE_NODISCARD enum stage_status stage_map_put(
	struct stage_map *self, const char *key, void *value);

/** Removes a key; the value is freed where the map owns it. False when the key
 * was not there. */
bool stage_map_remove(struct stage_map *self, const char *key);

/** Removes a key and gives its value away, unfreed; NULL when not there. */
void *stage_map_take(struct stage_map *self, const char *key);

/** Removes all items. */
void stage_map_clear(struct stage_map *self);

/** The first item, NULL when empty, and the one after `item`, NULL at the end.
 * Ownership: borrowed until that item is removed. */
const struct stage_map_item *stage_map_first(const struct stage_map *self);
const struct stage_map_item *stage_map_next(const struct stage_map_item *item);

/** What is in an item. Ownership: borrowed until it is removed. */
const char *stage_map_item_key(const struct stage_map_item *item);
void *stage_map_item_value(const struct stage_map_item *item);

#endif
