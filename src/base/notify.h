/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Tells whoever started us how we are, and understands a program that tells
 * us, in the two ways that need no init system: systemd's datagrams to the
 * socket in $NOTIFY_SOCKET, and a newline on the descriptor in
 * $STAGECRAFT_READY_FD, as s6 has it. Both are optional.
 *
 * Thread: any but the real-time one. SIGPIPE never arises from the socket.
 */

#ifndef STAGE_BASE_NOTIFY_H
#define STAGE_BASE_NOTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/attr.h"
#include "base/err.h"

/** True when somebody listens at a socket, and so to more than readiness. */
bool stage_notify_has_socket(void);

/** Keeps the descriptor in $STAGECRAFT_READY_FD from what we start from now on,
 * which would hold it open. Call it before anything is started. */
void stage_notify_keep(void);

/** Says that we are ready, once, over both ways where they are there.
 *
 * The descriptor is closed afterwards. Nobody who wants to know is no error.
 * Errors: what the system says, with a sentence; the other way is tried all the
 * same. STAGE_BAD_INPUT when a variable makes no sense.
 */
STAGE_NODISCARD enum stage_status stage_notify_ready(struct stage_err *err);

/** Sends one datagram such as "STOPPING=1" or "STATUS=..." to $NOTIFY_SOCKET,
 * whose first character '@' stands for an abstract socket. Never waits.
 *
 * Errors: as stage_notify_ready.
 */
STAGE_NODISCARD enum stage_status stage_notify_send(
	const char *text, struct stage_err *err);

/** Makes the address of a socket that NOTIFY_SOCKET names. Pure.
 *
 * Errors: STAGE_BAD_INPUT for what is neither a path nor "@NAME",
 * STAGE_TOO_LONG.
 */
STAGE_NODISCARD enum stage_status stage_notify_address(const char *path,
	struct sockaddr_un *address, socklen_t *len, struct stage_err *err);

/** True when a datagram[len] has the line READY=1; what stands behind a zero
 * byte does not count. Pure. */
bool stage_notify_says_ready(const char *datagram, size_t len);

#endif
