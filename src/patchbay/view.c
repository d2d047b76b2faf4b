/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/view.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "patchbay/patch_how.h"
#include "patchbay/patch_name.h"
#include "patchbay/patch_text.h"
#include "patchbay/utc.h"

static enum stage_patch_view_state
state_of_link(const struct stage_link *link)
{
	switch (link->state) {
	case STAGE_LINK_CONNECTING:
	case STAGE_LINK_DISCONNECTING:
		return STAGE_VIEW_UNDER_WAY;
	case STAGE_LINK_DOUBTED:
		return STAGE_VIEW_DOUBTED;
	case STAGE_LINK_WITHHELD:
		return STAGE_VIEW_WITHHELD;
	case STAGE_LINK_RETRY:
		return link->fights >= STAGE_ENGINE_FIGHTS
			       ? STAGE_VIEW_CONTESTED
			       : STAGE_VIEW_UNDER_WAY;
	case STAGE_LINK_IDLE:
	case STAGE_LINK_HELD:
	case STAGE_LINK_LEARNING:
	case STAGE_LINK_STATE_COUNT:
		break;
	}
	return STAGE_VIEW_REFUSED;
}

enum stage_patch_view_state
stage_patch_view_state(
	const struct stage_engine *engine, const struct stage_wish *wish)
{
	const struct stage_graph_port *from = wish->from_port;
	const struct stage_graph_port *to = wish->to_port;
	struct stage_reason reason;
	struct stage_link link;

	if (from == NULL || to == NULL || from->mark == NULL ||
		to->mark == NULL) {
		return (from == NULL && wish->is_from_ambiguous) ||
				       (to == NULL && wish->is_to_ambiguous)
			       ? STAGE_VIEW_AMBIGUOUS
			       : STAGE_VIEW_MISSING;
	}
	if (stage_graph_is_connected(from, to)) {
		return STAGE_VIEW_CONNECTED;
	}
	if (!stage_patch_policy_is_wanted(stage_desired_judge(
		    stage_engine_desired(engine), from, to, &reason))) {
		return STAGE_VIEW_OVERRULED;
	}
	if (!stage_graph_can_connect(from, to)) {
		return STAGE_VIEW_UNFIT;
	}
	if (stage_engine_mode(engine, &reason) == STAGE_PATCH_MODE_OFF) {
		return STAGE_VIEW_OFF;
	}
	if (stage_engine_is_hushed(engine, from, to)) {
		return STAGE_VIEW_SILENCED;
	}
	if (stage_engine_is_cut(engine, from, to)) {
		return STAGE_VIEW_CONTESTED;
	}
	link = stage_engine_look(engine, from, to);
	return state_of_link(&link);
}

const char *
stage_patch_view_state_name(enum stage_patch_view_state state)
{
	static const char *const names[STAGE_VIEW_STATE_COUNT] = {"connected",
		"missing", "ambiguous", "overruled", "unfit", "off",
		"under way", "doubted", "withheld", "contested", "refused",
		"silenced"};

	return (unsigned)state < STAGE_VIEW_STATE_COUNT ? names[state]
							: "unknown";
}

static json_t *
text_of(struct stage_str *text, enum stage_status status)
{
	json_t *json = status == STAGE_OK
			       ? json_stringn(stage_str_text(text), text->len)
			       : NULL;

	stage_str_finish(text);
	return json;
}

static json_t *
view_end(enum stage_patch_system system, const char *name,
	enum stage_patch_match match, enum stage_patch_place place)
{
	const struct stage_patch_end end = {strdup(name), match};
	struct stage_str text = {0};
	enum stage_status status =
		end.text == NULL ? STAGE_NO_MEMORY : STAGE_OK;

	if (status == STAGE_OK && system == STAGE_PATCH_ALSA) {
		status = stage_str_add(&text, STAGE_PATCH_ALSA_PREFIX);
	}
	if (status == STAGE_OK) {
		status = stage_patch_name_write(&text, &end, place);
	}

	free(end.text);
	return text_of(&text, status);
}

json_t *
stage_patch_view_name(enum stage_patch_system system, const char *name)
{
	return view_end(system, name, STAGE_PATCH_LITERAL, STAGE_PATCH_IN_FROM);
}

json_t *
stage_patch_view_clients(const char *clients)
{
	return view_end(STAGE_PATCH_JACK, clients, STAGE_PATCH_GLOB,
		STAGE_PATCH_IN_MODE);
}

json_t *
stage_patch_view_file(const char *name)
{
	json_t *json = json_string(name);

	return json != NULL ? json
			    : stage_patch_view_name(STAGE_PATCH_JACK, name);
}

void
stage_patch_view_reason(json_t *object, const struct stage_reason *reason)
{
	char since[STAGE_UTC_BYTES + 1];

	if (!reason->is_said) {
		return;
	}
	json_object_set_new(object, "policy",
		json_string(stage_patch_policy_name(reason->policy)));
	json_object_set_new(
		object, "layer", json_string(stage_layer_name(reason->layer)));
	json_object_set_new(
		object, "file", stage_patch_view_file(reason->file));
	if (reason->line > 0) {
		json_object_set_new(object, "line", json_integer(reason->line));
	}
	if (reason->since_s > 0 && stage_utc_write(reason->since_s, since)) {
		json_object_set_new(object, "since", json_string(since));
	}
}

static json_t *
view_pair(enum stage_patch_system system, const char *from, const char *to,
	enum stage_patch_view_state state, const struct stage_reason *reason)
{
	json_t *object = json_pack("{s:o, s:o, s:s, s:s}", "from",
		stage_patch_view_name(system, from), "to",
		stage_patch_view_name(system, to), "system",
		stage_patch_system_name(system), "state",
		stage_patch_view_state_name(state));

	if (object != NULL) {
		stage_patch_view_reason(object, reason);
	}
	return object;
}

// "(exclusive, real=1)", where it is not a plain connection.
static void
view_how(json_t *object, const struct stage_graph_port *from,
	const struct stage_graph_port *to)
{
	struct stage_patch_how how = stage_graph_how(from, to);
	struct stage_str text = {0};

	if (stage_patch_how_write(&how, &text) == STAGE_OK && text.len > 0) {
		json_object_set_new(object, "how", json_string(text.data));
	}
	stage_str_finish(&text);
}

static void
add_missing(json_t *missing, enum stage_patch_system system,
	const struct stage_graph_port *port, const char *name)
{
	if (port == NULL) {
		json_array_append_new(
			missing, stage_patch_view_name(system, name));
	}
}

json_t *
stage_patch_view_wish(
	const struct stage_engine *engine, const struct stage_wish *wish)
{
	enum stage_patch_view_state state =
		stage_patch_view_state(engine, wish);
	json_t *object = view_pair(
		wish->system, wish->from, wish->to, state, &wish->reason);
	json_t *missing;

	if (object != NULL &&
		(wish->from_port == NULL || wish->to_port == NULL)) {
		missing = json_array();
		add_missing(missing, wish->system, wish->from_port, wish->from);
		add_missing(missing, wish->system, wish->to_port, wish->to);
		json_object_set_new(object, "missing", missing);
	} else if (object != NULL) {
		view_how(object, wish->from_port, wish->to_port);
	}
	return object;
}

struct listing {
	const struct stage_engine *engine;
	json_t *list;
};

static void
list_wish(void *user, const struct stage_wish *wish)
{
	struct listing *listing = user;

	json_array_append_new(
		listing->list, stage_patch_view_wish(listing->engine, wish));
}

// True when the wish between two names was listed already.
static bool
is_wish(const struct stage_reason *reason)
{
	return reason->is_said &&
	       stage_patch_policy_is_wanted(reason->policy) &&
	       reason->layer != STAGE_LAYER_RULES;
}

static void
list_other(void *user, const struct stage_graph_port *from,
	const struct stage_graph_port *to, const struct stage_reason *reason)
{
	struct listing *listing = user;

	if (!is_wish(reason)) {
		json_t *view = view_pair(from->system, from->name, to->name,
			STAGE_VIEW_CONNECTED, reason);
		view_how(view, from, to);
		json_array_append_new(listing->list, view);
	}
}

// What a rule wants and is not there, for now: only links know of that.
static void
list_waiting(void *user, const struct stage_link *link)
{
	struct listing *listing = user;
	const struct stage_graph *graph = stage_engine_graph(listing->engine);
	const struct stage_graph_port *from =
		stage_graph_find(graph, link->system, true, link->from);
	const struct stage_graph_port *to =
		stage_graph_find(graph, link->system, false, link->to);
	struct stage_reason reason;

	if (from == NULL || to == NULL || from->mark == NULL ||
		to->mark == NULL || stage_graph_is_connected(from, to)) {
		return;
	}
	(void)stage_desired_judge(
		stage_engine_desired(listing->engine), from, to, &reason);
	if (reason.is_said && reason.layer == STAGE_LAYER_RULES) {
		json_array_append_new(listing->list,
			view_pair(from->system, from->name, to->name,
				state_of_link(link), &reason));
	}
}

json_t *
stage_patch_view_connections(const struct stage_engine *engine)
{
	struct listing listing = {engine, json_array()};

	stage_desired_wishes(stage_engine_desired(engine), list_wish, &listing);
	stage_engine_each_connection(engine, list_other, &listing);
	stage_engine_waiting(engine, list_waiting, &listing);
	return listing.list;
}

json_t *
stage_patch_view_line(const struct stage_patch_statement *statement)
{
	struct stage_str text = {0};

	return text_of(&text,
		stage_patch_text_format_statement(statement, false, &text));
}

json_t *
stage_patch_view_statement(
	const char *file, const struct stage_patch_statement *statement)
{
	json_t *object = json_pack("{s:o, s:s, s:o}", "text",
		stage_patch_view_line(statement), "policy",
		stage_patch_policy_name(statement->policy), "file",
		stage_patch_view_file(file));

	if (object != NULL && statement->line > 0) {
		json_object_set_new(
			object, "line", json_integer(statement->line));
	}
	return object;
}

json_t *
stage_patch_view_lines(const struct stage_patch_list *list)
{
	json_t *lines = json_array();

	for (size_t i = 0; i < list->mode_count; i++) {
		struct stage_str text = {0};
		enum stage_status status =
			stage_patch_text_format_mode(&list->modes[i], &text);
		json_array_append_new(lines, text_of(&text, status));
	}
	for (size_t i = 0; i < list->count; i++) {
		json_array_append_new(
			lines, stage_patch_view_line(&list->items[i]));
	}
	return lines;
}

json_t *
stage_patch_view_texts(const struct stage_strv *texts)
{
	json_t *list = json_array();

	for (size_t i = 0; i < texts->count; i++) {
		json_array_append_new(list, json_string(texts->items[i]));
	}
	return list;
}

json_t *
stage_patch_view_event(const char *what, enum stage_patch_system system,
	const char *from, const char *to)
{
	return json_pack("{s:s, s:o, s:o}", "what", what, "from",
		stage_patch_view_name(system, from), "to",
		stage_patch_view_name(system, to));
}
