/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "jackserver/daemon_private.h"

static const struct stage_verb_arg args_of_use[] = {
	{"card", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED,
		"its id, keys such as serial:123, a name of ALSA's; auto; "
		"default: as rig.conf says"},
	STAGE_ARGS_END,
};

static enum stage_status
use(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_daemon *self = ctx;
	const char *text = stage_args_text(args, "card", "");
	static const struct stage_cards none = {.count = 0};
	struct stage_jackserver_set set = self->set;
	enum stage_status status = STAGE_OK;

	(void)result;
	if (!stage_plan_is_free(&self->config)) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"rig.conf names the driver %s: write jack.driver auto "
			"to have sound cards",
			self->config.driver);
	}
	set.wish_count = 0;
	if (strcmp(text, "default") != 0) {
		set.wish_count = 1;
		status = stage_wish_for_words(
			self->chooser != NULL
				? stage_chooser_get_cards(self->chooser)
				: &none,
			text, &set.wishes[0], err);
	}
	return status == STAGE_OK ? stage_daemon_apply(self, call, &set, err)
				  : status;
}

const struct stage_verb stage_jackserver_verb_use = {
	.name = "use",
	.args = args_of_use,
	.help = "Plays on a sound card whenever it is there, before others",
	.deed = STAGE_DEED_CHANGES,
	.handler = use,
};
