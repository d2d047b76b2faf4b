/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A server that does what a test says, right or wrong: a socket with one
 * client, in the same thread.
 *
 * What fits into the socket's buffer is said before the client asks; for the
 * rest there is a process that plays the server's part. Failures fail the
 * cmocka test. SIGPIPE never arises.
 */

#ifndef STAGE_TESTS_RPC_SCRIPT_H
#define STAGE_TESTS_RPC_SCRIPT_H

#include <stddef.h>
#include <sys/types.h>

#include "rpc/client.h"
#include "scratch.h"

#define SCRIPT_TIMEOUT_NS (20 * 1000000000LL)

struct script {
	struct scratch scratch;
	char path[SCRATCH_PATH_MAX];
	int listen_fd;
	struct stage_rpc_client *client;
	int fd;      // the server's end; -1: hung up
	pid_t actor; // 0: none
};

/** Listens, with a client connected. */
void script_init(struct script *self);

/** Ends all and checks that an actor ended by itself with exit code 0. */
void script_finish(struct script *self);

/** The server says that. */
void script_say(struct script *self, const char *text);
void script_say_bytes(struct script *self, const void *bytes, size_t len);

/** The server hangs up. */
void script_hang_up(struct script *self);

/** Gives the server's end to a process that calls act(fd). */
void script_act(struct script *self, void (*act)(int fd));

/** Hangs up and connects a new client. */
void script_again(struct script *self);

/** For an actor: reads whole lines until that many have come. */
void actor_read_lines(int fd, unsigned count);

/** For an actor: writes all; the end of the other end is fine. */
void actor_write(int fd, const void *bytes, size_t len);

#endif
