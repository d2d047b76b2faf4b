/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The values of all slots, as a snapshot has them. As text:
 *
 *     slot    reverb http://example.org/reverb no 0.3    # bypass, wet
 *     value   decay_time 1.5
 *     end     1                                          # slots before it
 *
 * Pure. Thread: any but the real-time one.
 */

#ifndef STAGE_RACK_SCENE_H
#define STAGE_RACK_SCENE_H

#include "base/str.h"
#include "rack/config.h"

struct stage_rack_scene_value {
	char symbol[STAGE_RACK_SYMBOL_MAX];
	float value;
};

struct stage_rack_scene_slot {
	char id[STAGE_RACK_ID_MAX];
	char plugin[STAGE_RACK_URI_MAX];
	bool is_bypassed;
	float wet;
	size_t first_value; // of the scene's
	size_t value_count;
};

struct stage_rack_scene {
	struct stage_rack_scene_slot *slots; // [slot_count], owned
	size_t slot_count;
	struct stage_rack_scene_value *values; // [value_count], owned
	size_t value_count;
};

/** Frees what is in it. Zeroed memory is fine. */
void stage_rack_scene_finish(struct stage_rack_scene *self);

/** Adds a slot without values; then values to the last slot. Errors:
 * STAGE_NO_MEMORY; STAGE_BUG without a slot. */
STAGE_NODISCARD enum stage_status stage_rack_scene_add_slot(
	struct stage_rack_scene *self,
	const struct stage_rack_scene_slot *slot);
STAGE_NODISCARD enum stage_status stage_rack_scene_add_value(
	struct stage_rack_scene *self, const char *symbol, float value);

/** The slot of that identity, or NULL. Ownership: borrowed. */
const struct stage_rack_scene_slot *stage_rack_scene_find(
	const struct stage_rack_scene *self, const char *id);

/** Appends it as text. Errors: STAGE_NO_MEMORY, STAGE_BAD_INPUT. */
STAGE_NODISCARD enum stage_status stage_rack_scene_write(
	const struct stage_rack_scene *self, struct stage_str *out);

/** Reads text[len], which is whole or refused. Ownership: *out is to be
 * finished, also after an error. Errors: STAGE_BAD_INPUT with the place,
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_scene_parse(const char *text,
	size_t len, const char *name, struct stage_rack_scene *out,
	struct stage_err *err);

#endif
