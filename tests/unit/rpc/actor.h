/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A daemon that does what a test says, right or wrong, beside a loop in the
 * same thread: a socket, and one connection at a time. The loop turns while it
 * waits. Failures fail the cmocka test.
 */

#ifndef STAGE_TESTS_RPC_ACTOR_H
#define STAGE_TESTS_RPC_ACTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "scratch.h"

#define ACTOR_LINE_MAX (2 * 1024 * 1024)

struct actor {
	uv_loop_t loop;
	struct scratch scratch;
	char path[SCRATCH_PATH_MAX];
	int listen_fd; // -1: there is no socket
	int fd;        // of the connection; -1: none
	size_t len;    // of what came and was not taken
	char bytes[ACTOR_LINE_MAX];
};

/** A loop, and a path where there is no socket yet. */
void actor_init(struct actor *self);

/** Turns the loop until nothing is left in it, and frees all. */
void actor_finish(struct actor *self);

/** Turns the loop until `done(user)`; fails the test after a long time. */
void actor_turn_until(struct actor *self, bool (*done)(void *user), void *user);

/** Turns the loop until a flag is set. */
void actor_turn_until_set(struct actor *self, const bool *flag);

/** Its socket appears, in the place of one that may be there. */
void actor_appear(struct actor *self);

/** Its socket stays, and nobody listens at it any more: it was killed. */
void actor_die(struct actor *self);

/** Takes the next connection, hanging up on the last one. */
void actor_accept(struct actor *self);

void actor_hang_up(struct actor *self);

/** Says it, however much, while the loop turns; stops when hung up on. */
void actor_say(struct actor *self, const char *text);
void actor_say_bytes(struct actor *self, const char *bytes, size_t len);

/** Waits for a line, and gives its id; fails the test unless it has `method`.
 */
int actor_take(struct actor *self, const char *method);

/** Waits until the other side hangs up. */
void actor_await_end(struct actor *self);

/** Answers a call with {"n":ID}. */
void actor_answer(struct actor *self, int id);

#endif
