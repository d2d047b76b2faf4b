/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A loop that a test turns, and plain sockets that stand for other programs.
 * Each failure is one of the test's. */

#ifndef STAGE_TESTS_OSC_WORLD_H
#define STAGE_TESTS_OSC_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "osc/message.h"
#include "osc/peer.h"

struct world {
	uv_loop_t loop;
	uv_timer_t deadline;
};

/** The test fails when the loop is still turned a minute later. */
void world_init(struct world *self);

/** Turns the loop until `*count` is `wanted`. */
void world_await(struct world *self, const size_t *count, size_t wanted);

/** Turns it once, without waiting. */
void world_turn(struct world *self);

/** A bit for each descriptor below 64 that is open and would be a child's. */
uint64_t world_inherited(void);

/** Turns the loop until nothing is left in it, and closes it. */
void world_finish(struct world *self);

/** A socket of 127.0.0.1 (or ::1), connected to that port there. What is read
 * from it must come within a minute. */
int world_connect(int family, int type, int port);

/** The peer that the other side sees in it. */
struct stage_osc_peer world_name(int fd);

/** Sends all. */
void world_send(int fd, const void *bytes, size_t len);

/** Receives exactly that: a datagram, or as much of a stream. */
void world_expect(int fd, const void *bytes, size_t len);

#endif
