/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/daemon_private.h"

static enum stage_status
list(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_daemon *self = ctx;

	(void)call;
	(void)args;
	if (self->chooser == NULL) {
		return stage_err_set(err, STAGE_GONE, "the JACK server stops");
	}
	*result = json_pack("{s:o?, s:o?}", "cards",
		stage_report_cards(self->chooser), "wishes",
		stage_report_wishes(&self->config));
	return *result != NULL ? STAGE_OK : STAGE_NO_MEMORY;
}

const struct stage_verb stage_jackserver_verb_list = {
	.name = "list",
	.help = "Lists the sound cards, and which of them are wished for",
	.deed = STAGE_DEED_LOOKS,
	.handler = list,
};
