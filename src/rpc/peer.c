/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#if defined(__linux__)
#	define _GNU_SOURCE // struct ucred
#else
#	define _DEFAULT_SOURCE // getpeereid, getgrouplist
#	define _DARWIN_C_SOURCE
#endif

#include "rpc/peer.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__linux__)

// Before Linux 4.13 there are no supplementary groups to be had.
static void
read_groups(int fd, struct stage_rpc_peer *out)
{
#	if defined(SO_PEERGROUPS)
	socklen_t len = sizeof(out->groups);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, out->groups, &len) == 0) {
		out->group_count = len / sizeof(out->groups[0]);
	}
#	else
	(void)fd;
	(void)out;
#	endif
}

static int
read_peer(int fd, struct stage_rpc_peer *out)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) != 0) {
		return -1;
	}
	out->uid = cred.uid;
	out->gid = cred.gid;
	out->pid = cred.pid;
	read_groups(fd, out);
	return 0;
}

#else

#	include <grp.h>
#	include <pwd.h>

static int
read_peer(int fd, struct stage_rpc_peer *out)
{
	struct passwd *user;
	int count = STAGE_RPC_GROUPS_MAX;

	if (getpeereid(fd, &out->uid, &out->gid) != 0) {
		return -1;
	}
	user = getpwuid(out->uid);
	if (user != NULL && getgrouplist(user->pw_name, out->gid,
				    (void *)out->groups, &count) >= 0) {
		out->group_count = (size_t)count;
	}
	return 0;
}

#endif

enum stage_status
stage_rpc_peer_read(int fd, struct stage_rpc_peer *out, struct stage_err *err)
{
	*out = (struct stage_rpc_peer){0};
	if (read_peer(fd, out) != 0) {
		return stage_err_set_errno(err, errno,
			"unable to read who is at the other end of a socket");
	}
	return STAGE_OK;
}

bool
stage_rpc_peer_is_allowed(
	const struct stage_rpc_peer *self, uid_t owner, gid_t socket_gid)
{
	if (self->uid == 0 || self->uid == owner || self->gid == socket_gid) {
		return true;
	}
	for (size_t i = 0; i < self->group_count; i++) {
		if (self->groups[i] == socket_gid) {
			return true;
		}
	}
	return false;
}
