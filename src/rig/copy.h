/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Copies a directory tree so that it appears whole or not at all.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_RIG_COPY_H
#define STAGE_RIG_COPY_H

#include "base/attr.h"
#include "base/err.h"

/** Copies directories, files with their modes, and links as links, to a hidden
 * name beside `to`, syncs nothing, and renames it to `to`, whose parents are
 * made.
 *
 * Errors: STAGE_EXISTS when `to` is there, STAGE_NOT_FOUND, STAGE_FULL, ...;
 * nothing is left behind then.
 */
STAGE_NODISCARD enum stage_status stage_copy_tree(
	const char *from, const char *to, struct stage_err *err);

#endif
