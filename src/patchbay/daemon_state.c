/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "patchbay/daemon_private.h"
#include "patchbay/verbs.h"
#include "patchbay/view.h"

static json_t *
view_notes(const struct stage_patchbay *self)
{
	json_t *notes = json_object();

	for (int i = 0; i < STAGE_NOTE_COUNT; i++) {
		json_object_set_new(notes, stage_engine_note_name(i),
			json_integer(self->notes[i]));
	}
	return notes;
}

static json_t *
view_rivals(const struct stage_patchbay *self)
{
	json_t *rivals = json_array();

	for (size_t i = 0; stage_patch_rivals[i] != NULL; i++) {
		if (self->rivals.is_there[i]) {
			json_array_append_new(
				rivals, json_string(stage_patch_rivals[i]));
		}
	}
	return rivals;
}

const char *
stage_patchbay_absence(const struct stage_patchbay_server *server)
{
	if (server->class == NULL) {
		return "this stagecraft was built without ALSA";
	}
	return server->class->absence != NULL
		       ? server->class->absence(server->backend)
		       : NULL;
}

json_t *
stage_patchbay_view_alsa(const struct stage_patchbay *self)
{
	const struct stage_patchbay_server *server =
		&self->servers[STAGE_PATCH_ALSA];

	json_t *view = json_pack("{s:b, s:s*}", "is_up", server->is_up, "why",
		stage_patchbay_absence(server));

	if (view != NULL && server->class != NULL &&
		server->class->losses != NULL) {
		json_object_set_new(view, "losses",
			json_integer((json_int_t)server->class->losses(
				server->backend)));
	}
	return view;
}

json_t *
stage_patchbay_view_connections(const struct stage_patchbay *self)
{
	json_t *list = stage_patch_view_connections(self->engine);
	const char *alsa = stage_patch_system_name(STAGE_PATCH_ALSA);
	json_t *item;
	size_t at;

	if (self->servers[STAGE_PATCH_ALSA].class != NULL) {
		return list;
	}
	json_array_foreach (list, at, item) {
		const char *system =
			json_string_value(json_object_get(item, "system"));
		if (system != NULL && strcmp(system, alsa) == 0) {
			json_object_set_new(
				item, "state", json_string("not built in"));
		}
	}
	return list;
}

json_t *
stage_patchbay_state(void *ctx)
{
	const struct stage_patchbay *self = ctx;
	const struct stage_patch_settings *settings =
		stage_patch_store_settings(self->store);
	const struct stage_graph *graph = stage_engine_graph(self->engine);

	return json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:I, s:I, s:b, s:I, "
			 "s:o, s:o, s:o, "
			 "s:o}",
		"mode", stage_patch_mode_name(settings->mode), "song",
		settings->song, "set", settings->set, "silence",
		stage_patch_hush_word(stage_engine_hush(self->engine)),
		"is_server_up", self->servers[STAGE_PATCH_JACK].is_up,
		"is_pipewire", self->is_pipewire, "ports",
		(json_int_t)stage_graph_port_count(graph), "generation",
		(json_int_t)stage_history_current(
			stage_patch_store_history(self->store)),
		"is_saved", stage_patch_store_is_saved(self->store), "edges",
		(json_int_t)stage_graph_connection_count(graph), "notes",
		view_notes(self), "rivals", view_rivals(self), "alsa",
		stage_patchbay_view_alsa(self), "connections",
		stage_patchbay_view_connections(self));
}
