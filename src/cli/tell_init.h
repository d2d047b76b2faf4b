/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Tells the init system that started us how the rig is (base/notify.h), and
 * our log when it has come up.
 *
 * READY=1 is said once: when all services are settled, or when their time is
 * over, for an init that gave up on us would end what plays already. STATUS= is
 * said whenever it changes, for as long as we run.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_CLI_TELL_INIT_H
#define STAGE_CLI_TELL_INIT_H

#include <stdint.h>

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/paths.h"

struct stage_tell_init;

/** Begins to tell, from the loop.
 *
 * rig: borrowed; it is up. timeout_ns: how long services may take to settle.
 * Errors: STAGE_NO_MEMORY; STAGE_TOO_LONG.
 */
STAGE_NODISCARD enum stage_status stage_tell_init_create(
	struct stage_tell_init **out, uv_loop_t *loop,
	const struct stage_rig *rig, int64_t timeout_ns, struct stage_err *err);

/** Says STOPPING=1, at once. */
void stage_tell_init_stopping(void);

/** Ends the telling; what the loop knows of it goes in the loop's next turn.
 * NULL is fine. */
void stage_tell_init_destroy(struct stage_tell_init *self);

#endif
