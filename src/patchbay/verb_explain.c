/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// explain: why a connection is there or not, in a sentence or two.

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "patchbay/daemon_private.h"
#include "patchbay/utc.h"
#include "patchbay/verbs.h"
#include "patchbay/view.h"

static const struct stage_verb_arg args_table[] = {
	STAGE_PATCH_ARG_FROM,
	STAGE_PATCH_ARG_TO,
	STAGE_ARGS_END,
};

// What is asked about, and what there is to say.
struct question {
	struct stage_patchbay *self;
	enum stage_patch_system system;
	const char *from;
	const char *to;
	bool is_wish; // `wish` is the one between these names
	struct stage_wish wish;
	const struct stage_graph_port *from_port; // NULL: it is not there
	const struct stage_graph_port *to_port;
	struct stage_reason reason; // what decides
};

static void
match_wish(void *user, const struct stage_wish *wish)
{
	struct question *question = user;

	if (wish->system == question->system &&
		strcmp(wish->from, question->from) == 0 &&
		strcmp(wish->to, question->to) == 0) {
		question->is_wish = true;
		question->wish = *wish;
	}
}

// A name may mean a port that is called otherwise now.
static void
look_up(struct question *question)
{
	const struct stage_desired *desired =
		stage_engine_desired(question->self->engine);

	question->from_port = stage_desired_find_port(
		desired, question->system, true, question->from);
	question->to_port = stage_desired_find_port(
		desired, question->system, false, question->to);
	stage_desired_wishes(desired, match_wish, question);
	if (question->from_port != NULL && question->to_port != NULL) {
		(void)stage_desired_judge(desired, question->from_port,
			question->to_port, &question->reason);
	} else {
		(void)stage_desired_judge_names(desired, question->system,
			question->from, question->to, &question->reason);
	}
}

// Who says what: "learned.patch line 7 wants it (global, since ...)".
static enum stage_status
say_reason(const struct question *question, struct stage_str *out)
{
	static const char *const verbs[STAGE_PATCH_POLICY_COUNT] = {
		[STAGE_PATCH_WANT] = "wants it",
		[STAGE_PATCH_NOT] = "does not want it",
		[STAGE_PATCH_FORBID] = "forbids it",
		[STAGE_PATCH_ALSO] = "wants it as a copy of another one",
		[STAGE_PATCH_ONLY] = "wants it, and nothing else there",
	};
	const struct stage_reason *reason = &question->reason;
	char since[STAGE_UTC_BYTES + 1];
	enum stage_status status;
	json_t *file;

	if (!reason->is_said) {
		return stage_str_addf(out, "no file says anything about it");
	}
	file = stage_patch_view_file(reason->file);
	status = file != NULL ? stage_str_add(out, json_string_value(file))
			      : STAGE_NO_MEMORY;
	json_decref(file);
	if (status == STAGE_OK && reason->line > 0) {
		status = stage_str_addf(out, " line %u", reason->line);
	}
	if (status == STAGE_OK) {
		status = stage_str_addf(out, " %s", verbs[reason->policy]);
	}
	if (status == STAGE_OK && reason->since_s > 0 &&
		stage_utc_write(reason->since_s, since)) {
		status = stage_str_addf(out, ", since %s", since);
	}
	return status;
}

static enum stage_status
say_absent(const struct question *question, struct stage_str *out)
{
	const struct stage_patchbay_server *server =
		&question->self->servers[question->system];
	const char *why = stage_patchbay_absence(server);
	const char *which =
		question->from_port == NULL && question->to_port == NULL
			? "neither port is"
		: question->from_port == NULL ? "the output is not"
					      : "the input is not";

	if (question->is_wish && (question->wish.is_from_ambiguous ||
					 question->wish.is_to_ambiguous)) {
		return stage_str_addf(out,
			"two ports answer to the name of %s equally well, so "
			"neither is taken",
			question->wish.is_from_ambiguous ? "the output"
							 : "the input");
	}
	if (!server->is_up && why != NULL) {
		return stage_str_addf(out, "%s", why);
	}
	return stage_str_addf(out, "%s there now", which);
}

static enum stage_status
say_cut(const struct question *question, struct stage_str *out)
{
	const char *name = question->from_port->name;
	int len = (int)stage_graph_client_len(question->system, name);

	return stage_str_addf(out,
		"but client %.*s finishes no cycles, so those that it feeds "
		"are cut off from it until it goes on",
		len, name);
}

// Why a connection of two ports that are there is not.
static enum stage_status
say_apart(const struct question *question, struct stage_str *out)
{
	static const char *const words[STAGE_VIEW_STATE_COUNT] = {
		[STAGE_VIEW_OVERRULED] = "so it is kept apart",
		[STAGE_VIEW_UNFIT] =
			"but the server cannot connect these two: an output "
			"and an input of the same type it takes",
		[STAGE_VIEW_OFF] = "but its mode is off, so nothing is done",
		[STAGE_VIEW_UNDER_WAY] = "and it is being made",
		[STAGE_VIEW_DOUBTED] =
			"but it was removed just now; a moment will tell "
			"whether by hand",
		[STAGE_VIEW_WITHHELD] =
			"but it was removed together with many others and is "
			"left so; stagecraft patch learn --keep makes them "
			"again, --drop forgets them",
		[STAGE_VIEW_CONTESTED] =
			"but somebody keeps removing it, so it is tried ever "
			"more rarely",
		[STAGE_VIEW_REFUSED] = "but the server has refused it",
		[STAGE_VIEW_SILENCED] = "but it is silenced until the panic is "
					"over: stagecraft "
					"show calm",
	};
	struct stage_wish wish = question->wish;
	enum stage_patch_view_state state;

	wish.from_port = question->from_port;
	wish.to_port = question->to_port;
	state = stage_patch_view_state(question->self->engine, &wish);
	if (state == STAGE_VIEW_CONTESTED &&
		stage_engine_is_cut(
			question->self->engine, wish.from_port, wish.to_port)) {
		return say_cut(question, out);
	}
	return words[state] != NULL ? stage_str_addf(out, "%s", words[state])
				    : STAGE_OK;
}

static bool
is_connected(const struct question *question)
{
	return question->from_port != NULL && question->to_port != NULL &&
	       stage_graph_is_connected(question->from_port, question->to_port);
}

static enum stage_status
say_since(const struct question *question, struct stage_str *out)
{
	struct stage_link link = stage_engine_look(
		question->self->engine, question->from_port, question->to_port);

	if (link.state == STAGE_LINK_LEARNING) {
		return stage_str_addf(
			out, "; made by hand just now, it is being learned");
	}
	if (link.made_ns == 0) {
		return stage_str_addf(
			out, "; the patchbay did not have to make it");
	}
	return stage_str_addf(out, "; the patchbay made it %lld s ago",
		(long long)((stage_clock_now_ns() - link.made_ns) /
			    STAGE_NS_PER_S));
}

static enum stage_status
say(const struct question *question, struct stage_str *out)
{
	enum stage_status status = stage_str_addf(out,
		"%s: ", is_connected(question) ? "connected" : "not connected");
	bool are_there =
		question->from_port != NULL && question->to_port != NULL;

	if (status == STAGE_OK) {
		status = say_reason(question, out);
	}
	if (status != STAGE_OK) {
		return status;
	}
	if (is_connected(question)) {
		return say_since(question, out);
	}
	if (question->reason.is_said || !are_there) {
		status = stage_str_addf(out, "; ");
	}
	if (status != STAGE_OK) {
		return status;
	}
	if (!are_there) {
		return say_absent(question, out);
	}
	return question->reason.is_said ? say_apart(question, out) : STAGE_OK;
}

static enum stage_status
check_names(const struct stage_patch_statement *asked, struct stage_err *err)
{
	if (stage_patch_statement_is_pair(asked)) {
		return STAGE_OK;
	}
	return stage_err_set(err, STAGE_BAD_INPUT,
		"one connection can be explained, not a pattern; put quotes "
		"around a name that has a * or a ? in it");
}

static enum stage_status
handle(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_patch_list list = {0};
	struct question question = {.self = ctx};
	struct stage_str sentence = {0};
	enum stage_status status =
		stage_patch_verb_statement(args, STAGE_PATCH_WANT, &list, err);

	(void)call;
	if (status == STAGE_OK) {
		status = check_names(&list.items[0], err);
	}
	if (status != STAGE_OK) {
		stage_patch_list_finish(&list);
		return status;
	}
	question.system = list.items[0].system;
	question.from = list.items[0].from.text;
	question.to = list.items[0].to.text;
	look_up(&question);
	status = say(&question, &sentence);
	if (status == STAGE_OK) {
		*result = json_pack("{s:s, s:b, s:b, s:b}", "sentence",
			stage_str_text(&sentence), "connected",
			is_connected(&question), "from_there",
			question.from_port != NULL, "to_there",
			question.to_port != NULL);
		stage_patch_view_reason(*result, &question.reason);
	} else {
		stage_err_set(err, status, "out of memory");
	}
	stage_str_finish(&sentence);
	stage_patch_list_finish(&list);
	return status;
}

const struct stage_verb stage_patch_verb_explain = {
	.name = "explain",
	.args = args_table,
	.help = "Says why a connection is there or not, and since when",
	.deed = STAGE_DEED_LOOKS,
	.handler = handle,
};
