/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/store_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRASH_MAX 100000 // entries of one name
#define OPEN_DIR (O_RDONLY | O_DIRECTORY | O_NOFOLLOW)

enum stage_status
stage_show_store_lock(
	const struct stage_show_store *self, int *out, struct stage_err *err)
{
	enum stage_status status = stage_io_make_dirs(self->songs, err);

	if (status == STAGE_OK) {
		status = stage_show_open_dir(self->songs, "", out, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	status = stage_show_lock_dir(*out, self->songs, err);
	if (status != STAGE_OK) {
		close(*out);
	}
	return status;
}

void
stage_show_store_key(const char *name, char out[STAGE_SHOW_NAME_MAX + 1])
{
	snprintf(out, STAGE_SHOW_NAME_MAX + 1, "%s", name);
	for (; *out != '\0'; out++) {
		if (*out == '/') {
			*out = ':'; // which no name has
		}
	}
}

enum stage_status
stage_show_store_state_path(const struct stage_show_store *self, char *out,
	struct stage_err *err, const char *format, ...)
{
	size_t len = strlen(self->state);
	va_list args;
	int more;

	memcpy(out, self->state, len);
	out[len++] = '/';
	va_start(args, format);
	more = vsnprintf(out + len, STAGE_PATH_MAX - len, format, args);
	va_end(args);
	return more >= 0 && (size_t)more < STAGE_PATH_MAX - len
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_TOO_LONG,
				 "path is too long: %s", out);
}

void
stage_show_store_prune(const struct stage_show_store *self, const char *name)
{
	char path[STAGE_PATH_MAX];
	char *slash;

	if (stage_format(path, sizeof(path), "%s/%s", self->songs, name) !=
		STAGE_OK) {
		return;
	}
	slash = strrchr(path, '/');
	while ((size_t)(slash - path) > strlen(self->songs)) {
		*slash = '\0';
		if (rmdir(path) != 0) {
			return;
		}
		slash = strrchr(path, '/');
	}
}

// True when relative[len] is a song.
static bool
is_song(const struct stage_show_store *self, const char *relative, size_t len)
{
	char name[STAGE_SHOW_NAME_MAX + 1];
	int dir = -1;
	bool has_session;

	snprintf(name, sizeof(name), "%.*s", (int)len, relative);
	if (stage_show_open_dir(self->songs, name, &dir, NULL) != STAGE_OK) {
		return false;
	}
	has_session = stage_show_is_there(dir, STAGE_SHOW_SESSION_FILE);
	close(dir);
	return has_session;
}

enum stage_status
stage_show_store_check_free(const struct stage_show_store *self,
	const char *name, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stat st;
	enum stage_status status = stage_show_song_name_check(name, err);
	const char *slash = name;

	if (status != STAGE_OK) {
		return status;
	}
	while ((slash = strchr(slash, '/')) != NULL) {
		int len = (int)(slash - name);
		if (is_song(self, name, (size_t)len)) {
			return stage_err_set(err, STAGE_BAD_INPUT,
				"\"%s\" would be inside of the song \"%.*s\"",
				name, len, name);
		}
		slash++;
	}
	status = stage_io_join(path, sizeof(path), self->songs, name, err);
	if (status == STAGE_OK && lstat(path, &st) == 0) {
		return stage_err_set(err, STAGE_EXISTS, "%s \"%s\" already",
			is_song(self, name, strlen(name))
				? "there is a song"
				: "there is something that is called",
			name);
	}
	return status;
}

enum stage_status
stage_show_draft_init(struct stage_show_draft *self,
	const struct stage_show_store *store, const char *name,
	struct stage_err *err)
{
	int parent_len;
	enum stage_status status;

	*self = (struct stage_show_draft){.parent = -1, .dir = -1};
	status = stage_show_open_parent(
		store->songs, name, &self->parent, &self->name, err);
	if (status != STAGE_OK) {
		return status;
	}
	parent_len = (int)(self->name - name);
	(void)!stage_format(self->hidden, sizeof(self->hidden), ".%s%s",
		self->name, STAGE_SHOW_NEW);
	if (stage_format(self->shown, sizeof(self->shown), "%s/%s",
		    store->songs, name) != STAGE_OK ||
		stage_format(self->path, sizeof(self->path), "%s/%.*s%s",
			store->songs, parent_len, name,
			self->hidden) != STAGE_OK) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"the path of the song \"%s\" is too long", name);
	}
	status = stage_io_remove_tree(self->path, err);
	if (status != STAGE_OK) {
		return status;
	}
	if (mkdirat(self->parent, self->hidden, STAGE_SHOW_DIR_MODE) == 0) {
		self->dir = openat(
			self->parent, self->hidden, OPEN_DIR | O_CLOEXEC);
	}
	return self->dir >= 0 ? STAGE_OK
			      : stage_err_set_errno(err, errno,
					"unable to make %s", self->shown);
}

enum stage_status
stage_show_draft_publish(struct stage_show_draft *self, struct stage_err *err)
{
	enum stage_status status =
		stage_show_sync_dir(self->dir, self->shown, err);

	if (status == STAGE_OK) {
		status = stage_show_rename(self->parent, self->hidden,
			self->parent, self->name, self->shown, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	return stage_show_sync_dir(self->parent, self->shown, err);
}

// Takes away what an earlier one left aside; the song is there.
static enum stage_status
clear_aside(const struct stage_show_draft *self, const char *old,
	struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	int parent_len = (int)(strlen(self->shown) - strlen(self->name));

	return stage_format(path, sizeof(path), "%.*s%s", parent_len,
		       self->shown, old) == STAGE_OK
		       ? stage_io_remove_tree(path, err)
		       : stage_err_set(err, STAGE_TOO_LONG,
				 "path is too long: %s", self->shown);
}

// Where two names cannot be swapped, the old song stands aside. Whoever finds
// it there and nothing in its place puts it back: store_list.c.
static enum stage_status
replace_in_two_steps(struct stage_show_draft *self, struct stage_err *err)
{
	char old[STAGE_SHOW_ENTRY_MAX];
	enum stage_status status;

	(void)!stage_format(
		old, sizeof(old), ".%s%s", self->name, STAGE_SHOW_OLD);
	status = clear_aside(self, old, err);
	if (status == STAGE_OK) {
		status = stage_show_rename(self->parent, self->name,
			self->parent, old, self->shown, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	status = stage_show_rename(self->parent, self->hidden, self->parent,
		self->name, self->shown, err);
	if (status != STAGE_OK) {
		(void)renameat(self->parent, old, self->parent, self->name);
		return status;
	}
	(void)!clear_aside(self, old, NULL);
	return STAGE_OK;
}

enum stage_status
stage_show_draft_replace(struct stage_show_draft *self, struct stage_err *err)
{
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status =
		stage_show_sync_dir(self->dir, self->shown, err);

	if (status != STAGE_OK) {
		return status;
	}
	status = stage_show_swap(
		self->parent, self->hidden, self->name, self->shown, &why);
	if (status == STAGE_UNSUPPORTED) {
		status = replace_in_two_steps(self, &why);
	}
	return status == STAGE_OK
		       ? stage_show_sync_dir(self->parent, self->shown, err)
		       : stage_err_set(err, status, "%s", why.text);
}

void
stage_show_draft_finish(struct stage_show_draft *self)
{
	if (self->dir >= 0) {
		close(self->dir);
	}
	if (self->parent >= 0) {
		if (self->path[0] != '\0') {
			(void)!stage_io_remove_tree(self->path, NULL);
		}
		close(self->parent);
	}
	self->dir = -1;
	self->parent = -1;
}

enum stage_status
stage_show_store_make_trash(const struct stage_show_store *self,
	const char *key, int *dir, char *out, struct stage_err *err)
{
	enum stage_status status =
		stage_show_store_state_path(self, out, err, "trash");

	if (status == STAGE_OK) {
		status = stage_io_make_dirs(out, err);
	}
	for (unsigned n = 1; status == STAGE_OK && n < TRASH_MAX; n++) {
		status = stage_show_store_state_path(
			self, out, err, "trash/%s.%u", key, n);
		if (status != STAGE_OK) {
			break;
		}
		if (mkdir(out, STAGE_SHOW_DIR_MODE) == 0) {
			*dir = open(out, OPEN_DIR | O_CLOEXEC);
			return *dir >= 0 ? STAGE_OK
					 : stage_err_set_errno(err, errno,
						   "unable to open %s", out);
		}
		if (errno != EEXIST) {
			return stage_err_set_errno(
				err, errno, "unable to make %s", out);
		}
	}
	return status != STAGE_OK ? status
				  : stage_err_set(err, STAGE_FULL,
					    "the trash is full of %s", key);
}

enum stage_status
stage_show_store_trash_generations(const struct stage_show_store *self,
	const char *key, int trash, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status = stage_show_store_state_path(
		self, path, err, "generations/%s", key);

	if (status != STAGE_OK) {
		return status;
	}
	if (renameat(AT_FDCWD, path, trash, "generations") == 0 ||
		errno == ENOENT) {
		return STAGE_OK;
	}
	return stage_err_set_errno(err, errno, "unable to remove %s", path);
}

enum stage_status
stage_show_store_clear_generations(const struct stage_show_store *self,
	const char *name, struct stage_err *err)
{
	char key[STAGE_SHOW_NAME_MAX + 1];
	char path[STAGE_PATH_MAX];
	struct stat st;
	int trash = -1;
	enum stage_status status;

	stage_show_store_key(name, key);
	status = stage_show_store_state_path(
		self, path, err, "generations/%s", key);
	if (status != STAGE_OK || lstat(path, &st) != 0) {
		return status;
	}
	status = stage_show_store_make_trash(self, key, &trash, path, err);
	if (status == STAGE_OK) {
		status = stage_show_store_trash_generations(
			self, key, trash, err);
		close(trash);
	}
	return status;
}
