/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/places.h"

#include <string.h>

#include "base/str.h"

#define OF_DIRECTORY "rack:"
#define OF_FILES "files:"

// What stands behind a directory and its slash, or NULL.
static const char *
below(const char *directory, const char *path)
{
	size_t len = strlen(directory);

	return len > 0 && strncmp(path, directory, len) == 0 &&
			       path[len] == '/' && path[len + 1] != '\0'
		       ? path + len + 1
		       : NULL;
}

static char *
join(const char *first, const char *second, const char *third)
{
	struct stage_str out = {0};
	enum stage_status status = stage_str_add(&out, first);

	if (status == STAGE_OK) {
		status = stage_str_add(&out, second);
	}
	if (status == STAGE_OK) {
		status = stage_str_add(&out, third);
	}
	if (status != STAGE_OK) {
		stage_str_finish(&out);
		return NULL;
	}
	return stage_str_take(&out);
}

// The files may be in the directory: they come first.
char *
stage_rack_places_shorten(
	const struct stage_rack_own_places *self, const char *path)
{
	const char *rest = below(self->files, path);

	if (rest != NULL) {
		return join(OF_FILES, rest, "");
	}
	rest = below(self->directory, path);
	return rest != NULL ? join(OF_DIRECTORY, rest, "") : join(path, "", "");
}

char *
stage_rack_places_expand(
	const struct stage_rack_own_places *self, const char *path)
{
	if (stage_starts_with(path, OF_FILES)) {
		return join(self->files, "/", path + strlen(OF_FILES));
	}
	if (stage_starts_with(path, OF_DIRECTORY)) {
		return join(self->directory, "/", path + strlen(OF_DIRECTORY));
	}
	return join(path, "", "");
}
