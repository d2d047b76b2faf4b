/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/clock.h"
#include "base/io.h"
#include "patchbay/learned_file.h"
#include "patchbay/patch_text.h"
#include "patchbay/store_private.h"

#define SONG_KEEP 5 // older generations of a song's patch

// Songs may lie in directories, as in "Set 1/Opener"; sets are files.
static bool
can_be_below(const char *name, bool is_path)
{
	const char *at = name;

	while (at[0] != '.' && at[0] != '/') {
		at = strchr(at, '/');
		if (at == NULL) {
			return true;
		}
		if (!is_path || *++at == '\0') {
			return false;
		}
	}
	return false;
}

enum stage_status
stage_patch_scene_name_check(
	const char *what, const char *name, struct stage_err *err)
{
	bool is_song = strcmp(what, "song") == 0;

	if (!can_be_below(name, is_song)) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"%s cannot be the name of a %s: %s", name, what,
			is_song ? "a part of it is empty or begins with a dot"
				: "it begins with a dot or has a slash in it");
	}
	if (strlen(name) >= STAGE_PATCH_SCENE_NAME_MAX) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"the name of the %s is too long", what);
	}
	return STAGE_OK;
}

static enum stage_status
find_song(const struct stage_patch_store *self, const char *song,
	struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stat st;
	enum stage_status status =
		stage_patch_scene_name_check("song", song, err);

	if (status != STAGE_OK || song[0] == '\0') {
		return status;
	}
	stage_rig_path(self->rig, path, "songs/%s", song);
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode)
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_NOT_FOUND,
				 "there is no song %s: %s is no directory",
				 song, path);
}

static enum stage_status
find_set(const struct stage_patch_store *self, const char *set,
	struct stage_err *err)
{
	char list[STAGE_PATH_MAX];
	char patch[STAGE_PATH_MAX];
	enum stage_status status =
		stage_patch_scene_name_check("set", set, err);

	if (status != STAGE_OK || set[0] == '\0') {
		return status;
	}
	stage_rig_path(self->rig, list, "setlists/%s.setlist", set);
	stage_rig_path(self->rig, patch, "setlists/%s.patch", set);
	return access(list, F_OK) == 0 || access(patch, F_OK) == 0
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_NOT_FOUND,
				 "there is no set %s: neither %s nor %s is "
				 "there",
				 set, list, patch);
}

static void
keep_complaint(void *user, const struct stage_err *err)
{
	struct stage_err *kept = user;

	*kept = *err;
}

// Reads a scene's file anew; a bad one is an error here, for somebody asked.
static enum stage_status
read_strictly(
	const char *path, struct stage_patch_file *file, struct stage_err *err)
{
	struct stage_err why = STAGE_ERR_INIT;
	bool has_changed = false;

	if (path[0] == '\0') {
		return STAGE_OK;
	}
	if (stage_patch_file_read(file, path, keep_complaint, &why,
		    &has_changed) != STAGE_OK) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	if (why.status != STAGE_OK) {
		*err = why;
	}
	return why.status;
}

static void
swap_in(struct stage_patch_file *place, struct stage_patch_file *file)
{
	stage_patch_file_finish(place);
	*place = *file;
}

enum stage_status
stage_patch_store_set_scene(struct stage_patch_store *self, const char *song,
	const char *set, struct stage_err *err)
{
	struct stage_patch_settings before = self->settings;
	struct stage_patch_file song_file = {0};
	struct stage_patch_file set_file = {0};
	char path[STAGE_PATH_MAX];
	enum stage_status status = find_song(self, song, err);

	if (status == STAGE_OK) {
		status = find_set(self, set, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	memcpy(self->settings.song, song, strlen(song) + 1); // it fits
	memcpy(self->settings.set, set, strlen(set) + 1);
	stage_patch_store_song_path(self, path);
	status = read_strictly(path, &song_file, err);
	if (status == STAGE_OK) {
		stage_patch_store_set_path(self, path);
		status = read_strictly(path, &set_file, err);
	}
	if (status != STAGE_OK) {
		stage_patch_file_finish(&song_file);
		stage_patch_file_finish(&set_file);
		self->settings = before;
		return status;
	}
	swap_in(&self->song, &song_file);
	swap_in(&self->set, &set_file);
	return STAGE_OK;
}

void
stage_patch_store_save_scene(struct stage_patch_store *self)
{
	struct stage_err why = STAGE_ERR_INIT;

	if (stage_patch_settings_save(self->state_dir, &self->settings, &why) !=
		STAGE_OK) {
		self->complain(self->user, &why);
	}
}

// Of what a song wants, that it be connected; that nothing else be is over.
static enum stage_status
add_wants(struct stage_patch_list *out, const struct stage_patch_list *list)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < list->count && status == STAGE_OK; i++) {
		struct stage_patch_statement want = list->items[i];

		if (want.system != STAGE_PATCH_JACK ||
			want.policy == STAGE_PATCH_NOT ||
			want.policy == STAGE_PATCH_FORBID) {
			continue;
		}
		if (want.policy == STAGE_PATCH_ONLY) {
			want.policy = STAGE_PATCH_WANT;
		}
		status = stage_patch_list_add(out, &want);
	}
	return status;
}

static enum stage_status
add_song(const struct stage_patch_store *self, const char *song,
	struct stage_patch_list *out)
{
	struct stage_patch_file file = {0};
	struct stage_err why = STAGE_ERR_INIT;
	char path[STAGE_PATH_MAX];
	enum stage_status status = STAGE_OK;

	if (song[0] == '\0' ||
		stage_patch_scene_name_check("song", song, &why) != STAGE_OK) {
		return STAGE_OK;
	}
	stage_rig_path(self->rig, path, "songs/%s/song.patch", song);
	if (read_strictly(path, &file, &why) == STAGE_OK) {
		status = stage_patch_called_apply(
			&self->called, song, &file.list);
	}
	if (status == STAGE_OK) {
		status = add_wants(out, &file.list);
	}
	stage_patch_file_finish(&file);
	return status;
}

enum stage_status
stage_patch_store_set_ringing(struct stage_patch_store *self,
	const struct stage_strv *songs, struct stage_err *err)
{
	struct stage_patch_list list = {0};
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < songs->count && status == STAGE_OK; i++) {
		status = add_song(self, songs->items[i], &list);
	}
	if (status != STAGE_OK) {
		stage_patch_list_finish(&list);
		return stage_err_set(err, status, "out of memory");
	}
	stage_patch_list_finish(&self->ringing);
	self->ringing = list;
	return STAGE_OK;
}

struct stage_patch_called *
stage_patch_store_called(struct stage_patch_store *self)
{
	return &self->called;
}

struct stage_patch_waiting *
stage_patch_store_waiting(struct stage_patch_store *self)
{
	return &self->waiting;
}

// Whether these bytes are as we wrote them.
static enum stage_status
check_untouched(
	const struct stage_str *text, const char *path, struct stage_err *err)
{
	struct stage_learned learned = {0};
	enum stage_status status = stage_learned_read(
		stage_str_text(text), text->len, path, &learned, NULL);

	stage_patch_list_finish(&learned.list);
	if (status == STAGE_NO_MEMORY) {
		return stage_err_set(
			err, status, "not enough memory to read %s", path);
	}
	if (status == STAGE_OK && learned.is_untouched) {
		return STAGE_OK;
	}
	return stage_err_set(err, STAGE_EXISTS,
		"%s was written by hand and is not replaced; move it away, or "
		"edit it",
		path);
}

// Whether a song's patch may be replaced: it is not there, or is ours.
static enum stage_status
check_ours(const char *path, struct stage_err *err)
{
	struct stage_str text = {0};
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status =
		stage_io_read_file(path, STAGE_PATCH_FILE_MAX, &text, &why);

	if (status == STAGE_OK) {
		status = check_untouched(&text, path, err);
	} else if (status == STAGE_NOT_FOUND) {
		status = STAGE_OK;
	} else {
		stage_err_set(err, status, "%s", why.text);
	}
	stage_str_finish(&text);
	return status;
}

// What was just written is in force with that, not when the watcher sees it.
static enum stage_status
take_song(
	struct stage_patch_store *self, const char *path, struct stage_err *err)
{
	struct stage_patch_file file = {0};
	enum stage_status status = read_strictly(path, &file, err);

	if (status == STAGE_OK) {
		swap_in(&self->song, &file);
	} else {
		stage_patch_file_finish(&file);
	}
	return status;
}

enum stage_status
stage_patch_store_write_song(struct stage_patch_store *self,
	const struct stage_patch_list *list, struct stage_err *err)
{
	struct stage_learned_head head = {.number = 1, .undo = 1};
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];
	enum stage_status status;

	stage_patch_store_song_path(self, path);
	if (path[0] == '\0') {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"no song is in force; name one: stagecraft patch scene "
			"SONG");
	}
	status = check_ours(path, err);
	if (status != STAGE_OK) {
		return status;
	}
	head.time_s = stage_clock_wall_ns() / STAGE_NS_PER_S;
	stage_learned_set_reason(&head, "learned for this song");
	status = stage_learned_write(&text, &head, list);
	if (status != STAGE_OK) {
		stage_err_set(err, status, "unable to write %s: %s", path,
			stage_strerror(status));
	} else {
		status = stage_atomic_save(
			path, stage_str_text(&text), text.len, SONG_KEEP, err);
	}
	stage_str_finish(&text);
	return status == STAGE_OK ? take_song(self, path, err) : status;
}
