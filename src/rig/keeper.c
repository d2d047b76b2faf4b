/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/keeper.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "rig/supervisor.h"

#define RETRY_MS 1000

struct stage_keeper {
	struct stage_keeper_config config;
	struct stage_proc_id runsvdir;
	uv_poll_t *end;   // on the descriptor of runsvdir; NULL: none
	int end_fd;       // -1: none
	uv_timer_t timer; // looks again where there is no descriptor
	bool is_closing;
};

static enum stage_status look(struct stage_keeper *self, struct stage_err *err);

static void
free_handle(uv_handle_t *handle)
{
	free(handle);
}

static void
forget(struct stage_keeper *self)
{
	if (self->end != NULL) {
		uv_close((uv_handle_t *)self->end, free_handle);
		close(self->end_fd);
		self->end = NULL;
	}
}

static void
look_again(struct stage_keeper *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	// It may have been our own child.
	waitpid(self->runsvdir.pid, NULL, WNOHANG);
	if (look(self, &err) != STAGE_OK) {
		stage_log_err("%s", err.text);
	}
}

static void
on_end(uv_poll_t *poll, int status, int events)
{
	struct stage_keeper *self = poll->data;

	(void)status;
	(void)events;
	forget(self);
	look_again(self);
}

static void
on_timer(uv_timer_t *timer)
{
	struct stage_keeper *self = timer->data;

	if (!stage_proc_alive(&self->runsvdir)) {
		look_again(self);
	}
}

static void
watch_end(struct stage_keeper *self)
{
	self->end_fd = stage_proc_open(&self->runsvdir);
	self->end = self->end_fd >= 0 ? calloc(1, sizeof(*self->end)) : NULL;
	if (self->end == NULL ||
		uv_poll_init(self->config.loop, self->end, self->end_fd) != 0) {
		free(self->end);
		self->end = NULL;
		if (self->end_fd >= 0) {
			close(self->end_fd);
		}
		uv_timer_start(&self->timer, on_timer, RETRY_MS, RETRY_MS);
		return;
	}
	uv_timer_stop(&self->timer);
	self->end->data = self;
	uv_poll_start(self->end, UV_READABLE, on_end);
}

static enum stage_status
ensure(struct stage_keeper *self, struct stage_err *err)
{
	bool started = false;
	int lock;
	enum stage_status status =
		stage_supervisor_lock(self->config.rig, &lock, err);

	if (status != STAGE_OK) {
		return status;
	}
	if (stage_rig_is_up(self->config.rig)) {
		status = stage_supervisor_ensure(
			self->config.rig, &started, &self->runsvdir, err);
	} else {
		status = STAGE_GONE;
	}
	close(lock);
	if (started) {
		stage_log_info("started runsvdir as process %ld",
			(long)self->runsvdir.pid);
	}
	return status;
}

static enum stage_status
look(struct stage_keeper *self, struct stage_err *err)
{
	enum stage_status status = stage_rig_is_up(self->config.rig)
					   ? ensure(self, err)
					   : STAGE_GONE;

	if (status == STAGE_GONE) {
		if (self->config.unwanted != NULL) {
			self->config.unwanted(self->config.user);
		}
		return STAGE_OK;
	}
	if (status != STAGE_OK) {
		uv_timer_start(&self->timer, on_timer, RETRY_MS, RETRY_MS);
		return status;
	}
	watch_end(self);
	if (self->config.found != NULL) {
		self->config.found(self->config.user, &self->runsvdir);
	}
	return STAGE_OK;
}

enum stage_status
stage_keeper_create(struct stage_keeper **out,
	const struct stage_keeper_config *config, struct stage_err *err)
{
	struct stage_keeper *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->config = *config;
	uv_timer_init(config->loop, &self->timer);
	self->timer.data = self;
	status = look(self, err);
	if (status != STAGE_OK) {
		stage_keeper_destroy(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
stage_keeper_destroy(struct stage_keeper *self)
{
	if (self != NULL && !self->is_closing) {
		self->is_closing = true;
		forget(self);
		uv_close((uv_handle_t *)&self->timer, on_closed);
	}
}
