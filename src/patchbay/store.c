/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/io.h"
#include "patchbay/learned.h"
#include "patchbay/learned_file.h"
#include "patchbay/patch_diff.h"
#include "patchbay/patch_text.h"
#include "patchbay/store_private.h"

static int64_t
wall_s(void)
{
	return stage_clock_wall_ns() / STAGE_NS_PER_S;
}

static void
complain(const struct stage_patch_store *self, const char *sentence)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (sentence[0] != '\0') {
		stage_err_set(&err, STAGE_IO, "%s", sentence);
		self->complain(self->user, &err);
	}
}

/* Reads what is on the disk into `out`, and once more as what is saved. Errors:
 * nothing has changed. */
static enum stage_status
load(struct stage_patch_store *self, struct stage_patch_list *out,
	struct stage_err *err)
{
	struct stage_patch_list copy = {0};
	enum stage_status status =
		stage_history_load(self->history, wall_s(), out, NULL, err);

	if (status != STAGE_OK) {
		return status;
	}
	complain(self, stage_history_warning(self->history));
	if (stage_patch_list_copy(out, &copy) != STAGE_OK) {
		stage_patch_list_finish(out);
		return stage_err_set(err, STAGE_NO_MEMORY,
			"not enough memory for what was learned");
	}
	stage_patch_list_finish(&self->saved);
	self->saved = copy;
	return STAGE_OK;
}

/* What is on the disk. What cannot be read leaves what is in memory in force.
 * Returns whether it has changed. */
static bool
load_learned(struct stage_patch_store *self)
{
	struct stage_patch_list list = {0};
	struct stage_err err = STAGE_ERR_INIT;
	bool is_same;

	if (load(self, &list, &err) != STAGE_OK) {
		self->complain(self->user, &err);
		return false;
	}
	is_same = stage_patch_list_is_same(&list, &self->learned);
	stage_patch_list_finish(&self->learned);
	self->learned = list;
	self->is_saved = true;
	return !is_same;
}

void
stage_patch_store_song_path(const struct stage_patch_store *self, char *out)
{
	out[0] = '\0';
	if (self->settings.song[0] != '\0') {
		stage_rig_path(self->rig, out, "songs/%s/song.patch",
			self->settings.song);
	}
}

void
stage_patch_store_set_path(const struct stage_patch_store *self, char *out)
{
	out[0] = '\0';
	if (self->settings.set[0] != '\0') {
		stage_rig_path(self->rig, out, "setlists/%s.patch",
			self->settings.set);
	}
}

static void
on_bad_file(void *user, const struct stage_err *err)
{
	const struct stage_patch_store *self = user;
	struct stage_err whole = STAGE_ERR_INIT;

	stage_err_set(&whole, err->status,
		"%s; what it said before stays in force", err->text);
	self->complain(self->user, &whole);
}

static void
read_scene_file(struct stage_patch_store *self, struct stage_patch_file *file,
	const char *path, bool *has_changed)
{
	if (path[0] != '\0' && stage_patch_file_read(file, path, on_bad_file,
				       self, has_changed) != STAGE_OK) {
		complain(self, "out of memory");
	}
}

static bool
read_files(struct stage_patch_store *self)
{
	struct stage_err err = STAGE_ERR_INIT;
	char path[STAGE_PATH_MAX];
	bool has_changed = false;

	stage_rig_path(self->rig, path, "patchbay");
	if (stage_patch_files_read(&self->files, path, on_bad_file, self,
		    &has_changed, &err) != STAGE_OK) {
		self->complain(self->user, &err);
	}
	stage_patch_store_song_path(self, path);
	read_scene_file(self, &self->song, path, &has_changed);
	stage_patch_store_set_path(self, path);
	read_scene_file(self, &self->set, path, &has_changed);
	return has_changed;
}

bool
stage_patch_store_read(struct stage_patch_store *self)
{
	bool has_changed = read_files(self);

	// What is not on the disk yet would be lost; saving sees the edit.
	return (self->is_saved && load_learned(self)) || has_changed;
}

static enum stage_status
create_history(struct stage_patch_store *self, struct stage_err *err)
{
	char file[STAGE_PATH_MAX];

	stage_rig_path(self->rig, file, "patchbay/%s", STAGE_PATCH_LEARNED);
	stage_rig_path(self->rig, self->state_dir, "state/patchbay");
	return stage_history_create(file, self->state_dir, &self->history, err);
}

// The file may have been edited by hand.
static void
keep_good_name(struct stage_patch_store *self, const char *what, char *name)
{
	struct stage_err why = STAGE_ERR_INIT;

	if (stage_patch_scene_name_check(what, name, &why) != STAGE_OK) {
		self->complain(self->user, &why);
		name[0] = '\0';
	}
}

static void
load_settings(struct stage_patch_store *self)
{
	struct stage_atomic_found found = {0};
	struct stage_err why = STAGE_ERR_INIT;

	if (stage_patch_settings_load(self->state_dir, &self->settings, &found,
		    &why) != STAGE_OK) {
		stage_err_set(&why, why.status,
			"%s; the mode is learn, and no song and no set is in "
			"force",
			why.text);
		self->complain(self->user, &why);
	} else if (found.generation > 0) {
		stage_err_set(&why, found.why.status,
			"%s; the mode and the scene are those of the "
			"generation before it",
			found.why.text);
		self->complain(self->user, &why);
	}
	keep_good_name(self, "song", self->settings.song);
	keep_good_name(self, "set", self->settings.set);
}

enum stage_status
stage_patch_store_create(const struct stage_rig *rig,
	stage_patch_complain complain_fn, void *user,
	struct stage_patch_store **out, struct stage_err *err)
{
	struct stage_patch_store *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->rig = rig;
	self->complain = complain_fn;
	self->user = user;
	self->is_saved = true;
	status = create_history(self, err);
	if (status == STAGE_OK) {
		status = load(self, &self->learned, err);
	}
	if (status != STAGE_OK) { // it would begin with nothing, and save that
		stage_patch_store_destroy(self);
		return status;
	}
	load_settings(self);
	(void)read_files(self);
	*out = self;
	return STAGE_OK;
}

void
stage_patch_store_destroy(struct stage_patch_store *self)
{
	if (self == NULL) {
		return;
	}
	stage_patch_files_finish(&self->files);
	stage_patch_file_finish(&self->song);
	stage_patch_file_finish(&self->set);
	stage_patch_list_finish(&self->learned);
	stage_patch_list_finish(&self->saved);
	stage_patch_list_finish(&self->ringing);
	stage_patch_waiting_finish(&self->waiting);
	stage_history_destroy(self->history);
	free(self);
}

static void
each_of_user(const struct stage_patch_store *self,
	void (*visit)(void *user, const struct stage_desired_file *file),
	void *user)
{
	for (size_t i = 0; i < self->files.count; i++) {
		const struct stage_desired_file file = {
			self->files.items[i].name, STAGE_LAYER_GLOBAL,
			&self->files.items[i].list};
		visit(user, &file);
	}
}

static void
each_other(const struct stage_patch_store *self,
	void (*visit)(void *user, const struct stage_desired_file *file),
	void *user)
{
	const struct stage_desired_file files[] = {
		{STAGE_PATCH_LEARNED, STAGE_LAYER_GLOBAL, &self->learned},
		{"the set's patch", STAGE_LAYER_SET, &self->set.list},
		{"song.patch", STAGE_LAYER_SONG, &self->song.list},
	};

	for (size_t i = 0; i < STAGE_COUNT_OF(files); i++) {
		visit(user, &files[i]);
	}
}

void
stage_patch_store_each(const struct stage_patch_store *self,
	void (*visit)(void *user, const struct stage_desired_file *file),
	void *user)
{
	each_of_user(self, visit, user);
	each_other(self, visit, user);
}

struct gathering {
	struct stage_desired_file *files;
	size_t count;
};

static void
gather(void *user, const struct stage_desired_file *file)
{
	struct gathering *gathering = user;

	gathering->files[gathering->count] = *file;
	gathering->count++;
}

enum stage_status
stage_patch_store_desire(const struct stage_patch_store *self, bool is_pipewire,
	const struct stage_desired_file *more, struct stage_desired **out,
	struct stage_err *err)
{
	const struct stage_desired_file others[] = {
		{"a song that rings", STAGE_LAYER_RINGING, &self->ringing},
		{"songs that wait", STAGE_LAYER_FORBID, &self->waiting.list},
	};
	// Those of the directory, learned, set, song, these two, and one more.
	struct gathering gathering = {.files = calloc(self->files.count + 6,
					      sizeof(*gathering.files))};
	enum stage_status status;

	if (gathering.files == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(others); i++) {
		gather(&gathering, &others[i]);
	}
	each_of_user(self, gather, &gathering);
	if (more != NULL) {
		gather(&gathering, more);
	}
	each_other(self, gather, &gathering);
	status = stage_desired_create(
		gathering.files, gathering.count, is_pipewire, out, err);
	free(gathering.files);
	return status;
}

// What was learned.

enum stage_status
stage_patch_store_learn(struct stage_patch_store *self,
	const struct stage_patch_statement *statement, bool *has_changed)
{
	struct stage_patch_statement dated = *statement;
	bool is_new = false;
	enum stage_status status;

	dated.since_s = wall_s();
	status = stage_learned_add(&self->learned, &dated, &is_new);
	if (is_new) {
		self->is_saved = false;
		*has_changed = true;
	}
	return status;
}

enum stage_status
stage_patch_store_learn_pair(struct stage_patch_store *self,
	enum stage_patch_policy policy, enum stage_patch_system system,
	const char *from, const char *to, const struct stage_patch_how *how,
	bool *has_changed)
{
	struct stage_patch_list list = {0};
	enum stage_status status =
		stage_patch_list_want(&list, system, from, to);

	if (status == STAGE_OK) {
		list.items[0].policy = policy;
		if (how != NULL) {
			list.items[0].how = *how;
		}
		status = stage_patch_store_learn(
			self, &list.items[0], has_changed);
	}
	stage_patch_list_finish(&list);
	return status;
}

void
stage_patch_store_unlearn(struct stage_patch_store *self,
	enum stage_patch_system system, const char *from, const char *to)
{
	if (stage_learned_drop(&self->learned, system, from, to)) {
		self->is_saved = false;
	}
}

bool
stage_patch_store_forget(struct stage_patch_store *self,
	const struct stage_patch_statement *statement)
{
	size_t at = stage_patch_list_find(&self->learned, statement);

	if (at == SIZE_MAX) {
		return false;
	}
	stage_patch_list_remove(&self->learned, at);
	self->is_saved = false;
	return true;
}

static enum stage_status
check_mode_line(const char *clients, struct stage_err *err)
{
	char *copy = strdup(clients);
	const struct stage_patch_mode_line line = {.client = copy};
	struct stage_str text = {0};
	enum stage_status status = STAGE_NO_MEMORY;

	if (copy != NULL) {
		status = stage_patch_text_format_mode(&line, &text);
	}
	stage_str_finish(&text);
	free(copy);
	return status == STAGE_OK
		       ? STAGE_OK
		       : stage_err_set(err, status,
				 "no line of a patch file can hold these "
				 "clients: %s",
				 stage_strerror(status));
}

static bool
has_mode_line(const struct stage_patch_list *list, const char *clients,
	enum stage_patch_mode mode)
{
	bool has_any = false;

	for (size_t i = 0; i < list->mode_count; i++) {
		const struct stage_patch_mode_line *line = &list->modes[i];
		if (line->client == NULL ||
			strcmp(line->client, clients) != 0) {
			continue;
		}
		if (has_any || line->mode != mode) {
			return false;
		}
		has_any = true;
	}
	return has_any == (mode != STAGE_PATCH_MODE_COUNT);
}

enum stage_status
stage_patch_store_learn_mode(struct stage_patch_store *self,
	const char *clients, enum stage_patch_mode mode, struct stage_err *err)
{
	enum stage_status status = check_mode_line(clients, err);

	if (status != STAGE_OK ||
		has_mode_line(&self->learned, clients, mode)) {
		return status;
	}
	stage_patch_list_remove_mode(&self->learned, clients);
	self->is_saved = false;
	if (mode != STAGE_PATCH_MODE_COUNT &&
		stage_patch_list_add_mode(&self->learned, mode, clients, 0) !=
			STAGE_OK) {
		return stage_err_set(err, STAGE_NO_MEMORY,
			"not enough memory for a mode of clients");
	}
	return STAGE_OK;
}

bool
stage_patch_store_is_saved(const struct stage_patch_store *self)
{
	return self->is_saved;
}

// Puts what differs between two lists on top of a third one.
static enum stage_status
merge(struct stage_patch_list *onto, const struct stage_patch_list *before,
	const struct stage_patch_list *after)
{
	struct stage_patch_list added = {0};
	struct stage_patch_list removed = {0};
	enum stage_status status = stage_patch_diff(after, before, &added);
	bool is_new;

	if (status == STAGE_OK) {
		status = stage_patch_diff(before, after, &removed);
	}
	for (size_t i = 0; i < removed.count && status == STAGE_OK; i++) {
		size_t at = stage_patch_list_find(onto, &removed.items[i]);
		if (at != SIZE_MAX) {
			stage_patch_list_remove(onto, at);
		}
	}
	for (size_t i = 0; i < added.count && status == STAGE_OK; i++) {
		status = stage_learned_add(onto, &added.items[i], &is_new);
	}
	for (size_t i = 0; i < removed.mode_count; i++) {
		stage_patch_list_remove_mode(onto, removed.modes[i].client);
	}
	for (size_t i = 0; i < added.mode_count && status == STAGE_OK; i++) {
		stage_patch_list_remove_mode(onto, added.modes[i].client);
		status = stage_patch_list_add_mode(
			onto, added.modes[i].mode, added.modes[i].client, 0);
	}
	stage_patch_list_finish(&added);
	stage_patch_list_finish(&removed);
	return status;
}

// The user was quicker: what the file says now, and what was learned since.
static enum stage_status
take_edit_in(struct stage_patch_store *self, struct stage_err *err)
{
	struct stage_patch_list before = self->saved;
	struct stage_patch_list both = {0};
	enum stage_status status;

	self->saved = (struct stage_patch_list){0};
	status = load(self, &both, err);
	if (status == STAGE_OK &&
		merge(&both, &before, &self->learned) != STAGE_OK) {
		status = stage_err_set(err, STAGE_NO_MEMORY,
			"not enough memory for what was learned");
	}
	if (status != STAGE_OK) {
		// Rather what was in force than a half of both.
		stage_patch_list_finish(&both);
		stage_patch_list_finish(&self->saved);
		self->saved = before;
		return status;
	}
	stage_patch_list_finish(&before);
	stage_patch_list_finish(&self->learned);
	self->learned = both;
	self->has_edit = false;
	return STAGE_OK;
}

static enum stage_status
write_learned(struct stage_patch_store *self, const char *reason,
	bool *has_changed, struct stage_err *err)
{
	struct stage_patch_list copy = {0};
	uint64_t before = stage_history_current(self->history);
	enum stage_status status = stage_history_save(
		self->history, &self->learned, reason, wall_s(), err);

	if (status != STAGE_OK) {
		return status;
	}
	complain(self, stage_history_warning(self->history));
	self->is_saved = true;
	// What was learned has its line now; people are told of it.
	if (stage_history_current(self->history) != before &&
		stage_learned_number(&self->learned)) {
		*has_changed = true;
	}
	if (stage_patch_list_copy(&self->learned, &copy) == STAGE_OK) {
		stage_patch_list_finish(&self->saved);
		self->saved = copy;
	}
	return STAGE_OK;
}

enum stage_status
stage_patch_store_save(struct stage_patch_store *self, const char *reason,
	bool *has_changed, struct stage_err *err)
{
	enum stage_status status = STAGE_BUSY;

	if (!self->has_edit) {
		status = write_learned(self, reason, has_changed, err);
	}
	if (status != STAGE_BUSY) {
		return status;
	}
	*err = (struct stage_err)STAGE_ERR_INIT;
	self->has_edit = true;
	status = take_edit_in(self, err);
	if (status != STAGE_OK) {
		return status;
	}
	*has_changed = true;
	return write_learned(self, reason, has_changed, err);
}

static enum stage_status
undo_one(struct stage_patch_store *self, bool is_redo, struct stage_err *err)
{
	struct stage_patch_list list = {0};
	enum stage_status status = is_redo ? stage_history_redo(self->history,
						     wall_s(), &list, err)
					   : stage_history_undo(self->history,
						     wall_s(), &list, err);

	if (status != STAGE_OK) {
		return status;
	}
	complain(self, stage_history_warning(self->history));
	stage_patch_list_finish(&self->saved);
	stage_patch_list_finish(&self->learned);
	self->learned = list;
	return stage_patch_list_copy(&self->learned, &self->saved) == STAGE_OK
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
}

enum stage_status
stage_patch_store_undo(struct stage_patch_store *self, bool is_redo,
	unsigned count, unsigned *done, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;
	bool has_changed = false; // the caller takes all of it anew

	*done = 0;
	if (!self->is_saved) { // it is the last change
		status = stage_patch_store_save(
			self, "changed by hand", &has_changed, err);
	}
	while (status == STAGE_OK && *done < count) {
		status = undo_one(self, is_redo, err);
		*done += status == STAGE_OK;
	}
	if (*done > 0 && status == STAGE_NOT_FOUND) {
		*err = (struct stage_err)STAGE_ERR_INIT;
		status = STAGE_OK; // as far as it goes
	}
	return status;
}

const struct stage_history *
stage_patch_store_history(const struct stage_patch_store *self)
{
	return self->history;
}

// The mode.

const struct stage_patch_settings *
stage_patch_store_settings(const struct stage_patch_store *self)
{
	return &self->settings;
}

enum stage_status
stage_patch_store_set_mode(struct stage_patch_store *self,
	enum stage_patch_mode mode, struct stage_err *err)
{
	if (mode == STAGE_PATCH_MODE_LOCK &&
		self->settings.mode != STAGE_PATCH_MODE_LOCK) {
		self->settings.unlocked = self->settings.mode;
	}
	self->settings.mode = mode;
	return stage_patch_settings_save(self->state_dir, &self->settings, err);
}
