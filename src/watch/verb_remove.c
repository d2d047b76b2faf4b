/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rpc/server.h"
#include "watch/verbs.h"

static const struct stage_verb_arg args[] = {
	{"name", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "the service"},
	{"undo", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL,
		"true: bring back what was removed last by that name"},
	STAGE_ARGS_END,
};

static enum stage_status
handle(void *ctx, struct stage_rpc_call *call, json_t *given, json_t **result,
	struct stage_err *err)
{
	(void)result;
	return stage_watch_delegate(ctx, call, "remove",
		stage_args_text(given, "name", ""),
		stage_args_boolean(given, "undo", false) ? "--undo" : NULL,
		err);
}

const struct stage_verb stage_watch_verb_remove = {
	.name = "remove",
	.args = args,
	.help = "Takes a service out of the rig, and keeps it aside",
	.deed = STAGE_DEED_CHANGES,
	.handler = handle,
};
