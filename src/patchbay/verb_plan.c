/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// plan: what would be done.

#include <string.h>

#include "patchbay/daemon_private.h"
#include "patchbay/patch_text.h"
#include "patchbay/verbs.h"
#include "patchbay/view.h"

static const struct stage_verb_arg args_table[] = {
	{"patch", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"the text of one more patch file, as if it were there"},
	{"mode", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"as if this were the mode"},
	STAGE_ARGS_END,
};

static void
on_edit(void *user, bool is_disconnect, const struct stage_graph_port *from,
	const struct stage_graph_port *to)
{
	json_t *edits = user;

	json_array_append_new(edits,
		stage_patch_view_event(is_disconnect ? "disconnect" : "connect",
			from->system, from->name, to->name));
}

static enum stage_status
desire(struct stage_patchbay *self, const char *patch,
	struct stage_desired **out, struct stage_err *err)
{
	struct stage_patch_list list = {0};
	const struct stage_desired_file file = {
		"the plan", STAGE_LAYER_GLOBAL, &list};
	enum stage_status status = stage_patch_text_parse(
		patch, strlen(patch), "the plan", &list, err);

	if (status == STAGE_OK) {
		status = stage_patch_store_desire(
			self->store, self->is_pipewire, &file, out, err);
	}
	stage_patch_list_finish(&list);
	return status;
}

static enum stage_status
handle(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_patchbay *self = ctx;
	const char *patch = stage_args_text(args, "patch", NULL);
	const char *word = stage_args_text(args, "mode", NULL);
	struct stage_desired *desired = NULL;
	enum stage_patch_mode mode =
		stage_patch_store_settings(self->store)->mode;
	enum stage_status status = STAGE_OK;
	json_t *edits = json_array();

	(void)call;
	if (word != NULL) {
		status = stage_patch_mode_parse(word, &mode, err);
	}
	if (status == STAGE_OK && patch != NULL) {
		status = desire(self, patch, &desired, err);
	}
	if (status == STAGE_OK && stage_engine_plan(self->engine, desired, mode,
					  on_edit, edits) != STAGE_OK) {
		status = stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
		self->is_lacking_memory = true;
		stage_patchbay_act(self);
	}
	stage_desired_destroy(desired);
	if (status != STAGE_OK) {
		json_decref(edits);
		return status;
	}
	*result = json_pack("{s:s, s:o}", "mode", stage_patch_mode_name(mode),
		"edits", edits);
	return STAGE_OK;
}

const struct stage_verb stage_patch_verb_plan = {
	.name = "plan",
	.args = args_table,
	.help = "What would be done if a file or a mode were in force",
	.deed = STAGE_DEED_LOOKS,
	.handler = handle,
};
