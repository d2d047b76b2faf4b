/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/panic.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "rig/path_watch.h"
#include "rpc/link.h"
#include "rpc/proto.h"

#define PATIENCE_MS 10000
// JACK does one thing at a time: what is silenced comes before what is
// connected to be told. The patchbay answers in a few milliseconds, or never
// mind it.
#define NOTES_MS 100
#define RACK_PREFIX "rack-"
#define SOCKET_SUFFIX ".sock"

struct stage_show_panic {
	uv_loop_t *loop;
	const struct stage_rig *rig;
	struct stage_show_jack *jack;
	const struct stage_show_engine *engine;
	const struct stage_show_jack_names *names;
	void (*changed)(void *user);
	void *user;
	enum stage_show_panic_level level;
	char path[STAGE_PATH_MAX]; // the patchbay's socket
	int64_t socket_ns;         // when it was made; 0: not there
	struct stage_path_watch *watch;
	uv_timer_t *timer;                   // runs until notes are ended
	bool is_wanted;                      // and the patchbay does not know
	struct stage_rpc_question *question; // NULL: none is asked
	enum stage_show_panic_level asked;   // what the question is of
	char why[STAGE_ERR_TEXT_MAX];
};

// Racks and the bridge.

static void
on_ended(void *user, const struct stage_err *err, json_t *result)
{
	(void)user;
	(void)result;
	if (err->status != STAGE_OK && err->status != STAGE_NOT_FOUND) {
		stage_log_warn("panic: %s", err->text);
	}
}

static void
end_notes(struct stage_show_panic *self, const char *socket)
{
	struct stage_err err = STAGE_ERR_INIT;
	char path[STAGE_PATH_MAX];

	stage_rig_run_path(self->rig, path, "%s", socket);
	if (stage_rpc_ask(self->loop, path, "panic", NULL, PATIENCE_MS,
		    on_ended, NULL, NULL, &err) != STAGE_OK) {
		stage_log_warn("panic: %s: %s", socket, err.text);
	}
}

static bool
is_rack(const char *name)
{
	size_t len = strlen(name);

	return strncmp(name, RACK_PREFIX, strlen(RACK_PREFIX)) == 0 &&
	       len > strlen(RACK_PREFIX SOCKET_SUFFIX) &&
	       strcmp(name + len - strlen(SOCKET_SUFFIX), SOCKET_SUFFIX) == 0;
}

// Calls back with the socket of each rack.
static void
for_racks(struct stage_show_panic *self,
	void (*act)(struct stage_show_panic *self, const char *socket,
		json_t *list),
	json_t *list)
{
	DIR *directory = opendir(self->rig->run);
	const struct dirent *entry;

	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		if (is_rack(entry->d_name)) {
			act(self, entry->d_name, list);
		}
	}
	if (directory != NULL) {
		closedir(directory);
	}
}

static void
end_rack(struct stage_show_panic *self, const char *socket, json_t *list)
{
	(void)list;
	end_notes(self, socket);
}

// The patchbay.

static void
add_rack(struct stage_show_panic *self, const char *socket, json_t *list)
{
	size_t len = strlen(socket) - strlen(RACK_PREFIX SOCKET_SUFFIX);

	(void)self;
	(void)json_array_append_new(
		list, json_stringn(socket + strlen(RACK_PREFIX), len));
}

static void
add_song(const struct stage_show_song *song, json_t *list)
{
	for (const struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		char name[STAGE_PATH_MAX];
		if (stage_format(name, sizeof(name), "%s.%s", slot->name,
			    slot->id) == STAGE_OK) {
			(void)json_array_append_new(list, stage_rpc_text(name));
		}
	}
}

static void
add_foreign(const struct stage_show_panic *self, json_t *list)
{
	struct stage_strv names = {0};

	stage_show_jack_names_foreign(self->names, self->engine, NULL, &names);
	for (size_t i = 0; i < names.count; i++) {
		(void)json_array_append_new(
			list, stage_rpc_text(names.items[i]));
	}
	stage_strv_finish(&names);
}

// By the names that NSM gives to clients in JACK, and those that others have,
// whoever's song they are of: one may ring still.
static json_t *
silent_clients(struct stage_show_panic *self)
{
	const struct stage_show_song *song =
		stage_show_engine_songs(self->engine);
	json_t *list = json_array();

	for (; song != NULL; song = song->next) {
		add_song(song, list);
	}
	add_foreign(self, list);
	if (self->level == STAGE_SHOW_PANIC_ALL) {
		for_racks(self, add_rack, list);
	}
	return list;
}

static void look(void *user);

static void
end_all_notes(uv_timer_t *timer)
{
	struct stage_show_panic *self = timer->data;

	uv_timer_stop(timer);
	stage_show_jack_panic(self->jack);
}

static void
note(struct stage_show_panic *self, const char *why)
{
	if (strcmp(self->why, why) != 0) {
		(void)!stage_format(self->why, sizeof(self->why), "%s", why);
		self->changed(self->user);
	}
}

static void
on_hushed(void *user, const struct stage_err *err, json_t *result)
{
	struct stage_show_panic *self = user;
	bool is_latest = self->level == self->asked;
	bool is_absent =
		err->status == STAGE_NOT_FOUND || err->status == STAGE_GONE;

	(void)result;
	self->question = NULL;
	if (uv_is_active((uv_handle_t *)self->timer)) {
		end_all_notes(self->timer);
	}
	if (err->status != STAGE_OK && self->level != STAGE_SHOW_CALM) {
		stage_log_warn("the patchbay silences nothing: %s", err->text);
	}
	note(self, err->status == STAGE_OK || self->level == STAGE_SHOW_CALM
			   ? ""
			   : err->text);
	if (!is_absent && is_latest) {
		self->is_wanted = false;
	} else if (!is_latest) {
		look(self); // it has changed meanwhile
	}
}

static void
ask(struct stage_show_panic *self)
{
	static const char *const words[] = {"none", "song", "all"};
	struct stage_err err = STAGE_ERR_INIT;

	self->asked = self->level;
	if (stage_rpc_ask(self->loop, self->path, "hush",
		    json_pack("{s:s, s:o}", "silence", words[self->level],
			    "clients", silent_clients(self)),
		    PATIENCE_MS, on_hushed, self, &self->question,
		    &err) != STAGE_OK) {
		note(self, err.text);
	}
}

static void
look(void *user)
{
	struct stage_show_panic *self = user;

	if (self->is_wanted && self->question == NULL) {
		ask(self);
	}
}

// The watch tells of the whole directory. Another patchbay knows nothing yet.
static void
on_socket(void *user)
{
	struct stage_show_panic *self = user;

	int64_t made_ns = stage_io_change_time_ns(self->path, false);

	self->is_wanted =
		self->is_wanted || (made_ns != 0 && made_ns != self->socket_ns);
	self->socket_ns = made_ns;
	look(self);
}

// What is asked of it.

void
stage_show_panic_raise(
	struct stage_show_panic *self, enum stage_show_panic_level level)
{
	// One that is worse stays.
	self->level = level > self->level ? level : self->level;
	self->is_wanted = true;
	look(self); // first of all: it is what is heard
	uv_update_time(self->loop);
	uv_timer_start(self->timer, end_all_notes, NOTES_MS, 0);
	for_racks(self, end_rack, NULL);
	end_notes(self, "midi.sock");
	stage_log_info("panic%s",
		self->level == STAGE_SHOW_PANIC_ALL ? ": all is silent" : "");
	self->changed(self->user);
}

void
stage_show_panic_lift(struct stage_show_panic *self)
{
	if (self->level == STAGE_SHOW_CALM) {
		return;
	}
	self->level = STAGE_SHOW_CALM;
	self->is_wanted = true;
	look(self);
	stage_log_info("panic is over");
	self->changed(self->user);
}

enum stage_show_panic_level
stage_show_panic_level(const struct stage_show_panic *self)
{
	return self->level;
}

const char *
stage_show_panic_why(const struct stage_show_panic *self)
{
	return self->why;
}

// Its life.

enum stage_status
stage_show_panic_create(uv_loop_t *loop, const struct stage_rig *rig,
	struct stage_show_jack *jack, const struct stage_show_engine *engine,
	const struct stage_show_jack_names *names,
	enum stage_show_panic_level level, void (*changed)(void *user),
	void *user, struct stage_show_panic **out, struct stage_err *err)
{
	struct stage_show_panic *self = calloc(1, sizeof(*self));
	uv_timer_t *timer = calloc(1, sizeof(*timer));
	enum stage_status status;

	if (self == NULL || timer == NULL) {
		free(self);
		free(timer);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->loop = loop;
	self->rig = rig;
	self->jack = jack;
	self->engine = engine;
	self->names = names;
	self->changed = changed;
	self->user = user;
	self->level = level;
	stage_rig_run_path(rig, self->path, "patchbay.sock");
	status = stage_path_watch_create(
		&self->watch, loop, self->path, on_socket, self, err);
	if (status != STAGE_OK) {
		free(self);
		free(timer);
		return status;
	}
	uv_timer_init(loop, timer);
	timer->data = self;
	self->timer = timer;
	*out = self;
	return STAGE_OK;
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle);
}

void
stage_show_panic_destroy(struct stage_show_panic *self)
{
	if (self != NULL) {
		stage_path_watch_destroy(self->watch);
		stage_rpc_question_drop(self->question);
		uv_close((uv_handle_t *)self->timer, on_closed);
		free(self);
	}
}
