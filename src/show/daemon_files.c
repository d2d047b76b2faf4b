/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Songs' files, for the engine. What writes is done beside the loop, whose
 * disk may be slow, one thing after the other; what is read meanwhile is what
 * will have been written. */

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/atomic_file.h"
#include "base/clock.h"
#include "base/log.h"
#include "show/daemon_private.h"
#include "show/generations.h"
#include "show/work.h"

#define HABITS_BYTES_MAX 1048576
#define HABITS_EACH_NS (30 * STAGE_NS_PER_S) // is written no oftener

/* A session.nsm on its way to the disk. A crash before it is there must not
 * cost it: it is in the journal too. */
struct stage_show_unwritten {
	struct stage_show_unwritten *next;
	char *text;
	size_t len;
	char name[];
};

// What is to be read of a song is its latest.
static const struct stage_show_unwritten *
find_unwritten(const struct stage_show_daemon *self, const char *name)
{
	const struct stage_show_unwritten *found = NULL;

	for (const struct stage_show_unwritten *at = self->unwritten;
		at != NULL; at = at->next) {
		found = strcmp(at->name, name) == 0 ? at : found;
	}
	return found;
}

static enum stage_status
read_unwritten(const struct stage_show_daemon *self, const char *name,
	struct stage_show_session *session, struct stage_err *err)
{
	const struct stage_show_unwritten *unwritten =
		find_unwritten(self, name);

	if (unwritten == NULL) {
		return STAGE_OK;
	}
	stage_show_session_finish(session);
	return stage_show_session_parse(
		       session, unwritten->text, unwritten->len) == STAGE_OK
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
}

enum stage_status
stage_show_daemon_load(void *user, const char *name,
	struct stage_show_song *song, struct stage_err *err)
{
	struct stage_show_daemon *self = user;
	struct stat place;
	enum stage_status status =
		stage_show_store_path(&self->store, name, song->path, err);

	if (status == STAGE_OK) {
		status = stage_show_locks_take(&self->locks, song->path, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	if (stat(song->path, &place) == 0) {
		song->place = place.st_ino;
	}
	self->has_news = true; // the lock of one that cannot be read goes
	status = stage_show_store_load(
		&self->store, name, &song->session, &song->conf, err);
	return status == STAGE_OK
		       ? read_unwritten(self, name, &song->session, err)
		       : status;
}

// Beside the loop.

static struct stage_show_work *
work_on(const struct stage_show_daemon *self, const char *name)
{
	struct stage_show_work *work = stage_show_work_create(
		&self->store, self->rig->rig, self->rig->run);

	if (work != NULL) {
		(void)!stage_format(work->name, sizeof(work->name), "%s", name);
	}
	return work;
}

// STAGE_BUSY: it is on its way.
static enum stage_status
have_done(struct stage_show_daemon *self, struct stage_show_work *work,
	stage_show_run *run, stage_show_ended *ended, struct stage_err *err)
{
	enum stage_status status =
		stage_show_worker_do(self->files, work, run, ended, err);

	return status == STAGE_OK ? STAGE_BUSY : status;
}

static enum stage_status
run_keep(struct stage_show_work *work, struct stage_err *err)
{
	return stage_show_generations_keep(&work->store, work->name, "save",
		STAGE_SHOW_GENERATIONS_DEFAULT, NULL, err);
}

static void
on_kept(void *user, const struct stage_show_work *work,
	enum stage_status status, const struct stage_err *err)
{
	struct stage_show_daemon *self = user;

	(void)work;
	stage_show_engine_kept(self->engine, status, err);
}

enum stage_status
stage_show_daemon_keep(void *user, const char *name, struct stage_err *err)
{
	struct stage_show_daemon *self = user;

	return have_done(self, work_on(self, name), run_keep, on_kept, err);
}

static enum stage_status
run_store(struct stage_show_work *work, struct stage_err *err)
{
	struct stage_show_session session;
	enum stage_status status = stage_show_session_parse(
		&session, work->text, work->number); // so many bytes

	if (status != STAGE_OK) {
		return stage_err_set(err, status, "out of memory");
	}
	status = stage_show_store_save(&work->store, work->name, &session, err);
	stage_show_session_finish(&session);
	return status;
}

static void
drop_first_unwritten(struct stage_show_daemon *self)
{
	struct stage_show_unwritten *first = self->unwritten;

	if (first != NULL) {
		self->unwritten = first->next;
		free(first->text);
		free(first);
	}
	self->has_news = true; // the journal
}

static void
on_stored(void *user, const struct stage_show_work *work,
	enum stage_status status, const struct stage_err *err)
{
	struct stage_show_daemon *self = user;

	if (status != STAGE_OK) {
		stage_log_warn(
			"song \"%s\" is not saved: %s", work->name, err->text);
	}
	drop_first_unwritten(self);
	if (!work->flag) { // else by the one before us
		stage_show_engine_stored(self->engine, status, err);
	}
}

static char *
copy_bytes(const char *bytes, size_t len)
{
	char *copy = malloc(len + 1);

	if (copy != NULL) {
		memcpy(copy, bytes, len);
		copy[len] = '\0';
	}
	return copy;
}

static enum stage_status
add_unwritten(struct stage_show_daemon *self, const char *name,
	const char *text, size_t len)
{
	struct stage_show_unwritten **end = &self->unwritten;
	struct stage_show_unwritten *fresh =
		calloc(1, sizeof(*fresh) + strlen(name) + 1);

	if (fresh == NULL) {
		return STAGE_NO_MEMORY;
	}
	memcpy(fresh->name, name, strlen(name) + 1);
	fresh->text = copy_bytes(text, len);
	fresh->len = len;
	if (fresh->text == NULL) {
		free(fresh);
		return STAGE_NO_MEMORY;
	}
	while (*end != NULL) {
		end = &(*end)->next;
	}
	*end = fresh;
	self->has_news = true;
	return STAGE_OK;
}

static void
drop_last_unwritten(struct stage_show_daemon *self)
{
	struct stage_show_unwritten **at = &self->unwritten;

	while (*at != NULL && (*at)->next != NULL) {
		at = &(*at)->next;
	}
	if (*at != NULL) {
		free((*at)->text);
		free(*at);
		*at = NULL;
	}
}

// Ownership: takes text.
static enum stage_status
store_text(struct stage_show_daemon *self, const char *name, char *text,
	size_t len, bool is_of_journal, struct stage_err *err)
{
	struct stage_show_work *work = work_on(self, name);
	enum stage_status status;

	if (work == NULL || text == NULL ||
		add_unwritten(self, name, text, len) != STAGE_OK) {
		stage_show_work_destroy(work);
		free(text);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	work->text = text;
	work->number = len;
	work->flag = is_of_journal;
	status = have_done(self, work, run_store, on_stored, err);
	if (status != STAGE_BUSY) {
		drop_last_unwritten(self);
	}
	return status;
}

enum stage_status
stage_show_daemon_write(void *user, const char *name,
	const struct stage_show_session *session, struct stage_err *err)
{
	struct stage_str text = {0};
	size_t len;

	if (stage_show_session_write(session, &text) != STAGE_OK) {
		stage_str_finish(&text);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	len = text.len;
	return store_text(user, name,
		len > 0 ? stage_str_take(&text) : strdup(""), len, false, err);
}

json_t *
stage_show_daemon_write_unwritten(const struct stage_show_daemon *self)
{
	json_t *array = json_array();

	for (const struct stage_show_unwritten *at = self->unwritten;
		at != NULL; at = at->next) {
		// One that is no UTF-8 is on its way to the disk only.
		(void)json_array_append_new(
			array, json_pack("{s:s, s:s%}", "name", at->name,
				       "text", at->text, at->len));
	}
	return array;
}

void
stage_show_daemon_read_unwritten(
	struct stage_show_daemon *self, const json_t *array)
{
	struct stage_err err = STAGE_ERR_INIT;
	size_t at;
	json_t *from;

	json_array_foreach (array, at, from) {
		const char *name =
			json_string_value(json_object_get(from, "name"));
		const json_t *content = json_object_get(from, "text");
		const char *text = json_string_value(content);
		size_t len = json_string_length(content);

		if (name != NULL && text != NULL &&
			stage_show_song_name_check(name, &err) == STAGE_OK &&
			store_text(self, name, copy_bytes(text, len), len, true,
				&err) != STAGE_BUSY) {
			stage_log_warn(
				"song \"%s\" is not saved: %s", name, err.text);
		}
	}
}

// Songs that are made.

static enum stage_status
run_make(struct stage_show_work *work, struct stage_err *err)
{
	return stage_show_store_make(&work->store, work->name, err);
}

static enum stage_status
run_duplicate(struct stage_show_work *work, struct stage_err *err)
{
	return stage_show_store_duplicate(
		&work->store, work->name, work->fresh, err);
}

static void
on_made(void *user, const struct stage_show_work *work,
	enum stage_status status, const struct stage_err *err)
{
	struct stage_show_daemon *self = user;

	(void)work;
	stage_show_engine_made(self->engine, status, err);
}

enum stage_status
stage_show_daemon_make(void *user, const char *name, struct stage_err *err)
{
	struct stage_show_daemon *self = user;

	return have_done(self, work_on(self, name), run_make, on_made, err);
}

enum stage_status
stage_show_daemon_duplicate(
	void *user, const char *from, const char *to, struct stage_err *err)
{
	struct stage_show_daemon *self = user;
	struct stage_show_work *work = work_on(self, from);

	if (work != NULL) {
		(void)!stage_format(work->fresh, sizeof(work->fresh), "%s", to);
	}
	return have_done(self, work, run_duplicate, on_made, err);
}

// The song that is played when the computer is switched on.

static void
playing_path(const struct stage_show_daemon *self, char out[STAGE_PATH_MAX])
{
	(void)!stage_format(
		out, STAGE_PATH_MAX, "%s/playing", self->store.state);
}

// How long programs take.

static void
habits_path(const struct stage_show_daemon *self, char out[STAGE_PATH_MAX])
{
	(void)!stage_format(
		out, STAGE_PATH_MAX, "%s/habits", self->store.state);
}

static void
recall_habits(struct stage_show_daemon *self)
{
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];
	json_t *json = NULL;

	habits_path(self, path);
	if (stage_io_read_file(path, HABITS_BYTES_MAX, &text, NULL) ==
		STAGE_OK) {
		json = json_loadb(text.data, text.len, 0, NULL);
	}
	stage_str_finish(&text);
	stage_show_habits_read(self->habits, json);
	json_decref(json);
}

void
stage_show_daemon_save_habits(struct stage_show_daemon *self, bool is_last)
{
	int64_t now_ns = stage_clock_now_ns();
	json_t *json;

	if ((!is_last && now_ns < self->habits_saved_ns + HABITS_EACH_NS) ||
		!stage_show_habits_take_change(self->habits)) {
		return;
	}
	self->habits_saved_ns = now_ns;
	json = stage_show_habits_write(self->habits);
	stage_show_saver_put(self->habits_saver,
		json != NULL ? json_dumps(json, JSON_COMPACT) : NULL);
	json_decref(json);
}

enum stage_status
stage_show_daemon_make_files(
	struct stage_show_daemon *self, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];

	enum stage_status status;

	playing_path(self, path);
	self->files = stage_show_worker_create(self->loop, self);
	self->habits = stage_show_habits_create();
	if (self->files == NULL || self->habits == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	recall_habits(self);
	status = stage_show_saver_create(self->loop, path,
		"the next start will not know the song", &self->playing_saver,
		err);
	habits_path(self, path);
	return status == STAGE_OK
		       ? stage_show_saver_create(self->loop, path,
				 "how long programs take is not remembered",
				 &self->habits_saver, err)
		       : status;
}

void
stage_show_daemon_end_files(struct stage_show_daemon *self)
{
	while (self->unwritten != NULL) {
		drop_first_unwritten(self);
	}
	stage_show_worker_destroy(self->files);
	stage_show_saver_destroy(self->playing_saver);
	stage_show_saver_destroy(self->habits_saver);
	stage_show_habits_destroy(self->habits);
}

char *
stage_show_daemon_recall_song(const struct stage_show_daemon *self)
{
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];

	playing_path(self, path);
	(void)!stage_atomic_load(
		path, STAGE_SHOW_NAME_MAX + 1, NULL, NULL, &text, NULL, NULL);
	if (text.len > 0 && text.data[text.len - 1] == '\n') {
		stage_str_cut(&text, text.len - 1);
	}
	return stage_str_take(&text);
}

void
stage_show_daemon_remember_song(struct stage_show_daemon *self)
{
	const struct stage_show_song *song =
		stage_show_engine_current(self->engine);

	if (!self->is_ending) {
		stage_show_saver_put(self->playing_saver,
			strdup(song != NULL ? song->name : ""));
	}
}

// Ids.

// All ids of all songs: one song may be loaded beside any other, and an id is a
// name in JACK.
struct ids {
	struct stage_strv taken;
	const struct stage_show_engine *engine;
};

static void
add_ids(struct ids *ids, const struct stage_show_session *session)
{
	for (size_t i = 0; i < session->count; i++) {
		if (session->lines[i].id != NULL) {
			(void)!stage_strv_add(
				&ids->taken, session->lines[i].id);
		}
	}
}

static bool
is_taken(void *user, const char *id)
{
	const struct ids *ids = user;
	const struct stage_show_song *song =
		stage_show_engine_songs(ids->engine);

	for (; song != NULL; song = song->next) {
		if (stage_show_song_find(song, id) != NULL) {
			return true;
		}
	}
	return stage_strv_has(&ids->taken, id);
}

enum stage_status
stage_show_daemon_make_id(
	void *user, char out[STAGE_SHOW_ID_MAX], struct stage_err *err)
{
	struct stage_show_daemon *self = user;
	struct ids ids = {.engine = self->engine};
	struct stage_strv names = {0};
	enum stage_status status =
		stage_show_store_list(&self->store, &names, NULL, err);

	for (size_t i = 0; i < names.count && status == STAGE_OK; i++) {
		struct stage_show_session session;

		if (stage_show_store_load(&self->store, names.items[i],
			    &session, NULL, NULL) == STAGE_OK) {
			add_ids(&ids, &session);
			stage_show_session_finish(&session);
		}
	}
	if (status == STAGE_OK) {
		status = stage_show_make_id(is_taken, &ids, out, err);
	}
	stage_strv_finish(&names);
	stage_strv_finish(&ids.taken);
	return status;
}
