/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What history.c and history_load.c know of the files. Thread: as history.h.
 */

#ifndef STAGE_PATCHBAY_HISTORY_STATE_H
#define STAGE_PATCHBAY_HISTORY_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "patchbay/history.h"
#include "patchbay/history_store.h"

struct stage_history {
	struct stage_history_store store;
	bool is_dir_readable; // the index is what is there

	struct stage_learned_head head; // in force; number 0: none
	uint64_t sum;                   // of the list in force
	bool has_sum;                   // something is in force
	bool is_on_disk;                // learned.patch has it
	bool is_kept;                   // its generation's file has it

	uint64_t seen; // sum of learned.patch's bytes when last looked at
	bool has_seen;
	bool is_bad_there; // learned.patch is bad and could not be put aside

	struct stage_err warning;
};

/** Adds a sentence to what there is to tell. */
void stage_history_warn(struct stage_history *self, const char *format, ...)
	STAGE_PRINTF(2, 3);

/** Writes the generation's file of what is in force, which is `list`; warns
 * when that fails. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_history_keep(
	struct stage_history *self, const struct stage_patch_list *list);

/** The number for the next generation. */
uint64_t stage_history_next(const struct stage_history *self);

#endif
