/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// list, missing, rules: what there is.

#include <stdio.h>
#include <string.h>

#include "patchbay/daemon_private.h"
#include "patchbay/patch_text.h"
#include "patchbay/verbs.h"
#include "patchbay/view.h"
#include "rpc/proto.h"

#define CLIENT_MAX 256 // bytes; JACK2 has 64

static enum stage_status
list(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_patchbay *self = ctx;

	(void)call;
	(void)args;
	(void)err;
	*result = json_pack("{s:b, s:o, s:o}", "is_server_up",
		self->servers[STAGE_PATCH_JACK].is_up, "alsa",
		stage_patchbay_view_alsa(self), "connections",
		stage_patchbay_view_connections(self));
	return STAGE_OK;
}

static enum stage_status
ports(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_patchbay *self = ctx;
	const struct stage_graph_port *port =
		stage_graph_first(stage_engine_graph(self->engine));
	json_t *list = json_array();

	(void)call;
	(void)args;
	(void)err;
	for (; port != NULL; port = port->next) {
		json_array_append_new(list,
			json_pack("{s:o, s:s, s:s, s:b, s:b}", "name",
				stage_patch_view_name(port->system, port->name),
				"system", stage_patch_system_name(port->system),
				"type", port->type, "is_output",
				port->is_output, "is_physical",
				port->is_physical));
	}
	*result = json_pack("{s:o}", "ports", list);
	return STAGE_OK;
}

// Missing names: each once, with what waits for it.

static void
note_missing(json_t *names, enum stage_patch_system system, const char *name,
	bool is_ambiguous)
{
	json_t *text = stage_patch_view_name(system, name);
	const char *key = json_string_value(text);
	json_t *item = key != NULL ? json_object_get(names, key) : NULL;

	if (key != NULL && item == NULL) {
		item = json_pack("{s:O, s:b, s:i}", "name", text, "ambiguous",
			is_ambiguous, "connections", 0);
		item = json_object_set_new(names, key, item) == 0 ? item : NULL;
	}
	if (item != NULL) {
		json_t *count = json_object_get(item, "connections");
		json_integer_set(count, json_integer_value(count) + 1);
	}
	json_decref(text);
}

struct lack {
	const struct stage_engine *engine;
	json_t *names;     // of ports
	json_t *contested; // connections
};

// "hung": by which client, when that is why.
static void
note_contested(struct lack *lack, const struct stage_wish *wish)
{
	json_t *view = stage_patch_view_wish(lack->engine, wish);
	const struct stage_graph_port *from = wish->from_port;

	char client[CLIENT_MAX];

	if (stage_engine_is_cut(lack->engine, from, wish->to_port)) {
		snprintf(client, sizeof(client), "%.*s",
			(int)stage_graph_client_len(from->system, from->name),
			from->name);
		json_object_set_new(view, "hung", stage_rpc_text(client));
	}
	json_array_append_new(lack->contested, view);
}

static void
on_wish(void *user, const struct stage_wish *wish)
{
	struct lack *lack = user;

	if (wish->from_port == NULL) {
		note_missing(lack->names, wish->system, wish->from,
			wish->is_from_ambiguous);
	}
	if (wish->to_port == NULL) {
		note_missing(lack->names, wish->system, wish->to,
			wish->is_to_ambiguous);
	}
	if (stage_patch_view_state(lack->engine, wish) ==
		STAGE_VIEW_CONTESTED) {
		note_contested(lack, wish);
	}
}

static const struct stage_verb_arg missing_args[] = {
	{"patch", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"the text of a patch file: of its connections alone"},
	STAGE_ARGS_END,
};

// One more state, of that text, as if it were in force and nothing else.
struct trial {
	struct stage_desired *desired;
	struct lack *lack;
};

static void
look_at_trial(void *user)
{
	struct trial *trial = user;

	stage_desired_wishes(trial->desired, on_wish, trial->lack);
}

static enum stage_status
try_patch(struct stage_patchbay *self, const char *text, struct lack *lack,
	struct stage_err *err)
{
	struct stage_patch_list list = {0};
	const struct stage_desired_file file = {
		"the patch", STAGE_LAYER_SONG, &list};
	struct trial trial = {NULL, lack};
	enum stage_status status = stage_patch_text_parse(
		text, strlen(text), "the patch", &list, err);

	if (status == STAGE_OK) {
		status = stage_desired_create(
			&file, 1, self->is_pipewire, &trial.desired, err);
	}
	if (status == STAGE_OK && stage_engine_try(self->engine, trial.desired,
					  look_at_trial, &trial) != STAGE_OK) {
		status = stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
		self->is_lacking_memory = true;
		stage_patchbay_act(self);
	}
	stage_desired_destroy(trial.desired);
	stage_patch_list_finish(&list);
	return status;
}

static enum stage_status
missing(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_patchbay *self = ctx;
	struct lack lack = {self->engine, json_object(), json_array()};
	const char *patch = stage_args_text(args, "patch", NULL);
	enum stage_status status = STAGE_OK;
	json_t *list = json_array();
	const char *key;
	json_t *item;

	(void)call;
	if (patch != NULL) {
		status = try_patch(self, patch, &lack, err);
	} else {
		stage_desired_wishes(
			stage_engine_desired(self->engine), on_wish, &lack);
	}
	json_object_foreach (lack.names, key, item) {
		json_array_append(list, item);
	}
	json_decref(lack.names);
	*result = json_pack(
		"{s:o, s:o}", "names", list, "contested", lack.contested);
	return status;
}

// Rules, and how many connections each of them accounts for.

struct ruling {
	json_t *rules;
	json_t *counts; // of connections, by the place in a file
};

static json_t *
count_of(json_t *counts, const char *file, unsigned line)
{
	char place[STAGE_PATH_MAX];
	json_t *count;

	snprintf(place, sizeof(place), "%u:%s", line, file);
	count = json_object_get(counts, place);
	if (count == NULL) {
		count = json_integer(0);
		// Without the check: a file's name may be any bytes.
		if (json_object_set_new_nocheck(counts, place, count) != 0) {
			return NULL;
		}
	}
	return count;
}

static void
count_connection(void *user, const struct stage_graph_port *from,
	const struct stage_graph_port *to, const struct stage_reason *reason)
{
	json_t *count;

	(void)from;
	(void)to;
	if (reason->is_said) {
		count = count_of(user, reason->file, reason->line);
		json_integer_set(count, json_integer_value(count) + 1);
	}
}

static bool
is_rule(const struct stage_patch_statement *statement)
{
	return statement->policy != STAGE_PATCH_WANT ||
	       !stage_patch_statement_is_pair(statement);
}

static void
on_file(void *user, const struct stage_desired_file *file)
{
	struct ruling *ruling = user;

	for (size_t i = 0; i < file->list->count; i++) {
		const struct stage_patch_statement *statement =
			&file->list->items[i];
		json_t *view;
		if (!is_rule(statement)) {
			continue;
		}
		view = stage_patch_view_statement(file->name, statement);
		json_object_set(view, "connections",
			count_of(ruling->counts, file->name, statement->line));
		json_array_append_new(ruling->rules, view);
	}
}

static enum stage_status
rules(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_patchbay *self = ctx;
	struct ruling ruling = {json_array(), json_object()};

	(void)call;
	(void)args;
	(void)err;
	stage_engine_each_connection(
		self->engine, count_connection, ruling.counts);
	stage_patch_store_each(self->store, on_file, &ruling);
	json_decref(ruling.counts);
	*result = json_pack("{s:o}", "rules", ruling.rules);
	return STAGE_OK;
}

const struct stage_verb stage_patch_verb_list = {
	.name = "list",
	.help = "All connections that are wanted or there, and how each is",
	.deed = STAGE_DEED_LOOKS,
	.handler = list,
};

const struct stage_verb stage_patch_verb_ports = {
	.name = "ports",
	.help = "The ports that are there",
	.deed = STAGE_DEED_LOOKS,
	.handler = ports,
};

const struct stage_verb stage_patch_verb_missing = {
	.name = "missing",
	.args = missing_args,
	.help = "The ports that wanted connections wait for, and what is "
		"contested",
	.deed = STAGE_DEED_LOOKS,
	.handler = missing,
};

const struct stage_verb stage_patch_verb_rules = {
	.name = "rules",
	.help = "All statements but plain wishes, and what each has made",
	.deed = STAGE_DEED_LOOKS,
	.handler = rules,
};
