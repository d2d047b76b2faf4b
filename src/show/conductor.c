/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/conductor.h"

#include <stdlib.h>
#include <string.h>

#include "show/conductor_private.h"

struct stage_show_conductor *
stage_show_conductor_create(const struct stage_show_conductor_ops *ops,
	void *user, int64_t guard_ns)
{
	struct stage_show_conductor *self = calloc(1, sizeof(*self));

	if (self != NULL) {
		self->ops = ops;
		self->user = user;
		self->guard_ns = guard_ns;
		self->place = (struct stage_show_place){
			.trouble = "",
			.playing = {0, ""},
			.coming = {0, ""},
			.selected = {0, ""},
			.next = {0, ""},
			.previous = {0, ""},
			.guard_ns = guard_ns,
			.is_over = true,
		};
	}
	return self;
}

void
stage_show_conductor_destroy(struct stage_show_conductor *self)
{
	if (self == NULL) {
		return;
	}
	stage_show_setlist_finish(&self->list);
	free(self->set);
	free(self->playing_name);
	free(self->prepared);
	free(self);
}

// Sentences.

static void
answer(struct stage_show_asker asker, enum stage_show_code code,
	const char *text)
{
	if (asker.answer != NULL) {
		asker.answer(asker.user, code, text);
	}
}

static const char *
name_of(const struct stage_show_conductor *self, size_t number)
{
	const struct stage_show_set_line *line =
		stage_show_setlist_song(&self->list, number);

	return line != NULL && line->name != NULL ? line->name : "";
}

static enum stage_status
say_end(const struct stage_show_conductor *self, bool is_back,
	struct stage_err *err)
{
	struct stage_show_mark end = {is_back ? 0 : self->list.songs, false};
	size_t last = is_back ? stage_show_mark_next(&self->list, end)
			      : stage_show_mark_previous(&self->list, end);
	const char *set = self->set != NULL ? self->set : "";

	if (last == 0) {
		return self->set != NULL
			       ? stage_err_set(err, STAGE_NOT_FOUND,
					 "the setlist \"%s\" has no song to "
					 "play",
					 set)
			       : stage_err_set(err, STAGE_NOT_FOUND,
					 "there are no songs");
	}
	if (is_back) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"there is no song before \"%s\", the first one%s%s%s",
			name_of(self, last),
			self->set != NULL ? " of the setlist \"" : "", set,
			self->set != NULL ? "\"" : "");
	}
	return stage_err_set(err, STAGE_NOT_FOUND,
		"%s%s%s is over: \"%s\" was its last song",
		self->set != NULL ? "the setlist \"" : "the list of songs", set,
		self->set != NULL ? "\"" : "", name_of(self, last));
}

// The song that has a number.
static enum stage_status
find(const struct stage_show_conductor *self, size_t number,
	struct stage_err *err)
{
	const struct stage_show_set_line *line =
		stage_show_setlist_song(&self->list, number);

	if (line == NULL) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"there is no song %zu in %s%s%s: it has %zu", number,
			self->set != NULL ? "the setlist \"" : "the list",
			self->set != NULL ? self->set : "",
			self->set != NULL ? "\"" : "", self->list.songs);
	}
	return line->kind == STAGE_SHOW_SET_SONG
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_BAD_INPUT,
				 "song %zu of the setlist \"%s\" has a name "
				 "that no song can have",
				 number, self->set);
}

// Plays.

// Who asked, while the engine works on it.
struct wish {
	struct stage_show_conductor *conductor;
	struct stage_show_asker asker;
	unsigned number;
};

// What plays goes on, and was meant: perhaps it is another place of the list.
static bool
plays_here(const struct stage_show_conductor *self)
{
	return self->playing_name != NULL &&
	       strcmp(self->playing_name, name_of(self, self->here.number)) ==
		       0;
}

static void
on_answer(void *user, enum stage_show_code code, const char *text)
{
	struct wish *wish = user;
	struct stage_show_conductor *self = wish->conductor;

	if (wish->number == self->wishes) {
		self->coming = 0;
		if (code == STAGE_SHOW_DONE && plays_here(self)) {
			self->playing = self->here.number;
		}
		if (code == STAGE_SHOW_NOT_NOW) {
			self->here = self->before;
		} // else it is passed: the next wish is for the one behind it
		stage_show_conductor_settle(self);
	}
	answer(wish->asker, code, text);
	free(wish);
}

static void
play(struct stage_show_conductor *self, size_t number,
	struct stage_show_asker asker)
{
	struct wish *wish = calloc(1, sizeof(*wish));
	char *name = strdup(name_of(self, number));

	if (wish == NULL || name == NULL) {
		answer(asker, STAGE_SHOW_GENERAL, "out of memory");
		free(wish);
		free(name);
		return;
	}
	wish->conductor = self;
	wish->asker = asker;
	wish->number = ++self->wishes;
	if (self->coming == 0) {
		self->before = self->here;
	}
	self->here = (struct stage_show_mark){number, true};
	self->coming = number;
	self->chosen = 0;
	stage_show_conductor_settle(self);
	self->ops->open(
		self->user, name, (struct stage_show_asker){on_answer, wish});
	free(name);
}

// Whether it is one of two that were meant as one.
static bool
is_double(struct stage_show_conductor *self, enum stage_show_press_kind kind,
	size_t number)
{
	int64_t now_ns = self->ops->now_ns(self->user);
	bool is_same = self->last.kind == kind && self->last.number == number &&
		       now_ns - self->last.time_ns < self->guard_ns;

	self->last.kind = kind;
	self->last.number = number;
	self->last.time_ns = now_ns;
	return is_same;
}

static void
say_double(
	const struct stage_show_conductor *self, struct stage_show_asker asker)
{
	struct stage_err err = STAGE_ERR_INIT;

	(void)stage_err_set(&err, STAGE_BUSY,
		"the same was asked for less than %lld ms before (show.guard "
		"of rig.conf)",
		(long long)(self->guard_ns / 1000000));
	answer(asker, STAGE_SHOW_NOT_NOW, err.text);
}

static size_t
target_of(const struct stage_show_conductor *self, enum stage_show_wish wish)
{
	if (wish == STAGE_SHOW_PREVIOUS) {
		return stage_show_mark_previous(&self->list, self->here);
	}
	return wish == STAGE_SHOW_GO && self->chosen > 0
		       ? self->chosen
		       : stage_show_mark_next(&self->list, self->here);
}

void
stage_show_conductor_do(struct stage_show_conductor *self,
	enum stage_show_wish wish, struct stage_show_asker asker)
{
	bool is_back = wish == STAGE_SHOW_PREVIOUS;
	struct stage_err err = STAGE_ERR_INIT;
	size_t number;

	if (is_double(self,
		    is_back ? STAGE_SHOW_PRESS_BACK : STAGE_SHOW_PRESS_FORTH,
		    0)) {
		say_double(self, asker);
		return;
	}
	stage_show_conductor_look(self);
	number = target_of(self, wish);
	if (number == 0) {
		(void)say_end(self, is_back, &err);
		answer(asker, STAGE_SHOW_NO_SUCH_FILE, err.text);
		return;
	}
	play(self, number, asker);
}

void
stage_show_conductor_play(struct stage_show_conductor *self, size_t number,
	struct stage_show_asker asker)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (is_double(self, STAGE_SHOW_PRESS_PLAY, number)) {
		say_double(self, asker);
		return;
	}
	stage_show_conductor_look(self);
	if (find(self, number, &err) != STAGE_OK) {
		answer(asker, STAGE_SHOW_NO_SUCH_FILE, err.text);
		return;
	}
	play(self, number, asker);
}

void
stage_show_conductor_plays(struct stage_show_conductor *self, const char *song)
{
	char *name = song != NULL ? strdup(song) : NULL;
	size_t number = 0;

	free(self->playing_name);
	self->playing_name = name;
	if (name != NULL) {
		number = strcmp(name_of(self, self->here.number), name) == 0
				 ? self->here.number
				 : stage_show_mark_find(&self->list, name,
					   self->here.number);
		// One that is in no list is a way aside: the list goes on
		// behind where it was left.
		self->here.is_on = number > 0;
		self->here.number = number > 0 ? number : self->here.number;
		self->coming = 0;
	}
	self->playing = number;
	stage_show_conductor_settle(self);
}

// Selects.

static void
choose(struct stage_show_conductor *self, size_t number)
{
	self->chosen = number;
	stage_show_conductor_settle(self);
}

enum stage_status
stage_show_conductor_select(
	struct stage_show_conductor *self, size_t number, struct stage_err *err)
{
	enum stage_status status;

	stage_show_conductor_look(self);
	status = find(self, number, err);
	if (status == STAGE_OK) {
		choose(self, number);
	}
	return status;
}

enum stage_status
stage_show_conductor_step(
	struct stage_show_conductor *self, int by, struct stage_err *err)
{
	struct stage_show_mark mark = {0, false};
	size_t number;

	stage_show_conductor_look(self);
	number = target_of(self, STAGE_SHOW_GO);
	mark.number = number > 0 ? number : self->list.songs;
	mark.is_on = number > 0;
	for (; by != 0; by += by < 0 ? 1 : -1) {
		number = by < 0 ? stage_show_mark_previous(&self->list, mark)
				: stage_show_mark_next(&self->list, mark);
		if (number == 0) {
			return say_end(self, by < 0, err);
		}
		mark = (struct stage_show_mark){number, true};
	}
	if (number > 0) {
		choose(self, number);
	}
	return STAGE_OK;
}

enum stage_status
stage_show_conductor_reset(
	struct stage_show_conductor *self, struct stage_err *err)
{
	stage_show_conductor_look(self);
	if (stage_show_mark_next(
		    &self->list, (struct stage_show_mark){0, false}) == 0) {
		return say_end(self, false, err);
	}
	self->here = (struct stage_show_mark){0, false};
	self->before = self->here;
	choose(self, 0);
	return STAGE_OK;
}
