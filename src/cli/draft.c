/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/draft.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/copy.h"

static enum stage_status
sync_path(const char *path, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	// A file system that knows no fsync (EINVAL) keeps what it can.
	if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL)) {
		status = stage_err_set_errno(
			err, errno, "unable to save %s", path);
	}
	if (fd >= 0) {
		close(fd);
	}
	return status;
}

enum stage_status
stage_draft_begin(struct stage_draft *self, const char *parent,
	const char *name, struct stage_err *err)
{
	struct stat st;

	self->path[0] = '\0';
	if (stage_format(self->parent, sizeof(self->parent), "%s", parent) !=
			STAGE_OK ||
		stage_format(self->wanted, sizeof(self->wanted), "%s/%s",
			parent, name) != STAGE_OK) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"path is too long: %s/%s", parent, name);
	}
	if (lstat(self->wanted, &st) == 0) {
		return stage_err_set(
			err, STAGE_EXISTS, "%s is there already", self->wanted);
	}
	if (stage_format(self->path, sizeof(self->path), "%s/.%s.new-%ld",
		    parent, name, (long)getpid()) != STAGE_OK) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"path is too long: %s/%s", parent, name);
	}
	if (mkdir(self->path, 0777) != 0) {
		int errnum = errno;
		self->path[0] = '\0';
		return stage_err_set_errno(
			err, errnum, "unable to make %s", self->wanted);
	}
	return STAGE_OK;
}

enum stage_status
stage_draft_file(const struct stage_draft *self, const char *name, mode_t mode,
	const char *text, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status =
		stage_io_join(path, sizeof(path), self->path, name, err);
	int fd;

	if (status != STAGE_OK) {
		return status;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0) {
		return stage_err_set_errno(
			err, errno, "unable to write %s", path);
	}
	status = stage_io_write_all(fd, text, strlen(text));
	if (status != STAGE_OK) {
		stage_err_set(err, status, "unable to write %s: %s", path,
			stage_strerror(status));
	}
	close(fd);
	return status == STAGE_OK ? sync_path(path, err) : status;
}

enum stage_status
stage_draft_directory(
	const struct stage_draft *self, const char *name, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status =
		stage_io_join(path, sizeof(path), self->path, name, err);

	return status == STAGE_OK ? stage_io_make_dirs(path, err) : status;
}

enum stage_status
stage_draft_link(const struct stage_draft *self, const char *name,
	const char *target, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status =
		stage_io_join(path, sizeof(path), self->path, name, err);

	if (status == STAGE_OK && symlink(target, path) != 0) {
		status = stage_err_set_errno(
			err, errno, "unable to make link %s", path);
	}
	return status;
}

enum stage_status
stage_draft_copy(const struct stage_draft *self, const char *name,
	const char *from, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status =
		stage_io_join(path, sizeof(path), self->path, name, err);

	return status == STAGE_OK ? stage_copy_tree(from, path, err) : status;
}

enum stage_status
stage_draft_commit(struct stage_draft *self, struct stage_err *err)
{
	enum stage_status status = sync_path(self->path, err);

	if (status == STAGE_OK && rename(self->path, self->wanted) != 0) {
		bool is_there = errno == EEXIST || errno == ENOTEMPTY ||
				errno == ENOTDIR;
		status = is_there ? stage_err_set(err, STAGE_EXISTS,
					    "%s is there already", self->wanted)
				  : stage_err_set_errno(err, errno,
					    "unable to make %s", self->wanted);
	}
	if (status != STAGE_OK) {
		stage_draft_abort(self);
		return status;
	}
	self->path[0] = '\0';
	return sync_path(self->parent, err);
}

void
stage_draft_abort(struct stage_draft *self)
{
	if (self->path[0] != '\0') {
		(void)!stage_io_remove_tree(self->path, NULL);
		self->path[0] = '\0';
	}
}
