/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A client of a real server, alone in a loop that runs until what is awaited
 * is there. Thread: the test's.
 */

#ifndef STAGE_TESTS_CLIENT_LOOP_H
#define STAGE_TESTS_CLIENT_LOOP_H

#include <stdbool.h>
#include <stddef.h>

#include "jack/client.h"

struct client_loop {
	uv_loop_t loop;
	uv_timer_t deadline;
	uv_prepare_t prepare;
	struct stage_jack_client *client;
	void *user;                   // borrowed
	bool (*is_there)(void *user); // what is awaited
	size_t (*seen)(void *user);   // more of it puts the deadline off; NULL
	size_t seen_before;
	bool is_late;
};

/** Starts the client, named `name` exactly, with a heartbeat every 100 ms and
 * no retry, so that it has to see the server's sign. user: of the ops and of
 * what is awaited. */
void client_loop_init(struct client_loop *self, const char *name,
	const struct stage_jack_client_ops *ops, void *user);

/** Ends it and sees that nothing of it is left in the loop. */
void client_loop_finish(struct client_loop *self);

/** Runs the loop until it is there. seen: counts what goes on meanwhile; it is
 * too late when nothing has come for long, for a busy computer takes its time
 * for a thousand things. NULL: too late from now on. Returns false then. */
bool client_loop_await(struct client_loop *self, bool (*is_there)(void *user),
	size_t (*seen)(void *user));

#endif
