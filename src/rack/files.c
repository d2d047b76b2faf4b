/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/files.h"

#include <stdlib.h>
#include <string.h>

#include "rack/room.h"

void
stage_rack_files_finish(struct stage_rack_files *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; i < self->count; i++) {
		free(self->items[i].parameter);
		free(self->items[i].path);
	}
	free(self->items);
	memset(self, 0, sizeof(*self));
}

enum stage_status
stage_rack_files_add(
	struct stage_rack_files *self, const char *parameter, const char *path)
{
	struct stage_rack_file file = {NULL, NULL};
	struct stage_rack_file *more;

	if (stage_rack_files_get(self, parameter) != NULL) {
		return STAGE_EXISTS;
	}
	if (self->count == STAGE_RACK_FILES_MAX) {
		return STAGE_FULL;
	}
	more = stage_rack_room(self->items, self->count, sizeof(*more));
	if (more == NULL) {
		return STAGE_NO_MEMORY;
	}
	self->items = more;
	file.parameter = strdup(parameter);
	file.path = strdup(path);
	if (file.parameter == NULL || file.path == NULL) {
		free(file.parameter);
		free(file.path);
		return STAGE_NO_MEMORY;
	}
	self->items[self->count++] = file;
	return STAGE_OK;
}

const char *
stage_rack_files_get(const struct stage_rack_files *self, const char *parameter)
{
	for (size_t i = 0; i < self->count; i++) {
		if (strcmp(self->items[i].parameter, parameter) == 0) {
			return self->items[i].path;
		}
	}
	return NULL;
}

enum stage_status
stage_rack_files_copy(
	const struct stage_rack_files *self, struct stage_rack_files *out)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; status == STAGE_OK && i < self->count; i++) {
		status = stage_rack_files_add(
			out, self->items[i].parameter, self->items[i].path);
	}
	return status;
}
