/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Addresses of unix sockets, and how to send through one. Thread: any. */

#ifndef STAGE_RPC_SOCK_H
#define STAGE_RPC_SOCK_H

#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "base/attr.h"
#include "base/err.h"

struct sockaddr_un;

/** Sends without blocking and without SIGPIPE: the bytes taken, or -1 with
 * errno set. Restarts after EINTR. */
ssize_t stage_rpc_sock_send(int fd, const struct iovec *iov, size_t count);

/** Fills in the address of a path.
 *
 * Errors: STAGE_TOO_LONG, STAGE_BAD_INPUT for an empty one.
 */
STAGE_NODISCARD enum stage_status stage_rpc_sock_address(
	struct sockaddr_un *out, const char *path, struct stage_err *err);

#endif
