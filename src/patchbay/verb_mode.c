/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// mode, lock: how what is desired is treated.

#include <stdlib.h>
#include <string.h>

#include "patchbay/daemon_private.h"
#include "patchbay/verbs.h"
#include "patchbay/view.h"

static const struct stage_verb_arg mode_args[] = {
	{"mode", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"off, learn, enforce, exclusive or lock; with clients also "
		"default"},
	{"clients", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"only for these, as in a patch file: a glob, in quotes a name"},
	STAGE_ARGS_END,
};

static const struct stage_verb_arg lock_args[] = {
	{"off", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL,
		"back to the mode before"},
	STAGE_ARGS_END,
};

static void
view_clients(void *user, const struct stage_desired_file *file)
{
	json_t *list = user;

	for (size_t i = 0; i < file->list->mode_count; i++) {
		const struct stage_patch_mode_line *line =
			&file->list->modes[i];
		json_t *item = json_pack("{s:s, s:o, s:i}", "mode",
			stage_patch_mode_name(line->mode), "file",
			stage_patch_view_file(file->name), "line",
			(int)line->line);
		if (line->client != NULL) {
			json_object_set_new(item, "clients",
				stage_patch_view_clients(line->client));
		}
		json_array_append_new(list, item);
	}
}

static json_t *
view(struct stage_patchbay *self)
{
	json_t *lines = json_array();

	stage_patch_store_each(self->store, view_clients, lines);
	return json_pack("{s:s, s:o}", "mode",
		stage_patch_mode_name(
			stage_patch_store_settings(self->store)->mode),
		"lines", lines);
}

static json_t *
set_mode(struct stage_patchbay *self, enum stage_patch_mode mode)
{
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status =
		stage_patch_store_set_mode(self->store, mode, &err);
	json_t *result;

	stage_engine_set_mode(self->engine, mode);
	stage_patchbay_act(self);
	result = view(self);
	if (status != STAGE_OK) {
		json_object_set_new(result, "warning",
			json_sprintf("%s; the mode holds until the patchbay "
				     "is started anew",
				err.text));
	}
	stage_rpc_server_publish(self->rpc, "mode",
		json_pack("{s:s}", "mode", stage_patch_mode_name(mode)));
	return result;
}

static enum stage_status
set_clients_mode(struct stage_patchbay *self, const char *word,
	const char *clients, json_t **result, struct stage_err *err)
{
	enum stage_patch_mode mode = STAGE_PATCH_MODE_COUNT;
	json_t *warnings = json_object();
	char *glob = NULL;
	enum stage_status status =
		stage_patch_operand_clients(clients, &glob, err);

	if (status == STAGE_OK && strcmp(word, "default") != 0) {
		status = stage_patch_mode_parse(word, &mode, err);
	}
	if (status == STAGE_OK) {
		status = stage_patch_store_learn_mode(
			self->store, glob, mode, err);
	}
	free(glob);
	if (status == STAGE_OK) {
		stage_patchbay_commit(self, "mode of clients", warnings);
		*result = view(self);
		json_object_update(*result, warnings);
	}
	json_decref(warnings);
	return status;
}

static enum stage_status
handle_mode(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	struct stage_patchbay *self = ctx;
	const char *word = stage_args_text(args, "mode", NULL);
	const char *clients = stage_args_text(args, "clients", NULL);
	enum stage_patch_mode mode;
	enum stage_status status;

	(void)call;
	if (word == NULL && clients != NULL) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"the mode for these clients is missing");
	}
	if (word == NULL) {
		*result = view(self);
		return STAGE_OK;
	}
	if (clients != NULL) {
		return set_clients_mode(self, word, clients, result, err);
	}
	status = stage_patch_mode_parse(word, &mode, err);
	if (status == STAGE_OK) {
		*result = set_mode(self, mode);
	}
	return status;
}

static enum stage_status
handle_lock(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	struct stage_patchbay *self = ctx;
	const struct stage_patch_settings *settings =
		stage_patch_store_settings(self->store);
	bool is_off = stage_args_boolean(args, "off", false);

	(void)call;
	(void)err;
	if (is_off && settings->mode != STAGE_PATCH_MODE_LOCK) {
		*result = view(self);
	} else {
		*result = set_mode(self,
			is_off ? settings->unlocked : STAGE_PATCH_MODE_LOCK);
	}
	return STAGE_OK;
}

const struct stage_verb stage_patch_verb_mode = {
	.name = "mode",
	.args = mode_args,
	.help = "Shows or sets the mode, of all or of some clients",
	.deed = STAGE_DEED_CHANGES,
	.handler = handle_mode,
};

const struct stage_verb stage_patch_verb_lock = {
	.name = "lock",
	.args = lock_args,
	.help = "For the show: keeps every connection, learns nothing",
	.deed = STAGE_DEED_CHANGES,
	.handler = handle_lock,
};
