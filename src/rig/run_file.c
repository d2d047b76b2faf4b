/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/run_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"

// DIRECTORY/.NAME.PID: hidden from runsvdir and from listings.
static enum stage_status
temp_path(char *temp, const char *path)
{
	const char *slash = strrchr(path, '/');
	int directory_len = slash != NULL ? (int)(slash - path) + 1 : 0;

	return stage_format(temp, STAGE_PATH_MAX, "%.*s.%s.%ld", directory_len,
		path, path + directory_len, (long)getpid());
}

enum stage_status
stage_run_file_replace(
	const char *path, const void *bytes, size_t len, unsigned mode)
{
	char temp[STAGE_PATH_MAX];
	enum stage_status status = temp_path(temp, path);
	int fd;

	if (status != STAGE_OK) {
		return status;
	}
	fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) {
		return stage_status_from_errno(errno);
	}
	status = stage_io_write_all(fd, bytes, len);
	if (status == STAGE_OK && fchmod(fd, (mode_t)mode) != 0) {
		status = stage_status_from_errno(errno);
	}
	close(fd);
	if (status == STAGE_OK && rename(temp, path) != 0) {
		status = stage_status_from_errno(errno);
	}
	if (status != STAGE_OK) {
		unlink(temp);
	}
	return status;
}
