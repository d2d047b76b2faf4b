/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rpc/sock.h"

#include <errno.h>
#include <string.h>
#include <sys/un.h>

#include "base/sock.h"

ssize_t
stage_rpc_sock_send(int fd, const struct iovec *iov, size_t count)
{
	struct msghdr message = {0};
	ssize_t sent;

	// The field is not const, though sendmsg only reads it.
	memcpy(&message.msg_iov, &iov, sizeof(iov));
	message.msg_iovlen = count;
	do {
		sent = sendmsg(fd, &message, STAGE_SOCK_SEND);
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
