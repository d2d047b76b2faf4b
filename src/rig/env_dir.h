/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Environment from a directory, one file a variable. Thread: main. */

#ifndef STAGE_RIG_ENV_DIR_H
#define STAGE_RIG_ENV_DIR_H

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

/** Reads a directory of files, one a variable, into the environment, as chpst
 * -e does: the first line without the blanks at its end is the value, an empty
 * file unsets, zero bytes become newlines, names with a dot in front are passed
 * over. A directory that is not there is fine.
 *
 * Errors: STAGE_BAD_INPUT for a name with "=" in it; what read(2) says.
 */
STAGE_NODISCARD enum stage_status stage_env_dir_read(
	const char *directory, struct stage_err *err);

/** The value that the content of a variable's file gives it, or NULL when it
 * unsets the variable. Pure. Ownership: it is made in place, in `file`. */
const char *stage_env_dir_value(struct stage_str *file);

#endif
