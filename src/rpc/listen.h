/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A listening unix socket at a path, and nobody else there.
 *
 * The socket appears at PATH when it can be connected to, and not before: who
 * waits for it by an event may do so at once. It is made beside it, under a
 * name whose last byte is another one.
 *
 * PATH.lock is held (flock) as long as the socket is open, so that of two
 * servers started at once for one path exactly one comes up. A socket left
 * behind by a dead server is replaced; a live one is never touched. Both files
 * are removed at the end only if they are still ours (device and inode).
 *
 * Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_RPC_LISTEN_H
#define STAGE_RPC_LISTEN_H

#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

struct stage_rpc_listener {
	int fd;          // listening, non-blocking, close-on-exec; -1: not open
	int lock_fd;     // of PATH.lock; -1: none
	char *path;      // owned
	char *lock_path; // owned
	char *fresh;     // owned; where it is made, before it is at path
	dev_t dev;       // of the socket file
	ino_t ino;
	gid_t gid; // group of the socket file
};

/** Opens the socket, mode 0660, and with `group` (a name or number, or NULL
 * for no change) that group. self may be uninitialised; after a failure it is
 * finished already.
 *
 * Errors, each with a sentence: STAGE_BUSY when a live server is there,
 * STAGE_EXISTS when something else than a socket is, STAGE_TOO_LONG for a path
 * that unix sockets cannot have, STAGE_NOT_FOUND for an unknown group or a
 * missing directory, STAGE_DENIED, STAGE_IO, STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_rpc_listener_init(
	struct stage_rpc_listener *self, const char *path, const char *group,
	struct stage_err *err);

/** Removes what is ours and closes. self may be NULL. */
void stage_rpc_listener_finish(struct stage_rpc_listener *self);

#endif
