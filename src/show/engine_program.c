/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Programs: their start, their end, and what they play. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "show/engine_private.h"

#define RESTARTS_IN_NS 60000000000
#define RESTARTS_AT_ONCE 3          // of those in that time, of one that
#define RESTART_LATER_NS 5000000000 // always is; the others come that later

struct stage_show_program *
stage_show_program_new(struct stage_show_engine *self, const char *executable)
{
	struct stage_show_program *program = calloc(1, sizeof(*program));

	if (program == NULL) {
		return NULL;
	}
	program->executable = strdup(executable);
	if (program->executable == NULL) {
		free(program);
		return NULL;
	}
	program->next = self->programs;
	self->programs = program;
	return program;
}

void
stage_show_forget(
	struct stage_show_engine *self, struct stage_show_program *program)
{
	struct stage_show_program **at = &self->programs;

	while (*at != program) {
		at = &(*at)->next;
	}
	*at = program->next;
	if (program->slot != NULL) {
		program->slot->program = NULL;
	}
	stage_show_program_destroy(program);
}

void
stage_show_await(struct stage_show_engine *self,
	struct stage_show_program *program, enum stage_show_pending what,
	int64_t limit_ns)
{
	program->pending = what;
	program->pending_since_ns = self->ops->now_ns(self->user);
	program->deadline_ns = program->pending_since_ns + limit_ns;
}

int64_t
stage_show_patience_ns(const struct stage_show_engine *self,
	const struct stage_show_slot *slot, enum stage_show_deadline what)
{
	const int64_t usual_ns[STAGE_SHOW_DEADLINE_COUNT] = {
		[STAGE_SHOW_DEADLINE_ANNOUNCE] = self->limits.announce_ns,
		[STAGE_SHOW_DEADLINE_OPEN] = self->limits.open_ns,
		[STAGE_SHOW_DEADLINE_SAVE] = self->limits.save_ns,
		[STAGE_SHOW_DEADLINE_QUIT] = self->limits.end_ns,
	};
	int64_t said_ns = slot != NULL ? slot->conf.deadlines_ns[what]
				       : STAGE_SHOW_UNSAID;

	if (said_ns != STAGE_SHOW_UNSAID || slot == NULL) {
		return slot != NULL ? said_ns : usual_ns[what];
	}
	return stage_show_habits_patience_ns(
		self->habits, slot->executable, what, usual_ns[what]);
}

enum stage_show_deadline
stage_show_deadline_of(enum stage_show_pending pending)
{
	static const enum stage_show_deadline deadlines[] = {
		[STAGE_SHOW_ANNOUNCE] = STAGE_SHOW_DEADLINE_ANNOUNCE,
		[STAGE_SHOW_OPEN] = STAGE_SHOW_DEADLINE_OPEN,
		[STAGE_SHOW_SAVE] = STAGE_SHOW_DEADLINE_SAVE,
	};

	return deadlines[pending];
}

void
stage_show_learn(struct stage_show_engine *self,
	const struct stage_show_program *program,
	enum stage_show_pending pending)
{
	if (program->pending == pending) {
		stage_show_habits_note(self->habits, program->executable,
			stage_show_deadline_of(pending),
			self->ops->now_ns(self->user) -
				program->pending_since_ns);
	}
}

// Its song is over: it will hardly want more.
static void
learn_memory(struct stage_show_engine *self,
	const struct stage_show_program *program)
{
	stage_show_habits_note_memory(self->habits, program->executable,
		self->ops->memory(self->user, program));
}

// Starting.

/* What never says that it is there is not waited for: it is late from the
 * beginning. It has its time all the same, in which it may surprise. */
static void
mark_silent(const struct stage_show_engine *self, struct stage_show_slot *slot)
{
	if (slot->conf.deadlines_ns[STAGE_SHOW_DEADLINE_ANNOUNCE] ==
			STAGE_SHOW_UNSAID &&
		stage_show_habits_is_silent(self->habits, slot->executable)) {
		slot->is_late = true;
		snprintf(slot->why, sizeof(slot->why),
			"%s did not say that it was there the last times, and "
			"is not waited for",
			slot->name);
	}
}

static void
begin_run(struct stage_show_engine *self, struct stage_show_slot *slot)
{
	if (slot->argv != NULL) { // it says nothing: it is there
		stage_show_set_state(self, slot, STAGE_SHOW_READY);
		return;
	}
	stage_show_await(self, slot->program, STAGE_SHOW_ANNOUNCE,
		stage_show_patience_ns(
			self, slot, STAGE_SHOW_DEADLINE_ANNOUNCE));
	mark_silent(self, slot);
	stage_show_set_state(self, slot, STAGE_SHOW_LAUNCHED);
}

void
stage_show_launch(struct stage_show_engine *self, struct stage_show_slot *slot)
{
	struct stage_show_program *program =
		stage_show_program_new(self, slot->executable);
	struct stage_err err = STAGE_ERR_INIT;

	if (program == NULL) {
		stage_show_fail(
			self, slot, STAGE_SHOW_LAUNCH_FAILED, "out of memory");
		return;
	}
	if (self->ops->launch(self->user, slot, &program->process, &err) !=
		STAGE_OK) {
		stage_show_forget(self, program);
		stage_show_fail(
			self, slot, STAGE_SHOW_LAUNCH_FAILED, "%s", err.text);
		return;
	}
	program->is_ours = true;
	program->launched = program->process.pid;
	program->slot = slot;
	slot->program = program;
	slot->is_late = false;
	slot->was_loaded = false;
	slot->has_crashed = false;
	slot->code = 0;
	slot->why[0] = '\0';
	memcpy(program->id, slot->id, sizeof(program->id));
	program->is_run = slot->argv != NULL;
	program->is_alone = slot->conf.is_alone;
	begin_run(self, slot);
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

bool
stage_show_is_rival(const struct stage_show_slot *slot,
	const struct stage_show_program *program)
{
	bool has_id =
		(program->is_unknown && program->kill_at_ns != INT64_MAX) ||
		(slot->argv == NULL && !program->is_run &&
			strcmp(program->slot != NULL ? program->slot->id
						     : program->id,
				slot->id) == 0);

	return has_id || ((slot->conf.is_alone || program->is_alone) &&
				 strcmp(base_name(slot->executable),
					 base_name(program->executable)) == 0);
}

// Two of one song that must not run beside each other never will.
static void
refuse(struct stage_show_engine *self, struct stage_show_slot *slot,
	const struct stage_show_slot *other)
{
	stage_show_fail(self, slot, STAGE_SHOW_LAUNCH_FAILED,
		"%s cannot run beside %s (%s): they are one program, and one "
		"of them is to run alone",
		slot->name, other->name, other->id);
}

/* Whether it may be started now. What is in its way is on its way out, or is
 * sent there. */
static bool
may_start(struct stage_show_engine *self, struct stage_show_slot *slot)
{
	bool is_free = slot->not_before_ns <= self->ops->now_ns(self->user);
	struct stage_show_program *next;

	for (struct stage_show_program *at = self->programs; at != NULL;
		at = next) {
		next = at->next;
		if (!stage_show_is_rival(slot, at)) {
			continue;
		}
		is_free = false;
		if (!at->is_ending && at->slot != NULL &&
			at->slot->song == slot->song) {
			refuse(self, slot, at->slot);
			return false;
		}
		stage_show_end(self, at);
	}
	return is_free;
}

int64_t
stage_show_start_due_ns(const struct stage_show_engine *self,
	const struct stage_show_song *song)
{
	int64_t now_ns = self->ops->now_ns(self->user);
	int64_t first = INT64_MAX;

	for (const struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		if (slot->state == STAGE_SHOW_WAITING &&
			slot->not_before_ns > now_ns &&
			slot->not_before_ns < first) {
			first = slot->not_before_ns;
		}
	}
	return first;
}

void
stage_show_launch_waiting(struct stage_show_engine *self)
{
	for (struct stage_show_song *song = self->songs; song != NULL;
		song = song->next) {
		if (song->phase == STAGE_SHOW_AHEAD ||
			song->phase >= STAGE_SHOW_RINGING) {
			continue;
		}
		for (struct stage_show_slot *slot = song->slots; slot != NULL;
			slot = slot->next) {
			if (slot->state == STAGE_SHOW_WAITING &&
				may_start(self, slot)) {
				stage_show_launch(self, slot);
			}
		}
	}
}

// Opening.

void
stage_show_try_open(
	struct stage_show_engine *self, struct stage_show_program *program)
{
	struct stage_show_slot *slot = program->slot;
	char path[STAGE_PATH_MAX];
	const char *title;

	if (!program->is_to_open || slot == NULL ||
		program->pending != STAGE_SHOW_NOTHING) {
		return;
	}
	program->is_to_open = false;
	if (stage_format(path, sizeof(path), "%s/%s.%s", slot->song->path,
		    slot->name, slot->id) != STAGE_OK) {
		stage_show_fail(self, slot, STAGE_SHOW_CREATE_FAILED,
			"the path of %s is too long", slot->name);
		return;
	}
	title = strrchr(slot->song->name, '/');
	memcpy(program->id, slot->id, sizeof(program->id));
	stage_show_await(self, program, STAGE_SHOW_OPEN,
		stage_show_patience_ns(self, slot, STAGE_SHOW_DEADLINE_OPEN));
	self->ops->open(self->user, program, path,
		title != NULL ? title + 1 : slot->song->name, slot->id);
}

void
stage_show_take(struct stage_show_engine *self,
	struct stage_show_program *program, struct stage_show_slot *slot)
{
	struct stage_show_slot *before = program->slot;

	before->program = NULL;
	before->is_taken = true;
	before->is_saving = false;
	program->slot = slot;
	program->is_alone = slot->conf.is_alone;
	slot->program = program;
	slot->is_taken = false;
	slot->is_late = false;
	slot->was_loaded = false;
	slot->code = 0;
	slot->why[0] = '\0';
	program->is_to_open = true;
	learn_memory(self, program);
	self->ops->news(self->user, STAGE_SHOW_SLOT_TAKEN, slot, before);
	stage_show_set_state(self, slot, STAGE_SHOW_SWITCHING);
	stage_show_try_open(self, program);
}

void
stage_show_tell_loaded(
	struct stage_show_engine *self, struct stage_show_slot *slot)
{
	if (slot->state == STAGE_SHOW_READY && !slot->was_loaded &&
		slot->program->has_announced) {
		slot->was_loaded = true;
		self->ops->loaded(self->user, slot->program);
	}
}

// Ending.

void
stage_show_end(
	struct stage_show_engine *self, struct stage_show_program *program)
{
	struct stage_show_slot *slot = program->slot;

	if (program->is_ending) {
		return;
	}
	if (program->process.pid == 0) {
		// Nobody knows who it is: it is left alone.
		stage_show_forget(self, program);
		if (slot != NULL) {
			stage_show_set_state(self, slot, STAGE_SHOW_STOPPED);
		}
		return;
	}
	learn_memory(self, program);
	program->is_ending = true;
	program->pending = STAGE_SHOW_NOTHING;
	program->ending_since_ns = self->ops->now_ns(self->user);
	program->kill_at_ns =
		program->ending_since_ns +
		stage_show_patience_ns(self, slot, STAGE_SHOW_DEADLINE_QUIT);
	self->ops->end(self->user, program, false);
	if (slot != NULL) {
		slot->is_saving = false;
		stage_show_set_state(self, slot, STAGE_SHOW_QUITTING);
	}
}

void
stage_show_engine_end_unknown(struct stage_show_engine *self,
	const struct stage_proc_id *process, bool is_leader)
{
	struct stage_show_program *program = stage_show_program_new(self, "");

	if (program != NULL) {
		program->process = *process;
		program->is_ours = is_leader;
		program->is_unknown = true;
		stage_show_end(self, program);
	}
}

// A crash is mended in the song that plays, but not without end.
static bool
may_restart(struct stage_show_engine *self, struct stage_show_slot *slot)
{
	int64_t now_ns = self->ops->now_ns(self->user);

	if ((slot->song->phase != STAGE_SHOW_PLAYING &&
		    slot->song->phase != STAGE_SHOW_AHEAD) ||
		!slot->has_crashed) {
		return false; // one that loads waits for nobody a second time
	}
	if (slot->restarts == 0 ||
		now_ns - slot->restarts_since_ns > RESTARTS_IN_NS) {
		slot->restarts = 0;
		slot->restarts_since_ns = now_ns;
	}
	return slot->conf.restarts == STAGE_SHOW_RESTART_ALWAYS ||
	       slot->restarts < (unsigned)slot->conf.restarts;
}

static void
died(struct stage_show_engine *self, struct stage_show_slot *slot,
	bool is_clean, const char *how)
{
	slot->is_saving = false;
	if (is_clean) {
		snprintf(slot->why, sizeof(slot->why), "%s ended by itself",
			slot->name);
		stage_show_set_state(self, slot, STAGE_SHOW_STOPPED);
		return;
	}
	if (slot->state == STAGE_SHOW_SWITCHING) {
		stage_show_bad_switcher(self, slot->executable);
	}
	stage_show_fail(
		self, slot, STAGE_SHOW_GENERAL, "%s %s", slot->name, how);
	slot->has_crashed = true;
	stage_show_mend(self, slot);
}

void
stage_show_mend(struct stage_show_engine *self, struct stage_show_slot *slot)
{
	if (slot->program != NULL || !may_restart(self, slot)) {
		return;
	}
	if (slot->restarts++ >= RESTARTS_AT_ONCE &&
		slot->conf.restarts == STAGE_SHOW_RESTART_ALWAYS) {
		slot->not_before_ns =
			self->ops->now_ns(self->user) + RESTART_LATER_NS;
		stage_show_set_state(self, slot, STAGE_SHOW_WAITING);
		return;
	}
	stage_show_launch(self, slot);
}

/* A daemon: the process that was started ends, and another one speaks for it,
 * or will. is_alone: what is in its group does not end with it. */
static bool
find_next(struct stage_show_engine *self,
	const struct stage_show_program *program, bool is_alone,
	struct stage_proc_id *next)
{
	struct stage_proc_id found;
	pid_t group;

	*next = program->speaker;
	if (program->is_run || program->launched == 0 ||
		(!program->has_announced && !self->ops->heir(self->user,
						    program->launched, next)) ||
		next->pid == 0 || next->pid == program->process.pid) {
		return false;
	}
	group = self->ops->identify(self->user, next->pid, NULL, &found);
	return group != 0 && (is_alone || group != program->process.pid);
}

static bool
goes_on(struct stage_show_engine *self, struct stage_show_program *program,
	bool is_alone)
{
	struct stage_proc_id next;

	// What a crash leaves is the client only if it has said so.
	if ((!is_alone && !program->has_announced) ||
		!find_next(self, program, is_alone, &next)) {
		return false;
	}
	program->process = next;
	return true;
}

// It was told to end, and with it its group; another one has not heard of that.
static bool
ends_next(struct stage_show_engine *self, struct stage_show_program *program)
{
	struct stage_proc_id next;

	if (!find_next(self, program, false, &next)) {
		return false;
	}
	program->process = next;
	program->has_ended = false;
	self->ops->end(self->user, program, program->kill_at_ns == INT64_MAX);
	return true;
}

// It has ended, and all that it has left behind.
static void
ended(struct stage_show_engine *self, struct stage_show_program *program,
	bool is_clean, const char *how)
{
	struct stage_show_slot *slot = program->slot;
	bool was_ending = program->is_ending;

	if (was_ending && program->kill_at_ns != INT64_MAX) {
		stage_show_habits_note(self->habits, program->executable,
			STAGE_SHOW_DEADLINE_QUIT,
			self->ops->now_ns(self->user) -
				program->ending_since_ns);
	}
	stage_show_forget(self, program);
	if (slot != NULL && was_ending) {
		stage_show_set_state(self, slot, STAGE_SHOW_STOPPED);
	} else if (slot != NULL) {
		died(self, slot, is_clean, how);
	}
}

void
stage_show_look_at_groups(struct stage_show_engine *self)
{
	struct stage_show_program *next;

	for (struct stage_show_program *at = self->programs; at != NULL;
		at = next) {
		next = at->next;
		if (at->has_ended &&
			(at->kill_at_ns == INT64_MAX ||
				!self->ops->has_others(self->user, at)) &&
			!ends_next(self, at)) {
			ended(self, at, true, "");
		}
	}
}

/* What was told to end has its time for all of its group: a shell goes at once,
 * and the client of JACK that it has started must close yet, or a synchronous
 * server waits for it for seconds, and all others with it. Of one that an
 * engine before us started nobody tells when the others end. */
static bool
is_left(struct stage_show_engine *self, struct stage_show_program *program)
{
	program->has_ended = program->is_ours && !program->is_adopted &&
			     program->kill_at_ns != INT64_MAX &&
			     self->ops->has_others(self->user, program);
	return program->has_ended;
}

bool
stage_show_engine_exited(struct stage_show_engine *self, pid_t pid,
	bool is_clean, const char *how)
{
	struct stage_show_program *program = self->programs;
	bool is_alone;

	while (program != NULL &&
		(program->process.pid != pid || program->has_ended)) {
		program = program->next;
	}
	if (program == NULL) {
		stage_show_look_at_groups(self);
		stage_show_advance(self);
		return false;
	}
	is_alone = is_clean || program->is_adopted;
	if (!program->is_ending && goes_on(self, program, is_alone)) {
		return is_alone;
	}
	if (program->is_ending &&
		(is_left(self, program) || ends_next(self, program))) {
		return true;
	}
	ended(self, program, is_clean, how);
	stage_show_advance(self);
	return false;
}
