/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// undo, redo, history, diff: the generations of learned.patch.

#include "patchbay/daemon_private.h"
#include "patchbay/utc.h"
#include "patchbay/verbs.h"
#include "patchbay/view.h"

static const struct stage_verb_arg undo_args[] = {
	{"count", STAGE_ARG_INTEGER, STAGE_ARG_OPTIONAL, "how many changes"},
	STAGE_ARGS_END,
};

static const struct stage_verb_arg diff_args[] = {
	{"from", STAGE_ARG_INTEGER, STAGE_ARG_OPTIONAL,
		"a generation; else the one before"},
	{"to", STAGE_ARG_INTEGER, STAGE_ARG_OPTIONAL,
		"a generation; else the one in force"},
	STAGE_ARGS_END,
};

static json_t *
view_diff(struct stage_patchbay *self, uint64_t from, uint64_t to,
	enum stage_status *status, struct stage_err *err)
{
	struct stage_patch_list added = {0};
	struct stage_patch_list removed = {0};
	json_t *view = NULL;

	*status = stage_history_diff(stage_patch_store_history(self->store),
		from, to, &added, &removed, err);
	if (*status == STAGE_OK) {
		view = json_pack("{s:I, s:I, s:o, s:o}", "from",
			(json_int_t)from, "to", (json_int_t)to, "added",
			stage_patch_view_lines(&added), "removed",
			stage_patch_view_lines(&removed));
	}
	stage_patch_list_finish(&added);
	stage_patch_list_finish(&removed);
	return view;
}

static enum stage_status
step(struct stage_patchbay *self, bool is_redo, json_t *args, json_t **result,
	struct stage_err *err)
{
	int64_t count = stage_args_integer(args, "count", 1);
	const struct stage_history *history =
		stage_patch_store_history(self->store);
	uint64_t before = stage_history_current(history);
	struct stage_err ignored = STAGE_ERR_INIT;
	unsigned done = 0;
	enum stage_status status;

	if (count < 1 || count > 50) {
		return stage_err_set(
			err, STAGE_BAD_INPUT, "count must be from 1 to 50");
	}
	status = stage_patch_store_undo(
		self->store, is_redo, (unsigned)count, &done, err);
	// The user's own edit of the file may have come in by that, too.
	stage_patchbay_desire(self, false);
	stage_patchbay_act(self);
	if (status != STAGE_OK) {
		return status;
	}
	*result = view_diff(self, before, stage_history_current(history),
		&status, &ignored);
	if (*result == NULL) {
		*result = json_object();
	}
	json_object_set_new(*result, "done", json_integer(done));
	return STAGE_OK;
}

static enum stage_status
undo(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)call;
	return step(ctx, false, args, result, err);
}

static enum stage_status
redo(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)call;
	return step(ctx, true, args, result, err);
}

static json_t *
view_generation(const struct stage_learned_head *head, uint64_t current)
{
	char time[STAGE_UTC_BYTES + 1];

	(void)stage_utc_write(head->time_s, time);
	return json_pack("{s:I, s:s, s:s, s:I, s:I, s:b}", "number",
		(json_int_t)head->number, "time", time, "reason", head->reason,
		"undo", (json_int_t)head->undo, "redo", (json_int_t)head->redo,
		"in_force", head->number == current);
}

static enum stage_status
history(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_patchbay *self = ctx;
	const struct stage_history *of = stage_patch_store_history(self->store);
	size_t count;
	const struct stage_learned_head *heads = stage_history_list(of, &count);
	json_t *list = json_array();

	(void)call;
	(void)args;
	(void)err;
	for (size_t i = count; i > 0; i--) {
		json_array_append_new(list, view_generation(&heads[i - 1],
						    stage_history_current(of)));
	}
	*result = json_pack("{s:o}", "generations", list);
	return STAGE_OK;
}

static enum stage_status
diff(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_patchbay *self = ctx;
	int64_t current = (int64_t)stage_history_current(
		stage_patch_store_history(self->store));
	int64_t to = stage_args_integer(args, "to", current);
	int64_t from = stage_args_integer(args, "from", to > 0 ? to - 1 : 0);
	enum stage_status status;

	(void)call;
	if (from < 0 || to < 0) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"a generation is a number from 0, which is the empty "
			"one before all others");
	}
	*result = view_diff(self, (uint64_t)from, (uint64_t)to, &status, err);
	return status;
}

const struct stage_verb stage_patch_verb_undo = {
	.name = "undo",
	.args = undo_args,
	.help = "Takes the last changes of what was learned back",
	.deed = STAGE_DEED_CHANGES,
	.handler = undo,
};

const struct stage_verb stage_patch_verb_redo = {
	.name = "redo",
	.args = undo_args,
	.help = "Makes changes again that were taken back",
	.deed = STAGE_DEED_CHANGES,
	.handler = redo,
};

const struct stage_verb stage_patch_verb_history = {
	.name = "history",
	.help = "The generations of what was learned, newest first",
	.deed = STAGE_DEED_LOOKS,
	.handler = history,
};

const struct stage_verb stage_patch_verb_diff = {
	.name = "diff",
	.args = diff_args,
	.help = "What came and went from one generation to another",
	.deed = STAGE_DEED_LOOKS,
	.handler = diff,
};
