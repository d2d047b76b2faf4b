/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Stream sockets that never block, that no child inherits, and that end nobody
 * who writes when the other side has gone. Thread: any. */

#ifndef STAGE_BASE_SOCK_H
#define STAGE_BASE_SOCK_H

#include <sys/socket.h>

/** What to send with, so that it does not block and no SIGPIPE comes of it. */
#if defined(MSG_NOSIGNAL)
#	define STAGE_SOCK_SEND (MSG_DONTWAIT | MSG_NOSIGNAL)
#else
#	define STAGE_SOCK_SEND MSG_DONTWAIT // SO_NOSIGPIPE does it
#endif

/** Makes one. -1 with errno set when that fails. */
int stage_sock_open(int family);

/** Accepts a connection. *address: of the other side; NULL: not wanted.
 * Restarts after EINTR. -1 with errno set when there is none. */
int stage_sock_accept(int fd, struct sockaddr_storage *address);

#endif
