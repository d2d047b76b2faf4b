/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Names around an atomically saved file; for atomic_file.c and atomic_load.c
 * only. Thread: any.
 */

#ifndef STAGE_BASE_ATOMIC_PATH_H
#define STAGE_BASE_ATOMIC_PATH_H

#include "base/err.h"
#include "base/io.h"

struct stage_atomic_path {
	char file[STAGE_PATH_MAX]; // after all symbolic links
	size_t dir_len; // bytes up to the last slash and with it; 0: none
};

/** Follows the symbolic links of the last part of `path`; a link to nothing
 * gives the name of what is not there. Errors: STAGE_TOO_LONG, STAGE_BAD_INPUT
 * (a circle of links, no name behind the last slash). */
STAGE_NODISCARD enum stage_status stage_atomic_path_init(
	struct stage_atomic_path *self, const char *path,
	struct stage_err *err);

/** Writes "DIR/.NAME.suffix" into out[STAGE_PATH_MAX]. */
STAGE_NODISCARD enum stage_status stage_atomic_path_hidden(
	const struct stage_atomic_path *self, const char *suffix, char *out,
	struct stage_err *err);

/** Writes "DIR/NAME.number", for 0 "DIR/NAME", into out[STAGE_PATH_MAX]. */
STAGE_NODISCARD enum stage_status stage_atomic_path_generation(
	const struct stage_atomic_path *self, unsigned number, char *out,
	struct stage_err *err);

/** Writes the directory into out[STAGE_PATH_MAX]. */
void stage_atomic_path_dir(const struct stage_atomic_path *self, char *out);

#endif
