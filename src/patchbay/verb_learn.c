/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// learn: takes over what is connected now, and decides about what went at once.

#include "patchbay/daemon_private.h"
#include "patchbay/verbs.h"

static const struct stage_verb_arg args_table[] = {
	{"keep", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL,
		"make again what went all at once"},
	{"drop", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL,
		"forget what went all at once"},
	STAGE_ARGS_END,
};

struct learning {
	struct stage_patch_store *store;
	size_t count;
	enum stage_status status;
};

static void
learn_connection(void *user, const struct stage_graph_port *from,
	const struct stage_graph_port *to, const struct stage_reason *reason)
{
	struct learning *learning = user;
	struct stage_patch_how how = stage_graph_how(from, to);
	const char *from_name;
	const char *to_name;
	bool has_changed = false;

	if (reason->is_said || learning->status != STAGE_OK) {
		return;
	}
	stage_desired_names(from, to, &from_name, &to_name);
	learning->status =
		stage_patch_store_learn_pair(learning->store, STAGE_PATCH_WANT,
			from->system, from_name, to_name, &how, &has_changed);
	learning->count += has_changed;
}

static enum stage_status
learn_all(struct stage_patchbay *self, json_t **result, struct stage_err *err)
{
	struct learning learning = {self->store, 0, STAGE_OK};

	stage_engine_each_connection(self->engine, learn_connection, &learning);
	if (learning.status != STAGE_OK) {
		return stage_err_set(err, learning.status, "out of memory");
	}
	*result = json_pack("{s:I}", "learned", (json_int_t)learning.count);
	stage_patchbay_commit(self, "what was connected", *result);
	return STAGE_OK;
}

static enum stage_status
handle(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_patchbay *self = ctx;
	bool is_kept = stage_args_boolean(args, "keep", false);
	bool is_dropped = stage_args_boolean(args, "drop", false);
	size_t count;

	(void)call;
	if (is_kept && is_dropped) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"what went at once can be kept or dropped, not both");
	}
	if (!is_kept && !is_dropped) {
		return learn_all(self, result, err);
	}
	count = stage_engine_release(self->engine, is_dropped);
	stage_patchbay_act(self);
	*result = json_pack(
		"{s:I}", is_dropped ? "dropped" : "kept", (json_int_t)count);
	return STAGE_OK;
}

const struct stage_verb stage_patch_verb_learn = {
	.name = "learn",
	.args = args_table,
	.help = "Learns what is connected now and stands in no file",
	.deed = STAGE_DEED_CHANGES,
	.handler = handle,
};
