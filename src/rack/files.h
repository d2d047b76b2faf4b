/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Parameters of a plug-in that are files, such as an impulse response. Pure.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_RACK_FILES_H
#define STAGE_RACK_FILES_H

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

#define STAGE_RACK_FILES_MAX 64

struct stage_rack_file {
	char *parameter;     // URI, owned
	char *path;          // as it is written, owned
	unsigned line;       // where that is, or 0
	unsigned columns[2]; // of parameter and path
};

/** Zeroed memory is an empty list. */
struct stage_rack_files {
	struct stage_rack_file *items; // [count]
	size_t count;
};

/** Frees what is in it and leaves it empty. NULL is fine. */
void stage_rack_files_finish(struct stage_rack_files *self);

/** Adds copies. Errors: STAGE_EXISTS when the parameter is there; STAGE_FULL;
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_files_add(
	struct stage_rack_files *self, const char *parameter, const char *path);

/** The path of a parameter, or NULL. Ownership: borrowed. */
const char *stage_rack_files_get(
	const struct stage_rack_files *self, const char *parameter);

/** Adds copies of all to *out, which is empty. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_files_copy(
	const struct stage_rack_files *self, struct stage_rack_files *out);

#endif
