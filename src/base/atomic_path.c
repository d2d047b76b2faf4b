/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/atomic_path.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define LINKS_MAX 40 // as the kernel's own limit

static enum stage_status
too_long(const struct stage_atomic_path *self, struct stage_err *err)
{
	return stage_err_set(
		err, STAGE_TOO_LONG, "path is too long: %s", self->file);
}

static void
find_dir(struct stage_atomic_path *self)
{
	const char *slash = strrchr(self->file, '/');

	self->dir_len = slash != NULL ? (size_t)(slash - self->file) + 1 : 0;
}

// Puts link[len] in the place of the file name, or of the whole path.
static enum stage_status
follow(struct stage_atomic_path *self, const char *link, size_t len,
	struct stage_err *err)
{
	size_t start = link[0] == '/' ? 0 : self->dir_len;

	if (start + len >= sizeof(self->file)) {
		return too_long(self, err);
	}
	memcpy(self->file + start, link, len);
	self->file[start + len] = '\0';
	find_dir(self);
	return STAGE_OK;
}

static enum stage_status
check_name(const struct stage_atomic_path *self, struct stage_err *err)
{
	if (self->file[self->dir_len] == '\0') {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is not the name of a file", self->file);
	}
	return STAGE_OK;
}

enum stage_status
stage_atomic_path_init(
	struct stage_atomic_path *self, const char *path, struct stage_err *err)
{
	char link[STAGE_PATH_MAX];

	if (stage_format(self->file, sizeof(self->file), "%s", path) !=
		STAGE_OK) {
		return stage_err_set(
			err, STAGE_TOO_LONG, "path is too long: %s", path);
	}
	find_dir(self);
	for (int i = 0; i < LINKS_MAX; i++) {
		ssize_t len = readlink(self->file, link, sizeof(link));
		if (len < 0) { // not a link; open(2) will say more
			return check_name(self, err);
		}
		enum stage_status status = follow(self, link, (size_t)len, err);
		if (status != STAGE_OK) {
			return status;
		}
	}
	return stage_err_set_errno(err, ELOOP, "unable to follow %s", path);
}

enum stage_status
stage_atomic_path_hidden(const struct stage_atomic_path *self,
	const char *suffix, char *out, struct stage_err *err)
{
	if (stage_format(out, STAGE_PATH_MAX, "%.*s.%s.%s", (int)self->dir_len,
		    self->file, self->file + self->dir_len,
		    suffix) != STAGE_OK) {
		return too_long(self, err);
	}
	return STAGE_OK;
}

enum stage_status
stage_atomic_path_generation(const struct stage_atomic_path *self,
	unsigned number, char *out, struct stage_err *err)
{
	enum stage_status status;

	if (number == 0) {
		status = stage_format(out, STAGE_PATH_MAX, "%s", self->file);
	} else {
		status = stage_format(
			out, STAGE_PATH_MAX, "%s.%u", self->file, number);
	}
	return status == STAGE_OK ? STAGE_OK : too_long(self, err);
}

void
stage_atomic_path_dir(const struct stage_atomic_path *self, char *out)
{
	memcpy(out, self->file, self->dir_len);
	memcpy(out + self->dir_len, ".", 2);
}
