/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/cue_out.h"

#include <stdlib.h>
#include <string.h>

#include "show/cue_out_private.h"

// Scripts.

void
stage_show_script_unref(struct stage_show_script *self)
{
	if (self == NULL || --self->refs > 0) {
		return;
	}
	for (size_t i = 0; i < self->conf.cue_count && self->marks != NULL;
		i++) {
		free(self->marks[i].why);
	}
	free(self->marks);
	stage_show_song_conf_finish(&self->conf);
	free(self->song);
	free(self);
}

// What a song says, or STAGE_NO_MEMORY, or what it cannot be read for.
static enum stage_status
read_script(const struct stage_show_cue_out *self, const char *song,
	struct stage_show_script **out, struct stage_err *err)
{
	struct stage_show_script *script = calloc(1, sizeof(*script));
	enum stage_status status = STAGE_OK;

	if (script == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	script->refs = 1;
	stage_show_song_conf_init(&script->conf);
	script->song = strdup(song);
	if (script->song != NULL) {
		status = self->ops->read(self->user, song, &script->conf, err);
	}
	if (status == STAGE_OK) {
		script->marks = calloc(
			script->conf.cue_count + 1, sizeof(*script->marks));
		if (script->song == NULL || script->marks == NULL) {
			status = stage_err_set(
				err, STAGE_NO_MEMORY, "out of memory");
		}
	}
	if (status != STAGE_OK) {
		stage_show_script_unref(script);
		return status;
	}
	*out = script;
	return STAGE_OK;
}

// The oldest ones that nobody needs go.
static void
trim(struct stage_show_cue_out *self)
{
	struct stage_show_script **at = &self->scripts;

	for (unsigned count = 0; *at != NULL; count++) {
		struct stage_show_script *script = *at;
		bool is_over = script->has_happened[STAGE_SHOW_ON_GO] ||
			       script->is_dropped ||
			       count >= STAGE_SHOW_SCRIPTS_MAX;

		if (script != self->current && is_over) {
			*at = script->next;
			script->is_dropped = true;
			stage_show_script_unref(script);
		} else {
			at = &script->next;
		}
	}
}

static struct stage_show_script *
add_script(struct stage_show_cue_out *self, const char *song)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_show_script *script = NULL;

	if (read_script(self, song, &script, &err) != STAGE_OK ||
		script == NULL) {
		stage_err_prefix(&err, "song \"%s\" has no cues: ", song);
		self->ops->tell(self->user, true, err.text);
		return NULL;
	}
	script->next = self->scripts;
	self->scripts = script;
	return script;
}

// The script of a song that is to come.
static struct stage_show_script *
find_coming(const struct stage_show_cue_out *self, const char *song)
{
	struct stage_show_script *script = self->scripts;

	while (script != NULL &&
		(script->has_happened[STAGE_SHOW_ON_GO] || script->is_dropped ||
			strcmp(script->song, song) != 0)) {
		script = script->next;
	}
	return script;
}

static struct stage_show_script *
need_coming(struct stage_show_cue_out *self, const char *song)
{
	struct stage_show_script *script = find_coming(self, song);

	return script != NULL ? script : add_script(self, song);
}

// What is in force.

bool
stage_show_cue_is_in_force(const struct stage_show_cue_out *self,
	const struct stage_show_script *script, size_t at)
{
	enum stage_show_when when = script->conf.cues[at].when;

	return script == self->current && script->has_happened[when] &&
	       (when == STAGE_SHOW_ON_READY || when == STAGE_SHOW_ON_GO);
}

bool
stage_show_cue_has_force(const struct stage_show_cue_out *self,
	const struct stage_show_cue_target *target)
{
	const struct stage_show_script *script = self->current;

	for (size_t i = 0; script != NULL && i < script->conf.cue_count; i++) {
		if (stage_show_cue_is_in_force(self, script, i) &&
			stage_show_cue_find_target(
				self, &script->conf.cues[i]) == target) {
			return true;
		}
	}
	return false;
}

static bool
is_meant(const struct stage_show_cue_out *self, size_t at,
	enum stage_show_cue_which which)
{
	const struct stage_show_cue *cue = &self->current->conf.cues[at];
	int64_t sent_ns = self->current->marks[at].sent_ns;

	if (cue->repeat == STAGE_SHOW_REPEAT_ONCE) {
		return false;
	}
	return which == STAGE_SHOW_CUES_ALL || stage_show_cue_is_state(cue) ||
	       (which == STAGE_SHOW_CUES_RECENT &&
		       (sent_ns == 0 ||
			       self->ops->now_ns(self->user) - sent_ns <
				       STAGE_SHOW_CUE_RECENT_NS));
}

void
stage_show_cue_again(struct stage_show_cue_out *self,
	const struct stage_show_cue_target *target,
	enum stage_show_cue_which which)
{
	struct stage_show_script *script = self->current;

	for (enum stage_show_when when = STAGE_SHOW_ON_READY;
		script != NULL && when <= STAGE_SHOW_ON_GO; when++) {
		for (size_t i = 0; i < script->conf.cue_count; i++) {
			const struct stage_show_cue *cue =
				&script->conf.cues[i];

			if (cue->when == when &&
				stage_show_cue_is_in_force(self, script, i) &&
				stage_show_cue_find_target(self, cue) ==
					target &&
				is_meant(self, i, which)) {
				stage_show_cue_queue(self, script, i, NULL);
			}
		}
	}
}

// Moments.

static void
happen(struct stage_show_cue_out *self, struct stage_show_script *script,
	enum stage_show_when when)
{
	script->has_happened[when] = true;
	for (size_t i = 0; i < script->conf.cue_count; i++) {
		if (script->conf.cues[i].when == when) {
			stage_show_cue_queue(self, script, i, NULL);
		}
	}
}

// What other songs owe is past, but for what undoes the one that has just been
// left.
static bool
is_wanted(const struct stage_show_cue_out *self,
	const struct stage_show_cue_entry *entry)
{
	const struct stage_show_script *script = entry->script;

	return script == self->current ||
	       !(script->has_happened[STAGE_SHOW_ON_GO] || script->is_dropped);
}

static void
leave(struct stage_show_cue_out *self)
{
	struct stage_show_script *script = self->current;

	self->current = NULL;
	stage_show_cue_filter(self, is_wanted);
	if (script != NULL) {
		happen(self, script, STAGE_SHOW_ON_LEAVE);
	}
}

static bool
owes_leave(const struct stage_show_cue_target *target)
{
	const struct stage_show_cue_entry *at =
		target != NULL ? target->queue : NULL;

	while (at != NULL &&
		(stage_show_cue_of(at)->when != STAGE_SHOW_ON_LEAVE ||
			at->batch != NULL)) {
		at = at->next;
	}
	return at != NULL;
}

// A song is ready before the one that plays is left, which may undo what both
// of them want.
static void
repeat_ready(struct stage_show_cue_out *self, struct stage_show_script *script)
{
	for (size_t i = 0; i < script->conf.cue_count; i++) {
		const struct stage_show_cue *cue = &script->conf.cues[i];

		if (cue->when == STAGE_SHOW_ON_READY &&
			script->has_happened[STAGE_SHOW_ON_READY] &&
			stage_show_cue_is_state(cue) &&
			owes_leave(stage_show_cue_find_target(self, cue))) {
			stage_show_cue_queue(self, script, i, NULL);
		}
	}
}

static void
go(struct stage_show_cue_out *self, const char *song)
{
	struct stage_show_script *script = need_coming(self, song);

	if (self->current != NULL) {
		leave(self);
	}
	if (script == NULL) {
		return;
	}
	self->current = script;
	repeat_ready(self, script);
	happen(self, script, STAGE_SHOW_ON_GO);
}

void
stage_show_cue_out_moment(struct stage_show_cue_out *self, const char *song,
	enum stage_show_when when)
{
	struct stage_show_script *script = NULL;

	if (when == STAGE_SHOW_ON_GO) {
		go(self, song);
	} else if (when == STAGE_SHOW_ON_LEAVE) {
		if (self->current != NULL &&
			strcmp(self->current->song, song) == 0) {
			leave(self);
		}
	} else {
		script = when == STAGE_SHOW_ON_LOAD ? add_script(self, song)
						    : need_coming(self, song);
	}
	if (script != NULL) {
		happen(self, script, when);
	}
	stage_show_cue_pump(self);
	trim(self);
	stage_show_cue_sweep(self);
	self->ops->changed(self->user);
}

// What undoes the song before is owed still.
static bool
is_not_dropped(const struct stage_show_cue_out *self,
	const struct stage_show_cue_entry *entry)
{
	(void)self;
	return !entry->script->is_dropped ||
	       stage_show_cue_of(entry)->when == STAGE_SHOW_ON_LEAVE;
}

void
stage_show_cue_out_forget(struct stage_show_cue_out *self, const char *song)
{
	struct stage_show_script *script = find_coming(self, song);

	if (script != NULL) {
		script->is_dropped = true;
		stage_show_cue_filter(self, is_not_dropped);
		trim(self);
		stage_show_cue_sweep(self);
	}
}

// By hand.

static enum stage_status
fire_script(struct stage_show_cue_out *self, struct stage_show_script *script,
	enum stage_show_when when, const struct stage_show_cue_fired *fired,
	struct stage_err *err)
{
	struct stage_show_cue_batch *batch = calloc(1, sizeof(*batch));

	if (batch == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	batch->fired = *fired;
	for (size_t i = 0; i < script->conf.cue_count; i++) {
		batch->waiting += script->conf.cues[i].when == when;
	}
	if (batch->waiting == 0) {
		free(batch);
		return stage_err_set(err, STAGE_NOT_FOUND,
			"song \"%s\" has no cues for \"%s\"", script->song,
			stage_show_when_name(when));
	}
	for (size_t i = 0; i < script->conf.cue_count; i++) {
		if (script->conf.cues[i].when == when) {
			stage_show_cue_queue(self, script, i, batch);
		}
	}
	stage_show_cue_pump(self);
	return STAGE_OK;
}

enum stage_status
stage_show_cue_out_fire(struct stage_show_cue_out *self, const char *song,
	enum stage_show_when when, const struct stage_show_cue_fired *fired,
	struct stage_err *err)
{
	struct stage_show_script *script = NULL;
	enum stage_status status = read_script(self, song, &script, err);

	if (status == STAGE_OK && script != NULL) {
		status = fire_script(self, script, when, fired, err);
	}
	stage_show_script_unref(script);
	return status;
}

// After a crash.

json_t *
stage_show_cue_out_journal(const struct stage_show_cue_out *self)
{
	const struct stage_show_script *script = self->current;
	json_t *owed = json_array();

	for (size_t i = 0; script != NULL && i < script->conf.cue_count; i++) {
		const struct stage_show_cue *cue = &script->conf.cues[i];
		const struct stage_show_cue_target *target =
			stage_show_cue_find_target(self, cue);

		if (stage_show_cue_is_in_force(self, script, i) &&
			target != NULL &&
			stage_show_cue_owes(target, script, i)) {
			(void)json_array_append_new(
				owed, json_integer(cue->line));
		}
	}
	return json_pack("{s:o}", "owed", owed);
}

static bool
has_line(const json_t *lines, unsigned line)
{
	size_t at;
	json_t *value;

	json_array_foreach (lines, at, value) {
		if (json_integer_value(value) == (json_int_t)line) {
			return true;
		}
	}
	return false;
}

void
stage_show_cue_out_resume(struct stage_show_cue_out *self, const char *song,
	const json_t *journal)
{
	const json_t *owed = json_object_get(journal, "owed");
	struct stage_show_script *script = add_script(self, song);

	if (script == NULL) {
		return;
	}
	self->current = script;
	for (enum stage_show_when when = STAGE_SHOW_ON_LOAD;
		when <= STAGE_SHOW_ON_GO; when++) {
		script->has_happened[when] = true;
	}
	for (enum stage_show_when when = STAGE_SHOW_ON_READY;
		when <= STAGE_SHOW_ON_GO; when++) {
		for (size_t i = 0; i < script->conf.cue_count; i++) {
			const struct stage_show_cue *cue =
				&script->conf.cues[i];
			bool is_owed = has_line(owed, cue->line) &&
				       cue->repeat != STAGE_SHOW_REPEAT_ONCE;

			if (cue->when == when &&
				(is_owed || stage_show_cue_is_state(cue))) {
				stage_show_cue_queue(self, script, i, NULL);
			}
		}
	}
	stage_show_cue_pump(self);
}

// Its life.

struct stage_show_cue_out *
stage_show_cue_out_create(const struct stage_show_cue_ops *ops, void *user,
	const char *qlc_host, uint16_t qlc_port)
{
	struct stage_show_cue_out *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return NULL;
	}
	self->ops = ops;
	self->user = user;
	self->qlc_port = qlc_port;
	self->qlc_host = strdup(qlc_host);
	if (self->qlc_host == NULL) {
		free(self);
		return NULL;
	}
	return self;
}

void
stage_show_cue_out_destroy(struct stage_show_cue_out *self)
{
	if (self == NULL) {
		return;
	}
	while (self->targets != NULL) {
		struct stage_show_cue_target *target = self->targets;

		self->targets = target->next;
		stage_show_cue_target_destroy(self, target);
	}
	while (self->scripts != NULL) {
		struct stage_show_script *script = self->scripts;

		self->scripts = script->next;
		stage_show_script_unref(script);
	}
	free(self->qlc_host);
	free(self);
}
