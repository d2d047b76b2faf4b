/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a question needs of a link. Thread: the loop's. */

#ifndef STAGE_RPC_LINK_PRIVATE_H
#define STAGE_RPC_LINK_PRIVATE_H

#include "rpc/link.h"

/** As stage_rpc_link_create, but it is connected to now, or never. */
STAGE_NODISCARD enum stage_status stage_rpc_link_create_once(
	struct stage_rpc_link **out, uv_loop_t *loop, const char *name,
	const char *path, struct stage_err *err);

/** As stage_rpc_link_call, but params are borrowed, and nothing is answered
 * after a failure. */
STAGE_NODISCARD enum stage_status stage_rpc_link_try(
	struct stage_rpc_link *self, const char *verb, json_t *params,
	unsigned timeout_ms, stage_rpc_answered *answered, void *user,
	struct stage_err *err);

#endif
