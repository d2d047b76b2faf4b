/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/view.h"

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
stage_show_view_song(const struct stage_show_song *song)
{
	json_t *clients = json_array();

	if (song == NULL) {
		json_decref(clients);
		return json_null();
	}
	for (const struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		(void)json_array_append_new(clients, view_slot(slot));
	}
	return json_pack("{s:o, s:o, s:o, s:o}", "name",
		stage_rpc_text(song->name), "title",
		stage_rpc_text(song->conf.title), "complaints",
		view_complaints(&song->conf), "clients", clients);
}
