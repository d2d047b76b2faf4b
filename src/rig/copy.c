/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"

#define FILE_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define DEPTH_MAX 32 // of directories, so that a loop ends

static enum stage_status
copy_link(const char *from, const char *to, struct stage_err *err)
{
	char target[STAGE_PATH_MAX];
	ssize_t len = readlink(from, target, sizeof(target) - 1);

	if (len >= 0) {
		target[len] = '\0';
	}
	if (len < 0 || symlink(target, to) != 0) {
		return stage_err_set_errno(
			err, errno, "unable to copy link %s", from);
	}
	return STAGE_OK;
}

static enum stage_status
copy_file(const char *from, const char *to, mode_t mode, struct stage_err *err)
{
	struct stage_str bytes = {0};
	enum stage_status status =
		stage_io_read_file(from, FILE_MAX_BYTES, &bytes, err);
	int fd;

	if (status != STAGE_OK) {
		return status;
	}
	// Installed files may be read-only; the user's copy is not.
	fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		(mode & 0777) | S_IWUSR);
	status = fd < 0 ? stage_status_from_errno(errno)
			: stage_io_write_all(
				  fd, stage_str_text(&bytes), bytes.len);
	// Some file systems tell of a full disk only now.
	if (fd >= 0 && close(fd) != 0 && status == STAGE_OK) {
		status = stage_status_from_errno(errno);
	}
	if (status != STAGE_OK) {
		stage_err_set(err, status, "unable to write %s: %s", to,
			stage_strerror(status));
	}
	stage_str_finish(&bytes);
	return status;
}

// A tree is copied as it is walked, DEPTH_MAX deep at most.
// NOLINTBEGIN(misc-no-recursion)
static enum stage_status copy_any(
	const char *from, const char *to, int depth, struct stage_err *err);

static enum stage_status
copy_directory(
	const char *from, const char *to, int depth, struct stage_err *err)
{
	struct stage_strv names = {0};
	enum stage_status status;

	if (depth > DEPTH_MAX) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"unable to copy %s: its directories are nested too "
			"deeply",
			from);
	}
	status = stage_io_make_dirs(to, err);
	if (status == STAGE_OK) {
		status = stage_io_list_dir(from, &names, err);
	}
	for (size_t i = 0; i < names.count && status == STAGE_OK; i++) {
		char from_path[STAGE_PATH_MAX];
		char to_path[STAGE_PATH_MAX];
		status = stage_io_join(from_path, sizeof(from_path), from,
			names.items[i], err);
		if (status == STAGE_OK) {
			status = stage_io_join(to_path, sizeof(to_path), to,
				names.items[i], err);
		}
		if (status == STAGE_OK) {
			status = copy_any(from_path, to_path, depth + 1, err);
		}
	}
	stage_strv_finish(&names);
	return status;
}

static enum stage_status
copy_any(const char *from, const char *to, int depth, struct stage_err *err)
{
	struct stat st;

	if (lstat(from, &st) != 0) {
		return stage_err_set_errno(
			err, errno, "unable to read %s", from);
	}
	if (S_ISLNK(st.st_mode)) {
		return copy_link(from, to, err);
	}
	if (S_ISDIR(st.st_mode)) {
		return copy_directory(from, to, depth, err);
	}
	if (S_ISREG(st.st_mode)) {
		return copy_file(from, to, st.st_mode, err);
	}
	return STAGE_OK; // sockets and pipes are not content
}
// NOLINTEND(misc-no-recursion)

static enum stage_status
make_parent(const char *path, struct stage_err *err)
{
	char parent[STAGE_PATH_MAX];
	char *slash;

	if (stage_format(parent, sizeof(parent), "%s", path) != STAGE_OK) {
		return stage_err_set(
			err, STAGE_TOO_LONG, "path is too long: %s", path);
	}
	slash = strrchr(parent, '/');
	if (slash == NULL || slash == parent) {
		return STAGE_OK;
	}
	*slash = '\0';
	return stage_io_make_dirs(parent, err);
}

enum stage_status
stage_copy_tree(const char *from, const char *to, struct stage_err *err)
{
	char temp[STAGE_PATH_MAX];
	const char *slash = strrchr(to, '/');
	int parent_len = slash != NULL ? (int)(slash - to) + 1 : 0;
	struct stat st;
	enum stage_status status;

	if (lstat(to, &st) == 0) {
		return stage_err_set(
			err, STAGE_EXISTS, "%s is there already", to);
	}
	if (stage_format(temp, sizeof(temp), "%.*s.%s.%ld", parent_len, to,
		    to + parent_len, (long)getpid()) != STAGE_OK) {
		return stage_err_set(
			err, STAGE_TOO_LONG, "path is too long: %s", to);
	}
	status = make_parent(to, err);
	if (status == STAGE_OK) {
		status = copy_any(from, temp, 0, err);
	}
	if (status == STAGE_OK && rename(temp, to) != 0) {
		status = stage_err_set_errno(
			err, errno, "unable to make %s", to);
	}
	if (status != STAGE_OK) {
		(void)!stage_io_remove_tree(temp, NULL);
	}
	return status;
}
