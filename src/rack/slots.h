/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Reads the directory of a rack: the file `rack`, and the slot files in the
 * order of their names, which is that of the sound.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_RACK_SLOTS_H
#define STAGE_RACK_SLOTS_H

#include "rack/config.h"

#define STAGE_RACK_SLOTS_MAX 64

struct stage_rack_slots {
	struct stage_rack_slot_config *items; // [count], owned
	size_t count;
};

/** Reads DIRECTORY/rack. Errors: as stage_rack_config_parse, and
 * stage_io_read_file. */
STAGE_NODISCARD enum stage_status stage_rack_config_load(const char *directory,
	struct stage_rack_config *out, struct stage_err *err);

/** Reads all slot files. One with a slip in it is there, with its fault; so is
 * one whose identity another one had before, or is none (config.h). What is too
 * much is left out.
 *
 * Ownership: the caller calls stage_rack_slots_finish; out is zeroed first.
 * Errors: STAGE_NO_MEMORY, and when the directory cannot be listed.
 */
STAGE_NODISCARD enum stage_status stage_rack_slots_load(const char *directory,
	struct stage_rack_slots *out, struct stage_err *err);

/** Frees what is in it. NULL and zeroed memory are fine. */
void stage_rack_slots_finish(struct stage_rack_slots *self);

/** The slot of that identity, or NULL. Ownership: borrowed. */
const struct stage_rack_slot_config *stage_rack_slots_find(
	const struct stage_rack_slots *self, const char *id);

#endif
