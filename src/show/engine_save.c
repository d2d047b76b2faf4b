/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Saving: all clients at once, and then the song's own file. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "show/engine_private.h"

bool
stage_show_save_slot(
	struct stage_show_engine *self, struct stage_show_slot *slot)
{
	struct stage_show_program *program = slot->program;

	if (program != NULL && slot->argv != NULL && !program->is_ending) {
		if (slot->conf.signal != 0) {
			self->ops->signal(
				self->user, program, slot->conf.signal);
		}
		slot->has_saved = true; // it never says so
		return true;
	}
	if (program == NULL || !program->has_announced || program->is_ending ||
		program->is_to_open || slot->state != STAGE_SHOW_READY) {
		return false;
	}
	slot->is_saving = true;
	slot->has_saved = false;
	stage_show_await(self, program, STAGE_SHOW_SAVE,
		stage_show_patience_ns(self, slot, STAGE_SHOW_DEADLINE_SAVE));
	stage_show_set_state(self, slot, STAGE_SHOW_SAVING);
	self->ops->save(self->user, program);
	return true;
}

static void
begin(struct stage_show_engine *self)
{
	for (struct stage_show_slot *slot = self->saving->slots; slot != NULL;
		slot = slot->next) {
		slot->has_saved = true; // unless it is asked, and does not
		(void)stage_show_save_slot(self, slot);
	}
}

// Nobody writes over what could not be kept.
static void
refuse(struct stage_show_engine *self, const struct stage_err *err)
{
	struct stage_show_song *song = self->saving;

	self->saving = NULL;
	if (song->phase == STAGE_SHOW_LEAVING) {
		stage_show_leave(self, song);
	}
	stage_show_answer(&self->save_askers, STAGE_SHOW_GENERAL,
		"nothing was saved, for what there is could not be kept: %s",
		err->text);
}

void
stage_show_save_song(struct stage_show_engine *self,
	struct stage_show_song *song, struct stage_show_asker asker)
{
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;

	stage_show_join(&self->save_askers, asker);
	if (self->saving != NULL) {
		return;
	}
	self->saving = song;
	status = self->ops->keep(self->user, song->name, &err);
	self->is_keeping = status == STAGE_BUSY;
	self->keep_until_ns =
		self->ops->now_ns(self->user) + self->limits.save_ns;
	if (status == STAGE_OK) {
		begin(self);
	} else if (!self->is_keeping) {
		refuse(self, &err);
	}
}

void
stage_show_engine_kept(struct stage_show_engine *self, enum stage_status status,
	const struct stage_err *err)
{
	if (self->late_keeps > 0) {
		self->late_keeps--;
		return;
	}
	if (!self->is_keeping) {
		return;
	}
	self->is_keeping = false;
	if (status == STAGE_OK) {
		begin(self);
	} else {
		refuse(self, err);
	}
	stage_show_advance(self);
}

// A disk that does not answer holds up no song.
void
stage_show_give_up_keeping(struct stage_show_engine *self, int64_t now_ns)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (!self->is_keeping || self->keep_until_ns > now_ns) {
		return;
	}
	self->is_keeping = false;
	self->late_keeps++;
	(void)stage_err_set(&err, STAGE_TIMEOUT,
		"the disk has not answered in %lld s",
		(long long)(self->limits.save_ns / 1000000000));
	refuse(self, &err);
}

static bool
is_waiting(const struct stage_show_song *song)
{
	for (const struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		if (slot->is_saving) {
			return true;
		}
	}
	return false;
}

// The names of those that did not save.
static void
name_unsaved(const struct stage_show_song *song, char *out, size_t size)
{
	size_t count = 0;
	size_t len = 0;

	out[0] = '\0';
	for (const struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		if (slot->has_saved) {
			continue;
		}
		snprintf(out + len, size - len, "%s%s (%s)",
			count > 0 ? ", " : "", slot->name, slot->id);
		len = strlen(out);
		count++;
	}
}

static void
answer_saved(struct stage_show_askers *askers, enum stage_status status,
	const struct stage_err *err, const char *unsaved)
{
	if (status != STAGE_OK) {
		stage_show_answer(askers, STAGE_SHOW_GENERAL, "%s", err->text);
	} else if (unsaved[0] != '\0') {
		stage_show_answer(askers, STAGE_SHOW_GENERAL,
			"saved, but for %s", unsaved);
	} else {
		stage_show_answer(askers, STAGE_SHOW_DONE, "Saved.");
	}
}

// Nobody but those who asked waits for the disk.
static bool
wait_for_file(struct stage_show_engine *self, const char *unsaved)
{
	struct stage_show_storing **end = &self->storing;
	struct stage_show_storing *fresh = calloc(1, sizeof(*fresh));

	if (fresh == NULL) {
		return false;
	}
	fresh->askers = self->save_askers;
	self->save_askers.count = 0;
	snprintf(fresh->unsaved, sizeof(fresh->unsaved), "%s", unsaved);
	while (*end != NULL) {
		end = &(*end)->next;
	}
	*end = fresh;
	return true;
}

void
stage_show_try_saved(struct stage_show_engine *self)
{
	struct stage_show_song *song = self->saving;
	struct stage_err err = STAGE_ERR_INIT;
	char names[STAGE_ERR_TEXT_MAX / 2];
	enum stage_status status;

	if (song == NULL || self->is_keeping || is_waiting(song)) {
		return;
	}
	self->saving = NULL;
	if (song->phase == STAGE_SHOW_LEAVING) {
		stage_show_leave(self, song);
	}
	name_unsaved(song, names, sizeof(names));
	status = self->ops->store(self->user, song->name, &song->session, &err);
	if (status == STAGE_BUSY && wait_for_file(self, names)) {
		return;
	}
	answer_saved(&self->save_askers, status, &err, names);
}

void
stage_show_engine_stored(struct stage_show_engine *self,
	enum stage_status status, const struct stage_err *err)
{
	struct stage_show_storing *first = self->storing;

	if (first != NULL) {
		self->storing = first->next;
		answer_saved(&first->askers, status, err, first->unsaved);
		free(first);
	}
}

void
stage_show_drop_storing(struct stage_show_engine *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	(void)stage_err_set(
		&err, STAGE_GONE, "it has ended before the disk has answered");
	while (self->storing != NULL) {
		stage_show_engine_stored(self, STAGE_GONE, &err);
	}
}

void
stage_show_engine_save(
	struct stage_show_engine *self, struct stage_show_asker asker)
{
	if (self->current == NULL) {
		stage_show_answer_one(asker, STAGE_SHOW_NO_SESSION,
			"no song plays that could be saved");
		return;
	}
	stage_show_save_song(self, self->current, asker);
	stage_show_advance(self);
}
