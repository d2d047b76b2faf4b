/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Songs that are loaded before their turn. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "show/engine_private.h"

struct stage_show_song *
stage_show_find_ahead(const struct stage_show_engine *self, const char *name)
{
	struct stage_show_song *at = self->songs;

	while (at != NULL && !(at->phase == STAGE_SHOW_AHEAD &&
				     strcmp(at->name, name) == 0)) {
		at = at->next;
	}
	return at;
}

const struct stage_show_ahead *
stage_show_engine_ahead(const struct stage_show_engine *self, size_t at,
	const struct stage_show_song **song)
{
	const struct stage_show_ahead *ahead =
		at < self->ahead_count ? &self->ahead[at] : NULL;

	if (song != NULL) {
		*song = ahead != NULL ? stage_show_find_ahead(self, ahead->name)
				      : NULL;
	}
	return ahead;
}

// What is wanted.

static bool
is_wanted(const struct stage_show_engine *self, const char *name)
{
	for (size_t i = 0; i < self->ahead_count; i++) {
		if (strcmp(self->ahead[i].name, name) == 0) {
			return true;
		}
	}
	return false;
}

void
stage_show_want_ahead(struct stage_show_engine *self, const char *name)
{
	struct stage_show_ahead *wish = &self->ahead[self->ahead_count];

	if (self->ahead_count >= self->limits.preload ||
		self->ahead_count == STAGE_SHOW_PRELOAD_MAX ||
		name[0] == '\0' || is_wanted(self, name)) {
		return;
	}
	wish->name = strdup(name);
	wish->why[0] = '\0';
	self->ahead_count += wish->name != NULL;
}

void
stage_show_engine_preload_all(
	struct stage_show_engine *self, const char *const *names, size_t count)
{
	for (size_t i = 0; i < self->ahead_count; i++) {
		free(self->ahead[i].name);
	}
	self->ahead_count = 0;
	for (size_t i = 0; i < count; i++) {
		stage_show_want_ahead(self, names[i]);
	}
	stage_show_advance(self);
}

void
stage_show_engine_preload(struct stage_show_engine *self, const char *name)
{
	stage_show_engine_preload_all(self, &name, name != NULL);
}

// Whether it is still what it was.

static bool
is_same_words(char *const *a, char *const *b)
{
	if (a == NULL || b == NULL) {
		return a == b;
	}
	while (*a != NULL && *b != NULL && strcmp(*a, *b) == 0) {
		a++;
		b++;
	}
	return *a == NULL && *b == NULL;
}

// Not by the name: that is what a client says of itself.
static bool
is_same(const struct stage_show_song *a, const struct stage_show_song *b)
{
	const struct stage_show_slot *mine = a->slots;
	const struct stage_show_slot *other = b->slots;

	if (a->place != b->place || strcmp(a->path, b->path) != 0) {
		return false;
	}
	while (mine != NULL && other != NULL &&
		strcmp(mine->id, other->id) == 0 &&
		strcmp(mine->executable, other->executable) == 0 &&
		is_same_words(mine->argv, other->argv)) {
		mine = mine->next;
		other = other->next;
	}
	return mine == NULL && other == NULL;
}

bool
stage_show_adopt_ahead(
	struct stage_show_song *ahead, struct stage_show_song *fresh)
{
	struct stage_show_song_conf conf = ahead->conf;

	if (!is_same(ahead, fresh)) {
		return false;
	}
	ahead->conf = fresh->conf;
	fresh->conf = conf;
	for (struct stage_show_slot *slot = ahead->slots; slot != NULL;
		slot = slot->next) {
		slot->conf =
			*stage_show_song_conf_client(&ahead->conf, slot->id);
	}
	stage_show_song_destroy(fresh);
	return true;
}

// Coming up.

static size_t
count_switchable(const struct stage_show_engine *self,
	const struct stage_show_slot *slot)
{
	size_t count = 0;

	for (const struct stage_show_program *at = self->programs; at != NULL;
		at = at->next) {
		count += at->slot != NULL && at->slot->song == self->current &&
			 stage_show_can_take(self, at, slot);
	}
	return count;
}

/* A program that plays becomes this one when it is its turn: as many of the
 * first ones of its kind as there are. */
static bool
is_to_be_switched(const struct stage_show_engine *self,
	const struct stage_show_slot *slot)
{
	size_t before = 0;

	for (const struct stage_show_slot *at = slot->song->slots; at != slot;
		at = at->next) {
		before += at->program == NULL && at->argv == NULL &&
			  !at->conf.is_manual &&
			  strcmp(at->executable, slot->executable) == 0;
	}
	return before < count_switchable(self, slot);
}

static bool
may_start(const struct stage_show_engine *self,
	const struct stage_show_slot *slot, int64_t now_ns)
{
	// A program of a run line is heard as soon as it is there.
	if (slot->state != STAGE_SHOW_WAITING || slot->argv != NULL ||
		slot->conf.is_alone || slot->not_before_ns > now_ns ||
		is_to_be_switched(self, slot)) {
		return false;
	}
	for (const struct stage_show_program *at = self->programs; at != NULL;
		at = at->next) {
		if (stage_show_is_rival(slot, at)) {
			return false;
		}
	}
	return true;
}

static void
give_up(struct stage_show_engine *self, struct stage_show_ahead *wish,
	struct stage_show_song *song, const struct stage_err *err)
{
	snprintf(wish->why, sizeof(wish->why), "%s", err->text);
	if (song != NULL) {
		stage_show_leave(self, song);
	}
}

// What those of its programs will want that are not there yet.
static int64_t
count_wanted(const struct stage_show_engine *self,
	const struct stage_show_song *song)
{
	int64_t wanted = 0;

	for (const struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		if (!slot->conf.is_manual && slot->state != STAGE_SHOW_READY) {
			wanted += stage_show_habits_memory(
				self->habits, slot->executable);
		}
	}
	return wanted;
}

static void
come_up(struct stage_show_engine *self, struct stage_show_ahead *wish,
	struct stage_show_song *song)
{
	struct stage_err err = STAGE_ERR_INIT;
	int64_t now_ns = self->ops->now_ns(self->user);

	for (struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		if (!may_start(self, slot, now_ns)) {
			continue;
		}
		if (self->ops->has_room(self->user, song,
			    count_wanted(self, song), &err) != STAGE_OK) {
			give_up(self, wish, song, &err);
			return;
		}
		stage_show_launch(self, slot);
	}
}

static struct stage_show_song *
begin(struct stage_show_engine *self, struct stage_show_ahead *wish)
{
	struct stage_show_song *song = NULL;
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_show_read_song(self, wish->name, &song, &err) != STAGE_OK) {
		give_up(self, wish, NULL, &err);
		return NULL;
	}
	song->phase = STAGE_SHOW_AHEAD;
	song->was_ahead = true;
	song->next = self->songs;
	self->songs = song;
	for (struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		if (!slot->conf.is_manual) {
			stage_show_set_state(self, slot, STAGE_SHOW_WAITING);
		}
	}
	return song;
}

// The song that plays has what its own next turn would need.
static bool
plays(const struct stage_show_engine *self, const char *name)
{
	return self->current != NULL && strcmp(self->current->name, name) == 0;
}

static void
leave_unwanted(struct stage_show_engine *self)
{
	for (struct stage_show_song *at = self->songs; at != NULL;
		at = at->next) {
		if (at->phase == STAGE_SHOW_AHEAD &&
			(!is_wanted(self, at->name) || plays(self, at->name))) {
			stage_show_leave(self, at);
		}
	}
}

void
stage_show_look_ahead(struct stage_show_engine *self)
{
	leave_unwanted(self);
	for (size_t i = 0; i < self->ahead_count; i++) {
		struct stage_show_ahead *wish = &self->ahead[i];
		struct stage_show_song *song =
			stage_show_find_ahead(self, wish->name);

		if (wish->why[0] != '\0' || plays(self, wish->name)) {
			continue;
		}
		song = song != NULL ? song : begin(self, wish);
		if (song != NULL) {
			come_up(self, wish, song);
		}
	}
}
