/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/store.h"

#include <stdlib.h>

#include "base/io.h"
#include "patchbay/learned_file.h"
#include "patchbay/store_private.h"

void
stage_patch_store_complain(
	const struct stage_patch_store *self, const char *sentence)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (sentence[0] != '\0') {
		stage_err_set(&err, STAGE_IO, "%s", sentence);
		self->complain(self->user, &err);
	}
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
		stage_patch_store_complain(self, "out of memory");
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
	return (self->is_saved && stage_patch_store_load_learned(self)) ||
	       has_changed;
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
		status = stage_patch_store_load(self, &self->learned, err);
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
	stage_patch_called_finish(&self->called);
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
	const struct stage_patch_list *song,
	void (*visit)(void *user, const struct stage_desired_file *file),
	void *user)
{
	const struct stage_desired_file files[] = {
		{STAGE_PATCH_LEARNED, STAGE_LAYER_GLOBAL, &self->learned},
		{"the set's patch", STAGE_LAYER_SET, &self->set.list},
		{"song.patch", STAGE_LAYER_SONG, song},
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
	each_other(self, &self->song.list, visit, user);
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

static enum stage_status
desire(const struct stage_patch_store *self, bool is_pipewire,
	const struct stage_desired_file *more,
	const struct stage_patch_list *song, struct stage_desired **out,
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
	each_other(self, song, gather, &gathering);
	status = stage_desired_create(
		gathering.files, gathering.count, is_pipewire, out, err);
	free(gathering.files);
	return status;
}

enum stage_status
stage_patch_store_desire(const struct stage_patch_store *self, bool is_pipewire,
	const struct stage_desired_file *more, struct stage_desired **out,
	struct stage_err *err)
{
	struct stage_patch_list song = {0};
	enum stage_status status;

	if (!stage_patch_called_has(&self->called, self->settings.song)) {
		return desire(
			self, is_pipewire, more, &self->song.list, out, err);
	}
	status = stage_patch_list_copy(&self->song.list, &song);
	if (status == STAGE_OK) {
		status = stage_patch_called_apply(
			&self->called, self->settings.song, &song);
	}
	if (status == STAGE_OK) {
		status = desire(self, is_pipewire, more, &song, out, err);
	} else {
		stage_err_set(err, status, "out of memory");
	}
	stage_patch_list_finish(&song);
	return status;
}

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
