/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Watches over the clients: names the one that holds the audio graph up, and
 * ends it where that is allowed, so that the others play on.
 *
 * JACK's complaints come on its own threads; all else is done in the loop.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_JACKSERVER_GUARD_H
#define STAGE_JACKSERVER_GUARD_H

#include <stdbool.h>
#include <sys/types.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"

struct stage_guard;

struct stage_guard_ops {
	/** A client is named, ended, or goes on again: what is one of
	 * "frozen", "slow", "ended", "well"; or "hung" when it holds others up
	 * and none of its threads has waited for a while, "moves" when one does
	 * again. */
	void (*told)(
		void *user, const char *what, const char *client, pid_t pid);
	/** Finds the process of a client, for stage_guard_found later; false:
	 * not now. */
	bool (*find)(void *user, const char *client);
	/** A complaint came: is all else well? */
	void (*complained)(void *user);
	/** Another client is there with its process, or one is no more. */
	void (*clients)(void *user);
};

/** Takes JACK's messages. One a process. Ownership: ops and user are borrowed.
 * Errors: STAGE_NO_MEMORY, STAGE_FULL. */
STAGE_NODISCARD enum stage_status stage_guard_create(uv_loop_t *loop,
	bool ends_frozen, const struct stage_guard_ops *ops, void *user,
	struct stage_guard **out, struct stage_err *err);

/** A client has come or gone. Thread: any. Its process is found at once: once
 * it is frozen JACK takes seconds to answer. */
void stage_guard_client(
	struct stage_guard *self, const char *client, bool is_there);

/** A client was cut off (outbox.h): until it is gone, what JACK says of that
 * tells nothing new. */
void stage_guard_cut(struct stage_guard *self, const char *client);

/** The process of a client that was to be found; 0: there is none. */
void stage_guard_found(struct stage_guard *self, const char *client, pid_t pid);

/** Sees who hangs, and whether one that was named is well again; called a few
 * times a second. */
void stage_guard_look(struct stage_guard *self);

/** Calls visit for each client that hangs now. */
void stage_guard_each_hung(const struct stage_guard *self,
	void (*visit)(void *user, const char *client), void *user);

/** Calls visit for each client whose process is known; it may ask nothing of
 * the guard. NULL is fine. */
void stage_guard_each_client(struct stage_guard *self,
	void (*visit)(void *user, const char *client, pid_t pid), void *user);

/** After the server. The memory goes with the loop's next turn. NULL is
 * fine. */
void stage_guard_destroy(struct stage_guard *self);

#endif
