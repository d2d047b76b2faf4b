/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Controllers that were learned: kept with the checkpoints of a rack, not in
 * what the user writes. A line each, as in a slot file:
 *
 *     slot  reverb  cc 1 74 decay_time 0.4 15 log
 *     rack  cc any 7 gain -60 0
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_LEARNED_H
#define STAGE_RACK_LEARNED_H

#include "base/io.h"
#include "rack/config.h"

struct stage_rack_learned_item {
	char slot[STAGE_RACK_ID_MAX]; // "": the rack itself
	struct stage_rack_map map;
};

struct stage_rack_learned {
	struct stage_rack_learned_item items[STAGE_RACK_MAPS_MAX];
	size_t count;
	char path[STAGE_PATH_MAX];
};

/** Reads text[len]. Errors: STAGE_BAD_INPUT, with the place; self has then what
 * was before it. Pure. */
STAGE_NODISCARD enum stage_status stage_rack_learned_parse(
	struct stage_rack_learned *self, const char *text, size_t len,
	const char *name, struct stage_err *err);

/** Finds what was learned, in the directory of the checkpoints. A file that
 * cannot be read is told, and as good as none. */
void stage_rack_learned_load(
	struct stage_rack_learned *self, const char *memories);

/** Adds one, in place of what the same value of the same slot had, and writes
 * the file. Errors: STAGE_FULL; as stage_atomic_save: nothing has changed. */
STAGE_NODISCARD enum stage_status stage_rack_learned_add(
	struct stage_rack_learned *self, const char *slot,
	const struct stage_rack_map *map, struct stage_err *err);

/** Forgets what controls a value of a slot, or all of the slot for NULL, and
 * writes the file. Errors: STAGE_NOT_FOUND; as stage_atomic_save. */
STAGE_NODISCARD enum stage_status stage_rack_learned_forget(
	struct stage_rack_learned *self, const char *slot, const char *target,
	struct stage_err *err);

#endif
