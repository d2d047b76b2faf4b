/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Says when a network interface, or an address of one, may have come or gone
 * (rtnetlink(7)). Thread: the loop's. */

#ifndef STAGE_RIG_NET_WATCH_H
#define STAGE_RIG_NET_WATCH_H

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"

struct stage_net_watch;

/** Watches; what has changed is for the caller to look at. Ownership: *out goes
 * with destroy, user is borrowed until then. Errors: as the system says, with a
 * sentence; *out is then NULL. */
STAGE_NODISCARD enum stage_status stage_net_watch_create(uv_loop_t *loop,
	void (*changed)(void *user), void *user, struct stage_net_watch **out,
	struct stage_err *err);

/** Ends it; no more calls. The memory goes when the loop has run on. NULL is
 * fine. */
void stage_net_watch_destroy(struct stage_net_watch *self);

#endif
