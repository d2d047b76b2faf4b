/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/control.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

#define CONTROL_NAME "supervise/control"
#define OK_NAME "supervise/ok"

static enum stage_status
check_letters(const char *letters, struct stage_err *err)
{
	size_t len = strlen(letters);

	if (len > STAGE_RUNIT_LETTERS_MAX) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"unable to send \"%s\" to runsv: more than %d letters",
			letters, STAGE_RUNIT_LETTERS_MAX);
	}
	if (len == 0 || strspn(letters, STAGE_RUNIT_LETTERS) != len) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"unable to send \"%s\" to runsv: it knows only the "
			"letters %s",
			letters, STAGE_RUNIT_LETTERS);
	}
	return STAGE_OK;
}

// Opens a named pipe, never anything else, without waiting for a peer.
static int
open_pipe(const char *path, int mode)
{
	struct stat st;
	int fd = open(path, mode | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	if (fd < 0) {
		return -1;
	}
	if (fstat(fd, &st) != 0 || !S_ISFIFO(st.st_mode)) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	return fd;
}

static enum stage_status
explain_open(int errnum, const char *path, struct stage_err *err)
{
	if (errnum == ENXIO) {
		return stage_err_set(err, STAGE_GONE,
			"unable to open %s: its runsv has ended", path);
	}
	if (errnum == EINVAL) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"unable to open %s: it is not a named pipe", path);
	}
	return stage_err_set_errno(err, errnum, "unable to open %s", path);
}

enum stage_status
stage_runit_control_open(
	const char *service_dir, int *out_fd, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status = stage_io_join(
		path, sizeof(path), service_dir, CONTROL_NAME, err);
	int fd;

	if (status != STAGE_OK) {
		return status;
	}
	fd = open_pipe(path, O_WRONLY);
	if (fd < 0) {
		return explain_open(errno, path, err);
	}
	*out_fd = fd;
	return STAGE_OK;
}

static enum stage_status
write_letters(int fd, const char *service_dir, const char *letters,
	struct stage_err *err)
{
	size_t len = strlen(letters);
	ssize_t put;

	do {
		put = write(fd, letters, len);
	} while (put < 0 && errno == EINTR);
	if (put < 0 || (size_t)put != len) {
		return stage_err_set_errno(err, put < 0 ? errno : EAGAIN,
			"unable to send \"%s\" to the runsv of %s", letters,
			service_dir);
	}
	return STAGE_OK;
}

enum stage_status
stage_runit_control(
	const char *service_dir, const char *letters, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	int reader;
	int writer = -1;
	enum stage_status status = check_letters(letters, err);

	if (status == STAGE_OK) {
		status = stage_io_join(
			path, sizeof(path), service_dir, CONTROL_NAME, err);
	}
	if (status == STAGE_OK) {
		status = stage_runit_control_open(service_dir, &writer, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	// A reader of our own: runsv may die now, and nobody gets SIGPIPE.
	reader = open_pipe(path, O_RDONLY);
	if (reader < 0) {
		status = explain_open(errno, path, err);
	} else {
		status = write_letters(writer, service_dir, letters, err);
		close(reader);
	}
	close(writer);
	return status;
}

bool
stage_runit_is_supervised(const char *service_dir)
{
	char path[STAGE_PATH_MAX];
	int fd;

	if (stage_io_join(path, sizeof(path), service_dir, OK_NAME, NULL) !=
		STAGE_OK) {
		return false;
	}
	fd = open_pipe(path, O_WRONLY);
	if (fd < 0) {
		return false;
	}
	close(fd);
	return true;
}
