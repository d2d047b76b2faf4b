/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// scene: which song's and which set's patch is in force.

#include <stdlib.h>
#include <string.h>

#include "patchbay/daemon_private.h"
#include "patchbay/verbs.h"

static const struct stage_verb_arg args_table[] = {
	{"song", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"a directory in songs/; empty: none"},
	{"set", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL,
		"a setlist in setlists/; empty: none"},
	{"ringing", STAGE_ARG_TEXTS, STAGE_ARG_OPTIONAL,
		"songs whose sound stays connected beside; with a song, none "
		"if nothing is said"},
	{"waiting", STAGE_ARG_TEXTS, STAGE_ARG_OPTIONAL,
		"ids of clients that are not connected before their turn; "
		"with a colon behind it a name in JACK"},
	{"called", STAGE_ARG_OBJECT, STAGE_ARG_OPTIONAL,
		"{song: {client: its name in JACK}}, where that is another "
		"than in the song's patch"},
	{"made", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL,
		"answer when the connections are made, not before"},
	{"learn", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL,
		"write what is connected beside the global patch as the "
		"song's"},
	STAGE_ARGS_END,
};

static json_t *
view(struct stage_patchbay *self)
{
	const struct stage_patch_settings *settings =
		stage_patch_store_settings(self->store);
	json_t *result = json_object();

	json_object_set_new(result, "song",
		settings->song[0] != '\0' ? json_string(settings->song)
					  : json_null());
	json_object_set_new(result, "set",
		settings->set[0] != '\0' ? json_string(settings->set)
					 : json_null());
	return result;
}

struct keeping {
	struct stage_patch_store *store;
	struct stage_patch_list *out;
	enum stage_status status;
};

// What the song keeps off stays so: nothing of it can be seen in the graph.
static void
keep_denied(void *user, const struct stage_desired_file *file)
{
	struct keeping *keeping = user;

	for (size_t i = 0; file->layer == STAGE_LAYER_SONG &&
			   i < file->list->count && keeping->status == STAGE_OK;
		i++) {
		const struct stage_patch_statement *item =
			&file->list->items[i];
		if (item->policy != STAGE_PATCH_WANT) {
			keeping->status =
				stage_patch_list_add(keeping->out, item);
		}
	}
}

// The name that the song's patch has for a port; own is what may be freed.
static const char *
name_in_song(struct keeping *keeping, const char *port, char **own)
{
	keeping->status = stage_patch_called_back(
		stage_patch_store_called(keeping->store),
		stage_patch_store_settings(keeping->store)->song, port, own);
	return *own != NULL ? *own : port;
}

static void
keep_pair(struct keeping *keeping, enum stage_patch_system system,
	const char *from, const char *to, const struct stage_patch_how *how)
{
	struct stage_patch_list *out = keeping->out;
	char *own_from = NULL;
	char *own_to = NULL;

	if (system == STAGE_PATCH_JACK) {
		from = name_in_song(keeping, from, &own_from);
	}
	if (system == STAGE_PATCH_JACK && keeping->status == STAGE_OK) {
		to = name_in_song(keeping, to, &own_to);
	}
	if (keeping->status == STAGE_OK) {
		keeping->status = stage_patch_list_want(out, system, from, to);
	}
	if (keeping->status == STAGE_OK) {
		out->items[out->count - 1].how = *how;
	}
	free(own_from);
	free(own_to);
}

// Nor can what waits for a port. What is not there is never forgotten by that.
static void
keep_waiting(void *user, const struct stage_wish *wish)
{
	struct keeping *keeping = user;

	if (wish->reason.layer == STAGE_LAYER_SONG &&
		wish->reason.policy == STAGE_PATCH_WANT &&
		(wish->from_port == NULL || wish->to_port == NULL) &&
		keeping->status == STAGE_OK) {
		keep_pair(keeping, wish->system, wish->from, wish->to,
			&wish->reason.how);
	}
}

// What the song has beside the layers below it, under the names by which others
// speak of these ports.
static void
keep_connected(void *user, const struct stage_graph_port *from,
	const struct stage_graph_port *to, const struct stage_reason *reason)
{
	struct keeping *keeping = user;
	struct stage_patch_how how = stage_graph_how(from, to);
	const char *from_name;
	const char *to_name;

	if (keeping->status == STAGE_OK &&
		(!reason->is_said || reason->layer == STAGE_LAYER_SONG)) {
		stage_desired_names(from, to, &from_name, &to_name);
		keep_pair(keeping, from->system, from_name, to_name, &how);
	}
}

static enum stage_status
gather_song(struct stage_patchbay *self, struct stage_patch_list *out)
{
	struct keeping keeping = {self->store, out, STAGE_OK};

	stage_patch_store_each(self->store, keep_denied, &keeping);
	stage_desired_wishes(
		stage_engine_desired(self->engine), keep_waiting, &keeping);
	stage_engine_each_connection(self->engine, keep_connected, &keeping);
	return keeping.status;
}

static enum stage_status
learn(struct stage_patchbay *self, json_t *result, struct stage_err *err)
{
	struct stage_patch_list list = {0};
	enum stage_status status = gather_song(self, &list);

	if (status != STAGE_OK) {
		stage_err_set(err, status, "out of memory");
	} else {
		status = stage_patch_store_write_song(self->store, &list, err);
	}
	if (status == STAGE_OK) {
		stage_patchbay_desire(self, false);
		stage_patchbay_act_now(self);
	}
	json_object_set_new(
		result, "learned", json_integer((json_int_t)list.count));
	stage_patch_list_finish(&list);
	return status;
}

static enum stage_status
read_texts(json_t *args, const char *key, struct stage_strv *out,
	struct stage_err *err)
{
	size_t at;
	json_t *text;

	json_array_foreach (json_object_get(args, key), at, text) {
		if (stage_strv_add(out, json_string_value(text)) != STAGE_OK) {
			return stage_err_set(
				err, STAGE_NO_MEMORY, "out of memory");
		}
	}
	return STAGE_OK;
}

static enum stage_status
set_ringing(struct stage_patchbay *self, json_t *args, struct stage_err *err)
{
	struct stage_strv songs = {0};
	enum stage_status status = read_texts(args, "ringing", &songs, err);

	if (status == STAGE_OK) {
		status =
			stage_patch_store_set_ringing(self->store, &songs, err);
	}
	stage_strv_finish(&songs);
	return status;
}

static enum stage_status
set_waiting(struct stage_patchbay *self, json_t *args, struct stage_err *err)
{
	struct stage_strv ids = {0};
	enum stage_status status = read_texts(args, "waiting", &ids, err);

	if (status == STAGE_OK) {
		status = stage_patch_waiting_set(
			stage_patch_store_waiting(self->store), &ids, err);
	}
	stage_strv_finish(&ids);
	return status;
}

static enum stage_status
read_called(struct stage_patch_called *out, const char *song, json_t *names,
	struct stage_err *err)
{
	const char *name;
	json_t *called;
	enum stage_status status = STAGE_OK;

	json_object_foreach (names, name, called) {
		if (status == STAGE_OK && json_is_string(called)) {
			status = stage_patch_called_add(out, song, name,
				json_string_value(called), err);
		} else if (status == STAGE_OK) {
			status = stage_err_set(err, STAGE_BAD_INPUT,
				"what \"%s\" is called must be a text", name);
		}
	}
	return status;
}

static enum stage_status
set_called(struct stage_patchbay *self, json_t *args, struct stage_err *err)
{
	struct stage_patch_called fresh = {0};
	const char *song;
	json_t *names;
	enum stage_status status = STAGE_OK;

	json_object_foreach (json_object_get(args, "called"), song, names) {
		if (status == STAGE_OK) {
			status = read_called(&fresh, song, names, err);
		}
	}
	if (status != STAGE_OK) {
		stage_patch_called_finish(&fresh);
		return status;
	}
	stage_patch_called_finish(stage_patch_store_called(self->store));
	*stage_patch_store_called(self->store) = fresh;
	return STAGE_OK;
}

static bool
has(const json_t *args, const char *key)
{
	return json_object_get(args, key) != NULL;
}

// Sets all that is said. Whose turn has come waits no longer, also when its
// scene cannot be had.
static enum stage_status
set(struct stage_patchbay *self, json_t *args, struct stage_err *err)
{
	const struct stage_patch_settings now =
		*stage_patch_store_settings(self->store);
	enum stage_status status = STAGE_OK;

	if (has(args, "waiting")) {
		status = set_waiting(self, args, err);
	}
	if (status == STAGE_OK && has(args, "called")) { // before ringing
		status = set_called(self, args, err);
	}
	if (status == STAGE_OK && (has(args, "song") || has(args, "set"))) {
		status = stage_patch_store_set_scene(self->store,
			stage_args_text(args, "song", now.song),
			stage_args_text(args, "set", now.set), err);
	}
	if (status == STAGE_OK && (has(args, "song") || has(args, "ringing"))) {
		status = set_ringing(self, args, err);
	}
	return status;
}

static void
join(void *user, const char *from, const char *to)
{
	stage_patchbay_join(user, from, to);
}

/* All of it is one new desired state, and so one act: what is new is made
 * before what is old is taken away, and what both have is not touched. */
static enum stage_status
change(struct stage_patchbay *self, json_t *args, struct stage_err *err)
{
	enum stage_status status = set(self, args, err);
	bool is_scene = has(args, "song") || has(args, "set");

	if (status != STAGE_OK && !has(args, "waiting")) {
		return status;
	}
	stage_patchbay_desire(self, is_scene);
	stage_patchbay_act_now(self);
	if (is_scene) {
		stage_patch_store_save_scene(self->store);
	}
	stage_patch_waiting_release(
		stage_patch_store_waiting(self->store), join, self);
	if (is_scene && status == STAGE_OK) {
		stage_patchbay_watch_scene(self);
		stage_rpc_server_publish(self->rpc, "scene", view(self));
	}
	return status;
}

static enum stage_status
answer_made(struct stage_patchbay *self, struct stage_rpc_call *call,
	json_t *result, struct stage_err *err)
{
	struct stage_rpc_reply *reply = NULL;
	enum stage_status status = stage_rpc_call_defer(call, &reply, err);

	if (status == STAGE_OK) {
		stage_patchbay_answer_made(self, reply, json_incref(result));
	}
	return status;
}

static enum stage_status
handle(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct stage_patchbay *self = ctx;
	enum stage_status status = STAGE_OK;

	if (has(args, "song") || has(args, "set") || has(args, "ringing") ||
		has(args, "waiting") || has(args, "called")) {
		status = change(self, args, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	*result = view(self);
	if (stage_args_boolean(args, "learn", false)) {
		status = learn(self, *result, err);
	}
	if (status == STAGE_OK && stage_args_boolean(args, "made", false)) {
		status = answer_made(self, call, *result, err);
	}
	if (status != STAGE_OK) {
		json_decref(*result);
		*result = NULL;
	}
	return status;
}

const struct stage_verb stage_patch_verb_scene = {
	.name = "scene",
	.args = args_table,
	.help = "Shows or changes which song's and set's patch is in force",
	.deed = STAGE_DEED_CHANGES,
	.handler = handle,
};
