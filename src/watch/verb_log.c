/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/snapshot.h"
#include "rpc/server.h"
#include "watch/tails.h"
#include "watch/verbs.h"

static const struct stage_verb_arg args[] = {
	{"name", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "the service"},
	{"lines", STAGE_ARG_INTEGER, STAGE_ARG_OPTIONAL,
		"how many of the last ones, 0 to 200; 100 if not said"},
	STAGE_ARGS_END,
};

static enum stage_status
handle(void *ctx, struct stage_rpc_call *call, json_t *given, json_t **result,
	struct stage_err *err)
{
	const char *name = stage_args_text(given, "name", "");
	int64_t lines = stage_args_integer(given, "lines", 100);
	struct stage_service service;
	enum stage_status status =
		stage_snapshot_phase(stage_watch_rig(ctx), name, &service, err);

	(void)call;
	if (status != STAGE_OK) {
		return status;
	}
	if (lines < 0 || lines > STAGE_TAILS_LINES) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"%lld is no number of lines: 0 to %d", (long long)lines,
			STAGE_TAILS_LINES);
	}
	return stage_tails_read(
		stage_watch_tails(ctx), name, (size_t)lines, result, err);
}

const struct stage_verb stage_watch_verb_log = {
	.name = "log",
	.args = args,
	.help = "The last lines of a service's log; for half a minute from "
		"then on the topic log tells of new ones",
	.deed = STAGE_DEED_LOOKS,
	.handler = handle,
};
