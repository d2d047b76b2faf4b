/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What clients say, and what is asked of one of them. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "show/engine_private.h"

struct stage_show_program *
stage_show_engine_program_at(
	struct stage_show_engine *self, const struct stage_osc_peer *from)
{
	struct stage_show_program *at = self->programs;

	while (at != NULL && !(at->has_announced &&
				     stage_osc_peer_is_same(&at->peer, from))) {
		at = at->next;
	}
	return at;
}

// Who is it? A program is known by its process group first, and by what it
// descends from: wrappers exec and fork, daemons leave the group, and their
// children say another pid and another path than we started.

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static struct stage_show_program *
find_by_group(struct stage_show_engine *self, pid_t pid)
{
	struct stage_proc_id process;
	pid_t group =
		pid > 1 ? self->ops->identify(self->user, pid, NULL, &process)
			: 0;

	if (group <= 1) {
		return NULL;
	}
	for (struct stage_show_program *at = self->programs; at != NULL;
		at = at->next) {
		if (at->is_ours &&
			(at->process.pid == group || at->launched == group)) {
			return at;
		}
	}
	return NULL;
}

// One that has left the group, as daemons do, still descends from it.
static struct stage_show_program *
find_by_launch(struct stage_show_engine *self, pid_t pid)
{
	pid_t launched = pid > 1 ? self->ops->launch_of(self->user, pid) : 0;
	struct stage_show_program *at = launched > 1 ? self->programs : NULL;

	while (at != NULL && !(at->is_ours && at->launched == launched)) {
		at = at->next;
	}
	return at;
}

static struct stage_show_program *
find_by_name(struct stage_show_engine *self, const char *executable)
{
	for (struct stage_show_program *at = self->programs; at != NULL;
		at = at->next) {
		if (at->is_ours && !at->is_run && !at->has_announced &&
			!at->is_ending &&
			strcmp(base_name(at->executable),
				base_name(executable)) == 0) {
			return at;
		}
	}
	return NULL;
}

static enum stage_show_code
fail(struct stage_err *err, enum stage_show_code code, const char *sentence)
{
	(void)stage_err_set(err, STAGE_BAD_INPUT, "%s", sentence);
	return code;
}

// One that was started by somebody else joins the song that plays.
static enum stage_show_code
join_outside(struct stage_show_engine *self, const struct stage_osc_peer *from,
	const struct stage_show_announce *announce,
	struct stage_show_program **out, struct stage_err *err)
{
	struct stage_show_program *program;
	struct stage_show_slot *slot;
	char id[STAGE_SHOW_ID_MAX];
	const char *executable = base_name(announce->executable);

	if (self->current == NULL) {
		return fail(err, STAGE_SHOW_NO_SESSION,
			"no song plays; open one, then start this program");
	}
	if (stage_show_program_check(executable, err) != STAGE_OK ||
		self->ops->make_id(self->user, id, err) != STAGE_OK) {
		return STAGE_SHOW_GENERAL;
	}
	program = stage_show_program_new(self, executable);
	slot = program != NULL ? stage_show_song_add(self->current, id,
					 announce->name, executable)
			       : NULL;
	if (slot == NULL ||
		stage_show_session_add(&self->current->session, announce->name,
			executable, id, err) != STAGE_OK) {
		if (slot != NULL) {
			stage_show_song_remove(self->current, slot);
		}
		if (program != NULL) {
			stage_show_forget(self, program);
		}
		return fail(err, STAGE_SHOW_GENERAL, "out of memory");
	}
	if (announce->pid > 1) {
		(void)self->ops->identify(
			self->user, announce->pid, from, &program->process);
	}
	program->slot = slot;
	slot->program = program;
	stage_show_tell(self, STAGE_SHOW_SLOT_ADDED, slot);
	*out = program;
	return STAGE_SHOW_DONE;
}

static enum stage_show_code
check_announce(
	const struct stage_show_announce *announce, struct stage_err *err)
{
	if (announce->api_major > 1) {
		return fail(err, STAGE_SHOW_BAD_API,
			"this is a server of NSM API 1; the program wants a "
			"newer one");
	}
	return stage_show_client_name_check(announce->name, err) == STAGE_OK
		       ? STAGE_SHOW_DONE
		       : STAGE_SHOW_GENERAL;
}

static enum stage_show_code
find(struct stage_show_engine *self, const struct stage_osc_peer *from,
	const struct stage_show_announce *announce,
	struct stage_show_program **out, struct stage_err *err)
{
	struct stage_show_program *program =
		stage_show_engine_program_at(self, from);

	if (program == NULL) {
		program = find_by_group(self, announce->pid);
		program = program != NULL ? program
					  : find_by_launch(self, announce->pid);
		if (program != NULL && program->has_announced &&
			!program->is_ending) {
			program = NULL; // a second client of one group
		}
	}
	if (program == NULL) {
		program = find_by_name(self, announce->executable);
	}
	if (program == NULL) {
		return join_outside(self, from, announce, out, err);
	}
	if (program->is_run) {
		return fail(err, STAGE_SHOW_NOT_NOW,
			"this program is of a run line of song.conf; as a "
			"client it belongs into session.nsm");
	}
	if (program->is_ending || program->slot == NULL) {
		return fail(err, STAGE_SHOW_NO_SESSION,
			"this program was told to end");
	}
	*out = program;
	return STAGE_SHOW_DONE;
}

static void
set_name(struct stage_show_slot *slot, const char *name)
{
	char *copy;

	if (strcmp(slot->name, name) == 0) {
		return;
	}
	copy = strdup(name);
	if (copy != NULL && stage_show_session_set_name(&slot->song->session,
				    slot->id, name, NULL) == STAGE_OK) {
		free(slot->name);
		slot->name = copy;
	} else {
		free(copy);
	}
}

enum stage_show_code
stage_show_engine_announce(struct stage_show_engine *self,
	const struct stage_osc_peer *from,
	const struct stage_show_announce *announce, struct stage_err *err)
{
	struct stage_show_program *program = NULL;
	enum stage_show_code code = check_announce(announce, err);
	char *name;

	if (code == STAGE_SHOW_DONE) {
		code = find(self, from, announce, &program, err);
	}
	if (code != STAGE_SHOW_DONE) {
		return code;
	}
	name = strdup(announce->name);
	if (name == NULL) {
		return fail(err, STAGE_SHOW_GENERAL, "out of memory");
	}
	free(program->name);
	program->name = name;
	program->peer = *from;
	program->speaker.pid = 0;
	if (announce->pid > 1) {
		(void)self->ops->identify(
			self->user, announce->pid, from, &program->speaker);
	}
	program->has_announced = true;
	program->caps = stage_show_caps_read(announce->caps);
	stage_show_learn(self, program, STAGE_SHOW_ANNOUNCE);
	program->pending = STAGE_SHOW_NOTHING;
	program->is_to_open = true;
	program->slot->is_saving = false;
	program->slot->is_late = false; // it has a time of its own to open
	program->slot->why[0] = '\0';
	set_name(program->slot, announce->name);
	stage_show_tell(self, STAGE_SHOW_SLOT_ANNOUNCED, program->slot);
	stage_show_set_state(self, program->slot, STAGE_SHOW_OPENING);
	return STAGE_SHOW_DONE;
}

void
stage_show_engine_welcomed(
	struct stage_show_engine *self, const struct stage_osc_peer *from)
{
	struct stage_show_program *program =
		stage_show_engine_program_at(self, from);

	if (program != NULL) {
		stage_show_try_open(self, program);
		stage_show_advance(self);
	}
}

// Answers.

static void
opened(struct stage_show_engine *self, struct stage_show_slot *slot, int code,
	const char *text)
{
	if (code != 0) {
		stage_show_fail(self, slot, code,
			"%s cannot open its project: %s", slot->name, text);
		return;
	}
	slot->code = 0;
	slot->why[0] = '\0';
	stage_show_set_state(self, slot, STAGE_SHOW_READY);
	if (slot->song == self->current) {
		stage_show_tell_loaded(self, slot);
	}
}

static void
saved(struct stage_show_engine *self, struct stage_show_slot *slot, int code,
	const char *text)
{
	slot->is_saving = false;
	slot->has_saved = code == 0;
	slot->code = code;
	slot->why[0] = '\0';
	if (code != 0) {
		snprintf(slot->why, sizeof(slot->why), "%s has not saved: %s",
			slot->name, text);
	}
	stage_show_set_state(self, slot, STAGE_SHOW_READY);
}

void
stage_show_engine_replied(struct stage_show_engine *self,
	struct stage_show_program *program, enum stage_show_pending what,
	int code, const char *text)
{
	struct stage_show_slot *slot = program->slot;

	if (program->pending != what || program->is_ending) {
		return;
	}
	if (code == 0) {
		stage_show_learn(self, program, what);
	}
	program->pending = STAGE_SHOW_NOTHING;
	program->deadline_ns = 0;
	if (program->is_to_open) {
		stage_show_try_open(self, program); // it was for another song
	} else if (slot != NULL && what == STAGE_SHOW_OPEN) {
		opened(self, slot, code, text);
	} else if (slot != NULL) {
		saved(self, slot, code, text);
	}
	stage_show_advance(self);
}

// It works on it: the time that it has begins anew.
static void
extend(const struct stage_show_engine *self, struct stage_show_program *program)
{
	if (program->pending == STAGE_SHOW_OPEN &&
		program->deadline_ns != INT64_MAX) {
		program->deadline_ns =
			self->ops->now_ns(self->user) +
			stage_show_patience_ns(
				self, program->slot, STAGE_SHOW_DEADLINE_OPEN);
	}
}

void
stage_show_engine_said(struct stage_show_engine *self,
	struct stage_show_program *program, enum stage_show_news what,
	double number, const char *text)
{
	struct stage_show_slot *slot = program->slot;

	if (slot == NULL) {
		return;
	}
	if (what == STAGE_SHOW_SLOT_PROGRESS) {
		slot->progress = (float)number;
		extend(self, program);
	} else if (what == STAGE_SHOW_SLOT_DIRTY) {
		slot->is_dirty = number > 0;
	} else if (what == STAGE_SHOW_SLOT_GUI) {
		slot->is_gui_shown = number > 0;
	} else if (what == STAGE_SHOW_SLOT_LABEL) {
		snprintf(slot->label, sizeof(slot->label), "%s", text);
	} else if (what == STAGE_SHOW_SLOT_MESSAGE) {
		snprintf(slot->message, sizeof(slot->message), "%s", text);
		slot->message_priority = (int)number;
	} else {
		return;
	}
	stage_show_tell(self, what, slot);
}

// One client.

void
stage_show_engine_add(struct stage_show_engine *self, const char *executable,
	struct stage_show_asker asker)
{
	struct stage_show_song *song = self->current;
	struct stage_show_slot *slot;
	struct stage_err err = STAGE_ERR_INIT;
	char id[STAGE_SHOW_ID_MAX];

	if (song == NULL) {
		stage_show_answer_one(asker, STAGE_SHOW_NO_SESSION,
			"no song plays to which it could be added");
		return;
	}
	if (stage_show_program_check(executable, &err) != STAGE_OK ||
		self->ops->make_id(self->user, id, &err) != STAGE_OK) {
		stage_show_answer_one(
			asker, STAGE_SHOW_LAUNCH_FAILED, "%s", err.text);
		return;
	}
	slot = stage_show_song_add(song, id, executable, executable);
	if (slot == NULL || stage_show_session_add(&song->session, executable,
				    executable, id, &err) != STAGE_OK) {
		if (slot != NULL) {
			stage_show_song_remove(song, slot);
		}
		stage_show_answer_one(asker, STAGE_SHOW_LAUNCH_FAILED, "%s",
			slot != NULL ? err.text : "out of memory");
		return;
	}
	stage_show_tell(self, STAGE_SHOW_SLOT_ADDED, slot);
	stage_show_launch(self, slot);
	if (slot->program != NULL) {
		stage_show_answer_one(asker, STAGE_SHOW_DONE, "Launched.");
		return;
	}
	stage_show_answer_one(asker, STAGE_SHOW_LAUNCH_FAILED, "%s", slot->why);
	(void)!stage_show_session_remove(&song->session, id, NULL);
	stage_show_tell(self, STAGE_SHOW_SLOT_REMOVED, slot);
	stage_show_song_remove(song, slot);
}

const struct stage_show_slot *
stage_show_engine_find(const struct stage_show_engine *self, const char *id)
{
	const struct stage_show_song *first[] = {self->current, self->incoming};
	const struct stage_show_slot *slot = NULL;

	for (size_t i = 0; i < STAGE_COUNT_OF(first) && slot == NULL; i++) {
		slot = first[i] != NULL ? stage_show_song_find(first[i], id)
					: NULL;
	}
	for (const struct stage_show_song *at = self->songs;
		at != NULL && slot == NULL; at = at->next) {
		slot = stage_show_song_find(at, id);
	}
	return slot;
}

// NULL, with a sentence: there is none.
static struct stage_show_slot *
find_slot(const struct stage_show_engine *self, const char *id,
	struct stage_err *err)
{
	struct stage_show_slot *slot =
		self->current != NULL ? stage_show_song_find(self->current, id)
				      : NULL;

	if (slot == NULL) {
		stage_err_set(err, STAGE_NOT_FOUND,
			"no client %s is in the song that plays", id);
	}
	return slot;
}

enum stage_status
stage_show_engine_stop(
	struct stage_show_engine *self, const char *id, struct stage_err *err)
{
	struct stage_show_slot *slot = find_slot(self, id, err);

	if (slot == NULL) {
		return STAGE_NOT_FOUND;
	}
	if (slot->program != NULL) {
		stage_show_end(self, slot->program);
	}
	stage_show_advance(self);
	return STAGE_OK;
}

// One whose end is on the way goes that way alone.
static void
part(struct stage_show_slot *slot)
{
	if (slot->program != NULL) {
		slot->program->slot = NULL;
		slot->program = NULL;
	}
}

static bool
is_running(const struct stage_show_slot *slot)
{
	return slot->program != NULL && !slot->program->is_ending;
}

enum stage_status
stage_show_engine_resume(
	struct stage_show_engine *self, const char *id, struct stage_err *err)
{
	struct stage_show_slot *slot = find_slot(self, id, err);

	if (slot == NULL) {
		return STAGE_NOT_FOUND;
	}
	if (is_running(slot)) {
		return stage_err_set(err, STAGE_BUSY, "%s (%s) runs already",
			slot->name, id);
	}
	part(slot);
	slot->restarts = 0;
	slot->not_before_ns = 0;
	stage_show_set_state(self, slot, STAGE_SHOW_WAITING);
	stage_show_advance(self);
	return STAGE_OK;
}

enum stage_status
stage_show_engine_remove(
	struct stage_show_engine *self, const char *id, struct stage_err *err)
{
	struct stage_show_slot *slot = find_slot(self, id, err);

	if (slot == NULL) {
		return STAGE_NOT_FOUND;
	}
	if (is_running(slot)) {
		return stage_err_set(err, STAGE_BUSY,
			"%s (%s) still runs; stop it first", slot->name, id);
	}
	if (slot->argv != NULL) {
		return stage_err_set(err, STAGE_UNSUPPORTED,
			"%s is of a run line; take that out of %s/%s", id,
			slot->song->path, STAGE_SHOW_CONF_FILE);
	}
	part(slot);
	(void)!stage_show_session_remove(&self->current->session, id, NULL);
	stage_show_tell(self, STAGE_SHOW_SLOT_REMOVED, slot);
	stage_show_song_remove(self->current, slot);
	stage_show_advance(self);
	return STAGE_OK;
}

enum stage_status
stage_show_engine_save_one(
	struct stage_show_engine *self, const char *id, struct stage_err *err)
{
	struct stage_show_slot *slot = find_slot(self, id, err);

	if (slot == NULL) {
		return STAGE_NOT_FOUND;
	}
	if (!slot->is_saving && !stage_show_save_slot(self, slot)) {
		return stage_err_set(err, STAGE_BUSY,
			"%s (%s) cannot save now: it is %s", slot->name, id,
			stage_show_state_word(slot->state));
	}
	return STAGE_OK;
}

enum stage_status
stage_show_engine_show(struct stage_show_engine *self, const char *id,
	bool is_shown, struct stage_err *err)
{
	struct stage_show_slot *slot = find_slot(self, id, err);

	if (slot == NULL) {
		return STAGE_NOT_FOUND;
	}
	if (slot->program == NULL || !slot->program->has_announced ||
		(slot->program->caps & STAGE_SHOW_CAP_GUI) == 0) {
		return stage_err_set(err, STAGE_UNSUPPORTED,
			"%s (%s) has no window that it can hide", slot->name,
			id);
	}
	self->ops->show(self->user, slot->program, is_shown);
	return STAGE_OK;
}
