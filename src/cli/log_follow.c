/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/log_follow.h"

#include <signal.h>
#include <stdlib.h>

#include <uv.h>

#include "base/io.h"
#include "rig/path_watch.h"

#define SIGNALS 3

struct follow;

// One log directory.
struct tail {
	struct follow *follow;
	struct stage_path_watch *watch; // owned
	size_t number;                  // in the merge
	bool is_dirty;
};

struct follow {
	const struct stage_log_follow_config *config;
	uv_loop_t loop;
	uv_prepare_t settle; // after all news of one turn, before the next wait
	uv_signal_t signals[SIGNALS];
	struct stage_path_watch *directory; // owned; RUN/log itself
	struct tail **tails;                // owned
	size_t count;
	bool is_dirty; // a tail is, or there may be a new one
	bool may_have_new;
	enum stage_status status;
	struct stage_err *err;
};

static void
on_lines(void *user)
{
	struct tail *tail = user;

	tail->is_dirty = true;
	tail->follow->is_dirty = true;
}

static void
on_directory(void *user)
{
	struct follow *self = user;

	self->may_have_new = true;
	self->is_dirty = true;
}

static enum stage_status
add_tail(struct follow *self, const char *name)
{
	char path[STAGE_PATH_MAX];
	struct tail *tail = calloc(1, sizeof(*tail));
	struct tail **tails =
		realloc(self->tails, (self->count + 1) * sizeof(struct tail *));
	enum stage_status status;

	self->tails = tails != NULL ? tails : self->tails;
	if (tail == NULL || tails == NULL) {
		free(tail);
		return stage_err_set(
			self->err, STAGE_NO_MEMORY, "out of memory");
	}
	*tail = (struct tail){
		.follow = self, .number = self->count, .is_dirty = true};
	stage_rig_run_path(self->config->rig, path, "log/%s", name);
	status = stage_path_watch_create(
		&tail->watch, &self->loop, path, on_lines, tail, self->err);
	if (status != STAGE_OK) {
		free(tail);
		return status;
	}
	self->is_dirty = true;
	self->tails[self->count] = tail;
	self->count++;
	return STAGE_OK;
}

static enum stage_status
take_new(struct follow *self)
{
	char path[STAGE_PATH_MAX];
	struct stage_strv names = {0};
	enum stage_status status = STAGE_OK;

	self->may_have_new = false;
	stage_rig_run_path(self->config->rig, path, "log");
	(void)!stage_io_list_dir(path, &names, NULL);
	for (size_t i = 0; i < names.count && status == STAGE_OK; i++) {
		if (names.items[i][0] == '.' ||
			stage_log_merge_has(
				self->config->merge, names.items[i])) {
			continue;
		}
		stage_rig_run_path(
			self->config->rig, path, "log/%s", names.items[i]);
		status = stage_log_merge_add(self->config->merge, path,
			names.items[i], 0, self->err);
		if (status == STAGE_OK) {
			status = add_tail(self, names.items[i]);
		}
	}
	stage_strv_finish(&names);
	return status;
}

static void
stop(struct follow *self, enum stage_status status)
{
	self->status = status;
	uv_stop(&self->loop);
}

static void
drain(struct follow *self)
{
	enum stage_status status = STAGE_OK;

	self->is_dirty = false;
	if (self->may_have_new && self->config->takes_new) {
		status = take_new(self);
	}
	for (size_t i = 0; i < self->count; i++) {
		if (self->tails[i]->is_dirty) {
			self->tails[i]->is_dirty = false;
			stage_log_merge_wake(
				self->config->merge, self->tails[i]->number);
		}
	}
	if (status != STAGE_OK || !self->config->drain(self->config->user)) {
		stop(self, status);
	}
}

static void
on_settled(uv_prepare_t *prepare)
{
	struct follow *self = prepare->data;

	if (self->is_dirty) {
		drain(self);
	}
}

static void
on_signal(uv_signal_t *handle, int signum)
{
	(void)signum;
	stop(handle->data, STAGE_OK);
}

static enum stage_status
start(struct follow *self)
{
	static const int signals[SIGNALS] = {SIGINT, SIGTERM, SIGHUP};
	const struct stage_strv *names = self->config->names;
	char path[STAGE_PATH_MAX];
	enum stage_status status;

	uv_prepare_init(&self->loop, &self->settle);
	self->settle.data = self;
	uv_prepare_start(&self->settle, on_settled);
	for (size_t i = 0; i < SIGNALS; i++) {
		uv_signal_init(&self->loop, &self->signals[i]);
		self->signals[i].data = self;
		uv_signal_start(&self->signals[i], on_signal, signals[i]);
	}
	stage_rig_run_path(self->config->rig, path, "log");
	status = stage_path_watch_create(&self->directory, &self->loop, path,
		on_directory, self, self->err);
	for (size_t i = 0; i < names->count && status == STAGE_OK; i++) {
		status = add_tail(self, names->items[i]);
	}
	self->may_have_new = true;
	return status;
}

static void
close_all(struct follow *self)
{
	for (size_t i = 0; i < self->count; i++) {
		stage_path_watch_destroy(self->tails[i]->watch);
	}
	stage_path_watch_destroy(self->directory);
	uv_close((uv_handle_t *)&self->settle, NULL);
	for (size_t i = 0; i < SIGNALS; i++) {
		uv_close((uv_handle_t *)&self->signals[i], NULL);
	}
	uv_run(&self->loop, UV_RUN_DEFAULT);
	uv_loop_close(&self->loop);
	for (size_t i = 0; i < self->count; i++) {
		free(self->tails[i]);
	}
	free(self->tails);
}

enum stage_status
stage_log_follow(
	const struct stage_log_follow_config *config, struct stage_err *err)
{
	struct follow self = {.config = config, .err = err};
	enum stage_status status;

	if (uv_loop_init(&self.loop) != 0) {
		return stage_err_set(
			err, STAGE_FULL, "unable to make an event loop");
	}
	status = start(&self);
	if (status == STAGE_OK) {
		// What was written before the watches were there.
		drain(&self);
		uv_run(&self.loop, UV_RUN_DEFAULT);
		status = self.status;
	}
	close_all(&self);
	return status;
}
