/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Who is at the other end of a unix socket, and whether they may be.
 *
 * The only place that asks the system for a peer's credentials: SO_PEERCRED on
 * Linux, getpeereid elsewhere. Thread: any.
 */

#ifndef STAGE_RPC_PEER_H
#define STAGE_RPC_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

#define STAGE_RPC_GROUPS_MAX 128 // supplementary groups looked at

struct stage_rpc_peer {
	uid_t uid;
	gid_t gid;
	pid_t pid; // 0 where the system does not tell
	size_t group_count;
	gid_t groups[STAGE_RPC_GROUPS_MAX]; // supplementary ones
};

/** Reads the credentials that the peer had when it connected.
 *
 * Errors: STAGE_UNSUPPORTED where the system cannot tell, or what it says.
 */
STAGE_NODISCARD enum stage_status stage_rpc_peer_read(
	int fd, struct stage_rpc_peer *out, struct stage_err *err);

/** True for the owner of the server, root, and members of the socket's group.
 *
 * Pure. The socket's file mode says the same; this holds even where somebody
 * opened the mode wider, or the system does not look at it.
 */
bool stage_rpc_peer_is_allowed(
	const struct stage_rpc_peer *self, uid_t owner, gid_t socket_gid);

#endif
