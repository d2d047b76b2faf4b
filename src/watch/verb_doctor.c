/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "doctor/doctor.h"
#include "rpc/server.h"
#include "watch/verbs.h"

static enum stage_status
handle(void *ctx, struct stage_rpc_call *call, json_t *given, json_t **result,
	struct stage_err *err)
{
	const struct stage_rig *rig = stage_watch_rig(ctx);
	struct stage_services services = {0};
	struct stage_doctor_facts facts;
	struct stage_doctor doctor;
	enum stage_status status = stage_snapshot_all(rig, &services, err);

	(void)call;
	(void)given;
	if (status != STAGE_OK) {
		return status;
	}
	stage_doctor_look(rig, "", &services, &facts);
	stage_doctor_judge(&facts, &doctor);
	*result = stage_doctor_to_json(&doctor, &facts);
	stage_snapshot_finish(&services);
	return STAGE_OK;
}

const struct stage_verb stage_watch_verb_doctor = {
	.name = "doctor",
	.help = "Whether the computer is fit for a show, and what to mend",
	.deed = STAGE_DEED_LOOKS,
	.handler = handle,
};
