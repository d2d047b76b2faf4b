/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Waits for the controller that a person turns, and answers when it has been
 * turned. One at a time.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_LEARNING_H
#define STAGE_RACK_LEARNING_H

#include "rack/rack.h"
#include "rpc/server.h"

struct stage_rack_learning {
	struct stage_rack *rack;     // borrowed
	void (*changed)(void *user); // told when something was learned
	void *user;
	struct stage_rpc_reply *reply; // NULL: nobody waits
	char slot[STAGE_RACK_ID_MAX];  // "": the rack itself
	struct stage_rack_map map;     // all of it but the controller
};

/** Zeroed memory becomes one that waits for nothing. rack and user are borrowed
 * until stage_rack_learning_finish, after which rack may go. */
void stage_rack_learning_init(struct stage_rack_learning *self,
	struct stage_rack *rack, void (*changed)(void *user), void *user);

/** Gives up; who waits is told. */
void stage_rack_learning_finish(struct stage_rack_learning *self);

/** Nobody waits any more; who did is told. */
void stage_rack_learning_cancel(struct stage_rack_learning *self);

/** Answers the call when a controller was turned: {"map": "cc 1 74 ..."}.
 * Errors: STAGE_BUSY when another one is being learned; as
 * stage_rpc_call_defer. */
STAGE_NODISCARD enum stage_status stage_rack_learning_begin(
	struct stage_rack_learning *self, struct stage_rpc_call *call,
	const char *slot, const struct stage_rack_map *map,
	struct stage_err *err);

#endif
