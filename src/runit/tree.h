/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Who needs whom among services, and in which order they may be stopped.
 *
 * Level 0 holds the services that nobody needs (the leaves), the last level
 * those that all else stands on. All of a level may be stopped at once when the
 * levels before it are down. Names that are needed but not given are ignored; a
 * name given twice is one service with the needs of both.
 *
 * Services that need each other in a circle cannot be ordered: the circle is
 * reported and one of its needs is left out of the order, always the same one,
 * whatever the order of the input.
 *
 * Pure: no files, no clock. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_RUNIT_TREE_H
#define STAGE_RUNIT_TREE_H

#include <stddef.h>

#include "base/attr.h"
#include "base/status.h"
#include "base/str.h"

#define STAGE_RUNIT_CYCLES_MAX 16 // circles that are spelled out

struct stage_runit_tree;

struct stage_runit_needs {
	const char *name;         // borrowed during the call
	const char *const *needs; // needs[need_count], borrowed
	size_t need_count;
};

/** Orders services[count].
 *
 * Ownership: all names are copied; free with stage_runit_tree_destroy.
 * Errors: STAGE_NO_MEMORY; out is then untouched.
 */
STAGE_NODISCARD enum stage_status stage_runit_tree_create(
	const struct stage_runit_needs *services, size_t count,
	struct stage_runit_tree **out);

/** Frees it; self may be NULL. */
void stage_runit_tree_destroy(struct stage_runit_tree *self);

/** How many levels there are; 0 without services. */
size_t stage_runit_tree_level_count(const struct stage_runit_tree *self);

/** The names of one level, sorted by byte value.
 *
 * Ownership: borrowed from self. Empty for a level that is not there.
 */
const struct stage_strv *stage_runit_tree_level(
	const struct stage_runit_tree *self, size_t level);

/** The circles as "a -> b -> a" ("needs"), STAGE_RUNIT_CYCLES_MAX at most, each
 * beginning with its first name by byte value. Ownership: borrowed from self.
 */
const struct stage_strv *stage_runit_tree_cycles(
	const struct stage_runit_tree *self);

/** Appends to out all that need this service, directly or by way of others: in
 * the order in which to stop them, by name within a level, without itself.
 *
 * Errors: STAGE_NOT_FOUND when no such service was given, STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_runit_tree_dependents(
	const struct stage_runit_tree *self, const char *name,
	struct stage_strv *out);

#endif
