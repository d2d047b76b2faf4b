/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// connect, disconnect, forbid: statements in learned.patch.

#include <stdlib.h>
#include <string.h>

#include "patchbay/daemon_private.h"
#include "patchbay/verbs.h"
#include "patchbay/view.h"

static const struct stage_verb_arg pair_args[] = {
	STAGE_PATCH_ARG_FROM,
	STAGE_PATCH_ARG_TO,
	STAGE_ARGS_END,
};

static const struct stage_verb_arg forbid_args[] = {
	STAGE_PATCH_ARG_FROM,
	STAGE_PATCH_ARG_TO,
	{"except", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"outputs that may all the same"},
	{"lift", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL,
		"take this forbid back"},
	STAGE_ARGS_END,
};

struct waiting {
	const struct stage_patch_statement *statement;
	json_t *names;
};

// What is said about two ports that are there; reason->is_said is false when
// nothing is, or when they are not.
static enum stage_patch_policy
judge(struct stage_patchbay *self,
	const struct stage_patch_statement *statement,
	struct stage_reason *reason)
{
	enum stage_patch_policy policy = STAGE_PATCH_NOT;

	*reason = (struct stage_reason){0};
	if (stage_patch_statement_is_pair(statement)) {
		(void)stage_engine_judge(self->engine, statement->system,
			statement->from.text, statement->to.text, &policy,
			reason);
	}
	return policy;
}

/* What was learned is in force now, but for what stands above it. Returns
 * whether anything does. */
static bool
warn_overruled(struct stage_patchbay *self,
	const struct stage_patch_statement *statement, json_t *result)
{
	bool is_want = statement->policy == STAGE_PATCH_WANT;
	struct stage_reason reason;
	enum stage_patch_policy policy = judge(self, statement, &reason);
	json_t *file;

	if (!reason.is_said ||
		stage_patch_policy_is_wanted(policy) == is_want) {
		return false;
	}
	file = stage_patch_view_file(reason.file);
	json_object_set_new(result, "warning",
		json_sprintf("noted, but %s line %u stands above it",
			json_string_value(file), reason.line));
	json_decref(file);
	return true;
}

static enum stage_status
add(struct stage_patchbay *self, const struct stage_patch_statement *statement,
	bool has_changed, const char *reason, json_t **result,
	struct stage_err *err)
{
	enum stage_status status =
		stage_patch_store_learn(self->store, statement, &has_changed);

	if (status != STAGE_OK) {
		return stage_err_set(err, status, "out of memory");
	}
	*result = json_pack("{s:b, s:o}", "changed", has_changed, "line",
		stage_patch_view_line(statement));
	stage_patchbay_commit(self, reason, *result);
	return STAGE_OK;
}

// A forbid of the very same ends that was learned gives way to a wish. Returns
// whether there was one.
static bool
lift_forbid(struct stage_patchbay *self,
	const struct stage_patch_statement *statement)
{
	struct stage_patch_statement forbid = *statement;

	forbid.policy = STAGE_PATCH_FORBID;
	return stage_patch_store_forget(self->store, &forbid);
}

// Names that mean no port now: perhaps a slip of the keyboard.
static void
note_waiting(void *user, const struct stage_wish *wish)
{
	struct waiting *waiting = user;

	if (wish->system != waiting->statement->system ||
		strcmp(wish->from, waiting->statement->from.text) != 0 ||
		strcmp(wish->to, waiting->statement->to.text) != 0) {
		return;
	}
	if (wish->from_port == NULL) {
		json_array_append_new(waiting->names,
			stage_patch_view_name(wish->system, wish->from));
	}
	if (wish->to_port == NULL) {
		json_array_append_new(waiting->names,
			stage_patch_view_name(wish->system, wish->to));
	}
}

static void
tell_waiting(struct stage_patchbay *self,
	const struct stage_patch_statement *statement, json_t *result)
{
	struct waiting waiting = {statement, json_array()};

	if (stage_patch_statement_is_pair(statement)) {
		stage_desired_wishes(stage_engine_desired(self->engine),
			note_waiting, &waiting);
	}
	json_object_set_new(result, "waits_for", waiting.names);
}

// The port of that very name, which a person has pasted, or NULL.
static const struct stage_graph_port *
port_of(const struct stage_patchbay *self, enum stage_patch_system system,
	bool is_output, const struct stage_patch_end *end)
{
	return end->match != STAGE_PATCH_LITERAL
		       ? NULL
		       : stage_graph_find(stage_engine_graph(self->engine),
				 system, is_output, end->text);
}

static enum stage_status
rename_end(struct stage_patch_end *end, const char *name)
{
	char *copy;

	if (strcmp(name, end->text) == 0) {
		return STAGE_OK;
	}
	copy = strdup(name);
	if (copy == NULL) {
		return STAGE_NO_MEMORY;
	}
	free(end->text);
	end->text = copy;
	return STAGE_OK;
}

enum stage_status
stage_patchbay_speak(const struct stage_patchbay *self,
	struct stage_patch_statement *statement)
{
	const struct stage_graph_port *from =
		port_of(self, statement->system, true, &statement->from);
	const struct stage_graph_port *to =
		port_of(self, statement->system, false, &statement->to);
	const char *from_name = statement->from.text;
	const char *to_name = statement->to.text;
	enum stage_status status;

	if (from != NULL && to != NULL) {
		stage_desired_names(from, to, &from_name, &to_name);
	} else if (from != NULL) {
		from_name = stage_desired_name_of(from);
	} else if (to != NULL) {
		to_name = stage_desired_name_of(to);
	}
	status = rename_end(&statement->from, from_name);
	return status == STAGE_OK ? rename_end(&statement->to, to_name)
				  : status;
}

// Two that are there and cannot be connected: perhaps in the wrong order.
static void
warn_unfit(struct stage_patchbay *self,
	const struct stage_patch_statement *statement, json_t *result)
{
	const struct stage_desired *desired =
		stage_engine_desired(self->engine);
	const struct stage_graph_port *from = stage_desired_find_port(
		desired, statement->system, true, statement->from.text);
	const struct stage_graph_port *to = stage_desired_find_port(
		desired, statement->system, false, statement->to.text);

	if (stage_patch_statement_is_pair(statement) && from != NULL &&
		to != NULL && !stage_graph_can_connect(from, to)) {
		json_object_set_new(result, "warning",
			json_string("noted, but the server cannot connect "
				    "these two: it takes an output and then an "
				    "input, of the same type"));
	}
}

// A statement about ports that somebody wants connected, or not: as it was
// typed, and as it is to be written down.
struct request {
	struct stage_patch_list typed; // one
	struct stage_patch_list spoken;
};

static void
finish_request(struct request *self)
{
	stage_patch_list_finish(&self->typed);
	stage_patch_list_finish(&self->spoken);
}

static enum stage_status
read_request(const struct stage_patchbay *self, const json_t *args,
	struct request *out, struct stage_err *err)
{
	enum stage_status status = stage_patch_verb_statement(
		args, STAGE_PATCH_WANT, &out->typed, err);

	if (status != STAGE_OK) {
		return status;
	}
	status = stage_patch_list_add(&out->spoken, &out->typed.items[0]);
	if (status == STAGE_OK) {
		status = stage_patchbay_speak(self, &out->spoken.items[0]);
	}
	return status == STAGE_OK ? STAGE_OK
				  : stage_err_set(err, status, "out of memory");
}

static enum stage_status
handle_connect(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	struct request request = {{0}, {0}};
	enum stage_status status = read_request(ctx, args, &request, err);

	(void)call;
	if (status == STAGE_OK) {
		const struct stage_patch_statement *want =
			&request.spoken.items[0];
		// A forbid has its names as they were typed.
		bool is_lifted = lift_forbid(ctx, &request.typed.items[0]);
		status = add(ctx, want, is_lifted, "connected by command",
			result, err);
		if (status == STAGE_OK) {
			warn_unfit(ctx, want, *result);
			(void)warn_overruled(ctx, want, *result);
			tell_waiting(ctx, want, *result);
		}
	}
	finish_request(&request);
	return status;
}

struct wanting {
	const struct stage_patch_statement *named;
	bool is_wanted;
};

// A rule with the very same patterns.
static void
look_for_rule(void *user, const struct stage_desired_file *file)
{
	struct wanting *wanting = user;

	for (size_t i = 0; i < file->list->count; i++) {
		const struct stage_patch_statement *item =
			&file->list->items[i];
		wanting->is_wanted |=
			stage_patch_policy_is_wanted(item->policy) &&
			item->system == wanting->named->system &&
			stage_patch_end_is_same(
				&item->from, &wanting->named->from) &&
			stage_patch_end_is_same(&item->to, &wanting->named->to);
	}
}

/* Whether it is still wanted when learned.patch does not say so: also by a line
 * about ports that are not there now. */
static bool
is_wanted_by_others(struct stage_patchbay *self,
	const struct stage_patch_statement *statement)
{
	struct wanting wanting = {.named = statement};
	struct stage_reason reason;
	enum stage_patch_policy policy;

	stage_patchbay_desire(self, false);
	if (!stage_patch_statement_is_pair(statement)) {
		stage_patch_store_each(self->store, look_for_rule, &wanting);
		return wanting.is_wanted;
	}
	policy = judge(self, statement, &reason);
	if (!reason.is_said) {
		policy = stage_desired_judge_names(
			stage_engine_desired(self->engine), statement->system,
			statement->from.text, statement->to.text, &reason);
	}
	return stage_patch_policy_is_wanted(policy);
}

/* What only learned.patch wants is taken out of it; what others want is denied
 * there. A rule likewise: a `not` with the same patterns masks it. */
static enum stage_status
deny(struct stage_patchbay *self, struct request *request, json_t **result,
	struct stage_err *err)
{
	static const char reason[] = "disconnected by command";
	struct stage_patch_statement *spoken = &request->spoken.items[0];

	if (stage_patch_store_forget(self->store, spoken) &&
		!is_wanted_by_others(self, &request->typed.items[0])) {
		*result = json_pack("{s:b}", "changed", true);
		stage_patchbay_commit(self, reason, *result);
		return STAGE_OK;
	}
	spoken->policy = STAGE_PATCH_NOT;
	return add(self, spoken, false, reason, result, err);
}

static enum stage_status
handle_disconnect(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	struct stage_patchbay *self = ctx;
	struct request request = {{0}, {0}};
	enum stage_status status = read_request(self, args, &request, err);

	(void)call;
	if (status == STAGE_OK) {
		status = deny(self, &request, result, err);
	}
	if (status == STAGE_OK) {
		struct stage_patch_statement *typed = &request.typed.items[0];
		typed->policy = STAGE_PATCH_NOT;
		if (stage_patch_statement_is_pair(typed) &&
			!warn_overruled(self, typed, *result)) {
			stage_patchbay_cut(self, typed->system,
				typed->from.text, typed->to.text);
		}
	}
	finish_request(&request);
	return status;
}

static enum stage_status
handle_forbid(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	struct stage_patchbay *self = ctx;
	struct stage_patch_list list = {0};
	enum stage_status status = stage_patch_verb_statement(
		args, STAGE_PATCH_FORBID, &list, err);

	(void)call;
	if (status != STAGE_OK) {
		return status;
	}
	if (!stage_args_boolean(args, "lift", false)) {
		status = add(self, &list.items[0], false,
			"forbidden by command", result, err);
	} else if (stage_patch_store_forget(self->store, &list.items[0])) {
		*result = json_pack("{s:b}", "changed", true);
		stage_patchbay_commit(self, "forbid lifted", *result);
	} else {
		status = stage_err_set(err, STAGE_NOT_FOUND,
			"no forbid of this was made by command; stagecraft "
			"patch rules shows which there are, and their files");
	}
	stage_patch_list_finish(&list);
	return status;
}

const struct stage_verb stage_patch_verb_connect = {
	.name = "connect",
	.args = pair_args,
	.help = "Connects two ports now and whenever both are there",
	.deed = STAGE_DEED_CHANGES,
	.handler = handle_connect,
};

const struct stage_verb stage_patch_verb_disconnect = {
	.name = "disconnect",
	.args = pair_args,
	.help = "Disconnects two ports and wants them connected no longer",
	.deed = STAGE_DEED_CHANGES,
	.handler = handle_disconnect,
};

const struct stage_verb stage_patch_verb_forbid = {
	.name = "forbid",
	.args = forbid_args,
	.help = "Removes a connection whenever somebody makes it",
	.deed = STAGE_DEED_CHANGES,
	.handler = handle_forbid,
};
