/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#if defined(__APPLE__)
#	define _DARWIN_C_SOURCE // SO_NOSIGPIPE
#else
#	define _GNU_SOURCE // accept4
#endif

#include "base/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#if defined(__APPLE__)

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
accept_one(int fd, struct sockaddr *address, socklen_t *len)
{
	return prepare(accept(fd, address, len));
}

int
stage_sock_open(int family)
{
	return prepare(socket(family, SOCK_STREAM, 0));
}

#else

static int
accept_one(int fd, struct sockaddr *address, socklen_t *len)
{
	return accept4(fd, address, len, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

int
stage_sock_open(int family)
{
	return socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

#endif

int
stage_sock_accept(int fd, struct sockaddr_storage *address)
{
	socklen_t len;
	int got;

	do {
		len = sizeof(*address);
		got = accept_one(fd, (struct sockaddr *)address,
			address != NULL ? &len : NULL);
	} while (got < 0 && errno == EINTR);
	return got;
}
