/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Graphical programs that show and control the server: nsm-legacy-gui,
 * Agordejo. Their protocol has no document; it is what nsmd 1.6 speaks. Any
 * number may be attached here; each is told everything when it comes. */

#include <string.h>

#include "osc/write.h"
#include "show/nsm_private.h"

static void
send_texts(struct stage_show_nsm *self, const struct stage_osc_peer *to,
	const char *path, const char *id, const char *text)
{
	STAGE_SHOW_SEND(self, to, path, "ss", id, text);
}

static void
send_flag(struct stage_show_nsm *self, const struct stage_osc_peer *to,
	const char *path, const char *id, bool flag)
{
	STAGE_SHOW_SEND(self, to, path, "si", id, (int)flag);
}

// The latest comes last; where there is no room the first, who has been silent
// for longest, goes.
static void
attach(struct stage_show_nsm *self, const struct stage_osc_peer *from)
{
	size_t at = 0;

	while (at < self->gui_count &&
		!stage_osc_peer_is_same(&self->guis[at], from)) {
		at++;
	}
	if (at == self->gui_count && at == STAGE_SHOW_GUIS_MAX) {
		at = 0;
	}
	if (at < self->gui_count) {
		memmove(&self->guis[at], &self->guis[at + 1],
			(self->gui_count - at - 1) * sizeof(self->guis[0]));
		self->gui_count--;
	}
	self->guis[self->gui_count++] = *from;
}

void
stage_show_nsm_gui_lives(const struct stage_show_heard *heard)
{
	for (size_t i = 0; i < heard->nsm->gui_count; i++) {
		if (stage_osc_peer_is_same(&heard->nsm->guis[i], heard->from)) {
			attach(heard->nsm, heard->from);
			return;
		}
	}
}

static bool
can(const struct stage_show_slot *slot, enum stage_show_cap cap)
{
	return slot->program != NULL && (slot->program->caps & cap) != 0;
}

static void
send_has_gui(struct stage_show_nsm *self, const struct stage_osc_peer *to,
	const struct stage_show_slot *slot)
{
	if (can(slot, STAGE_SHOW_CAP_GUI)) {
		STAGE_SHOW_SEND(self, to, "/nsm/gui/client/has_optional_gui",
			"s", slot->id);
	}
}

// One that has ended by itself is "stopped" too, or it could be neither started
// nor removed there; that it has failed stands in its label.
static void
send_status(struct stage_show_nsm *self, const struct stage_osc_peer *to,
	const struct stage_show_slot *slot)
{
	bool has_ended =
		slot->state == STAGE_SHOW_FAILED && slot->program == NULL;

	if (has_ended) {
		send_texts(self, to, "/nsm/gui/client/label", slot->id,
			slot->before <= STAGE_SHOW_WAITING ? "launch error!"
							   : "it crashed");
	} else if (slot->state == STAGE_SHOW_LAUNCHED) {
		send_texts(self, to, "/nsm/gui/client/label", slot->id,
			slot->label);
	}
	send_texts(self, to, "/nsm/gui/client/status", slot->id,
		stage_show_state_nsm(
			has_ended ? STAGE_SHOW_STOPPED : slot->state));
}

// All messages of one slot to one program.
static void
show_slot(struct stage_show_nsm *self, const struct stage_osc_peer *to,
	const struct stage_show_slot *slot)
{
	// First what was started, by which it finds a picture; then the name.
	send_texts(self, to, "/nsm/gui/client/new", slot->id, slot->executable);
	send_status(self, to, slot);
	send_has_gui(self, to, slot);
	if (can(slot, STAGE_SHOW_CAP_GUI)) {
		send_flag(self, to, "/nsm/gui/client/gui_visible", slot->id,
			slot->is_gui_shown);
	}
	if (slot->label[0] != '\0') {
		send_texts(self, to, "/nsm/gui/client/label", slot->id,
			slot->label);
	}
	if (can(slot, STAGE_SHOW_CAP_DIRTY)) {
		send_flag(self, to, "/nsm/gui/client/dirty", slot->id,
			slot->is_dirty);
	}
	if (slot->program != NULL && slot->program->has_announced) {
		send_texts(
			self, to, "/nsm/gui/client/new", slot->id, slot->name);
	}
}

static void
show_name(struct stage_show_nsm *self, const struct stage_osc_peer *to)
{
	const struct stage_show_song *song =
		stage_show_engine_current(self->engine);
	const char *name = song != NULL ? song->name : "";
	const char *slash = strrchr(name, '/');
	char path[STAGE_SHOW_NAME_MAX + 2] = "";

	if (song != NULL) {
		(void)!stage_format(path, sizeof(path), "/%s", name);
	}
	STAGE_SHOW_SEND(self, to, "/nsm/gui/session/name", "ss",
		slash != NULL ? slash + 1 : name, path);
}

static void
take_gui(const struct stage_show_heard *heard)
{
	struct stage_show_nsm *self = heard->nsm;
	const struct stage_show_song *songs[] = {
		stage_show_engine_current(self->engine),
		stage_show_engine_incoming(self->engine),
	};

	attach(self, heard->from);
	STAGE_SHOW_SEND(self, heard->from, "/nsm/gui/gui_announce", "s", "hi");
	STAGE_SHOW_SEND(
		self, heard->from, "/nsm/gui/session/root", "s", self->root);
	for (size_t i = 0; i < STAGE_COUNT_OF(songs); i++) {
		const struct stage_show_slot *slot =
			songs[i] != NULL ? songs[i]->slots : NULL;

		for (; slot != NULL; slot = slot->next) {
			show_slot(self, heard->from, slot);
		}
	}
	show_name(self, heard->from);
}

void
stage_show_nsm_gui_made(struct stage_show_nsm *self, const char *song)
{
	for (size_t i = 0; i < self->gui_count; i++) {
		STAGE_SHOW_SEND(self, &self->guis[i],
			"/nsm/gui/session/session", "s", song);
	}
}

// What a program with windows asks of one client.

typedef enum stage_status act(struct stage_show_engine *engine, const char *id,
	struct stage_err *err);

static void
act_on(const struct stage_show_heard *heard, act *function, const char *done)
{
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = function(
		heard->nsm->engine, stage_osc_text(heard->message, 0), &err);

	// Not "/error sis": these are the shapes that nsmd has here.
	if (status == STAGE_OK) {
		STAGE_SHOW_SEND(heard->nsm, heard->from, "/reply", "s", done);
	} else {
		STAGE_SHOW_SEND(heard->nsm, heard->from, "/error", "is",
			(int)STAGE_SHOW_GENERAL, err.text);
	}
}

static void
take_stop(const struct stage_show_heard *heard)
{
	act_on(heard, stage_show_engine_stop, "Client stopped.");
}

static void
take_remove(const struct stage_show_heard *heard)
{
	act_on(heard, stage_show_engine_remove, "Client removed.");
}

static void
take_resume(const struct stage_show_heard *heard)
{
	act_on(heard, stage_show_engine_resume, "Client resumed.");
}

static void
take_save(const struct stage_show_heard *heard)
{
	act_on(heard, stage_show_engine_save_one, "Client saves.");
}

static enum stage_status
show(struct stage_show_engine *engine, const char *id, struct stage_err *err)
{
	return stage_show_engine_show(engine, id, true, err);
}

static enum stage_status
hide(struct stage_show_engine *engine, const char *id, struct stage_err *err)
{
	return stage_show_engine_show(engine, id, false, err);
}

static void
take_show(const struct stage_show_heard *heard)
{
	act_on(heard, show, "Window shown.");
}

static void
take_hide(const struct stage_show_heard *heard)
{
	act_on(heard, hide, "Window hidden.");
}

const struct stage_show_row stage_show_nsm_gui_rows[] = {
	{"/nsm/gui/gui_announce", "", take_gui},
	{"/nsm/gui/client/stop", "s", take_stop},
	{"/nsm/gui/client/remove", "s", take_remove},
	{"/nsm/gui/client/resume", "s", take_resume},
	{"/nsm/gui/client/save", "s", take_save},
	{"/nsm/gui/client/show_optional_gui", "s", take_show},
	{"/nsm/gui/client/hide_optional_gui", "s", take_hide},
	{NULL, NULL, NULL},
};

// News.

static void
send_why(struct stage_show_nsm *self, const struct stage_osc_peer *to,
	const struct stage_show_slot *slot)
{
	if (slot->state == STAGE_SHOW_FAILED ||
		stage_show_slot_is_overdue(slot)) {
		STAGE_SHOW_SEND(
			self, to, "/nsm/gui/server/message", "s", slot->why);
	}
}

static void
send_news(struct stage_show_nsm *self, const struct stage_osc_peer *to,
	enum stage_show_news what, const struct stage_show_slot *slot)
{
	switch (what) {
	case STAGE_SHOW_SLOT_ADDED:
		send_texts(self, to, "/nsm/gui/client/new", slot->id,
			slot->executable);
		break;
	case STAGE_SHOW_SLOT_ANNOUNCED:
		send_texts(
			self, to, "/nsm/gui/client/new", slot->id, slot->name);
		send_has_gui(self, to, slot);
		break;
	case STAGE_SHOW_SLOT_REMOVED:
		send_texts(self, to, "/nsm/gui/client/status", slot->id,
			"removed");
		break;
	case STAGE_SHOW_SLOT_STATE:
		send_status(self, to, slot);
		send_why(self, to, slot);
		break;
	case STAGE_SHOW_SLOT_LABEL:
		send_texts(self, to, "/nsm/gui/client/label", slot->id,
			slot->label);
		break;
	case STAGE_SHOW_SLOT_PROGRESS:
		STAGE_SHOW_SEND(self, to, "/nsm/gui/client/progress", "sf",
			slot->id, (double)slot->progress);
		break;
	case STAGE_SHOW_SLOT_DIRTY:
		send_flag(self, to, "/nsm/gui/client/dirty", slot->id,
			slot->is_dirty);
		break;
	case STAGE_SHOW_SLOT_GUI:
		send_flag(self, to, "/nsm/gui/client/gui_visible", slot->id,
			slot->is_gui_shown);
		break;
	case STAGE_SHOW_SLOT_MESSAGE:
		STAGE_SHOW_SEND(self, to, "/nsm/gui/client/message", "sis",
			slot->id, slot->message_priority, slot->message);
		break;
	case STAGE_SHOW_SONG:
		show_name(self, to);
		break;
	case STAGE_SHOW_SLOT_TAKEN:
	case STAGE_SHOW_MODE:
		break;
	}
}

void
stage_show_nsm_news(struct stage_show_nsm *self, enum stage_show_news what,
	const struct stage_show_slot *slot,
	const struct stage_show_slot *before)
{
	stage_show_nsm_monitor_news(self, what, slot, before);
	for (size_t i = 0; i < self->gui_count; i++) {
		if (what == STAGE_SHOW_SLOT_TAKEN) {
			send_texts(self, &self->guis[i],
				"/nsm/gui/client/switch", before->id, slot->id);
		} else {
			send_news(self, &self->guis[i], what, slot);
		}
	}
}
