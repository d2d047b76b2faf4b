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
#include "rpc/question.h"
#include "show/names.h"

#define PATIENCE_MS 60000 // a rig full of ports is connected in less

struct stage_show_scene {
	uv_loop_t *loop;
	char path[STAGE_PATH_MAX];
	struct stage_path_watch *watch;
	char wanted[STAGE_SHOW_NAME_MAX + 1]; // "": no song
	bool is_wanted;                       // and not told yet
	struct stage_rpc_question *question;  // NULL: none is asked
	char asked[STAGE_SHOW_NAME_MAX + 1];  // what the question is of
};

static void look(void *user);

static void
on_answered(void *user, const struct stage_err *err, const json_t *result)
{
	struct stage_show_scene *self = user;
	bool is_latest = strcmp(self->wanted, self->asked) == 0;

	(void)result;
	self->question = NULL;
	if (err->status == STAGE_NOT_FOUND || err->status == STAGE_GONE) {
		if (!is_latest) {
			look(self);
		}
		return; // it is not there: its socket is watched
	}
	if (err->status != STAGE_OK) {
		stage_log_warn("the patchbay does not select song \"%s\": %s",
			self->asked, err->text);
	}
	if (is_latest) {
		self->is_wanted = false;
	} else {
		look(self); // another one was wanted meanwhile
	}
}

static void
look(void *user)
{
	struct stage_show_scene *self = user;
	struct stage_err err = STAGE_ERR_INIT;

	if (!self->is_wanted || self->question != NULL) {
		return;
	}
	memcpy(self->asked, self->wanted, sizeof(self->asked));
	if (stage_rpc_question_ask(self->loop, self->path, "scene",
		    json_pack("{s:s}", "song", self->wanted), PATIENCE_MS,
		    on_answered, self, &self->question, &err) != STAGE_OK) {
		stage_log_warn("the patchbay is not told of song \"%s\": %s",
			self->wanted, err.text);
	}
}

enum stage_status
stage_show_scene_create(uv_loop_t *loop, const char *path,
	struct stage_show_scene **out, struct stage_err *err)
{
	struct stage_show_scene *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->loop = loop;
	status = stage_format(self->path, sizeof(self->path), "%s", path);
	if (status == STAGE_OK) {
		status = stage_path_watch_create(
			&self->watch, loop, path, look, self, err);
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
		free(self);
	}
}

void
stage_show_scene_select(struct stage_show_scene *self, const char *song)
{
	if (stage_format(self->wanted, sizeof(self->wanted), "%s",
		    song != NULL ? song : "") == STAGE_OK) {
		self->is_wanted = true;
		look(self);
	}
}
