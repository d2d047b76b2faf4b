/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Runs the JACK server on a thread of its own, so that the loop stays awake
 * whatever the server does.
 *
 *    create --> starting --(started)--> running --stop--> stopping --> stopped
 *                   |                                                   ^
 *                   +--(failed)-----------------------------------------+
 *
 * Thread: the loop's. `started`, `failed` and `stopped` are called on it; one
 * of started and failed, then stopped.
 */

#ifndef STAGE_JACKSERVER_HOST_H
#define STAGE_JACKSERVER_HOST_H

#include <uv.h>

#include "jackserver/control.h"

struct stage_host;

struct stage_host_ops {
	/** It runs, with `used` (the second choice when is_fallback; why says
	 * why the first failed). */
	void (*started)(void *user, const struct stage_control_want *used,
		const struct stage_control_have *have, bool is_fallback,
		const char *why);

	/** It could not be started. */
	void (*failed)(void *user, const struct stage_err *why);

	/** The thread has ended and nothing of the server is left; destroy. */
	void (*stopped)(void *user);
};

/** Starts. `fallback` is tried when `want` does not open (not when its settings
 * are wrong); NULL for none. Ownership: copied; ops and user are borrowed.
 * Errors: STAGE_NO_MEMORY, STAGE_BUSY, STAGE_FULL. */
STAGE_NODISCARD enum stage_status stage_host_create(uv_loop_t *loop,
	const struct stage_control_want *want,
	const struct stage_control_want *fallback,
	const struct stage_host_ops *ops, void *user, struct stage_host **out,
	struct stage_err *err);

/** Asks it to stop; it may still be starting. */
void stage_host_stop(struct stage_host *self);

/** The running server, for the readers of control.h; NULL before started and
 * after stop was called. */
const struct stage_control *stage_host_control(const struct stage_host *self);

/** After stopped only. The memory goes with the loop's next turn. NULL is
 * fine. */
void stage_host_destroy(struct stage_host *self);

#endif
