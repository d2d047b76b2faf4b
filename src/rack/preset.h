/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The presets of plug-ins, as LV2 has them. One that has values alone sets
 * them where it plays; one with a state is given to another instance, which is
 * faded in.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_PRESET_H
#define STAGE_RACK_PRESET_H

#include "rack/rack.h"

/** Whose presets. Borrowed. */
struct stage_rack_presets {
	struct stage_rack_host *host;
	const struct stage_rack_plugin *plugin;
	const char *id; // of its slot, for sentences
};

/** [{uri, name}], sorted by name. Ownership: the caller's; NULL when out of
 * memory. */
json_t *stage_rack_presets_list(const struct stage_rack_presets *self);

/** Reads a preset, by its URI or its name. Ownership: *out is freed by
 * lilv_state_free. Errors: STAGE_NOT_FOUND with what may be meant; STAGE_IO
 * when it cannot be read. */
STAGE_NODISCARD enum stage_status stage_rack_presets_open(
	const struct stage_rack_presets *self, const char *word,
	LilvState **out, struct stage_err *err);

/** A value in a preset as a number; NaN for what is none. */
float stage_rack_preset_number(struct stage_rack_host *host, const void *value,
	uint32_t size, uint32_t type);

/** [{uri, name}], sorted by name. Ownership: the caller's; NULL when out of
 * memory. */
json_t *stage_rack_preset_list(const struct stage_rack_slot *slot);

/** Loads a preset, by its URI or its name. Errors: STAGE_NOT_FOUND with what
 * may be meant; STAGE_UNSUPPORTED of a slot that passes through, or waits for
 * the JACK server where the preset has a state; STAGE_IO when it cannot be
 * read. */
STAGE_NODISCARD enum stage_status stage_rack_preset_load(
	struct stage_rack *self, struct stage_rack_slot *slot, const char *word,
	struct stage_err *err);

#endif
