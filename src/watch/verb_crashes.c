/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/crash_record.h"
#include "rig/snapshot.h"
#include "rpc/server.h"
#include "watch/verbs.h"

static enum stage_status
handle(void *ctx, struct stage_rpc_call *call, json_t *given, json_t **result,
	struct stage_err *err)
{
	const struct stage_rig *rig = stage_watch_rig(ctx);
	const char *name = stage_args_text(given, "name", "");
	struct stage_service service;
	enum stage_status status =
		stage_snapshot_phase(rig, name, &service, err);

	(void)call;
	if (status == STAGE_OK) {
		*result = stage_crash_record_load(rig, name);
	}
	return status;
}

const struct stage_verb stage_watch_verb_crashes = {
	.name = "crashes",
	.args = stage_watch_service_args,
	.help = "The last deaths of a service with its last log lines",
	.deed = STAGE_DEED_LOOKS,
	.handler = handle,
};
