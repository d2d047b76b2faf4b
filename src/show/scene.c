/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/scene.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/str.h"
#include "rig/path_watch.h"
#include "rpc/link.h"
#include "show/names.h"

#define PATIENCE_MS 60000 // a rig full of ports is connected in less

struct stage_show_scene {
	uv_loop_t *loop;
	char path[STAGE_PATH_MAX];
	struct stage_path_watch *watch;
	int64_t socket_ns; // when it was made; 0: not there
	char *wanted;      // the question's parameters; NULL: nothing yet
	bool is_wanted;    // and not told yet
	bool is_brief;     // has what the patchbay does not remember
	bool is_timed;     // somebody waits for what is wanted to be connected
	struct stage_rpc_question *question; // NULL: none is asked
	char *asked;                         // what the question is of
	void (*made)(void *user);            // may be NULL
	void *user;
};

static void look(struct stage_show_scene *self);

static void
on_answered(void *user, const struct stage_err *err, json_t *result)
{
	struct stage_show_scene *self = user;
	bool is_away =
		err->status == STAGE_NOT_FOUND || err->status == STAGE_GONE;

	(void)result;
	self->question = NULL;
	if (!is_away && err->status != STAGE_OK) {
		stage_log_warn("the patchbay does not select %s: %s",
			self->asked, err->text);
	}
	if (self->asked == NULL || strcmp(self->wanted, self->asked) != 0) {
		look(self); // another one was wanted meanwhile
		return;
	}
	self->is_wanted = is_away; // its socket is watched
	if (self->is_timed && self->made != NULL) {
		self->is_timed = false;
		self->made(self->user);
	}
}

static json_t *
make_params(const struct stage_show_scene *self)
{
	json_t *params = json_loads(self->wanted, 0, NULL);

	if (self->is_timed) {
		json_object_set_new(params, "made", json_true());
	}
	return params;
}

static void
look(struct stage_show_scene *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (!self->is_wanted || self->question != NULL) {
		return;
	}
	free(self->asked);
	self->asked = strdup(self->wanted);
	if (stage_rpc_ask(self->loop, self->path, "scene", make_params(self),
		    PATIENCE_MS, on_answered, self, &self->question,
		    &err) != STAGE_OK) {
		stage_log_warn("the patchbay is not told of %s: %s",
			self->wanted, err.text);
	}
}

// The watch tells of the whole directory. Another patchbay was never told.
static void
on_socket(void *user)
{
	struct stage_show_scene *self = user;

	int64_t made_ns = stage_io_change_time_ns(self->path, false);
	bool is_another = made_ns != 0 && made_ns != self->socket_ns;

	self->is_wanted = self->is_wanted || (self->is_brief && is_another);
	self->socket_ns = made_ns;
	look(self);
}

enum stage_status
stage_show_scene_create(uv_loop_t *loop, const char *path,
	void (*made)(void *user), void *user, struct stage_show_scene **out,
	struct stage_err *err)
{
	struct stage_show_scene *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->loop = loop;
	self->made = made;
	self->user = user;
	status = stage_format(self->path, sizeof(self->path), "%s", path);
	if (status == STAGE_OK) {
		status = stage_path_watch_create(
			&self->watch, loop, path, on_socket, self, err);
	}
	if (status != STAGE_OK) {
		free(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

void
stage_show_scene_destroy(struct stage_show_scene *self)
{
	if (self != NULL) {
		stage_path_watch_destroy(self->watch);
		stage_rpc_question_drop(self->question);
		free(self->wanted);
		free(self->asked);
		free(self);
	}
}

static json_t *
texts(const struct stage_strv *items)
{
	json_t *array = json_array();

	for (size_t i = 0; i < items->count; i++) {
		(void)json_array_append_new(
			array, json_string(items->items[i]));
	}
	return array;
}

static char *
write_params(const struct stage_show_wiring *wiring)
{
	json_t *params = json_object();
	char *text;

	if (wiring->song != NULL) {
		json_object_set_new(params, "song", json_string(wiring->song));
	}
	json_object_set_new(params, "ringing", texts(wiring->ringing));
	json_object_set_new(params, "waiting", texts(wiring->waiting));
	if (wiring->called != NULL) {
		json_object_set_new(
			params, "called", json_deep_copy(wiring->called));
	}
	text = json_dumps(params, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(params);
	return text;
}

// Takes the text of parameters, which is NULL when out of memory.
static void
want(struct stage_show_scene *self, char *text, bool is_brief, bool is_again)
{
	if (text == NULL || (!is_again && self->wanted != NULL &&
				    strcmp(self->wanted, text) == 0)) {
		free(text);
		return;
	}
	free(self->wanted);
	self->wanted = text;
	self->is_brief = is_brief;
	self->is_timed = self->is_timed || is_again;
	self->is_wanted = true;
	look(self);
}

void
stage_show_scene_set(
	struct stage_show_scene *self, const struct stage_show_wiring *wiring)
{
	want(self, write_params(wiring),
		wiring->ringing->count > 0 || wiring->waiting->count > 0 ||
			json_object_size(wiring->called) > 0,
		wiring->is_again);
}

void
stage_show_scene_use(struct stage_show_scene *self, const char *set)
{
	json_t *params = json_pack("{s:s}", "set", set != NULL ? set : "");

	want(self, params != NULL ? json_dumps(params, JSON_COMPACT) : NULL,
		false, false);
	json_decref(params);
}
