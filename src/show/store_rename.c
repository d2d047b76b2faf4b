/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/conf.h"
#include "show/sets.h"
#include "show/store_private.h"

#define JOURNAL "renaming"

/* A rename is: a note of it in the journal, the rename of the directory, what
 * else has the name, and the journal's end. Whoever finds a journal looks which
 * name the directory has, and does the rest or nothing. */

struct renaming {
	char from[STAGE_SHOW_NAME_MAX + 1];
	char to[STAGE_SHOW_NAME_MAX + 1];
};

static const struct stage_conf_key journal_keys[] = {
	{.key = "from",
		.type = STAGE_CONF_STRING,
		.is_required = true,
		STAGE_CONF_MEMBER(struct renaming, from)},
	{.key = "to",
		.type = STAGE_CONF_STRING,
		.is_required = true,
		STAGE_CONF_MEMBER(struct renaming, to)},
};

static enum stage_status
write_journal(const struct stage_show_store *self,
	const struct renaming *renaming, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_str text = {0};
	enum stage_status status =
		stage_show_store_state_path(self, path, err, JOURNAL);

	if (status == STAGE_OK) {
		status = stage_io_make_dirs(self->state, err);
	}
	if (status == STAGE_OK &&
		(stage_str_add(&text, "from ") != STAGE_OK ||
			stage_conf_add_word(&text, renaming->from) !=
				STAGE_OK ||
			stage_str_add(&text, "\nto ") != STAGE_OK ||
			stage_conf_add_word(&text, renaming->to) != STAGE_OK ||
			stage_str_add(&text, "\n") != STAGE_OK)) {
		status = stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	if (status == STAGE_OK) {
		status = stage_atomic_save(
			path, stage_str_text(&text), text.len, 0, err);
	}
	stage_str_finish(&text);
	return status;
}

static void
end_journal(const struct stage_show_store *self)
{
	char path[STAGE_PATH_MAX];

	if (stage_show_store_state_path(self, path, NULL, JOURNAL) ==
		STAGE_OK) {
		(void)!stage_atomic_remove(path, NULL);
	}
}

// The generations of the old name become those of the new one.
static enum stage_status
move_generations(const struct stage_show_store *self,
	const struct renaming *renaming, struct stage_err *err)
{
	char key[STAGE_SHOW_NAME_MAX + 1];
	char from[STAGE_PATH_MAX];
	char to[STAGE_PATH_MAX];
	enum stage_status status;

	stage_show_store_key(renaming->from, key);
	status = stage_show_store_state_path(
		self, from, err, "generations/%s", key);
	stage_show_store_key(renaming->to, key);
	if (status == STAGE_OK) {
		status = stage_show_store_state_path(
			self, to, err, "generations/%s", key);
	}
	if (status == STAGE_OK && access(from, F_OK) == 0) {
		status = stage_show_rename(
			AT_FDCWD, from, AT_FDCWD, to, to, err);
	}
	return status;
}

static enum stage_status
rename_in_set(const struct stage_show_store *self, const char *set,
	const struct renaming *renaming, struct stage_err *err)
{
	struct stage_show_setlist list;
	bool is_changed = false;
	enum stage_status status = stage_show_set_load(self, set, &list, err);

	if (status == STAGE_OK) {
		status = stage_show_setlist_rename_song(
			&list, renaming->from, renaming->to, &is_changed, err);
	}
	if (status == STAGE_OK && is_changed) {
		status = stage_show_set_save(self, set, &list, err);
	}
	stage_show_setlist_finish(&list);
	return status;
}

static enum stage_status
rename_in_sets(const struct stage_show_store *self,
	const struct renaming *renaming, struct stage_err *err)
{
	struct stage_strv sets = {0};
	enum stage_status status = stage_show_set_list(self, &sets, err);

	for (size_t i = 0; i < sets.count && status == STAGE_OK; i++) {
		status = rename_in_set(self, sets.items[i], renaming, err);
	}
	stage_strv_finish(&sets);
	return status;
}

// What is left to do once the directory has its new name.
static enum stage_status
follow(const struct stage_show_store *self, const struct renaming *renaming,
	struct stage_err *err)
{
	enum stage_status status = move_generations(self, renaming, err);

	if (status == STAGE_OK) {
		status = rename_in_sets(self, renaming, err);
	}
	if (status == STAGE_OK) {
		stage_show_store_prune(self, renaming->from);
		end_journal(self);
	}
	return status;
}

static bool
is_song(const struct stage_show_store *self, const char *name)
{
	int dir = -1;
	bool is_there =
		stage_show_store_open(self, name, &dir, NULL) == STAGE_OK;

	if (is_there) {
		close(dir);
	}
	return is_there;
}

enum stage_status
stage_show_store_finish_rename(
	const struct stage_show_store *self, struct stage_err *err)
{
	static const struct stage_conf_table table = {
		.keys = journal_keys, .count = STAGE_COUNT_OF(journal_keys)};
	struct renaming renaming = {.from = ""};
	char path[STAGE_PATH_MAX];
	enum stage_status status =
		stage_show_store_state_path(self, path, err, JOURNAL);

	if (status != STAGE_OK) {
		return status;
	}
	status = stage_conf_load_keys(path, &table, &renaming, NULL);
	if (status == STAGE_NOT_FOUND) {
		return STAGE_OK;
	}
	if (status == STAGE_OK && is_song(self, renaming.to) &&
		!is_song(self, renaming.from)) {
		return follow(self, &renaming, err);
	}
	if (status == STAGE_OK || status == STAGE_BAD_INPUT) {
		end_journal(self);
	}
	return STAGE_OK;
}

static enum stage_status
check_way(const char *from, const char *to, struct stage_err *err)
{
	size_t len = strlen(from);

	return strncmp(from, to, len) == 0 && to[len] == '/'
		       ? stage_err_set(err, STAGE_BAD_INPUT,
				 "\"%s\" would be inside of the song \"%s\"",
				 to, from)
		       : STAGE_OK;
}

static enum stage_status
rename_directory(const struct stage_show_store *self,
	const struct renaming *renaming, struct stage_err *err)
{
	const char *from_name = NULL;
	const char *to_name = NULL;
	int from = -1;
	int to = -1;
	enum stage_status status = stage_show_open_parent(
		self->songs, renaming->from, &from, &from_name, err);

	if (status != STAGE_OK) {
		return status;
	}
	status = stage_show_open_parent(
		self->songs, renaming->to, &to, &to_name, err);
	if (status == STAGE_OK) {
		status = stage_show_rename(
			from, from_name, to, to_name, renaming->to, err);
	}
	if (status == STAGE_OK) {
		status = stage_show_sync_dir(to, renaming->to, err);
	}
	if (status == STAGE_OK) {
		status = stage_show_sync_dir(from, renaming->from, err);
	}
	if (to >= 0) {
		close(to);
	}
	close(from);
	return status;
}

static enum stage_status
rename_locked(const struct stage_show_store *self,
	const struct renaming *renaming, struct stage_err *err)
{
	enum stage_status status =
		stage_show_store_clear_generations(self, renaming->to, err);

	if (status == STAGE_OK) {
		status = write_journal(self, renaming, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	status = rename_directory(self, renaming, err);
	if (status != STAGE_OK) {
		stage_show_store_prune(self, renaming->to);
		if (is_song(self, renaming->from)) {
			end_journal(self);
		}
		return status;
	}
	status = follow(self, renaming, err);
	if (status != STAGE_OK) {
		stage_err_prefix(
			err, "the song is \"%s\" now, but ", renaming->to);
	}
	return status;
}

enum stage_status
stage_show_store_rename(const struct stage_show_store *self, const char *name,
	const char *fresh, struct stage_err *err)
{
	struct renaming renaming;
	int lock = -1;
	int dir = -1;
	enum stage_status status = stage_show_store_lock(self, &lock, err);

	if (status != STAGE_OK) {
		return status;
	}
	(void)!stage_show_store_finish_rename(self, NULL);
	status = stage_show_store_open(self, name, &dir, err);
	if (status == STAGE_OK) {
		close(dir);
		status = check_way(name, fresh, err);
	}
	if (status == STAGE_OK) {
		status = stage_show_store_check_free(self, fresh, err);
	}
	if (status == STAGE_OK) { // both are checked, and so short enough
		snprintf(renaming.from, sizeof(renaming.from), "%s", name);
		snprintf(renaming.to, sizeof(renaming.to), "%s", fresh);
		status = rename_locked(self, &renaming, err);
	}
	close(lock);
	return status;
}
