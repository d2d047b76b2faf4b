/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Many connections by one command.

#include <fnmatch.h>
#include <string.h>

#include "base/map.h"
#include "base/str.h"
#include "jack/names.h"
#include "patchbay/daemon_private.h"
#include "patchbay/verbs.h"

bool
stage_patch_is_ignored(
	const json_t *ignored, enum stage_patch_system system, const char *port)
{
	char client[STAGE_JACK_PORT_NAME_MAX];
	size_t len = stage_graph_client_len(system, port);

	if (len >= sizeof(client)) {
		return false;
	}
	memcpy(client, port, len);
	client[len] = '\0';
	for (size_t i = 0; i < json_array_size(ignored); i++) {
		if (fnmatch(json_string_value(json_array_get(ignored, i)),
			    client, 0) == 0) {
			return true;
		}
	}
	return false;
}

// What is connected and not in a list.
struct gathering {
	struct stage_map *pairs;        // of the list, by their keys
	enum stage_patch_system system; // COUNT: all
	const json_t *ignored;
	struct stage_patch_list *others;
	enum stage_status status;
};

static void
gather_other(
	void *user, struct stage_graph_port *from, struct stage_graph_port *to)
{
	struct gathering *gathering = user;
	struct stage_str key = {0};

	if (gathering->status != STAGE_OK ||
		(gathering->system != STAGE_PATCH_SYSTEM_COUNT &&
			gathering->system != from->system) ||
		stage_patch_is_ignored(
			gathering->ignored, from->system, from->name) ||
		stage_patch_is_ignored(
			gathering->ignored, to->system, to->name)) {
		return;
	}
	gathering->status =
		stage_patch_pair_key(&key, from->system, from->name, to->name);
	if (gathering->status == STAGE_OK &&
		stage_map_get(gathering->pairs, stage_str_text(&key)) == NULL) {
		gathering->status = stage_patch_list_want(
			gathering->others, from->system, from->name, to->name);
	}
	stage_str_finish(&key);
}

// Under the names that the ports have now, which are others' in ALSA.
static enum stage_status
note_pair(const struct stage_patchbay *self, struct stage_map *pairs,
	const struct stage_patch_statement *pair)
{
	const struct stage_desired *desired =
		stage_engine_desired(self->engine);
	const struct stage_graph_port *from = stage_desired_find_port(
		desired, pair->system, true, pair->from.text);
	const struct stage_graph_port *to = stage_desired_find_port(
		desired, pair->system, false, pair->to.text);
	struct stage_str key = {0};
	enum stage_status status = stage_patch_pair_key(&key, pair->system,
		from != NULL ? from->name : pair->from.text,
		to != NULL ? to->name : pair->to.text);

	if (status == STAGE_OK) {
		status = stage_map_put(pairs, stage_str_text(&key), pairs);
	}
	stage_str_finish(&key);
	return status;
}

static enum stage_status
gather_others(const struct stage_patchbay *self,
	const struct stage_patch_list *list, enum stage_patch_system system,
	const json_t *ignored, struct stage_patch_list *others)
{
	struct gathering gathering = {
		.pairs = stage_map_create(NULL),
		.system = system,
		.ignored = ignored,
		.others = others,
	};

	gathering.status = gathering.pairs != NULL ? STAGE_OK : STAGE_NO_MEMORY;
	for (size_t i = 0; i < list->count && gathering.status == STAGE_OK;
		i++) {
		gathering.status =
			note_pair(self, gathering.pairs, &list->items[i]);
	}
	stage_graph_each_connection(
		stage_engine_graph(self->engine), gather_other, &gathering);
	stage_map_destroy(gathering.pairs);
	return gathering.status;
}

static bool
is_wanted(const struct stage_patchbay *self,
	const struct stage_patch_statement *pair)
{
	enum stage_patch_policy policy;
	struct stage_reason reason;

	return stage_engine_judge(self->engine, pair->system, pair->from.text,
		       pair->to.text, &policy, &reason) &&
	       stage_patch_policy_is_wanted(policy);
}

// A copy of a statement that speaks of its ports as others do.
static enum stage_status
copy_spoken(const struct stage_patchbay *self,
	const struct stage_patch_statement *statement,
	struct stage_patch_list *out)
{
	enum stage_status status = stage_patch_list_add(out, statement);

	return status == STAGE_OK && statement->policy != STAGE_PATCH_FORBID
		       ? stage_patchbay_speak(self, &out->items[out->count - 1])
		       : status;
}

static enum stage_status
unlearn(struct stage_patchbay *self, const struct stage_patch_list *others)
{
	struct stage_patch_list spoken = {0};
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < others->count && status == STAGE_OK; i++) {
		status = copy_spoken(self, &others->items[i], &spoken);
	}
	for (size_t i = 0; i < spoken.count && status == STAGE_OK; i++) {
		stage_patch_store_unlearn(self->store, spoken.items[i].system,
			spoken.items[i].from.text, spoken.items[i].to.text);
	}
	stage_patch_list_finish(&spoken);
	return status;
}

static enum stage_status
learn_one(struct stage_patchbay *self,
	const struct stage_patch_statement *statement,
	enum stage_patch_policy policy)
{
	struct stage_patch_list spoken = {0};
	enum stage_status status = copy_spoken(self, statement, &spoken);
	bool has_changed;

	if (status == STAGE_OK) {
		spoken.items[0].policy = policy;
		status = stage_patch_store_learn(
			self->store, &spoken.items[0], &has_changed);
	}
	stage_patch_list_finish(&spoken);
	return status;
}

// First as if only learned.patch wanted them; what others want is denied.
static enum stage_status
deny(struct stage_patchbay *self, const struct stage_patch_list *others)
{
	enum stage_status status = unlearn(self, others);

	stage_patchbay_desire(self, false);
	for (size_t i = 0; i < others->count && status == STAGE_OK; i++) {
		if (is_wanted(self, &others->items[i])) {
			status = learn_one(
				self, &others->items[i], STAGE_PATCH_NOT);
		}
	}
	return status;
}

enum stage_status
stage_patchbay_learn_list(struct stage_patchbay *self,
	const struct stage_patch_list *list, bool is_only,
	enum stage_patch_system system, const json_t *ignored, json_t *result,
	struct stage_err *err)
{
	struct stage_patch_list others = {0};
	enum stage_status status =
		is_only ? gather_others(self, list, system, ignored, &others)
			: STAGE_OK;

	for (size_t i = 0; i < list->count && status == STAGE_OK; i++) {
		status =
			learn_one(self, &list->items[i], list->items[i].policy);
	}
	if (status == STAGE_OK) {
		status = deny(self, &others);
	}
	stage_patchbay_commit(self,
		list->count > 0 ? "connected by command"
				: "disconnected by command",
		result);
	for (size_t i = 0; i < others.count && status == STAGE_OK; i++) {
		stage_patchbay_cut(self, others.items[i].system,
			others.items[i].from.text, others.items[i].to.text);
	}
	stage_patch_list_finish(&others);
	return status == STAGE_OK ? STAGE_OK
				  : stage_err_set(err, status, "out of memory");
}

static const struct stage_verb_arg clear_args[] = {
	{"system", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"only of jack, or of alsa"},
	{"ignore", STAGE_ARG_TEXTS, STAGE_ARG_OPTIONAL,
		"clients to leave alone, fnmatch(3) patterns"},
	STAGE_ARGS_END,
};

static enum stage_status
handle_clear(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	const struct stage_patch_list none = {0};
	enum stage_patch_system system;
	enum stage_status status = stage_patch_verb_system(args, &system, err);

	(void)call;
	if (status != STAGE_OK) {
		return status;
	}
	*result = json_object();
	return stage_patchbay_learn_list(ctx, &none, true, system,
		json_object_get(args, "ignore"), *result, err);
}

const struct stage_verb stage_patch_verb_clear = {
	.name = "clear",
	.args = clear_args,
	.help = "Disconnects everything, as by command",
	.deed = STAGE_DEED_CHANGES,
	.handler = handle_clear,
};
