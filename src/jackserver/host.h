/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Runs the JACK server, and tries devices, on a thread of its own, so that the
 * loop stays awake whatever the server or a device does.
 *
 *    create --> idle --probe--> busy --(probed)--> idle
 *                    --open---> busy --(opened)--> idle
 *                    --find---> busy --(found)---> idle
 *    stop, at any time --> (what is being done ends) --(stopped)--> destroy
 *
 * Thread: the loop's; what is in brackets is called on it.
 */

#ifndef STAGE_JACKSERVER_HOST_H
#define STAGE_JACKSERVER_HOST_H

#include <sys/types.h>
#include <uv.h>

#include "jackserver/control.h"

struct stage_host;

struct stage_host_ops {
	/** A device was tried. */
	void (*probed)(void *user, const struct stage_probed *result);

	/** The server was started with what was asked for, or switched to it.
	 * err->status is STAGE_OK, or nothing has changed; is_broken: the
	 * server can neither go on nor be stopped. */
	void (*opened)(void *user, const struct stage_err *err,
		const struct stage_control_have *have, int64_t took_ns,
		bool is_broken);

	/** The process of a client is that; 0: there is no such client. */
	void (*found)(void *user, const char *client, pid_t pid);

	/** A client has come or gone; on a thread of JACK's, in which nothing
	 * may be asked of it. */
	void (*client)(void *user, const char *client, bool is_there);

	/** The thread has ended and nothing of the server is left; destroy. */
	void (*stopped)(void *user);
};

/** Starts the thread. Ownership: ops and user are borrowed. Errors:
 * STAGE_NO_MEMORY, STAGE_BUSY, STAGE_FULL. */
STAGE_NODISCARD enum stage_status stage_host_create(uv_loop_t *loop,
	const struct stage_host_ops *ops, void *user, struct stage_host **out,
	struct stage_err *err);

/** Begins; only while it is idle. `want` is copied. */
void stage_host_probe(
	struct stage_host *self, const struct stage_control_want *want);
void stage_host_open(
	struct stage_host *self, const struct stage_control_want *want);

/** As these; JACK may be long in answering while a client is frozen. */
void stage_host_find(struct stage_host *self, const char *client);

/** True while nothing is being done and nothing is to be told. */
bool stage_host_is_idle(const struct stage_host *self);

/** Asks it to stop. */
void stage_host_stop(struct stage_host *self);

/** The running server, for the readers of control.h; NULL before it was opened
 * and after stop was called. */
const struct stage_control *stage_host_control(const struct stage_host *self);

/** After stopped only. The memory goes with the loop's next turn. NULL is
 * fine. */
void stage_host_destroy(struct stage_host *self);

#endif
