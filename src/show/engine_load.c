/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A song comes up, plays, and leaves. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "show/engine_private.h"

static enum stage_status
read_into(struct stage_show_engine *self, const char *name,
	struct stage_show_song *song, struct stage_err *err)
{
	enum stage_status status;

	song->name = strdup(name);
	if (song->name == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	status = self->ops->load(self->user, name, song, err);
	if (status == STAGE_OK && stage_show_song_fill(song) != STAGE_OK) {
		status = stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	return status;
}

enum stage_status
stage_show_read_song(struct stage_show_engine *self, const char *name,
	struct stage_show_song **out, struct stage_err *err)
{
	struct stage_show_song *song = calloc(1, sizeof(*song));
	enum stage_status status;

	if (song == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	status = read_into(self, name, song, err);
	if (status != STAGE_OK) {
		stage_show_song_destroy(song);
		return status;
	}
	*out = song;
	return STAGE_OK;
}

// Programs that can play another song.

// From a song that rings only what would have to end for its id.
bool
stage_show_can_take(const struct stage_show_engine *self,
	const struct stage_show_program *program,
	const struct stage_show_slot *into)
{
	const struct stage_show_slot *slot = program->slot;

	return slot != NULL && !program->is_ending && program->has_announced &&
	       stage_show_may_switch(self, program) &&
	       program->deadline_ns != INT64_MAX &&
	       (slot->song == self->dropped ||
		       ((slot->song->phase == STAGE_SHOW_RINGING ||
				slot->song->phase == STAGE_SHOW_PARTING) &&
			       strcmp(slot->id, into->id) == 0) ||
		       (slot->song == self->current &&
			       into->song != self->current)) &&
	       strcmp(program->executable, into->executable) == 0;
}

/* One for a slot: that which has its very id, or any. */
static struct stage_show_program *
find_for(const struct stage_show_engine *self,
	const struct stage_show_slot *slot, bool is_same_id)
{
	for (struct stage_show_program *at = self->programs; at != NULL;
		at = at->next) {
		if (stage_show_can_take(self, at, slot) &&
			(!is_same_id || strcmp(at->slot->id, slot->id) == 0)) {
			return at;
		}
	}
	return NULL;
}

static void
take_programs(struct stage_show_engine *self, struct stage_show_song *song,
	bool is_same_id)
{
	for (struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		struct stage_show_program *program =
			slot->program == NULL && slot->argv == NULL &&
					!slot->conf.is_manual
				? find_for(self, slot, is_same_id)
				: NULL;

		if (program != NULL) {
			stage_show_take(self, program, slot);
		}
	}
}

static bool
stands_in_the_way(const struct stage_show_program *program,
	const struct stage_show_song *song)
{
	for (const struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		if (!slot->conf.is_manual && slot->program != program &&
			stage_show_is_rival(slot, program)) {
			return true;
		}
	}
	return false;
}

// What cannot take the new song and has its id must end before that id can be
// started: it is one name in JACK, and one set of files. Likewise what must run
// alone.
static void
end_rivals(struct stage_show_engine *self, const struct stage_show_song *song)
{
	struct stage_show_program *next;

	for (struct stage_show_program *at = self->programs; at != NULL;
		at = next) {
		next = at->next;
		if (at->slot != NULL && at->slot->song != song &&
			stands_in_the_way(at, song)) {
			stage_show_end(self, at);
		}
	}
}

static void
leave_dropped(struct stage_show_engine *self)
{
	struct stage_show_song *dropped = self->dropped;

	self->dropped = NULL;
	if (dropped != NULL) {
		stage_show_leave(self, dropped);
	}
}

/* The song of that name: as it is on disk now. What was loaded ahead is that
 * still, or of no use. */
static enum stage_status
find_or_read(struct stage_show_engine *self, const char *name,
	struct stage_show_song **out, struct stage_err *err)
{
	struct stage_show_song *ahead = stage_show_find_ahead(self, name);
	struct stage_show_song *fresh = NULL;
	enum stage_status status =
		stage_show_read_song(self, name, &fresh, err);

	if (fresh != NULL && ahead != NULL &&
		stage_show_adopt_ahead(ahead, fresh)) {
		*out = ahead;
		return STAGE_OK;
	}
	if (ahead != NULL) {
		stage_show_leave(self, ahead);
	}
	if (fresh != NULL) {
		fresh->next = self->songs;
		self->songs = fresh;
	}
	*out = fresh;
	return status;
}

static void
show_slots(struct stage_show_engine *self, struct stage_show_song *song)
{
	song->is_shown = true;
	for (struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		stage_show_tell(self, STAGE_SHOW_SLOT_ADDED, slot);
		if (slot->program != NULL) { // it was there ahead
			stage_show_tell(self, STAGE_SHOW_SLOT_STATE, slot);
		}
	}
}

// One that failed ahead is tried again when the song plays, as any that fails.
static void
start_slots(struct stage_show_engine *self, struct stage_show_song *song)
{
	for (struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		if (slot->program == NULL && !slot->conf.is_manual &&
			slot->state != STAGE_SHOW_FAILED) {
			stage_show_set_state(self, slot, STAGE_SHOW_WAITING);
		}
	}
	stage_show_launch_waiting(self);
}

enum stage_status
stage_show_load(
	struct stage_show_engine *self, const char *name, struct stage_err *err)
{
	struct stage_show_song *song = NULL;
	enum stage_status status = find_or_read(self, name, &song, err);

	if (song == NULL) {
		return status;
	}
	song->phase = STAGE_SHOW_LOADING;
	self->incoming = song;
	self->ops->told(self->user, STAGE_SHOW_TOLD_LOADING, song->name);
	show_slots(self, song);
	take_programs(self, song, true);
	take_programs(self, song, false);
	end_rivals(self, song);
	leave_dropped(self);
	start_slots(self, song);
	return STAGE_OK;
}

void
stage_show_drop(struct stage_show_engine *self)
{
	leave_dropped(self);
	self->dropped = self->incoming;
	self->incoming = NULL;
	if (self->dropped != NULL) {
		self->dropped->phase = STAGE_SHOW_LEAVING;
		self->ops->told(self->user, STAGE_SHOW_TOLD_FAILED,
			self->dropped->name);
	}
}

void
stage_show_return(struct stage_show_engine *self)
{
	struct stage_show_song *song = self->current;

	if (song != NULL) {
		for (struct stage_show_slot *slot = song->slots; slot != NULL;
			slot = slot->next) {
			struct stage_show_program *program =
				slot->is_taken ? find_for(self, slot, false)
					       : NULL;

			if (program != NULL) {
				stage_show_take(self, program, slot);
			} else if (slot->is_taken) {
				slot->is_taken = false;
				stage_show_set_state(
					self, slot, STAGE_SHOW_WAITING);
			}
		}
	}
	leave_dropped(self);
	stage_show_launch_waiting(self);
}

// It plays.

static bool
is_there(const struct stage_show_song *song)
{
	for (const struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		if (!stage_show_slot_is_settled(slot)) {
			return false;
		}
	}
	return true;
}

bool
stage_show_select(struct stage_show_engine *self)
{
	struct stage_strv ringing = {0};
	enum stage_status status;

	for (const struct stage_show_song *at = self->songs; at != NULL;
		at = at->next) {
		if (at->phase == STAGE_SHOW_RINGING) {
			(void)!stage_strv_add(&ringing, at->name);
		}
	}
	status = self->ops->select(self->user,
		self->current != NULL ? self->current->name : NULL, &ringing);
	stage_strv_finish(&ringing);
	return status != STAGE_BUSY;
}

// It rings, where it has a tail; else it is heard until the next one is.

static void
ring(struct stage_show_engine *self, struct stage_show_song *song)
{
	int64_t tail_ns = song->conf.tail_ns != STAGE_SHOW_UNSAID
				  ? song->conf.tail_ns
				  : self->limits.tail_ns;

	if (tail_ns == 0) {
		return;
	}
	song->phase = STAGE_SHOW_RINGING;
	song->leave_at_ns = self->ops->now_ns(self->user) + tail_ns;
}

static void
part(struct stage_show_engine *self, struct stage_show_song *song)
{
	song->phase = STAGE_SHOW_PARTING;
	song->leave_at_ns =
		self->ops->now_ns(self->user) + self->limits.wire_ns;
}

bool
stage_show_is_any_parting(const struct stage_show_engine *self)
{
	const struct stage_show_song *at = self->songs;

	while (at != NULL && at->phase != STAGE_SHOW_PARTING) {
		at = at->next;
	}
	return at != NULL;
}

void
stage_show_engine_wired(struct stage_show_engine *self)
{
	for (struct stage_show_song *at = self->songs; at != NULL;
		at = at->next) {
		if (at->phase == STAGE_SHOW_PARTING) {
			stage_show_leave(self, at);
		}
	}
	stage_show_advance(self);
}

void
stage_show_try_go(struct stage_show_engine *self)
{
	struct stage_show_song *song = self->incoming;
	struct stage_show_song *old = self->current;
	bool is_wired;

	if (song == NULL || !is_there(song)) {
		return;
	}
	song->phase = STAGE_SHOW_PLAYING;
	self->current = song;
	self->incoming = NULL;
	self->ops->told(self->user, STAGE_SHOW_TOLD_READY, song->name);
	if (old != NULL) {
		self->ops->told(self->user, STAGE_SHOW_TOLD_LEFT, old->name);
	}
	self->ops->told(self->user, STAGE_SHOW_TOLD_GO, song->name);
	if (old != NULL) {
		ring(self, old);
	}
	is_wired = stage_show_select(self);
	for (struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		stage_show_tell_loaded(self, slot);
		stage_show_mend(self, slot);
	}
	stage_show_tell(self, STAGE_SHOW_SONG, NULL);
	if (old != NULL && old->phase != STAGE_SHOW_RINGING) {
		(is_wired ? stage_show_leave : part)(self, old);
	}
}

// It leaves.

void
stage_show_leave(struct stage_show_engine *self, struct stage_show_song *song)
{
	song->phase = STAGE_SHOW_LEAVING;
	if (self->saving == song) {
		return; // when it has saved
	}
	for (struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		if (slot->program != NULL) {
			stage_show_end(self, slot->program);
		}
	}
}

static bool
has_programs(const struct stage_show_song *song)
{
	for (const struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		if (slot->program != NULL) {
			return true;
		}
	}
	return false;
}

// A client of that id is there in another song too: a switch from one to the
// other is no end of it.
static bool
goes_on(const struct stage_show_engine *self,
	const struct stage_show_song *song, const char *id)
{
	for (const struct stage_show_song *at = self->songs; at != NULL;
		at = at->next) {
		if (at != song && at->is_shown &&
			at->phase != STAGE_SHOW_LEAVING &&
			stage_show_song_find(at, id) != NULL) {
			return true;
		}
	}
	return false;
}

static void
free_song(struct stage_show_engine *self, struct stage_show_song **at)
{
	struct stage_show_song *song = *at;

	for (struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		if (song->is_shown && !slot->is_taken &&
			!goes_on(self, song, slot->id)) {
			stage_show_tell(self, STAGE_SHOW_SLOT_REMOVED, slot);
		}
	}
	*at = song->next;
	stage_show_song_destroy(song);
}

void
stage_show_sweep(struct stage_show_engine *self)
{
	struct stage_show_song **at = &self->songs;

	while (*at != NULL) {
		struct stage_show_song *song = *at;

		if (song->phase == STAGE_SHOW_LEAVING &&
			song != self->dropped && song != self->saving &&
			!has_programs(song)) {
			free_song(self, at);
		} else {
			at = &song->next;
		}
	}
}
