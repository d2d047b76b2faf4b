/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/search_path.h"

#include <string.h>

#include "base/str.h"

bool
stage_search_path_next(
	const char **at, const char *name, char *out, size_t size)
{
	while (*at != NULL) {
		const char *directory = *at;
		size_t len = strcspn(directory, ":");
		*at = directory[len] == ':' ? directory + len + 1 : NULL;
		if (len < size &&
			stage_format(out, size, "%.*s%s%s", (int)len, directory,
				len > 0 ? "/" : "./", name) == STAGE_OK) {
			return true;
		}
	}
	return false;
}
