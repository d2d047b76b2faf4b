/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Programs: their start, their end, and what they play. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "show/engine_private.h"

#define RESTARTS_MAX 3
#define RESTARTS_IN_NS 60000000000

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

// Starting.

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
	program->slot = slot;
	slot->program = program;
	slot->is_late = false;
	slot->was_loaded = false;
	slot->has_crashed = false;
	slot->code = 0;
	slot->why[0] = '\0';
	memcpy(program->id, slot->id, sizeof(program->id));
	stage_show_await(
		self, program, STAGE_SHOW_ANNOUNCE, self->limits.announce_ns);
	stage_show_set_state(self, slot, STAGE_SHOW_LAUNCHED);
}

// Whether a program of that id has not ended yet.
static bool
lives(const struct stage_show_engine *self, const char *id)
{
	for (const struct stage_show_program *at = self->programs; at != NULL;
		at = at->next) {
		if (strcmp(at->id, id) == 0 && at->is_ending) {
			return true;
		}
	}
	return false;
}

void
stage_show_launch_waiting(struct stage_show_engine *self)
{
	for (struct stage_show_song *song = self->songs; song != NULL;
		song = song->next) {
		if (song->phase >= STAGE_SHOW_RINGING) {
			continue;
		}
		for (struct stage_show_slot *slot = song->slots; slot != NULL;
			slot = slot->next) {
			if (slot->state == STAGE_SHOW_WAITING &&
				!lives(self, slot->id)) {
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
	stage_show_await(self, program, STAGE_SHOW_OPEN, self->limits.open_ns);
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
	slot->program = program;
	slot->is_taken = false;
	slot->is_late = false;
	slot->was_loaded = false;
	slot->code = 0;
	slot->why[0] = '\0';
	program->is_to_open = true;
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
	program->is_ending = true;
	program->pending = STAGE_SHOW_NOTHING;
	program->kill_at_ns =
		self->ops->now_ns(self->user) + self->limits.end_ns;
	self->ops->end(self->user, program, false);
	if (slot != NULL) {
		slot->is_saving = false;
		stage_show_set_state(self, slot, STAGE_SHOW_QUITTING);
	}
}

// A crash is mended in the song that plays, but not without end.
static bool
may_restart(struct stage_show_engine *self, struct stage_show_slot *slot)
{
	int64_t now_ns = self->ops->now_ns(self->user);

	if (slot->song->phase != STAGE_SHOW_PLAYING || !slot->has_crashed) {
		return false; // one that loads waits for nobody a second time
	}
	if (slot->restarts == 0 ||
		now_ns - slot->restarts_since_ns > RESTARTS_IN_NS) {
		slot->restarts = 0;
		slot->restarts_since_ns = now_ns;
	}
	return slot->restarts++ < RESTARTS_MAX;
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
	stage_show_fail(
		self, slot, STAGE_SHOW_GENERAL, "%s %s", slot->name, how);
	slot->has_crashed = true;
	stage_show_mend(self, slot);
}

void
stage_show_mend(struct stage_show_engine *self, struct stage_show_slot *slot)
{
	if (slot->program == NULL && may_restart(self, slot)) {
		stage_show_launch(self, slot);
	}
}

void
stage_show_engine_exited(struct stage_show_engine *self, pid_t pid,
	bool is_clean, const char *how)
{
	struct stage_show_program *program = self->programs;
	struct stage_show_slot *slot;
	bool was_ending;

	while (program != NULL && program->process.pid != pid) {
		program = program->next;
	}
	if (program == NULL) {
		return;
	}
	slot = program->slot;
	was_ending = program->is_ending;
	stage_show_forget(self, program);
	if (slot != NULL && was_ending) {
		stage_show_set_state(self, slot, STAGE_SHOW_STOPPED);
	} else if (slot != NULL) {
		died(self, slot, is_clean, how);
	}
	stage_show_advance(self);
}
