/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** stagecraft-web: the page and the HTTP API of a rig.
 *
 * It has no say of its own: what it is asked for it asks the other daemons for,
 * over their sockets. Thread: the loop's.
 */

#ifndef STAGE_WEB_DAEMON_H
#define STAGE_WEB_DAEMON_H

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/paths.h"

struct stage_web_daemon;

/** Serves a rig. Ownership: *out goes with destroy; rig is borrowed until the
 * loop has ended. Errors: STAGE_BUSY when somebody does already,
 * STAGE_BAD_INPUT for its settings, and as the system says. */
STAGE_NODISCARD enum stage_status stage_web_daemon_create(uv_loop_t *loop,
	const struct stage_rig *rig, struct stage_web_daemon **out,
	struct stage_err *err);

/** Ends it; the loop then ends by itself. */
void stage_web_daemon_destroy(struct stage_web_daemon *self);

#endif
