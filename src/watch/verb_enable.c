/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>

#include "rpc/server.h"
#include "watch/verbs.h"

static const struct stage_verb_arg args[] = {
	{"name", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED,
		"the service, or the template"},
	{"as", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"what to call the service that the template makes"},
	STAGE_ARGS_END,
};

static enum stage_status
handle(void *ctx, struct stage_rpc_call *call, json_t *given, json_t **result,
	struct stage_err *err)
{
	const char *as = stage_args_text(given, "as", NULL);
	char option[STAGE_WATCH_OPTION_MAX];
	enum stage_status status = STAGE_OK;

	(void)result;
	// One that is cut would be another service.
	if (as != NULL) {
		status = stage_service_name_check(as, err);
		snprintf(option, sizeof(option), "--as=%s", as);
	}
	return status != STAGE_OK ? status
				  : stage_watch_delegate(ctx, call, "enable",
					    stage_args_text(given, "name", ""),
					    as != NULL ? option : NULL, err);
}

const struct stage_verb stage_watch_verb_enable = {
	.name = "enable",
	.args = args,
	.help = "Switches on a disabled service, or one of the templates",
	.deed = STAGE_DEED_CHANGES,
	.handler = handle,
};
