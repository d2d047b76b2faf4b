/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The calls of a link that wait for answers. Knows no sockets.
 *
 * A callback may add calls, and is called when its own has been taken out.
 * A zeroed struct is empty and valid. Thread: the loop's.
 */

#ifndef STAGE_RPC_LINK_CALLS_H
#define STAGE_RPC_LINK_CALLS_H

#include <stddef.h>
#include <stdint.h>

#include "rpc/link.h"
#include "rpc/proto.h"

struct stage_rpc_link_call;

struct stage_rpc_link_calls {
	struct stage_rpc_link_call *first; // owned, the newest one first
	size_t count;
	int64_t last_id; // that was given, from 1 on
};

/** Adds one. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rpc_link_calls_add(
	struct stage_rpc_link_calls *self, unsigned timeout_ms,
	stage_rpc_answered *answered, void *user, int64_t *id);

/** Takes one out again, which is not answered; 0 is none. */
void stage_rpc_link_calls_forget(struct stage_rpc_link_calls *self, int64_t id);

/** Answers the one that a result or error is of, if it still waits. */
void stage_rpc_link_calls_answer(struct stage_rpc_link_calls *self,
	const struct stage_rpc_message *message);

/** Answers all with an error. */
void stage_rpc_link_calls_fail(
	struct stage_rpc_link_calls *self, const struct stage_err *err);

/** Answers those that are over their time. name: who did not answer. */
void stage_rpc_link_calls_expire(
	struct stage_rpc_link_calls *self, int64_t now_ns, const char *name);

/** When the first one is over its time; 0: there is none. */
int64_t stage_rpc_link_calls_due_ns(const struct stage_rpc_link_calls *self);

#endif
