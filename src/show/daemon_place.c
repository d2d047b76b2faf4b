/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the conductor asks of the world, done for real; and its memory, the
 * file RIG/state/show/place. */

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "show/daemon_private.h"
#include "show/sets.h"

#define LOOK_MS 50         // after a hint that the list has changed
#define MEMORY_MAX 4194304 // bytes

static int64_t
now_ns(void *user)
{
	(void)user;
	return stage_clock_now_ns();
}

static enum stage_status
list_songs(void *user, struct stage_strv *names, struct stage_err *err)
{
	const struct stage_show_daemon *self = user;

	return stage_show_store_list(&self->store, names, NULL, err);
}

static enum stage_status
load(void *user, const char *set, struct stage_show_setlist *out,
	struct stage_err *err)
{
	const struct stage_show_daemon *self = user;

	return stage_show_set_load(&self->store, set, out, err);
}

static void
open_song(void *user, const char *song, struct stage_show_asker asker)
{
	const struct stage_show_daemon *self = user;

	stage_show_engine_open(
		self->engine, song, STAGE_SHOW_SAVE_BY_MODE, asker);
}

// Not at once: it may be the engine's news that it is asked for by.
static void
prepare(void *user, const char *song)
{
	struct stage_show_daemon *self = user;

	(void)song;
	self->looks_ahead = true;
}

static void
moved(void *user)
{
	struct stage_show_daemon *self = user;

	self->has_news = true;
	self->has_moved = true;
	self->looks_ahead = true;
}

static const struct stage_show_conductor_ops ops = {
	.now_ns = now_ns,
	.songs = list_songs,
	.load = load,
	.open = open_song,
	.prepare = prepare,
	.moved = moved,
};

static void
memory_path(const struct stage_show_daemon *self, char out[STAGE_PATH_MAX])
{
	(void)!stage_format(out, STAGE_PATH_MAX, "%s/place", self->store.state);
}

struct stage_show_worker *
stage_show_daemon_worker(struct stage_show_daemon *self)
{
	return self->worker;
}

struct stage_show_work *
stage_show_daemon_work(const struct stage_show_daemon *self)
{
	return stage_show_work_create(
		&self->store, self->rig->rig, self->rig->run);
}

enum stage_status
stage_show_daemon_make_place(
	struct stage_show_daemon *self, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status;

	memory_path(self, path);
	status = stage_show_saver_create(self->loop, path,
		"the next start will not know the place in the setlist",
		&self->place_saver, err);
	self->conductor = stage_show_conductor_create(
		&ops, self, self->settings.guard_ns);
	self->worker = stage_show_worker_create(self->loop, self);
	return status == STAGE_OK &&
			       (self->conductor == NULL || self->worker == NULL)
		       ? stage_err_set(err, STAGE_NO_MEMORY, "out of memory")
		       : status;
}

void
stage_show_daemon_recall_place(struct stage_show_daemon *self)
{
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];
	json_t *memory = NULL;

	memory_path(self, path);
	if (stage_io_read_file(path, MEMORY_MAX, &text, NULL) == STAGE_OK) {
		memory = json_loadb(text.data, text.len, 0, NULL);
	}
	stage_str_finish(&text);
	stage_show_conductor_read(self->conductor, memory);
	json_decref(memory);
}

// The list in force is read again as soon as its file is another one; without a
// setlist, when songs come and go. The patchbay is told which one it is.

static void
on_look(uv_timer_t *timer)
{
	struct stage_show_daemon *self = timer->data;

	stage_show_conductor_look(self->conductor);
}

// Not at once: an editor that writes a file in its place empties it first, and
// an empty list has no place.
static void
on_list(void *user)
{
	struct stage_show_daemon *self = user;

	if (self->has_started) {
		uv_timer_start(self->look, on_look, LOOK_MS, 0);
	}
}

static void
follow_list(struct stage_show_daemon *self)
{
	const char *set = stage_show_conductor_place(self->conductor)->set;
	char path[STAGE_PATH_MAX];
	struct stage_err err = STAGE_ERR_INIT;

	if (set != NULL) {
		(void)!stage_format(path, sizeof(path),
			"%s/%s" STAGE_SHOW_SETLIST_SUFFIX, self->store.sets,
			set);
	} else {
		(void)!stage_format(
			path, sizeof(path), "%s", self->store.songs);
	}
	if (strcmp(path, self->watched) == 0) {
		return;
	}
	stage_show_scene_use(self->set_scene, set);
	stage_path_watch_destroy(self->list_watch);
	self->list_watch = NULL;
	memcpy(self->watched, path, sizeof(path));
	if (stage_path_watch_create(&self->list_watch, self->loop, path,
		    on_list, self, &err) != STAGE_OK) {
		stage_log_warn("%s; edits of it are seen when a song is asked "
			       "for",
			err.text);
	}
}

void
stage_show_daemon_note_place(struct stage_show_daemon *self)
{
	json_t *memory;

	if (!self->has_moved) {
		return;
	}
	self->has_moved = false;
	follow_list(self);
	memory = stage_show_conductor_write(self->conductor);
	stage_show_saver_put(self->place_saver,
		memory != NULL ? json_dumps(memory, JSON_INDENT(1)) : NULL);
	json_decref(memory);
	stage_show_daemon_tell(self, STAGE_SHOW_TOLD_PLACE, "", 0);
}
