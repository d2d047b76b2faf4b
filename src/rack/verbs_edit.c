/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/verbs_edit.h"

#include <string.h>

#include "rack/daemon.h"
#include "rack/edit.h"

static enum stage_status
find(void *ctx, const json_t *args, const char *key,
	struct stage_rack_slot **out, struct stage_err *err)
{
	return stage_rack_find(stage_rack_daemon_rack(ctx),
		stage_args_text(args, key, ""), out, err);
}

static enum stage_status
add(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_rack_slot *slot = NULL;
	enum stage_status status =
		stage_rack_edit_add(stage_rack_daemon_rack(ctx),
			stage_args_text(args, "plugin", ""),
			stage_args_text(args, "name", ""), &slot, err);

	(void)call;
	if (status == STAGE_OK) {
		*result = json_pack("{s:s, s:s, s:s}", "slot", slot->config.id,
			"file", slot->config.file, "fault", slot->fault);
		stage_rack_daemon_changed(ctx);
	}
	return status;
}

static enum stage_status
remove_slot(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	struct stage_rack_slot *slot = NULL;
	char file[STAGE_RACK_FILE_MAX];
	enum stage_status status = find(ctx, args, "slot", &slot, err);

	(void)call;
	if (status == STAGE_OK) {
		status = stage_rack_edit_remove(
			stage_rack_daemon_rack(ctx), slot, file, err);
	}
	if (status == STAGE_OK) {
		*result = json_pack("{s:s}", "file", file);
		stage_rack_daemon_changed(ctx);
	}
	return status;
}

static const struct {
	const char *word;
	enum stage_rack_where where;
	bool needs_other;
} places[] = {
	{"first", STAGE_RACK_FIRST, false},
	{"last", STAGE_RACK_LAST, false},
	{"before", STAGE_RACK_BEFORE, true},
	{"behind", STAGE_RACK_BEHIND, true},
};

static enum stage_status
read_where(
	const json_t *args, enum stage_rack_where *out, struct stage_err *err)
{
	const char *word = stage_args_text(args, "where", "");
	bool has_other = json_object_get(args, "other") != NULL;

	for (size_t i = 0; i < STAGE_COUNT_OF(places); i++) {
		if (strcmp(places[i].word, word) == 0 &&
			places[i].needs_other == has_other) {
			*out = places[i].where;
			return STAGE_OK;
		}
	}
	return stage_err_set(err, STAGE_BAD_INPUT,
		"a slot moves first, last, before SLOT or behind SLOT, not "
		"\"%s\"%s",
		word, has_other ? " and a slot" : "");
}

static enum stage_status
move(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_rack_slot *slot = NULL;
	struct stage_rack_slot *other = NULL;
	enum stage_rack_where where = STAGE_RACK_FIRST;
	enum stage_status status = find(ctx, args, "slot", &slot, err);

	(void)call;
	(void)result;
	if (status == STAGE_OK) {
		status = read_where(args, &where, err);
	}
	if (status == STAGE_OK && json_object_get(args, "other") != NULL) {
		status = find(ctx, args, "other", &other, err);
	}
	if (status == STAGE_OK) {
		status = stage_rack_edit_move(
			stage_rack_daemon_rack(ctx), slot, where, other, err);
		stage_rack_daemon_changed(ctx);
	}
	return status;
}

static enum stage_status
commit(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_rack *rack = stage_rack_daemon_rack(ctx);
	struct stage_rack_slot *slot = NULL;
	bool is_undo = stage_args_boolean(args, "undo", false);
	size_t count = 0;
	enum stage_status status = STAGE_OK;

	(void)call;
	if (json_object_get(args, "slot") != NULL && is_undo) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"what is taken back is the last commit, whole; name no "
			"slot");
	}
	if (json_object_get(args, "slot") != NULL) {
		status = find(ctx, args, "slot", &slot, err);
	}
	if (status == STAGE_OK) {
		status = is_undo ? stage_rack_edit_undo(rack, &count, err)
				 : stage_rack_edit_commit(
					   rack, slot, &count, err);
		stage_rack_daemon_changed(ctx);
	}
	if (status == STAGE_OK) {
		*result = json_pack("{s:i}", "files", (int)count);
	}
	return status;
}

static const struct stage_verb_arg add_args[] = {
	{"plugin", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED,
		"its URI, or a part of its name that no other one has"},
	{"name", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"of the slot; else made of the plug-in's"},
	STAGE_ARGS_END,
};
const struct stage_verb stage_rack_verb_add = {
	.name = "add",
	.args = add_args,
	.help = "Makes a slot file for a plug-in, the last one",
	.deed = STAGE_DEED_CHANGES,
	.handler = add,
};

static const struct stage_verb_arg slot_args[] = {
	{"slot", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "which"},
	STAGE_ARGS_END,
};
const struct stage_verb stage_rack_verb_remove = {
	.name = "remove",
	.args = slot_args,
	.help = "Takes a slot out; its file is renamed",
	.deed = STAGE_DEED_CHANGES,
	.handler = remove_slot,
};

static const struct stage_verb_arg move_args[] = {
	{"slot", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "which"},
	{"where", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED,
		"first, last, before, behind"},
	{"other", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"the slot that it stands before or behind then"},
	STAGE_ARGS_END,
};
const struct stage_verb stage_rack_verb_move = {
	.name = "move",
	.args = move_args,
	.help = "Moves a slot to another place in the sound",
	.deed = STAGE_DEED_CHANGES,
	.handler = move,
};

static const struct stage_verb_arg commit_args[] = {
	{"slot", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL, "which; else all of them"},
	{"undo", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL,
		"true: puts back what the last commit changed"},
	STAGE_ARGS_END,
};
const struct stage_verb stage_rack_verb_commit = {
	.name = "commit",
	.args = commit_args,
	.help = "Writes the values of now into the slot files",
	.deed = STAGE_DEED_CHANGES,
	.handler = commit,
};
