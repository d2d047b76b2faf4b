/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "jackserver/daemon_private.h"

static const struct stage_verb_arg args_of_set[] = {
	{"key", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "rate, period or periods"},
	{"value", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED,
		"a number; default: as rig.conf says"},
	STAGE_ARGS_END,
};

static int64_t *
find(struct stage_jackserver_set *set, const char *key)
{
	if (strcmp(key, "rate") == 0) {
		return &set->rate_hz;
	}
	if (strcmp(key, "period") == 0) {
		return &set->period_frames;
	}
	return strcmp(key, "periods") == 0 ? &set->periods : NULL;
}

static enum stage_status
change(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_daemon *self = ctx;
	const char *key = stage_args_text(args, "key", "");
	const char *value = stage_args_text(args, "value", "");
	struct stage_jackserver_set set = self->set;
	int64_t *number = find(&set, key);
	enum stage_status status = STAGE_OK;

	(void)result;
	if (number == NULL) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" cannot be set while it runs: rate, period and "
			"periods can",
			key);
	}
	if (strcmp(value, "default") == 0) {
		*number = 0;
	} else {
		status =
			stage_jackserver_config_number(key, value, number, err);
	}
	return status == STAGE_OK ? stage_daemon_apply(self, call, &set, err)
				  : status;
}

const struct stage_verb stage_jackserver_verb_set = {
	.name = "set",
	.args = args_of_set,
	.help = "Changes the rate, the period or their number while it runs",
	.deed = STAGE_DEED_CHANGES,
	.handler = change,
};
