/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

#define CHUNK_BYTES 16384

// Leaves in errno why it failed.
static enum stage_status
read_all(int fd, size_t max_bytes, struct stage_str *out)
{
	char chunk[CHUNK_BYTES];
	size_t before = out->len;

	for (;;) {
		ssize_t got = read(fd, chunk, sizeof(chunk));
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return stage_status_from_errno(errno);
		}
		if (got == 0) {
			return STAGE_OK;
		}
		if ((size_t)got > max_bytes - (out->len - before)) {
			errno = EFBIG;
			return STAGE_TOO_LONG;
		}
		if (stage_str_append(out, chunk, (size_t)got) != STAGE_OK) {
			errno = ENOMEM;
			return STAGE_NO_MEMORY;
		}
	}
}

static enum stage_status
read_open(int fd, const char *path, size_t max_bytes, struct stage_str *out,
	struct stage_err *err)
{
	size_t before = out->len;
	enum stage_status status;
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode)) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"unable to read %s: it is a pipe, not a file", path);
	}
	status = read_all(fd, max_bytes, out);
	if (status == STAGE_OK) {
		return STAGE_OK;
	}
	if (status == STAGE_TOO_LONG) {
		stage_err_set(err, status,
			"unable to read %s: it is longer than %zu bytes", path,
			max_bytes);
	} else {
		stage_err_set_errno(err, errno, "unable to read %s", path);
	}
	if (out->data != NULL) {
		out->len = before;
		out->data[before] = '\0';
	}
	return status;
}

enum stage_status
stage_io_read_file(const char *path, size_t max_bytes, struct stage_str *out,
	struct stage_err *err)
{
	enum stage_status status;
	int fd;

	// A pipe without a writer would hold us up for ever.
	do {
		fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	} while (fd < 0 && errno == EINTR);
	if (fd < 0) {
		return stage_err_set_errno(
			err, errno, "unable to open %s", path);
	}
	status = read_open(fd, path, max_bytes, out, err);
	close(fd);
	return status;
}

enum stage_status
stage_io_write_all(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t put = write(fd, at, len);
		if (put < 0 && errno == EINTR) {
			continue;
		}
		if (put == 0) {
			errno = EIO;
		}
		if (put <= 0) {
			return stage_status_from_errno(errno);
		}
		at += put;
		len -= (size_t)put;
	}
	return STAGE_OK;
}

static enum stage_status
make_dir(const char *path, struct stage_err *err)
{
	struct stat st;
	int errnum;

	if (mkdir(path, 0777) == 0) {
		return STAGE_OK;
	}
	errnum = errno;
	if (stat(path, &st) != 0) {
		return stage_err_set_errno(
			err, errnum, "unable to make directory %s", path);
	}
	if (!S_ISDIR(st.st_mode)) {
		return stage_err_set(err, STAGE_EXISTS,
			"unable to make directory %s: something else is there",
			path);
	}
	return STAGE_OK;
}

enum stage_status
stage_io_make_dirs(const char *path, struct stage_err *err)
{
	char part[STAGE_PATH_MAX];

	if (stage_format(part, sizeof(part), "%s", path) != STAGE_OK) {
		return stage_err_set(
			err, STAGE_TOO_LONG, "path is too long: %s", path);
	}
	for (char *p = part; *p != '\0'; p++) {
		if (*p != '/' || p == part) {
			continue;
		}
		*p = '\0';
		enum stage_status status = make_dir(part, err);
		*p = '/';
		if (status != STAGE_OK) {
			return status;
		}
	}
	return make_dir(part, err);
}

enum stage_status
stage_io_join(char *out, size_t size, const char *directory, const char *name,
	struct stage_err *err)
{
	size_t len = strlen(directory);
	bool is_alone = name[0] == '/' || len == 0;
	const char *slash = len > 0 && directory[len - 1] == '/' ? "" : "/";
	enum stage_status status;

	if (is_alone) {
		status = stage_format(out, size, "%s", name);
	} else {
		status = stage_format(
			out, size, "%s%s%s", directory, slash, name);
	}
	if (status != STAGE_OK) {
		return stage_err_set(err, status, "path is too long: %s/%s",
			directory, name);
	}
	return STAGE_OK;
}

int64_t
stage_io_change_time_ns(const char *path, bool follows)
{
	struct stat st;

	return fstatat(AT_FDCWD, path, &st,
		       follows ? 0 : AT_SYMLINK_NOFOLLOW) == 0
		       ? st.st_ctim.tv_sec * STAGE_NS_PER_S + st.st_ctim.tv_nsec
		       : 0;
}

enum stage_status
stage_io_list_dir(
	const char *path, struct stage_strv *names, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;
	struct dirent *entry;
	DIR *dir = opendir(path);

	if (dir == NULL) {
		return stage_err_set_errno(
			err, errno, "unable to read directory %s", path);
	}
	errno = 0;
	while (status == STAGE_OK && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 &&
			strcmp(entry->d_name, "..") != 0) {
			status = stage_strv_add(names, entry->d_name);
		}
		errno = status == STAGE_OK ? 0 : ENOMEM;
	}
	if (errno != 0) {
		status = stage_err_set_errno(
			err, errno, "unable to read directory %s", path);
	}
	closedir(dir);
	stage_strv_sort(names);
	return status;
}
