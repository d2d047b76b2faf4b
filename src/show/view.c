/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/view.h"

#include <string.h>

#include "rpc/proto.h"

static json_t *
view_slot(const struct stage_show_slot *slot)
{
	const struct stage_show_program *program = slot->program;
	char caps[STAGE_SHOW_LABEL_MAX] = "";

	if (program != NULL && program->has_announced) {
		stage_show_caps_write(program->caps, caps, sizeof(caps));
	}
	return json_pack("{s:s, s:o, s:s, s:o, s:b, s:o, s:o, s:o, s:s, s:b,"
			 " s:b, s:f, s:b, s:b}",
		"id", slot->id, "name", stage_rpc_text(slot->name), "state",
		stage_show_state_word(slot->state), "program",
		stage_rpc_text(slot->executable), "late", (int)slot->is_late,
		"why", stage_rpc_text(slot->why), "label",
		stage_rpc_text(slot->label), "pid",
		program != NULL ? json_integer(program->process.pid)
				: json_null(),
		"capabilities", caps, "dirty", (int)slot->is_dirty, "gui",
		(int)slot->is_gui_shown, "progress", (double)slot->progress,
		"run", (int)(slot->argv != NULL), "autostart",
		(int)!slot->conf.is_manual);
}

static json_t *
view_complaints(const struct stage_show_song_conf *conf)
{
	json_t *complaints = json_array();

	for (size_t i = 0; i < conf->complaints.count; i++) {
		(void)json_array_append_new(
			complaints, stage_rpc_text(conf->complaints.items[i]));
	}
	return complaints;
}

json_t *
stage_show_view_conf(const struct stage_show_song_conf *conf)
{
	json_t *metre = conf->beats > 0
				? json_pack("[I, I]", (json_int_t)conf->beats,
					  (json_int_t)conf->beat_type)
				: json_null();

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "title",
		stage_rpc_text(conf->title), "tempo",
		conf->tempo_bpm > 0 ? json_real(conf->tempo_bpm) : json_null(),
		"metre", metre, "notes",
		stage_rpc_text(stage_str_text(&conf->notes)), "lyrics_file",
		stage_rpc_text(conf->lyrics_file), "complaints",
		view_complaints(conf));
}

static json_t *
view_clients(const struct stage_show_song *song)
{
	json_t *clients = json_array();

	for (const struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		(void)json_array_append_new(clients, view_slot(slot));
	}
	return clients;
}

json_t *
stage_show_view_song(const struct stage_show_song *song)
{
	json_t *view;

	if (song == NULL) {
		return json_null();
	}
	view = stage_show_view_conf(&song->conf);
	(void)json_object_set_new(view, "name", stage_rpc_text(song->name));
	(void)json_object_set_new(
		view, "progress", json_real(stage_show_song_progress(song)));
	(void)json_object_set_new(view, "clients", view_clients(song));
	return view;
}

// Whether nothing of it is still on its way.
static bool
is_up(const struct stage_show_song *song)
{
	for (const struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		if (slot->state != STAGE_SHOW_WAITING &&
			!stage_show_slot_is_settled(slot)) {
			return false;
		}
	}
	return true;
}

static const char *
word_of(const struct stage_show_ahead *ahead,
	const struct stage_show_song *song, const struct stage_show_song *now)
{
	if (song != NULL) {
		return is_up(song) ? "ready" : "loading";
	}
	if (now != NULL && strcmp(now->name, ahead->name) == 0) {
		return "plays";
	}
	return ahead->why[0] != '\0' ? "refused" : "waiting";
}

json_t *
stage_show_view_ahead(const struct stage_show_engine *engine)
{
	const struct stage_show_song *now = stage_show_engine_current(engine);
	json_t *songs = json_array();
	const struct stage_show_song *song;
	const struct stage_show_ahead *ahead;

	for (size_t i = 0;
		(ahead = stage_show_engine_ahead(engine, i, &song)) != NULL;
		i++) {
		(void)json_array_append_new(
			songs, json_pack("{s:o, s:s, s:o, s:o}", "name",
				       stage_rpc_text(ahead->name), "state",
				       word_of(ahead, song, now), "why",
				       stage_rpc_text(ahead->why), "clients",
				       song != NULL ? view_clients(song)
						    : json_array()));
	}
	return songs;
}

json_t *
stage_show_view_ringing(const struct stage_show_engine *engine)
{
	json_t *names = json_array();

	for (const struct stage_show_song *at = stage_show_engine_songs(engine);
		at != NULL; at = at->next) {
		if (at->phase == STAGE_SHOW_RINGING) {
			(void)json_array_append_new(
				names, stage_rpc_text(at->name));
		}
	}
	return names;
}
