/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/control.h"
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
		stage_snapshot_enabled(rig, name, &service, err);

	(void)call;
	if (status == STAGE_OK) {
		status = stage_control_start(rig, name, err);
	}
	if (status == STAGE_OK) {
		*result = json_object();
	}
	return status;
}

const struct stage_verb stage_watch_verb_start = {
	.name = "start",
	.args = stage_watch_service_args,
	.help = "Wants a service up, lifting a hold; does not wait for it",
	.deed = STAGE_DEED_CHANGES,
	.handler = handle,
};
