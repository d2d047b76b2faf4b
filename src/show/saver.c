/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/saver.h"

#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/io.h"
#include "base/log.h"

struct stage_show_saver {
	uv_loop_t *loop;
	uv_work_t work;
	char path[STAGE_PATH_MAX];
	const char *loss;
	char *text;    // what is written, or was last; the worker's meanwhile
	char *waiting; // what comes after it; or NULL
	bool is_writing;
	bool is_ending;
	struct stage_err err; // the worker's meanwhile
};

enum stage_status
stage_show_saver_create(uv_loop_t *loop, const char *path, const char *loss,
	struct stage_show_saver **out, struct stage_err *err)
{
	struct stage_show_saver *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	if (stage_format(self->path, sizeof(self->path), "%s", path) !=
		STAGE_OK) {
		free(self);
		return stage_err_set(
			err, STAGE_TOO_LONG, "the path %s is too long", path);
	}
	self->loop = loop;
	self->loss = loss;
	self->work.data = self;
	*out = self;
	return STAGE_OK;
}

static void
free_saver(struct stage_show_saver *self)
{
	free(self->text);
	free(self->waiting);
	free(self);
}

void
stage_show_saver_destroy(struct stage_show_saver *self)
{
	if (self == NULL) {
		return;
	}
	self->is_ending = true;
	if (!self->is_writing) {
		free_saver(self);
	}
}

static void
do_write(uv_work_t *work)
{
	struct stage_show_saver *self = work->data;
	char directory[STAGE_PATH_MAX];
	char *slash;

	(void)!stage_format(directory, sizeof(directory), "%s", self->path);
	slash = strrchr(directory, '/');
	if (slash != NULL) {
		*slash = '\0';
	}
	self->err = (struct stage_err)STAGE_ERR_INIT;
	if (slash == NULL ||
		stage_io_make_dirs(directory, &self->err) == STAGE_OK) {
		(void)!stage_atomic_save(self->path, self->text,
			strlen(self->text), 0, &self->err);
	}
}

static void write_next(struct stage_show_saver *self);

static void
on_written(uv_work_t *work, int status)
{
	struct stage_show_saver *self = work->data;

	(void)status;
	self->is_writing = false;
	if (self->err.status != STAGE_OK) {
		stage_log_warn("%s: %s", self->loss, self->err.text);
		free(self->text); // the same may be tried again
		self->text = NULL;
	}
	if (self->waiting != NULL) {
		write_next(self);
	}
	if (self->is_ending && !self->is_writing) {
		free_saver(self);
	}
}

static void
write_next(struct stage_show_saver *self)
{
	free(self->text);
	self->text = self->waiting;
	self->waiting = NULL;
	self->is_writing = uv_queue_work(self->loop, &self->work, do_write,
				   on_written) == 0;
	if (!self->is_writing) {
		stage_log_warn("%s: out of memory", self->loss);
	}
}

void
stage_show_saver_put(struct stage_show_saver *self, char *text)
{
	const char *last = self->waiting != NULL ? self->waiting : self->text;

	if (text == NULL) {
		stage_log_warn("%s: out of memory", self->loss);
		return;
	}
	if (last != NULL && strcmp(last, text) == 0) {
		free(text);
		return;
	}
	free(self->waiting);
	self->waiting = text;
	if (!self->is_writing) {
		write_next(self);
	}
}
