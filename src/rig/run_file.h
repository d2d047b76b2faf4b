/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Small files of the run directory, replaced whole and without a sync: they
 * are in memory and end with the run. State that must last uses
 * base/atomic_file.h.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_RIG_RUN_FILE_H
#define STAGE_RIG_RUN_FILE_H

#include <stddef.h>

#include "base/attr.h"
#include "base/status.h"

/** Replaces the file by one with these bytes and this mode: a reader sees the
 * old or the new content. Two writers at once are safe, one of them wins.
 *
 * Errors: as open(2), write(2), rename(2); the old content then stays.
 */
STAGE_NODISCARD enum stage_status stage_run_file_replace(
	const char *path, const void *bytes, size_t len, unsigned mode);

#endif
