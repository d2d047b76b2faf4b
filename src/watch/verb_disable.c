/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rpc/server.h"
#include "watch/verbs.h"

static enum stage_status
handle(void *ctx, struct stage_rpc_call *call, json_t *given, json_t **result,
	struct stage_err *err)
{
	(void)result;
	return stage_watch_delegate(ctx, call, "disable",
		stage_args_text(given, "name", ""), NULL, err);
}

const struct stage_verb stage_watch_verb_disable = {
	.name = "disable",
	.args = stage_watch_service_args,
	.help = "Switches a service off for good",
	.deed = STAGE_DEED_CHANGES,
	.handler = handle,
};
