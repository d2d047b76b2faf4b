/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** "PID STARTTIME" as text: how a process is named in the files of the run
 * directory, so that a number used again is not taken for the process meant.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_RIG_PROC_FILE_H
#define STAGE_RIG_PROC_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/proc.h"

#define STAGE_PROC_TEXT_MAX 48 // bytes of the text with its zero

/** Writes "PID STARTTIME" into text[STAGE_PROC_TEXT_MAX]. */
void stage_proc_id_format(const struct stage_proc_id *id, char *text);

/** Reads it from the start of a text; *rest is what follows. False, and nothing
 * changed, when the text does not begin with two decimal numbers, the first of
 * them above 0 and both in range, or when a third thing hangs on to them. */
bool stage_proc_id_parse(
	const char *text, struct stage_proc_id *id, const char **rest);

/** Replaces a file that holds one process and a newline. Errors: as
 * stage_run_file_replace, with a sentence. */
STAGE_NODISCARD enum stage_status stage_proc_file_write(const char *path,
	const struct stage_proc_id *id, struct stage_err *err);

/** True when the file names a process and that lives. False, and nothing
 * changed, when it does not, or is missing, torn or malformed. */
bool stage_proc_file_find(const char *path, struct stage_proc_id *id);

#endif
