/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/conf.h"
#include "show/store_private.h"

static enum stage_status
no_song(const char *name, struct stage_err *err)
{
	return stage_err_set(
		err, STAGE_NOT_FOUND, "there is no song \"%s\"", name);
}

enum stage_status
stage_show_store_open(const struct stage_show_store *self, const char *name,
	int *out, struct stage_err *err)
{
	enum stage_status status = stage_show_song_name_check(name, err);
	int dir = -1;

	if (status == STAGE_OK) {
		status = stage_show_open_dir(self->songs, name, &dir, err);
	}
	if (status == STAGE_NOT_FOUND) {
		return no_song(name, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	if (!stage_show_is_there(dir, STAGE_SHOW_SESSION_FILE)) {
		close(dir);
		return no_song(name, err);
	}
	*out = dir;
	return STAGE_OK;
}

static enum stage_status
join(const struct stage_show_store *self, const char *name, const char *file,
	char *out, struct stage_err *err)
{
	return stage_format(out, STAGE_PATH_MAX, "%s/%s%s%s", self->songs, name,
		       file[0] != '\0' ? "/" : "", file) == STAGE_OK
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_TOO_LONG,
				 "the path of the song \"%s\" is too long",
				 name);
}

enum stage_status
stage_show_store_path(const struct stage_show_store *self, const char *name,
	char *out, struct stage_err *err)
{
	int dir = -1;
	enum stage_status status = stage_show_store_open(self, name, &dir, err);

	if (status != STAGE_OK) {
		return status;
	}
	close(dir);
	return join(self, name, "", out, err);
}

/* Reading and writing. */

// The path of a file of a song; *is_there says whether it is. What is no file,
// a link too, is an error.
static enum stage_status
find_file(const struct stage_show_store *self, const char *name,
	const char *file, char *out, bool *is_there, struct stage_err *err)
{
	struct stat st;
	int dir = -1;
	enum stage_status status = stage_show_store_open(self, name, &dir, err);

	if (status != STAGE_OK) {
		return status;
	}
	*is_there = fstatat(dir, file, &st, AT_SYMLINK_NOFOLLOW) == 0;
	close(dir);
	status = join(self, name, file, out, err);
	if (status == STAGE_OK && *is_there && !S_ISREG(st.st_mode)) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"%s is %s, and should be a file", out,
			S_ISLNK(st.st_mode)   ? "a link"
			: S_ISDIR(st.st_mode) ? "a directory"
					      : "something else");
	}
	return status;
}

static enum stage_status
read_session(const struct stage_show_store *self, const char *name,
	struct stage_str *out, char *path, struct stage_err *err)
{
	bool is_there = false;
	enum stage_status status = find_file(
		self, name, STAGE_SHOW_SESSION_FILE, path, &is_there, err);

	return status == STAGE_OK
		       ? stage_io_read_file(
				 path, STAGE_SHOW_SESSION_BYTES_MAX, out, err)
		       : status;
}

static enum stage_status
read_conf(const struct stage_show_store *self, const char *name,
	struct stage_str *out, char *path, struct stage_err *err)
{
	bool is_there = false;
	enum stage_status status = find_file(
		self, name, STAGE_SHOW_CONF_FILE, path, &is_there, err);

	return status == STAGE_OK && is_there
		       ? stage_io_read_file(path, STAGE_CONF_FILE_MAX, out, err)
		       : status;
}

// A song.conf that cannot be read costs what it says, and no more.
static enum stage_status
load_conf(const struct stage_show_store *self, const char *name,
	struct stage_show_song_conf *conf)
{
	char path[STAGE_PATH_MAX];
	struct stage_err why = STAGE_ERR_INIT;
	struct stage_str text = {0};
	enum stage_status status = read_conf(self, name, &text, path, &why);

	if (status == STAGE_OK) {
		status = stage_show_song_conf_parse(
			conf, stage_str_text(&text), text.len, path);
	} else if (status != STAGE_NO_MEMORY) {
		stage_show_song_conf_init(conf);
		stage_show_song_conf_complain(conf, why.text);
		status = STAGE_OK;
	}
	stage_str_finish(&text);
	return status;
}

enum stage_status
stage_show_store_load(const struct stage_show_store *self, const char *name,
	struct stage_show_session *session, struct stage_show_song_conf *conf,
	struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_str text = {0};
	enum stage_status status;

	*session = (struct stage_show_session){0};
	if (conf != NULL) {
		stage_show_song_conf_init(conf);
	}
	status = read_session(self, name, &text, path, err);
	if (status != STAGE_OK) {
		stage_str_finish(&text);
		return status;
	}
	status = stage_show_session_parse(
		session, stage_str_text(&text), text.len);
	stage_str_finish(&text);
	if (status == STAGE_OK && conf != NULL) {
		status = load_conf(self, name, conf);
	}
	if (status != STAGE_OK) {
		stage_show_session_finish(session);
		return stage_err_set(err, status,
			"not enough memory for the song \"%s\"", name);
	}
	return STAGE_OK;
}

// A session.nsm without permission to write is a template, whoever we are.
static enum stage_status
check_writable(const char *path, struct stage_err *err)
{
	struct stat st;

	return lstat(path, &st) != 0 || (st.st_mode & 0222) != 0
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_DENIED,
				 "unable to save %s: it is read-only, as a "
				 "template is; change a copy of the song",
				 path);
}

// Writes only what is not there already.
static enum stage_status
save_text(const char *path, const struct stage_str *before,
	const struct stage_str *text, struct stage_err *err)
{
	enum stage_status status;

	if (before->len == text->len &&
		memcmp(stage_str_text(before), stage_str_text(text),
			text->len) == 0) {
		return STAGE_OK;
	}
	status = check_writable(path, err);
	return status == STAGE_OK
		       ? stage_atomic_save(
				 path, stage_str_text(text), text->len, 0, err)
		       : status;
}

enum stage_status
stage_show_store_save(const struct stage_show_store *self, const char *name,
	const struct stage_show_session *session, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_str before = {0};
	struct stage_str text = {0};
	enum stage_status status = read_session(self, name, &before, path, err);

	if (status == STAGE_OK &&
		stage_show_session_write(session, &text) != STAGE_OK) {
		status = stage_err_set(err, STAGE_NO_MEMORY,
			"not enough memory to save the song \"%s\"", name);
	}
	if (status == STAGE_OK) {
		status = save_text(path, &before, &text, err);
	}
	stage_str_finish(&before);
	stage_str_finish(&text);
	return status;
}

/* Making. */

static enum stage_status
write_empty_session(int dir, const char *shown, struct stage_err *err)
{
	int fd = openat(dir, STAGE_SHOW_SESSION_FILE,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		STAGE_SHOW_FILE_MODE);

	if (fd < 0) {
		return stage_err_set_errno(
			err, errno, "unable to write into %s", shown);
	}
	close(fd);
	return STAGE_OK;
}

enum stage_status
stage_show_store_make(const struct stage_show_store *self, const char *name,
	struct stage_err *err)
{
	struct stage_show_draft draft;
	int lock = -1;
	enum stage_status status = stage_show_store_lock(self, &lock, err);

	if (status != STAGE_OK) {
		return status;
	}
	status = stage_show_store_check_free(self, name, err);
	if (status == STAGE_OK) {
		status = stage_show_store_clear_generations(self, name, err);
	}
	if (status == STAGE_OK) {
		status = stage_show_draft_init(&draft, self, name, err);
		if (status == STAGE_OK) {
			status = write_empty_session(
				draft.dir, draft.shown, err);
		}
		if (status == STAGE_OK) {
			status = stage_show_draft_publish(&draft, err);
		}
		stage_show_draft_finish(&draft);
	}
	if (status != STAGE_OK && status != STAGE_EXISTS) {
		stage_show_store_prune(self, name);
	}
	close(lock);
	return status;
}

/* Removing. */

static enum stage_status
move_to_trash(const struct stage_show_store *self, const char *name,
	char *where, struct stage_err *err)
{
	char key[STAGE_SHOW_NAME_MAX + 1];
	char path[STAGE_PATH_MAX];
	const char *last = NULL;
	int parent = -1;
	int trash = -1;
	enum stage_status status;

	stage_show_store_key(name, key);
	status = stage_show_open_parent(self->songs, name, &parent, &last, err);
	if (status != STAGE_OK) {
		return status;
	}
	status = stage_show_store_make_trash(self, key, &trash, path, err);
	if (status == STAGE_OK) {
		status = stage_show_rename(
			parent, last, trash, "song", path, err);
		if (status == STAGE_OK) {
			status = stage_show_sync_dir(trash, path, err);
		} else {
			(void)rmdir(path);
		}
	}
	if (status == STAGE_OK) {
		status = stage_show_sync_dir(parent, self->songs, err);
	}
	if (status == STAGE_OK) {
		status = stage_show_store_trash_generations(
			self, key, trash, err);
	}
	if (status == STAGE_OK && where != NULL) {
		status =
			stage_io_join(where, STAGE_PATH_MAX, path, "song", err);
	}
	if (trash >= 0) {
		close(trash);
	}
	close(parent);
	return status;
}

enum stage_status
stage_show_store_remove(const struct stage_show_store *self, const char *name,
	char *where, struct stage_err *err)
{
	int lock = -1;
	int dir = -1;
	enum stage_status status = stage_show_store_lock(self, &lock, err);

	if (status != STAGE_OK) {
		return status;
	}
	status = stage_show_store_open(self, name, &dir, err);
	if (status == STAGE_OK) {
		close(dir);
		status = move_to_trash(self, name, where, err);
	}
	if (status == STAGE_OK) {
		stage_show_store_prune(self, name);
	}
	close(lock);
	return status;
}
