/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// hush: what is kept silent, for a panic.

#include <string.h>

#include "base/log.h"
#include "patchbay/daemon_private.h"
#include "patchbay/verbs.h"

#define CLIENTS_MAX 1024

static const struct stage_verb_arg args_table[] = {
	{"silence", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"none, song (audio of the song's patch and of the clients) or "
		"all (and what goes to ports of the computer's)"},
	{"clients", STAGE_ARG_TEXTS, STAGE_ARG_OPTIONAL,
		"clients of JACK that are silent too; with a colon behind "
		"it a whole name"},
	STAGE_ARGS_END,
};

const char *
stage_patch_hush_word(enum stage_hush hush)
{
	static const char *const words[STAGE_HUSH_COUNT] = {
		"none", "song", "all"};

	return (unsigned)hush < STAGE_HUSH_COUNT ? words[hush] : "unknown";
}

static enum stage_status
parse(const char *word, enum stage_hush *out, struct stage_err *err)
{
	for (int i = 0; i < STAGE_HUSH_COUNT; i++) {
		*out = (enum stage_hush)i;
		if (strcmp(word, stage_patch_hush_word(*out)) == 0) {
			return STAGE_OK;
		}
	}
	return stage_err_set(err, STAGE_BAD_INPUT,
		"there is no silence \"%s\"; there are none, song and all",
		word);
}

static json_t *
view(const struct stage_patchbay *self)
{
	return json_pack("{s:s}", "silence",
		stage_patch_hush_word(stage_engine_hush(self->engine)));
}

static enum stage_status
change(struct stage_patchbay *self, const char *word, const json_t *clients,
	struct stage_err *err)
{
	const char *names[CLIENTS_MAX];
	size_t count = 0;
	enum stage_hush before = stage_engine_hush(self->engine);
	enum stage_hush hush = STAGE_HUSH_NONE;
	enum stage_status status = parse(word, &hush, err);

	for (; count < CLIENTS_MAX && count < json_array_size(clients);
		count++) {
		names[count] =
			json_string_value(json_array_get(clients, count));
	}
	if (status == STAGE_OK && stage_engine_set_hush(self->engine, hush,
					  names, count) != STAGE_OK) {
		status = stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	if (status == STAGE_OK) {
		stage_patchbay_act_now(self);
	}
	if (status == STAGE_OK && hush != before) {
		stage_log_info("silence: %s", stage_patch_hush_word(hush));
		stage_rpc_server_publish(self->rpc, "silence", view(self));
	}
	return status;
}

static enum stage_status
handle(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_patchbay *self = ctx;
	const char *word = stage_args_text(args, "silence", NULL);
	enum stage_status status = STAGE_OK;

	(void)call;
	if (word != NULL) {
		status = change(
			self, word, json_object_get(args, "clients"), err);
	}
	if (status == STAGE_OK) {
		*result = view(self);
	}
	return status;
}

const struct stage_verb stage_patch_verb_hush = {
	.name = "hush",
	.args = args_table,
	.help = "Shows or changes what is kept silent, for a panic",
	.deed = STAGE_DEED_CHANGES,
	.handler = handle,
};
