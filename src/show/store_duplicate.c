/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/conf.h"
#include "show/newids.h"
#include "show/store_private.h"
#include "show/treecopy.h"

#define REWRITTEN_MAX ((size_t)16 * 1024 * 1024) // bytes of a text
#define JACKPATCH ".jackpatch"

static enum stage_status
no_memory(struct stage_err *err)
{
	return stage_err_set(
		err, STAGE_NO_MEMORY, "not enough memory to copy a song");
}

static enum stage_status
add_ids(const struct stage_show_session *session, struct stage_map *ids,
	struct stage_err *err)
{
	for (size_t i = 0; i < session->count; i++) {
		if (session->lines[i].id != NULL &&
			stage_map_put(ids, session->lines[i].id, NULL) !=
				STAGE_OK) {
			return no_memory(err);
		}
	}
	return STAGE_OK;
}

enum stage_status
stage_show_store_ids(const struct stage_show_store *self, struct stage_map *ids,
	struct stage_err *err)
{
	struct stage_strv names = {0};
	enum stage_status status =
		stage_show_store_list(self, &names, NULL, err);

	for (size_t i = 0; i < names.count && status == STAGE_OK; i++) {
		struct stage_show_session session;
		status = stage_show_store_load(
			self, names.items[i], &session, NULL, NULL);
		if (status == STAGE_OK) {
			status = add_ids(&session, ids, err);
		} else { // one that cannot be played either
			status = status == STAGE_NO_MEMORY ? no_memory(err)
							   : STAGE_OK;
		}
		stage_show_session_finish(&session);
	}
	stage_strv_finish(&names);
	return status;
}

static bool
rename_file(void *user, const char *name, char *out)
{
	return stage_show_newids_rename(user, name, out);
}

typedef enum stage_status rewrite_text(const struct stage_show_newids *ids,
	const char *text, size_t len, struct stage_str *out);

// Writes a file of the copy again, with the new ids.
static enum stage_status
rewrite(const struct stage_show_draft *draft, const char *file,
	const struct stage_show_newids *ids, rewrite_text *function,
	struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_str before = {0};
	struct stage_str after = {0};
	struct stat st;
	enum stage_status status;

	if (fstatat(draft->dir, file, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		!S_ISREG(st.st_mode)) {
		return STAGE_OK;
	}
	status = stage_io_join(path, sizeof(path), draft->path, file, err);
	if (status == STAGE_OK) {
		status = stage_io_read_file(path, REWRITTEN_MAX, &before, err);
	}
	if (status == STAGE_OK && function(ids, stage_str_text(&before),
					  before.len, &after) != STAGE_OK) {
		status = no_memory(err);
	}
	if (status == STAGE_OK) {
		status = stage_atomic_save(
			path, stage_str_text(&after), after.len, 0, err);
	}
	stage_str_finish(&before);
	stage_str_finish(&after);
	return status;
}

static enum stage_status
rewrite_patches(const struct stage_show_draft *draft,
	const struct stage_show_newids *ids, struct stage_err *err)
{
	struct stage_strv names = {0};
	enum stage_status status = stage_io_list_dir(draft->path, &names, err);

	for (size_t i = 0; i < names.count && status == STAGE_OK; i++) {
		if (strcmp(names.items[i], STAGE_SHOW_PATCH_FILE) == 0 ||
			stage_ends_with(names.items[i], JACKPATCH)) {
			status = rewrite(draft, names.items[i], ids,
				stage_show_newids_rewrite, err);
		}
	}
	stage_strv_finish(&names);
	return status;
}

// A save keeps the mode of what was there; who copies a template wants no other
// one.
static enum stage_status
make_writable(const struct stage_show_draft *draft, struct stage_err *err)
{
	struct stat st;

	return fstatat(draft->dir, STAGE_SHOW_SESSION_FILE, &st,
		       AT_SYMLINK_NOFOLLOW) == 0 &&
			       fchmodat(draft->dir, STAGE_SHOW_SESSION_FILE,
				       (st.st_mode & 0777) | S_IWUSR, 0) == 0
		       ? STAGE_OK
		       : stage_err_set_errno(err, errno,
				 "unable to make %s writable", draft->shown);
}

static enum stage_status
write_session(const struct stage_show_draft *draft,
	const struct stage_show_session *session, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_str text = {0};
	enum stage_status status = stage_io_join(
		path, sizeof(path), draft->path, STAGE_SHOW_SESSION_FILE, err);

	if (status == STAGE_OK &&
		stage_show_session_write(session, &text) != STAGE_OK) {
		status = no_memory(err);
	}
	if (status == STAGE_OK) {
		status = stage_atomic_save(
			path, stage_str_text(&text), text.len, 0, err);
	}
	stage_str_finish(&text);
	return status;
}

static enum stage_status
fill(const struct stage_show_draft *draft, int from, const char *shown,
	const struct stage_show_session *session, struct stage_show_newids *ids,
	struct stage_err *err)
{
	struct stage_show_treecopy what = {.from = from,
		.to = draft->dir,
		.earlier = -1,
		.from_shown = shown,
		.to_shown = draft->shown,
		.rename = rename_file,
		.user = ids};
	struct stage_show_copied copied;
	enum stage_status status = stage_show_treecopy(&what, &copied, err);

	if (status == STAGE_OK) {
		status = make_writable(draft, err);
	}
	if (status == STAGE_OK) {
		status = write_session(draft, session, err);
	}
	if (status == STAGE_OK) {
		status = rewrite(draft, STAGE_SHOW_CONF_FILE, ids,
			stage_show_newids_rewrite_conf, err);
	}
	return status == STAGE_OK ? rewrite_patches(draft, ids, err) : status;
}

// Copies an open song under a name that is free.
static enum stage_status
copy_song(const struct stage_show_store *self, int from, const char *name,
	const char *fresh, const struct stage_show_session *session,
	struct stage_show_newids *ids, struct stage_err *err)
{
	struct stage_show_draft draft;
	enum stage_status status =
		stage_show_store_clear_generations(self, fresh, err);

	if (status != STAGE_OK) {
		return status;
	}
	status = stage_show_draft_init(&draft, self, fresh, err);
	if (status == STAGE_OK) {
		status = fill(&draft, from, name, session, ids, err);
	}
	if (status == STAGE_OK) {
		status = stage_show_draft_publish(&draft, err);
	}
	stage_show_draft_finish(&draft);
	if (status != STAGE_OK) {
		stage_show_store_prune(self, fresh);
	}
	return status;
}

static enum stage_status
make_ids(const struct stage_show_store *self,
	struct stage_show_session *session, struct stage_show_newids *ids,
	struct stage_err *err)
{
	struct stage_map *taken = stage_map_create(NULL);
	enum stage_status status;

	if (taken == NULL) {
		return no_memory(err);
	}
	status = stage_show_store_ids(self, taken, err);
	if (status == STAGE_OK) {
		status = stage_show_newids_make(ids, session, taken, err);
	}
	stage_map_destroy(taken);
	return status;
}

static enum stage_status
duplicate_locked(const struct stage_show_store *self, const char *name,
	const char *fresh, struct stage_err *err)
{
	struct stage_show_session session;
	struct stage_show_newids ids = {0};
	int from = -1;
	enum stage_status status =
		stage_show_store_load(self, name, &session, NULL, err);

	if (status == STAGE_OK) {
		status = make_ids(self, &session, &ids, err);
	}
	if (status == STAGE_OK) {
		status = stage_show_store_open(self, name, &from, err);
	}
	if (status == STAGE_OK) {
		status =
			copy_song(self, from, name, fresh, &session, &ids, err);
		close(from);
	}
	stage_show_newids_finish(&ids);
	stage_show_session_finish(&session);
	return status;
}

enum stage_status
stage_show_store_duplicate(const struct stage_show_store *self,
	const char *name, const char *fresh, struct stage_err *err)
{
	int lock = -1;
	enum stage_status status = stage_show_store_lock(self, &lock, err);

	if (status != STAGE_OK) {
		return status;
	}
	status = stage_show_store_check_free(self, fresh, err);
	if (status == STAGE_OK) {
		status = duplicate_locked(self, name, fresh, err);
	}
	close(lock);
	return status;
}
