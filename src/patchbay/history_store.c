/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/history_store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "patchbay/patch_text.h"

#define ASIDE_MAX 9999
#define ASIDE_SUFFIX 16 // bytes of ".bad-N"

enum stage_status
stage_history_store_init(struct stage_history_store *self, const char *file,
	const char *dir, struct stage_err *err)
{
	if (strlen(file) + ASIDE_SUFFIX >= sizeof(self->file) ||
		stage_format(self->file, sizeof(self->file), "%s", file) !=
			STAGE_OK ||
		stage_format(self->dir, sizeof(self->dir), "%s", dir) !=
			STAGE_OK) {
		return stage_err_set(
			err, STAGE_TOO_LONG, "path is too long: %s", file);
	}
	return STAGE_OK;
}

void
stage_history_store_finish(struct stage_history_store *self)
{
	stage_history_index_finish(&self->index);
}

enum stage_status
stage_history_store_read_file(const struct stage_history_store *self,
	struct stage_str *out, struct stage_err *err)
{
	stage_str_clear(out);
	return stage_io_read_file(self->file, STAGE_PATCH_FILE_MAX, out, err);
}

// The directory of a path, made when it is not there.
static enum stage_status
make_parent(const char *path, struct stage_err *err)
{
	char parent[STAGE_PATH_MAX];
	char *slash;

	if (stage_format(parent, sizeof(parent), "%s", path) != STAGE_OK) {
		return STAGE_OK; // whoever writes there says so
	}
	slash = strrchr(parent, '/');
	if (slash == NULL || slash == parent) {
		return STAGE_OK;
	}
	*slash = '\0';
	return stage_io_make_dirs(parent, err);
}

enum stage_status
stage_history_store_write_file(const struct stage_history_store *self,
	const struct stage_str *bytes, struct stage_err *err)
{
	enum stage_status status = make_parent(self->file, err);

	return status == STAGE_OK
		       ? stage_atomic_save(self->file, stage_str_text(bytes),
				 bytes->len, 0, err)
		       : status;
}

enum stage_status
stage_history_store_put_aside(const struct stage_history_store *self, char *out,
	struct stage_err *err)
{
	struct stat st;

	for (int i = 1; i <= ASIDE_MAX; i++) {
		snprintf(out, STAGE_PATH_MAX, "%.*s.bad-%d",
			STAGE_PATH_MAX - ASIDE_SUFFIX, self->file, i);
		if (lstat(out, &st) == 0) {
			continue;
		}
		if (errno == ENOENT && rename(self->file, out) == 0) {
			return STAGE_OK;
		}
		return stage_err_set_errno(err, errno,
			"unable to rename %s to %s", self->file, out);
	}
	return stage_err_set(err, STAGE_FULL,
		"unable to put %s aside: there are %d bad ones already",
		self->file, ASIDE_MAX);
}

bool
stage_history_is_passing(enum stage_status status)
{
	return status == STAGE_NO_MEMORY || status == STAGE_FULL;
}

static enum stage_status
check_generation(const struct stage_learned *learned, uint64_t number,
	const char *path, struct stage_err *err)
{
	if (learned->is_untouched && learned->head.number == number) {
		return STAGE_OK;
	}
	return stage_err_set(err, STAGE_BAD_INPUT,
		"%s: this generation is not as it was written", path);
}

enum stage_status
stage_history_store_read(const struct stage_history_store *self,
	uint64_t number, struct stage_learned *out, struct stage_str *bytes,
	struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_str own = {0};
	struct stage_str *text = bytes != NULL ? bytes : &own;
	struct stage_learned learned = {0};
	enum stage_status status =
		stage_history_index_path(self->dir, number, path, err);

	stage_str_clear(text);
	if (status == STAGE_OK) {
		status = stage_io_read_file(
			path, STAGE_PATCH_FILE_MAX, text, err);
	}
	if (status == STAGE_OK) {
		status = stage_learned_read(
			stage_str_text(text), text->len, path, &learned, err);
	}
	if (status == STAGE_OK) {
		status = check_generation(&learned, number, path, err);
	}
	stage_str_finish(&own);
	if (status != STAGE_OK) {
		stage_patch_list_finish(&learned.list);
		return status;
	}
	*out = learned;
	return STAGE_OK;
}

// What cannot be removed is tried again with the next index that is read.
static void
remove_old(struct stage_history_store *self)
{
	char path[STAGE_PATH_MAX];
	uint64_t number;

	while ((number = stage_history_index_take_old(&self->index)) != 0) {
		if (stage_history_index_path(self->dir, number, path, NULL) ==
			STAGE_OK) {
			(void)unlink(path);
		}
	}
}

enum stage_status
stage_history_store_write(struct stage_history_store *self,
	const struct stage_learned_head *head, const struct stage_str *bytes,
	struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status =
		stage_history_index_path(self->dir, head->number, path, err);

	if (status == STAGE_OK) {
		status = stage_io_make_dirs(self->dir, err);
	}
	if (status == STAGE_OK) {
		status = stage_atomic_save(
			path, stage_str_text(bytes), bytes->len, 0, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	status = stage_history_index_add(&self->index, head);
	if (status != STAGE_OK) {
		return stage_err_set(err, status,
			"not enough memory for the list of generations");
	}
	remove_old(self);
	return STAGE_OK;
}
