/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#if defined(__APPLE__)
#	define _DARWIN_C_SOURCE // SO_NOSIGPIPE
#else
#	define _GNU_SOURCE // accept4
#endif

#include "rpc/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#if defined(__APPLE__)

#	define MSG_NOSIGNAL 0 // SO_NOSIGPIPE does it

static int
prepare(int fd)
{
	int flags;

	if (fd < 0) {
		return -1;
	}
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
		fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
		close(fd);
		return -1;
	}
	setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &(int){1}, sizeof(int));
	return fd;
}

static int
accept_one(int fd)
{
	return prepare(accept(fd, NULL, NULL));
}

int
stage_rpc_sock_open(void)
{
	return prepare(socket(AF_UNIX, SOCK_STREAM, 0));
}

#else

static int
accept_one(int fd)
{
	return accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

int
stage_rpc_sock_open(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

#endif

int
stage_rpc_sock_accept(int fd)
{
	int got;

	do {
		got = accept_one(fd);
	} while (got < 0 && errno == EINTR);
	return got;
}

ssize_t
stage_rpc_sock_send(int fd, const struct iovec *iov, size_t count)
{
	struct msghdr message = {0};
	ssize_t sent;

	// The field is not const, though sendmsg only reads it.
	memcpy(&message.msg_iov, &iov, sizeof(iov));
	message.msg_iovlen = count;
	do {
		sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (sent < 0 && errno == EINTR);
	return sent;
}

enum stage_status
stage_rpc_sock_address(
	struct sockaddr_un *out, const char *path, struct stage_err *err)
{
	size_t len = strlen(path);

	*out = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (len == 0) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"the path of the socket is empty");
	}
	if (len >= sizeof(out->sun_path)) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"the path of a socket may have %zu bytes at most: %s",
			sizeof(out->sun_path) - 1, path);
	}
	memcpy(out->sun_path, path, len);
	return STAGE_OK;
}
