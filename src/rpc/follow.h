/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A daemon that is listened to whenever it is there: its state, its events and
 * its verbs.
 *
 * It is subscribed to as soon as it is connected to, and again when it comes
 * back. The snapshot is as new as the last event only when it was asked to be
 * (stage_rpc_follow_refresh).
 *
 * Thread: the loop's. Callbacks come from the loop, but for what
 * stage_rpc_link_call says; all functions may be called from them.
 */

#ifndef STAGE_RPC_FOLLOW_H
#define STAGE_RPC_FOLLOW_H

#include "rpc/link.h"

struct stage_rpc_follow;

struct stage_rpc_follow_events {
	/** There is a fresh snapshot: at its start, after events were lost, or
	 * as asked for. */
	void (*snapshot)(void *user, struct stage_rpc_follow *from);
	/** Something happened: {topic, epoch, seq, data}. Borrowed. */
	void (*event)(
		void *user, struct stage_rpc_follow *from, const json_t *event);
	/** It has gone; its snapshot is no more. */
	void (*gone)(void *user, struct stage_rpc_follow *from);
};

/** Begins. name and path are copied; events, all of whose members must be
 * there, and user are borrowed until it is destroyed. Errors: as
 * stage_rpc_link_create. */
STAGE_NODISCARD enum stage_status stage_rpc_follow_create(
	struct stage_rpc_follow **out, uv_loop_t *loop, const char *name,
	const char *path, const struct stage_rpc_follow_events *events,
	void *user, struct stage_err *err);

/** Ends: calls that wait fail with STAGE_GONE first, and nothing else is
 * called. The loop frees it. NULL is fine. */
void stage_rpc_follow_destroy(struct stage_rpc_follow *self);

const char *stage_rpc_follow_name(const struct stage_rpc_follow *self);

/** The last snapshot, {epoch, seq, state}; NULL while it is not there.
 * Ownership: borrowed; a reference may be kept. */
const json_t *stage_rpc_follow_snapshot(const struct stage_rpc_follow *self);

/** Its verbs as it describes them, [{name, help, deed, args}]; NULL while it is
 * not there. They are known before there is a snapshot. */
const json_t *stage_rpc_follow_verbs(const struct stage_rpc_follow *self);

/** Wants a snapshot that is as new as all events: true when there is one; else
 * it is asked for, and `snapshot` comes, or `gone`. */
bool stage_rpc_follow_refresh(struct stage_rpc_follow *self);

/** Calls a verb, as stage_rpc_link_call. */
void stage_rpc_follow_call(struct stage_rpc_follow *self, const char *verb,
	json_t *params, unsigned timeout_ms, stage_rpc_answered *answered,
	void *user);

#endif
