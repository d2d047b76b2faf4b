/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The files of a service made with `stagecraft new service`, written so that a
 * beginner can read them; they work under plain runsv too. Thread: any. */

#ifndef STAGE_CLI_SKELETON_H
#define STAGE_CLI_SKELETON_H

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

/** Appends the run script for command[count] (count > 0).
 * Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_skeleton_run(struct stage_str *out,
	const char *name, char *const *command, size_t count);

/** Appends the finish script. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_skeleton_finish(
	struct stage_str *out, const char *name);

/** Appends the log/run script. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_skeleton_log(
	struct stage_str *out, const char *name);

/** Makes DIRECTORY/NAME with run, finish and log/run, and with `needs` (one
 * need a line; NULL or "" for none); it appears whole.
 *
 * Errors: STAGE_EXISTS, STAGE_NO_MEMORY, as mkdir(2).
 */
STAGE_NODISCARD enum stage_status stage_skeleton_make(const char *directory,
	const char *name, char *const *command, size_t count, const char *needs,
	struct stage_err *err);

#endif
