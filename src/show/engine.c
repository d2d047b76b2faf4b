/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/engine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "show/engine_private.h"

struct stage_show_engine *
stage_show_engine_create(const struct stage_show_ops *ops, void *user,
	const struct stage_show_limits *limits)
{
	struct stage_show_engine *self = calloc(1, sizeof(*self));

	if (self != NULL) {
		self->ops = ops;
		self->user = user;
		self->limits = *limits;
	}
	return self;
}

void
stage_show_engine_destroy(struct stage_show_engine *self)
{
	struct stage_show_song *next_song;

	if (self == NULL) {
		return;
	}
	while (self->programs != NULL) {
		stage_show_forget(self, self->programs);
	}
	for (struct stage_show_song *at = self->songs; at != NULL;
		at = next_song) {
		next_song = at->next;
		stage_show_song_destroy(at);
	}
	stage_show_answer(&self->askers, STAGE_SHOW_GENERAL, "it has ended");
	stage_show_answer(
		&self->save_askers, STAGE_SHOW_GENERAL, "it has ended");
	for (size_t i = 0; i < self->ahead_count; i++) {
		free(self->ahead[i].name);
	}
	stage_strv_finish(&self->bad_switchers);
	if (self->making != NULL) {
		stage_show_answer_one(
			self->making_asker, STAGE_SHOW_GENERAL, "it has ended");
	}
	stage_show_drop_storing(self);
	free(self->making);
	free(self->wanted);
	free(self);
}

void
stage_show_engine_set_habits(
	struct stage_show_engine *self, struct stage_show_habits *habits)
{
	self->habits = habits;
}

void
stage_show_engine_set_edit(struct stage_show_engine *self, bool is_edit)
{
	if (self->is_edit != is_edit) {
		self->is_edit = is_edit;
		stage_show_tell(self, STAGE_SHOW_MODE, NULL);
	}
}

bool
stage_show_engine_is_edit(const struct stage_show_engine *self)
{
	return self->is_edit;
}

// Answers.

void
stage_show_answer_one(struct stage_show_asker asker, enum stage_show_code code,
	const char *format, ...)
{
	char text[STAGE_ERR_TEXT_MAX];
	va_list args;

	if (asker.answer != NULL) {
		va_start(args, format);
		vsnprintf(text, sizeof(text), format, args);
		va_end(args);
		asker.answer(asker.user, code, text);
	}
}

void
stage_show_answer(struct stage_show_askers *askers, enum stage_show_code code,
	const char *format, ...)
{
	struct stage_show_askers all = *askers; // an answer may ask anew
	char text[STAGE_ERR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	askers->count = 0;
	for (size_t i = 0; i < all.count; i++) {
		all.items[i].answer(all.items[i].user, code, text);
	}
}

void
stage_show_join(struct stage_show_askers *askers, struct stage_show_asker asker)
{
	if (asker.answer == NULL) {
		return;
	}
	if (askers->count == STAGE_SHOW_ASKERS_MAX) {
		stage_show_answer_one(asker, STAGE_SHOW_NOT_NOW,
			"%d others wait for the same already",
			STAGE_SHOW_ASKERS_MAX);
		return;
	}
	askers->items[askers->count++] = asker;
}

// News.

void
stage_show_tell(struct stage_show_engine *self, enum stage_show_news what,
	const struct stage_show_slot *slot)
{
	self->ops->news(self->user, what, slot, NULL);
}

void
stage_show_set_state(struct stage_show_engine *self,
	struct stage_show_slot *slot, enum stage_show_state state)
{
	if (state == STAGE_SHOW_READY) {
		slot->is_late = false;
	}
	if (slot->state != state) {
		slot->before = slot->state;
		slot->state = state;
		stage_show_tell(self, STAGE_SHOW_SLOT_STATE, slot);
	}
}

void
stage_show_fail(struct stage_show_engine *self, struct stage_show_slot *slot,
	int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(slot->why, sizeof(slot->why), format, args);
	va_end(args);
	slot->code = code;
	stage_show_set_state(self, slot, STAGE_SHOW_FAILED);
}

// What is wanted.

static void
begin(struct stage_show_engine *self, enum stage_show_job job,
	const char *instead, struct stage_show_asker asker)
{
	stage_show_answer(&self->askers, STAGE_SHOW_NOT_NOW,
		"given up: %s was asked for meanwhile", instead);
	stage_show_drop(self);
	free(self->wanted);
	self->wanted = NULL;
	self->job = job;
	stage_show_join(&self->askers, asker);
}

// What its song.conf says stands above the mode.
static bool
is_saved_by_itself(const struct stage_show_engine *self,
	const struct stage_show_song *song)
{
	return song->conf.save == STAGE_SHOW_SAVE_EDIT ||
	       (song->conf.save == STAGE_SHOW_SAVE_DEFAULT && self->is_edit);
}

static void
save_by_mode(struct stage_show_engine *self, enum stage_show_saving saving)
{
	static const struct stage_show_asker nobody;

	if (saving == STAGE_SHOW_SAVE_BY_MODE && self->current != NULL &&
		is_saved_by_itself(self, self->current) &&
		self->saving == NULL) {
		stage_show_save_song(self, self->current, nobody);
	}
}

static bool
is_named(const struct stage_show_song *song, const char *name)
{
	return song != NULL && strcmp(song->name, name) == 0;
}

void
stage_show_engine_open(struct stage_show_engine *self, const char *name,
	enum stage_show_saving saving, struct stage_show_asker asker)
{
	char *wanted;

	if (self->job == STAGE_SHOW_JOB_QUIT) {
		stage_show_answer_one(
			asker, STAGE_SHOW_NOT_NOW, "the show is ending");
		return;
	}
	if (self->job == STAGE_SHOW_JOB_OPEN &&
		strcmp(self->wanted, name) == 0) {
		stage_show_join(&self->askers, asker);
		return;
	}
	if (self->job == STAGE_SHOW_JOB_OPEN && is_named(self->current, name)) {
		begin(self, STAGE_SHOW_IDLE, name, asker);
		stage_show_return(self);
		stage_show_advance(self);
		stage_show_answer(&self->askers, STAGE_SHOW_DONE, "Loaded.");
		return;
	}
	wanted = strdup(name);
	if (wanted == NULL) {
		stage_show_answer_one(
			asker, STAGE_SHOW_GENERAL, "out of memory");
		return;
	}
	begin(self, STAGE_SHOW_JOB_OPEN, name, asker);
	self->wanted = wanted;
	save_by_mode(self, saving);
	stage_show_advance(self);
}

static enum stage_show_code
code_of(enum stage_status status)
{
	static const enum stage_show_code codes[STAGE_STATUS_COUNT] = {
		[STAGE_NOT_FOUND] = STAGE_SHOW_NO_SUCH_FILE,
		[STAGE_BUSY] = STAGE_SHOW_LOCKED,
		[STAGE_NO_MEMORY] = STAGE_SHOW_GENERAL,
	};

	return codes[status] != STAGE_SHOW_DONE ? codes[status]
						: STAGE_SHOW_BAD_PROJECT;
}

void
stage_show_engine_close(struct stage_show_engine *self,
	enum stage_show_saving saving, struct stage_show_asker asker)
{
	if (self->job == STAGE_SHOW_JOB_QUIT) {
		stage_show_join(&self->askers, asker);
		return;
	}
	if (self->current == NULL && self->job != STAGE_SHOW_JOB_OPEN) {
		stage_show_answer_one(
			asker, STAGE_SHOW_NO_SESSION, "no song plays");
		return;
	}
	begin(self, STAGE_SHOW_JOB_CLOSE, "its end", asker);
	save_by_mode(self, saving);
	stage_show_advance(self);
}

void
stage_show_engine_quit(struct stage_show_engine *self,
	enum stage_show_saving saving, struct stage_show_asker asker)
{
	if (self->job == STAGE_SHOW_JOB_QUIT) {
		stage_show_join(&self->askers, asker);
		return;
	}
	begin(self, STAGE_SHOW_JOB_QUIT, "the end", asker);
	save_by_mode(self, saving);
	stage_show_advance(self);
}

// Going on.

static void
finish(struct stage_show_engine *self, enum stage_show_code code,
	const char *text)
{
	self->job = STAGE_SHOW_IDLE;
	stage_show_answer(&self->askers, code, "%s", text);
}

static void
advance_open(struct stage_show_engine *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (self->incoming == NULL &&
		stage_show_load(self, self->wanted, &err) != STAGE_OK) {
		stage_show_return(self);
		self->ops->told(
			self->user, STAGE_SHOW_TOLD_FAILED, self->wanted);
		finish(self, code_of(err.status), err.text);
		return;
	}
	stage_show_try_go(self);
	if (self->incoming == NULL) {
		finish(self, STAGE_SHOW_DONE, "Loaded.");
	}
}

// What may play next stays when only the song that plays is closed.
static bool
stays(const struct stage_show_engine *self, const struct stage_show_song *song)
{
	return song->phase == STAGE_SHOW_AHEAD &&
	       self->job != STAGE_SHOW_JOB_QUIT;
}

// Whether all that was told to end has ended, or cannot be told more.
static bool
is_over(const struct stage_show_engine *self)
{
	for (const struct stage_show_program *at = self->programs; at != NULL;
		at = at->next) {
		if (at->kill_at_ns != INT64_MAX &&
			(at->slot == NULL || !stays(self, at->slot->song))) {
			return false;
		}
	}
	return true;
}

static void
leave_all(struct stage_show_engine *self)
{
	static const struct stage_strv none;

	stage_show_drop(self);
	self->dropped = NULL;
	if (self->current != NULL) {
		self->ops->told(
			self->user, STAGE_SHOW_TOLD_LEFT, self->current->name);
		self->current = NULL;
		(void)self->ops->select(self->user, NULL, &none);
		stage_show_tell(self, STAGE_SHOW_SONG, NULL);
	}
	for (struct stage_show_song *at = self->songs; at != NULL;
		at = at->next) {
		if (!stays(self, at)) {
			stage_show_leave(self, at);
		}
	}
}

static void
advance_job(struct stage_show_engine *self)
{
	if (self->job == STAGE_SHOW_JOB_OPEN) {
		advance_open(self);
		return;
	}
	leave_all(self);
	stage_show_sweep(self);
	if (self->job == STAGE_SHOW_JOB_CLOSE && is_over(self)) {
		finish(self, STAGE_SHOW_DONE, "Closed.");
	}
	if (self->job == STAGE_SHOW_JOB_QUIT && is_over(self)) {
		stage_show_answer(&self->askers, STAGE_SHOW_DONE, "Quit.");
		self->ops->ended(self->user);
	}
}

void
stage_show_advance(struct stage_show_engine *self)
{
	stage_show_try_saved(self);
	stage_show_launch_waiting(self);
	if (self->job != STAGE_SHOW_IDLE && self->saving == NULL) {
		advance_job(self);
	}
	if (self->job == STAGE_SHOW_IDLE && self->saving == NULL &&
		!stage_show_is_any_parting(self)) { // that is in a hurry
		stage_show_look_ahead(self);
	}
	stage_show_sweep(self);
}

// Time.

static void
sooner(int64_t *first, int64_t time_ns)
{
	if (time_ns < *first) {
		*first = time_ns;
	}
}

int64_t
stage_show_engine_deadline_ns(const struct stage_show_engine *self)
{
	int64_t first = INT64_MAX;

	if (self->is_keeping) {
		sooner(&first, self->keep_until_ns);
	}
	for (const struct stage_show_program *at = self->programs; at != NULL;
		at = at->next) {
		if (at->is_ending) {
			sooner(&first, at->kill_at_ns);
		} else if (at->pending != STAGE_SHOW_NOTHING) {
			sooner(&first, at->deadline_ns);
		}
	}
	for (const struct stage_show_song *at = self->songs; at != NULL;
		at = at->next) {
		if (at->phase == STAGE_SHOW_RINGING ||
			at->phase == STAGE_SHOW_PARTING) {
			sooner(&first, at->leave_at_ns);
		} else if (at->phase < STAGE_SHOW_RINGING) {
			sooner(&first, stage_show_start_due_ns(self, at));
		}
	}
	return first;
}

static const char *const overdue[] = {
	[STAGE_SHOW_NOTHING] = "",
	[STAGE_SHOW_ANNOUNCE] = "has not said that it is there",
	[STAGE_SHOW_OPEN] = "has not opened its project",
	[STAGE_SHOW_SAVE] = "has not saved",
};

static void
give_up(struct stage_show_engine *self, struct stage_show_program *program,
	int64_t now_ns)
{
	struct stage_show_slot *slot = program->slot;

	program->deadline_ns = INT64_MAX;
	if (slot == NULL) {
		return;
	}
	stage_show_habits_miss(self->habits, program->executable,
		stage_show_deadline_of(program->pending));
	if (program->pending == STAGE_SHOW_ANNOUNCE && slot->is_late) {
		return; // nobody waited for it, which was told
	}
	slot->is_late = true;
	slot->is_saving = false;
	snprintf(slot->why, sizeof(slot->why), "%s %s in %lld s", slot->name,
		overdue[program->pending],
		(long long)((now_ns - program->pending_since_ns) / 1000000000));
	stage_show_tell(self, STAGE_SHOW_SLOT_STATE, slot);
	if (slot->state == STAGE_SHOW_SWITCHING) {
		stage_show_renew(self, program);
	}
}

void
stage_show_engine_step(struct stage_show_engine *self)
{
	int64_t now_ns = self->ops->now_ns(self->user);
	struct stage_show_program *next;

	for (struct stage_show_program *at = self->programs; at != NULL;
		at = next) {
		next = at->next;
		if (at->is_ending) {
			if (at->kill_at_ns <= now_ns) {
				at->kill_at_ns = INT64_MAX;
				stage_show_habits_miss(self->habits,
					at->executable,
					STAGE_SHOW_DEADLINE_QUIT);
				self->ops->end(self->user, at, true);
			}
		} else if (at->pending != STAGE_SHOW_NOTHING &&
			   at->deadline_ns <= now_ns) {
			give_up(self, at, now_ns);
		}
	}
	stage_show_look_at_groups(self);
	for (struct stage_show_song *at = self->songs; at != NULL;
		at = at->next) {
		if (at->leave_at_ns > now_ns) {
			continue;
		}
		if (at->phase == STAGE_SHOW_RINGING) {
			at->phase = STAGE_SHOW_LEAVING;
			(void)stage_show_select(self);
			stage_show_leave(self, at);
		} else if (at->phase == STAGE_SHOW_PARTING) {
			stage_show_leave(self, at);
		}
	}
	stage_show_give_up_keeping(self, now_ns);
	stage_show_advance(self);
}

// What there is.

const struct stage_show_song *
stage_show_engine_current(const struct stage_show_engine *self)
{
	return self->current;
}

const struct stage_show_song *
stage_show_engine_incoming(const struct stage_show_engine *self)
{
	return self->incoming;
}

const struct stage_show_song *
stage_show_engine_songs(const struct stage_show_engine *self)
{
	return self->songs;
}

const struct stage_show_program *
stage_show_engine_programs(const struct stage_show_engine *self)
{
	return self->programs;
}
