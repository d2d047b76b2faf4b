/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The files of a history: learned.patch, the bad ones beside it, and the
 * generations; for history.c and history_load.c.
 *
 * Thread: any but the real-time one, one object by one thread at a time.
 */

#ifndef STAGE_PATCHBAY_HISTORY_STORE_H
#define STAGE_PATCHBAY_HISTORY_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/io.h"
#include "base/str.h"
#include "patchbay/history_index.h"
#include "patchbay/learned_file.h"

struct stage_history_store {
	char file[STAGE_PATH_MAX];
	char dir[STAGE_PATH_MAX];
	struct stage_history_index index;
};

/** Errors: STAGE_TOO_LONG. */
STAGE_NODISCARD enum stage_status stage_history_store_init(
	struct stage_history_store *self, const char *file, const char *dir,
	struct stage_err *err);
void stage_history_store_finish(struct stage_history_store *self);

/** Reads all bytes of learned.patch in place of what is in out. Errors: those
 * of stage_io_read_file. */
STAGE_NODISCARD enum stage_status stage_history_store_read_file(
	const struct stage_history_store *self, struct stage_str *out,
	struct stage_err *err);

/** Replaces learned.patch, whose directory is made when it is not there. */
STAGE_NODISCARD enum stage_status stage_history_store_write_file(
	const struct stage_history_store *self, const struct stage_str *bytes,
	struct stage_err *err);

/** Renames learned.patch to the first learned.patch.bad-N that is not there,
 * and gives that name in out[STAGE_PATH_MAX]. */
STAGE_NODISCARD enum stage_status stage_history_store_put_aside(
	const struct stage_history_store *self, char *out,
	struct stage_err *err);

/** Reads a generation: its list and, where bytes is not NULL, what is in the
 * file, in place of what was in bytes. Errors: STAGE_NOT_FOUND, STAGE_BAD_INPUT
 * when it is not as we wrote it. Ownership: as stage_learned_read. */
STAGE_NODISCARD enum stage_status stage_history_store_read(
	const struct stage_history_store *self, uint64_t number,
	struct stage_learned *out, struct stage_str *bytes,
	struct stage_err *err);

/** Writes a generation's file, enters it into the index, and removes those that
 * may go. */
STAGE_NODISCARD enum stage_status stage_history_store_write(
	struct stage_history_store *self, const struct stage_learned_head *head,
	const struct stage_str *bytes, struct stage_err *err);

/** True for a want of memory or of descriptors, which says nothing about a
 * file. */
bool stage_history_is_passing(enum stage_status status);

#endif
