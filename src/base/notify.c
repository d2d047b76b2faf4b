/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/num.h"

#define READY "READY=1"
#define FIRST_FREE_FD 3
#define LAST_FD 1048576

static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

enum stage_status
stage_notify_address(const char *path, struct sockaddr_un *address,
	socklen_t *len, struct stage_err *err)
{
	size_t path_len = strlen(path);

	if ((path[0] != '/' && path[0] != '@') || path_len < 2) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"NOTIFY_SOCKET is neither a path nor an abstract "
			"socket: %s",
			path);
	}
	if (path_len >= sizeof(address->sun_path)) {
		return stage_err_set(
			err, STAGE_TOO_LONG, "NOTIFY_SOCKET is too long");
	}
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(address->sun_path, path, path_len);
	*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path_len);
	if (path[0] == '@') {
		address->sun_path[0] = '\0';
	} else {
		*len += 1;
	}
	return STAGE_OK;
}

static enum stage_status
send_datagram(const struct sockaddr_un *address, socklen_t len,
	const char *text, struct stage_err *err)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	ssize_t sent = -1;
	int errnum;

	if (fd >= 0) {
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		sent = sendto(fd, text, strlen(text),
			MSG_NOSIGNAL | MSG_DONTWAIT,
			(const struct sockaddr *)address, len);
	}
	errnum = errno;
	if (fd >= 0) {
		close(fd);
	}
	if (sent < 0) {
		return stage_err_set_errno(
			err, errnum, "unable to notify our starter");
	}
	return STAGE_OK;
}

bool
stage_notify_says_ready(const char *datagram, size_t len)
{
	const size_t ready_len = strlen(READY);

	for (size_t at = 0, end = strnlen(datagram, len); at < end;) {
		const char *line = datagram + at;
		const char *newline = memchr(line, '\n', end - at);
		size_t line_len =
			newline != NULL ? (size_t)(newline - line) : end - at;
		if (line_len == ready_len &&
			memcmp(line, READY, ready_len) == 0) {
			return true;
		}
		at += line_len + 1;
	}
	return false;
}

enum stage_status
stage_notify_send(const char *text, struct stage_err *err)
{
	const char *path = variable("NOTIFY_SOCKET");
	struct sockaddr_un address;
	socklen_t len = 0;
	enum stage_status status;

	if (path == NULL) {
		return STAGE_OK;
	}
	status = stage_notify_address(path, &address, &len, err);
	if (status != STAGE_OK) {
		return status;
	}
	return send_datagram(&address, len, text, err);
}

bool
stage_notify_has_socket(void)
{
	return variable("NOTIFY_SOCKET") != NULL;
}

static enum stage_status
parse_fd(const char *text, int64_t *fd, struct stage_err *err)
{
	return stage_num_parse(text, FIRST_FREE_FD, LAST_FD, fd, err);
}

void
stage_notify_keep(void)
{
	const char *text = variable("STAGECRAFT_READY_FD");
	int64_t fd;

	// What is wrong with it is said when it is to be written to.
	if (text != NULL && parse_fd(text, &fd, NULL) == STAGE_OK) {
		fcntl((int)fd, F_SETFD, FD_CLOEXEC);
	}
}

static enum stage_status
write_newline(struct stage_err *err)
{
	const char *text = variable("STAGECRAFT_READY_FD");
	enum stage_status status;
	int64_t fd = 0;
	int errnum;

	if (text == NULL) {
		return STAGE_OK;
	}
	status = parse_fd(text, &fd, err);
	if (status != STAGE_OK) {
		stage_err_prefix(err, "STAGECRAFT_READY_FD: ");
		return status;
	}
	status = stage_io_write_all((int)fd, "\n", 1);
	errnum = errno;
	close((int)fd);
	if (status != STAGE_OK) {
		return stage_err_set_errno(err, errnum,
			"unable to write to descriptor %s, given in "
			"STAGECRAFT_READY_FD",
			text);
	}
	return STAGE_OK;
}

enum stage_status
stage_notify_ready(struct stage_err *err)
{
	enum stage_status by_socket = stage_notify_send(READY, err);
	enum stage_status by_fd =
		write_newline(by_socket == STAGE_OK ? err : NULL);

	return by_socket != STAGE_OK ? by_socket : by_fd;
}
