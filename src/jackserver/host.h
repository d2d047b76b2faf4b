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
#include "jackserver/plan.h"

struct stage_host;

struct stage_host_ops {
	/** It runs, with `used` (another than wanted when is_fallback; why says
	 * why that failed). */
	void (*started)(void *user, const struct stage_control_want *used,
		const struct stage_control_have *have, bool is_fallback,
		const char *why);

	/** It could not be started, with nothing of the plan. */
	void (*failed)(void *user, const struct stage_err *why);

	/** The thread has ended and nothing of the server is left; destroy. */
	void (*stopped)(void *user);
};

/** Starts. The fallbacks are tried in order when what is wanted does not open
 * (not when its settings are wrong). Ownership: the plan is copied; ops and
 * user are borrowed. Errors: STAGE_NO_MEMORY, STAGE_BUSY, STAGE_FULL. */
STAGE_NODISCARD enum stage_status stage_host_create(uv_loop_t *loop,
	const struct stage_plan *plan, const struct stage_host_ops *ops,
	void *user, struct stage_host **out, struct stage_err *err);

/** Asks it to stop; it may still be starting. */
void stage_host_stop(struct stage_host *self);

/** The running server, for the readers of control.h; NULL before started and
 * after stop was called. */
const struct stage_control *stage_host_control(const struct stage_host *self);

/** After stopped only. The memory goes with the loop's next turn. NULL is
 * fine. */
void stage_host_destroy(struct stage_host *self);

#endif
