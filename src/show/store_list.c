/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "show/store_private.h"

// One walk on its way: the directories that were found and not yet visited
// stand behind the one that is visited.
struct walking {
	const struct stage_show_store *store;
	const struct stage_show_walk *walk;
	struct stage_strv queue;
};

static enum stage_status
no_memory(struct stage_err *err)
{
	return stage_err_set(err, STAGE_NO_MEMORY,
		"not enough memory for the list of songs");
}

static enum stage_status
add_odd(struct stage_strv *odd, const char *sentence, struct stage_err *err)
{
	return odd == NULL || stage_strv_add(odd, sentence) == STAGE_OK
		       ? STAGE_OK
		       : no_memory(err);
}

// Says why a directory, or a link, is passed over, where it could be a song.
static enum stage_status
add_odd_name(const struct walking *walking, const char *path, const char *why,
	struct stage_err *err)
{
	struct stage_err sentence = STAGE_ERR_INIT;

	stage_err_set(&sentence, STAGE_BAD_INPUT, "%s/%s: %s",
		walking->store->songs, path, why);
	return add_odd(walking->walk->odd, sentence.text, err);
}

static unsigned
depth_of(const char *name)
{
	unsigned depth = name[0] != '\0' ? 1 : 0;

	for (; *name != '\0'; name++) {
		depth += *name == '/' ? 1 : 0;
	}
	return depth;
}

static bool
has_session(int dir, const char *name)
{
	char path[STAGE_SHOW_ENTRY_MAX + sizeof(STAGE_SHOW_SESSION_FILE)];

	return stage_format(path, sizeof(path), "%s/%s", name,
		       STAGE_SHOW_SESSION_FILE) == STAGE_OK &&
	       stage_show_is_there(dir, path);
}

// An entry of the directory `parent`, which is open.
static enum stage_status
take_entry(struct walking *walking, const char *parent, int dir,
	const char *name, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_err why = STAGE_ERR_INIT;
	struct stat st;

	if (name[0] == '.' ||
		fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		stage_format(path, sizeof(path), "%s%s%s", parent,
			parent[0] != '\0' ? "/" : "", name) != STAGE_OK) {
		return STAGE_OK;
	}
	if (S_ISLNK(st.st_mode)) {
		return add_odd_name(walking, path,
			"this is a link, which is not followed", err);
	}
	if (!S_ISDIR(st.st_mode)) {
		return STAGE_OK;
	}
	if (stage_show_song_name_check(path, &why) == STAGE_OK) {
		return stage_strv_add(&walking->queue, path) == STAGE_OK
			       ? STAGE_OK
			       : no_memory(err);
	}
	return has_session(dir, name)
		       ? add_odd_name(walking, path, why.text, err)
		       : STAGE_OK;
}

static enum stage_status
take_entries(struct walking *walking, const char *name, int dir,
	struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_strv entries = {0};
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status = stage_io_join(
		path, sizeof(path), walking->store->songs, name, &why);

	if (status == STAGE_OK) {
		status = stage_io_list_dir(path, &entries, &why);
	}
	if (status != STAGE_OK && name[0] != '\0' &&
		status != STAGE_NO_MEMORY) {
		status = add_odd(walking->walk->odd, why.text, err);
	} else if (status != STAGE_OK) {
		status = stage_err_set(err, status, "%s", why.text);
	}
	for (size_t i = 0; i < entries.count && status == STAGE_OK; i++) {
		status = take_entry(walking, name, dir, entries.items[i], err);
	}
	stage_strv_finish(&entries);
	return status;
}

static enum stage_status
visit_one(struct walking *walking, size_t at, struct stage_err *err)
{
	char name[STAGE_SHOW_NAME_MAX + 1];
	struct stage_err why = STAGE_ERR_INIT;
	bool goes_on = false;
	int dir = -1;
	enum stage_status status;

	// The queue may move while there are more.
	(void)!stage_format(name, sizeof(name), "%s", walking->queue.items[at]);
	status = stage_show_open_dir(walking->store->songs, name, &dir, &why);
	if (status == STAGE_NOT_FOUND) {
		return STAGE_OK;
	}
	if (status != STAGE_OK) {
		return name[0] != '\0'
			       ? add_odd(walking->walk->odd, why.text, err)
			       : stage_err_set(err, status, "%s", why.text);
	}
	status = walking->walk->visit(
		walking->walk->user, name, dir, &goes_on, err);
	if (status == STAGE_OK && goes_on) {
		status = take_entries(walking, name, dir, err);
	}
	close(dir);
	return status;
}

enum stage_status
stage_show_store_walk(const struct stage_show_store *self,
	const struct stage_show_walk *walk, struct stage_err *err)
{
	struct walking walking = {.store = self, .walk = walk};
	enum stage_status status = stage_strv_add(&walking.queue, "");

	if (status != STAGE_OK) {
		status = no_memory(err);
	}
	for (size_t i = 0; i < walking.queue.count && status == STAGE_OK; i++) {
		status = visit_one(&walking, i, err);
	}
	stage_strv_finish(&walking.queue);
	return status;
}

/* The list. */

static enum stage_status
visit_song(void *user, const char *name, int dir, bool *goes_on,
	struct stage_err *err)
{
	struct stage_strv *names = user;
	bool is_song = name[0] != '\0' &&
		       stage_show_is_there(dir, STAGE_SHOW_SESSION_FILE);

	*goes_on = !is_song && depth_of(name) < STAGE_SHOW_DEPTH_MAX;
	return !is_song || stage_strv_add(names, name) == STAGE_OK
		       ? STAGE_OK
		       : no_memory(err);
}

enum stage_status
stage_show_store_list(const struct stage_show_store *self,
	struct stage_strv *names, struct stage_strv *odd, struct stage_err *err)
{
	struct stage_show_walk walk = {
		.visit = visit_song, .user = names, .odd = odd};
	enum stage_status status = stage_show_store_walk(self, &walk, err);

	stage_strv_sort(names);
	return status;
}

/* What a crash left. */

// Finds NAME in ".NAME.suffix".
static bool
take_hidden(
	const char *entry, const char *suffix, char out[STAGE_SHOW_ENTRY_MAX])
{
	size_t len = strlen(entry);

	if (entry[0] != '.' || !stage_ends_with(entry, suffix) ||
		len < 2 + strlen(suffix)) {
		return false;
	}
	return stage_format(out, STAGE_SHOW_ENTRY_MAX, "%.*s",
		       (int)(len - 1 - strlen(suffix)), entry + 1) == STAGE_OK;
}

static void
remove_hidden(const struct stage_show_store *store, const char *parent,
	const char *entry)
{
	char path[STAGE_PATH_MAX];

	if (stage_format(path, sizeof(path), "%s/%s%s%s", store->songs, parent,
		    parent[0] != '\0' ? "/" : "", entry) == STAGE_OK) {
		(void)!stage_io_remove_tree(path, NULL);
	}
}

// Puts an old song back whose place is empty, or clears it away: the new one is
// there then, and a generation holds the old one.
static void
recover_entry(const struct stage_show_store *store, const char *parent, int dir,
	const char *entry)
{
	char name[STAGE_SHOW_ENTRY_MAX];

	if (take_hidden(entry, STAGE_SHOW_OLD, name)) {
		if (!stage_show_is_there(dir, name) &&
			renameat(dir, entry, dir, name) == 0) {
			return;
		}
		if (stage_show_is_there(dir, name)) {
			remove_hidden(store, parent, entry);
		}
	} else if (take_hidden(entry, STAGE_SHOW_NEW, name)) {
		remove_hidden(store, parent, entry);
	}
}

static enum stage_status
visit_leftovers(void *user, const char *name, int dir, bool *goes_on,
	struct stage_err *err)
{
	const struct stage_show_store *store = user;
	char path[STAGE_PATH_MAX];
	struct stage_strv entries = {0};
	(void)err;

	*goes_on = !stage_show_is_there(dir, STAGE_SHOW_SESSION_FILE) &&
		   depth_of(name) < STAGE_SHOW_DEPTH_MAX;
	if (stage_io_join(path, sizeof(path), store->songs, name, NULL) ==
			STAGE_OK &&
		*goes_on) {
		(void)!stage_io_list_dir(path, &entries, NULL);
	}
	for (size_t i = 0; i < entries.count; i++) {
		recover_entry(store, name, dir, entries.items[i]);
	}
	stage_strv_finish(&entries);
	return STAGE_OK;
}

static void
recover(struct stage_show_store *self)
{
	struct stage_show_walk walk = {.visit = visit_leftovers, .user = self};
	int lock = -1;

	// Not made for this: a rig without songs has nothing to recover.
	if (stage_show_open_dir(self->songs, "", &lock, NULL) != STAGE_OK) {
		return;
	}
	if (stage_show_lock_dir(lock, self->songs, NULL) == STAGE_OK) {
		(void)!stage_show_store_walk(self, &walk, NULL);
		(void)!stage_show_store_finish_rename(self, NULL);
	}
	close(lock);
}

enum stage_status
stage_show_store_init(
	struct stage_show_store *self, const char *rig, struct stage_err *err)
{
	enum stage_status status = stage_io_join(
		self->songs, sizeof(self->songs), rig, "songs", err);

	if (status == STAGE_OK) {
		status = stage_io_join(
			self->sets, sizeof(self->sets), rig, "setlists", err);
	}
	if (status == STAGE_OK) {
		status = stage_io_join(self->state, sizeof(self->state), rig,
			"state/show", err);
	}
	if (status == STAGE_OK) {
		recover(self);
	}
	return status;
}
