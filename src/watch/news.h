/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Tells subscribers what became of services, all that changed in one turn of
 * the loop together: how a service is includes what its processes use, and to
 * look for these goes through all processes of the system.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_WATCH_NEWS_H
#define STAGE_WATCH_NEWS_H

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/paths.h"
#include "rpc/server.h"

struct stage_news;

/** rig and server are borrowed. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_news_create(struct stage_news **out,
	uv_loop_t *loop, const struct stage_rig *rig,
	struct stage_rpc_server *server, struct stage_err *err);

/** Something that status shows of a service may have changed: in the next turn
 * there is one "service", or "removed", for each. */
void stage_news_add(struct stage_news *self, const char *service);

/** What was added last is not told any more. NULL is fine. */
void stage_news_destroy(struct stage_news *self);

#endif
