/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/sets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "show/store_private.h"

#define PATCH_MAX ((size_t)16 * 1024 * 1024) // bytes of a set's patch
#define SUFFIX STAGE_SHOW_SETLIST_SUFFIX

static enum stage_status
no_memory(struct stage_err *err)
{
	return stage_err_set(
		err, STAGE_NO_MEMORY, "not enough memory for setlists");
}

// The entry of a setlist in its directory.
static enum stage_status
entry_of(
	const char *name, char out[STAGE_SHOW_ENTRY_MAX], struct stage_err *err)
{
	enum stage_status status = stage_show_set_name_check(name, err);

	return status == STAGE_OK ? stage_format(out, STAGE_SHOW_ENTRY_MAX,
					    "%s" SUFFIX, name)
				  : status;
}

// Takes the name out of an entry; false where it is no setlist's.
static bool
take_name(const char *entry, char out[STAGE_SHOW_ENTRY_MAX])
{
	size_t len = strlen(entry);

	if (!stage_ends_with(entry, SUFFIX) ||
		stage_format(out, STAGE_SHOW_ENTRY_MAX, "%s", entry) !=
			STAGE_OK) {
		return false;
	}
	out[len - strlen(SUFFIX)] = '\0';
	return stage_show_set_name_check(out, NULL) == STAGE_OK;
}

enum stage_status
stage_show_set_list(const struct stage_show_store *self,
	struct stage_strv *names, struct stage_err *err)
{
	struct stage_strv entries = {0};
	struct stage_err why = STAGE_ERR_INIT;
	char name[STAGE_SHOW_ENTRY_MAX];
	enum stage_status status =
		stage_io_list_dir(self->sets, &entries, &why);

	if (status == STAGE_NOT_FOUND) {
		return STAGE_OK;
	}
	if (status != STAGE_OK) {
		stage_err_set(err, status, "%s", why.text);
	}
	for (size_t i = 0; i < entries.count && status == STAGE_OK; i++) {
		if (take_name(entries.items[i], name) &&
			stage_strv_add(names, name) != STAGE_OK) {
			status = no_memory(err);
		}
	}
	stage_strv_finish(&entries);
	stage_strv_sort(names);
	return status;
}

// The path of a setlist that is a file.
static enum stage_status
find(const struct stage_show_store *self, const char *name, char *out,
	struct stage_err *err)
{
	char entry[STAGE_SHOW_ENTRY_MAX];
	struct stat st;
	enum stage_status status = entry_of(name, entry, err);

	if (status == STAGE_OK) {
		status = stage_io_join(
			out, STAGE_PATH_MAX, self->sets, entry, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	if (lstat(out, &st) != 0) {
		return errno == ENOENT
			       ? stage_err_set(err, STAGE_NOT_FOUND,
					 "there is no setlist \"%s\"", name)
			       : stage_err_set_errno(
					 err, errno, "unable to read %s", out);
	}
	return S_ISREG(st.st_mode)
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_BAD_INPUT,
				 "%s is %s, and should be a file", out,
				 S_ISLNK(st.st_mode) ? "a link"
						     : "something else");
}

static enum stage_status
read_set(const struct stage_show_store *self, const char *name, char *path,
	struct stage_str *out, struct stage_err *err)
{
	enum stage_status status = find(self, name, path, err);

	return status == STAGE_OK
		       ? stage_io_read_file(
				 path, STAGE_SHOW_SETLIST_BYTES_MAX, out, err)
		       : status;
}

enum stage_status
stage_show_set_load(const struct stage_show_store *self, const char *name,
	struct stage_show_setlist *out, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_str text = {0};
	enum stage_status status = read_set(self, name, path, &text, err);

	*out = (struct stage_show_setlist){0};
	if (status == STAGE_OK &&
		stage_show_setlist_parse(
			out, stage_str_text(&text), text.len) != STAGE_OK) {
		status = no_memory(err);
	}
	stage_str_finish(&text);
	return status;
}

enum stage_status
stage_show_set_save(const struct stage_show_store *self, const char *name,
	const struct stage_show_setlist *list, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_str before = {0};
	struct stage_str text = {0};
	enum stage_status status = read_set(self, name, path, &before, err);

	if (status == STAGE_OK &&
		stage_show_setlist_write(list, &text) != STAGE_OK) {
		status = no_memory(err);
	}
	if (status == STAGE_OK &&
		(before.len != text.len ||
			memcmp(stage_str_text(&before), stage_str_text(&text),
				text.len) != 0)) {
		status = stage_atomic_save(
			path, stage_str_text(&text), text.len, 0, err);
	}
	stage_str_finish(&before);
	stage_str_finish(&text);
	return status;
}

// Checks that there is nothing of that name, and gives its path.
static enum stage_status
find_free(const struct stage_show_store *self, const char *name, char *out,
	struct stage_err *err)
{
	char entry[STAGE_SHOW_ENTRY_MAX];
	struct stat st;
	enum stage_status status = entry_of(name, entry, err);

	if (status == STAGE_OK) {
		status = stage_io_make_dirs(self->sets, err);
	}
	if (status == STAGE_OK) {
		status = stage_io_join(
			out, STAGE_PATH_MAX, self->sets, entry, err);
	}
	if (status == STAGE_OK && lstat(out, &st) == 0) {
		status = stage_err_set(err, STAGE_EXISTS,
			"there is a setlist \"%s\" already", name);
	}
	return status;
}

static enum stage_status
make_with(const struct stage_show_store *self, const char *name,
	const struct stage_str *text, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status = find_free(self, name, path, err);

	return status == STAGE_OK
		       ? stage_atomic_save(
				 path, stage_str_text(text), text->len, 0, err)
		       : status;
}

enum stage_status
stage_show_set_make(const struct stage_show_store *self, const char *name,
	struct stage_err *err)
{
	static const struct stage_str empty;
	int lock = -1;
	enum stage_status status = stage_show_store_lock(self, &lock, err);

	if (status == STAGE_OK) {
		status = make_with(self, name, &empty, err);
		close(lock);
	}
	return status;
}

static enum stage_status
patch_of(const struct stage_show_store *self, const char *name, char *out,
	struct stage_err *err)
{
	return stage_format(out, STAGE_PATH_MAX, "%s/%s.patch", self->sets,
		       name) == STAGE_OK
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_TOO_LONG,
				 "the name of a patch of \"%s\" is too long",
				 name);
}

// One without a patch of its own gets none.
static enum stage_status
copy_patch(const struct stage_show_store *self, const char *name,
	const char *fresh, struct stage_err *err)
{
	char from[STAGE_PATH_MAX];
	char to[STAGE_PATH_MAX];
	struct stage_str text = {0};
	struct stat st;
	enum stage_status status = patch_of(self, name, from, err);

	if (status == STAGE_OK) {
		status = patch_of(self, fresh, to, err);
	}
	if (status != STAGE_OK || access(from, F_OK) != 0) {
		return status;
	}
	status = lstat(to, &st) == 0
			 ? stage_err_set(err, STAGE_EXISTS,
				   "%s is there already, and of no setlist", to)
			 : stage_io_read_file(from, PATCH_MAX, &text, err);
	if (status == STAGE_OK) {
		status = stage_atomic_save(
			to, stage_str_text(&text), text.len, 0, err);
	}
	stage_str_finish(&text);
	return status;
}

static enum stage_status
copy_with(const struct stage_show_store *self, const char *name,
	const char *fresh, const struct stage_str *text, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status = find_free(self, fresh, path, err);

	if (status == STAGE_OK) {
		status = copy_patch(self, name, fresh, err);
	}
	return status == STAGE_OK ? make_with(self, fresh, text, err) : status;
}

enum stage_status
stage_show_set_duplicate(const struct stage_show_store *self, const char *name,
	const char *fresh, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_str text = {0};
	int lock = -1;
	enum stage_status status = stage_show_store_lock(self, &lock, err);

	if (status != STAGE_OK) {
		return status;
	}
	status = read_set(self, name, path, &text, err);
	if (status == STAGE_OK) {
		status = copy_with(self, name, fresh, &text, err);
	}
	stage_str_finish(&text);
	close(lock);
	return status;
}

static enum stage_status
sync_sets(const struct stage_show_store *self, struct stage_err *err)
{
	int dir = -1;
	enum stage_status status =
		stage_show_open_dir(self->sets, "", &dir, err);

	if (status == STAGE_OK) {
		status = stage_show_sync_dir(dir, self->sets, err);
		close(dir);
	}
	return status;
}

// Its connections go with it, where it has any of its own.
static enum stage_status
rename_patch(const struct stage_show_store *self, const char *name,
	const char *fresh, struct stage_err *err)
{
	char from[STAGE_PATH_MAX];
	char to[STAGE_PATH_MAX];
	enum stage_status status = STAGE_OK;

	if (stage_format(from, sizeof(from), "%s/%s.patch", self->sets, name) ==
			STAGE_OK &&
		stage_format(to, sizeof(to), "%s/%s.patch", self->sets,
			fresh) == STAGE_OK &&
		access(from, F_OK) == 0) {
		status = stage_show_rename(
			AT_FDCWD, from, AT_FDCWD, to, to, err);
	}
	if (status != STAGE_OK) {
		stage_err_prefix(err,
			"the setlist is \"%s\" now, but has not its patch: ",
			fresh);
	}
	return status;
}

enum stage_status
stage_show_set_rename(const struct stage_show_store *self, const char *name,
	const char *fresh, struct stage_err *err)
{
	char from[STAGE_PATH_MAX];
	char to[STAGE_PATH_MAX];
	int lock = -1;
	enum stage_status status = stage_show_store_lock(self, &lock, err);

	if (status != STAGE_OK) {
		return status;
	}
	status = find(self, name, from, err);
	if (status == STAGE_OK) {
		status = find_free(self, fresh, to, err);
	}
	if (status == STAGE_OK) {
		status = stage_show_rename(
			AT_FDCWD, from, AT_FDCWD, to, to, err);
	}
	if (status == STAGE_OK) {
		status = rename_patch(self, name, fresh, err);
	}
	if (status == STAGE_OK) {
		status = sync_sets(self, err);
	}
	close(lock);
	return status;
}

// Or it would be that of the next setlist of this name.
static enum stage_status
trash_patch(const struct stage_show_store *self, const char *name, int trash,
	const char *where, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stat st;
	enum stage_status status = patch_of(self, name, path, err);

	if (status == STAGE_OK && lstat(path, &st) == 0) {
		status = stage_show_rename(AT_FDCWD, path, trash,
			strrchr(path, '/') + 1, where, err);
	}
	if (status != STAGE_OK) {
		stage_err_prefix(err,
			"the setlist \"%s\" is in the trash, but its patch is "
			"not: ",
			name);
	}
	return status;
}

static enum stage_status
move_to_trash(const struct stage_show_store *self, const char *name,
	const char *from, char *where, struct stage_err *err)
{
	char entry[STAGE_SHOW_ENTRY_MAX];
	char path[STAGE_PATH_MAX];
	int trash = -1;
	enum stage_status status = entry_of(name, entry, err);

	if (status == STAGE_OK) {
		status = stage_show_store_make_trash(
			self, entry, &trash, path, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	status = stage_show_rename(AT_FDCWD, from, trash, entry, path, err);
	if (status != STAGE_OK) {
		(void)rmdir(path);
	} else {
		status = trash_patch(self, name, trash, path, err);
	}
	if (status == STAGE_OK) {
		status = stage_show_sync_dir(trash, path, err);
	}
	if (status == STAGE_OK) {
		status = sync_sets(self, err);
	}
	if (status == STAGE_OK && where != NULL) {
		status = stage_io_join(where, STAGE_PATH_MAX, path, entry, err);
	}
	close(trash);
	return status;
}

enum stage_status
stage_show_set_remove(const struct stage_show_store *self, const char *name,
	char *where, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	int lock = -1;
	enum stage_status status = stage_show_store_lock(self, &lock, err);

	if (status != STAGE_OK) {
		return status;
	}
	status = find(self, name, path, err);
	if (status == STAGE_OK) {
		status = move_to_trash(self, name, path, where, err);
	}
	close(lock);
	return status;
}

// True when it was in there.
static bool
take_out(struct stage_show_setlist *list, const char *song)
{
	bool was_there = false;

	for (size_t i = list->count; i > 0; i--) {
		const struct stage_show_set_line *line = &list->lines[i - 1];

		if (line->kind == STAGE_SHOW_SET_SONG &&
			strcmp(line->name, song) == 0) {
			was_there = stage_show_setlist_remove(list,
					    line->number, NULL) == STAGE_OK;
		}
	}
	return was_there;
}

static enum stage_status
forget_in(const struct stage_show_store *self, const char *name,
	const char *song, size_t *count, struct stage_err *err)
{
	struct stage_show_setlist list;
	enum stage_status status = stage_show_set_load(self, name, &list, err);

	if (status == STAGE_OK && take_out(&list, song)) {
		status = stage_show_set_save(self, name, &list, err);
		*count += status == STAGE_OK ? 1 : 0;
	}
	stage_show_setlist_finish(&list);
	return status;
}

enum stage_status
stage_show_set_forget_song(const struct stage_show_store *self,
	const char *song, size_t *count, struct stage_err *err)
{
	struct stage_strv names = {0};
	struct stage_err ignored = STAGE_ERR_INIT;
	size_t found = 0;
	enum stage_status status = stage_show_set_list(self, &names, err);

	for (size_t i = 0; i < names.count; i++) {
		enum stage_status one = forget_in(self, names.items[i], song,
			&found, status == STAGE_OK ? err : &ignored);

		status = status == STAGE_OK ? one : status;
	}
	if (count != NULL) {
		*count = found;
	}
	stage_strv_finish(&names);
	return status;
}
