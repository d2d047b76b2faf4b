/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The preset that a slot file names in a line: its values count as if the file
 * set them, under those that it does set, and its state is what the plug-in
 * begins with, until something else is remembered of it.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_PRESET_LINE_H
#define STAGE_RACK_PRESET_LINE_H

#include "rack/slot.h"

/** Adds the values of the preset to what the file sets; nothing when it names
 * none. Errors: STAGE_NOT_FOUND, STAGE_IO, STAGE_FULL, with the place in the
 * file of that directory; STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_preset_line_take(
	struct stage_rack_host *host, const struct stage_rack_plugin *plugin,
	const char *directory, struct stage_rack_slot_config *config,
	struct stage_err *err);

/** The state that the slot's plug-in is to begin with; NULL when what it
 * remembers is of this preset already, or there is no state in it. Ownership:
 * the caller frees it by lilv_state_free. */
LilvState *stage_rack_preset_line_state(const struct stage_rack_slot *slot);

#endif
