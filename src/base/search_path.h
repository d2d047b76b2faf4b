/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Walks through a list of directories such as $PATH. Pure. Thread: any. */

#ifndef STAGE_BASE_SEARCH_PATH_H
#define STAGE_BASE_SEARCH_PATH_H

#include <stdbool.h>
#include <stddef.h>

/** Writes where a program of that name would be in the directory at *at, and
 * moves *at to the next one; NULL is the end. False at the end.
 *
 * An empty place in the list, at its end too, is the working directory:
 * "./NAME" then. What does not fit into out[size] is passed over.
 */
bool stage_search_path_next(
	const char **at, const char *name, char *out, size_t size);

#endif
