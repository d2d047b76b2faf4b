/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/host.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum phase {
	PHASE_STARTING,
	PHASE_STARTED,
	PHASE_FAILED,
	PHASE_STOPPED,
};

struct stage_host {
	struct stage_host_ops ops;
	void *user;
	struct stage_control_want choices[1 + STAGE_PLAN_FALLBACKS_MAX];
	size_t choice_count;
	pthread_t thread;
	uv_async_t async;
	enum phase told;  // loop only
	bool is_stopping; // loop only

	pthread_mutex_t mutex; // guards all below
	pthread_cond_t has_stop;
	bool stop;
	enum phase reached; // STARTED or FAILED, once one of them was
	bool is_over;
	size_t used; // which of the choices
	struct stage_control *control;
	struct stage_control_have have;
	struct stage_err why;
};

static bool
is_asked_to_stop(struct stage_host *self)
{
	bool stop;

	pthread_mutex_lock(&self->mutex);
	stop = self->stop;
	pthread_mutex_unlock(&self->mutex);
	return stop;
}

static void
log_next(const struct stage_err *why, const struct stage_control_want *next)
{
	stage_log_warn("%s; trying driver %s%s%s", why->text, next->driver,
		next->device[0] != '\0' ? " on " : "", next->device);
}

// Starts the server with the first choice that opens. `why` then says why the
// one before all others did not; when none opens, it tells of the last, since
// the log has the others.
static enum stage_status
start(struct stage_host *self, struct stage_control **control,
	struct stage_control_have *have, struct stage_err *why)
{
	struct stage_err first = STAGE_ERR_INIT;

	for (size_t i = 0; i < self->choice_count; i++) {
		struct stage_err err = STAGE_ERR_INIT;
		if (i > 0) {
			log_next(why, &self->choices[i]);
		}
		self->used = i;
		if (stage_control_start(&self->choices[i], control, have,
			    &err) == STAGE_OK) {
			*why = first;
			return STAGE_OK;
		}
		*why = err;
		first = i == 0 ? err : first;
		if (first.status == STAGE_BAD_INPUT || is_asked_to_stop(self)) {
			break;
		}
	}
	why->status = first.status; // what helps that one helps
	return first.status;
}

static void
tell(struct stage_host *self, enum phase phase, struct stage_control *control,
	const struct stage_control_have *have, const struct stage_err *why)
{
	pthread_mutex_lock(&self->mutex);
	self->reached = phase;
	self->control = control;
	self->have = *have;
	self->why = *why;
	uv_async_send(&self->async);
	pthread_mutex_unlock(&self->mutex);
}

static void
wait_for_stop(struct stage_host *self)
{
	pthread_mutex_lock(&self->mutex);
	while (!self->stop) {
		pthread_cond_wait(&self->has_stop, &self->mutex);
	}
	pthread_mutex_unlock(&self->mutex);
}

static void *
run(void *arg)
{
	struct stage_host *self = arg;
	struct stage_control *control = NULL;
	struct stage_control_have have = {0};
	struct stage_err why = STAGE_ERR_INIT;

	if (start(self, &control, &have, &why) == STAGE_OK) {
		tell(self, PHASE_STARTED, control, &have, &why);
		wait_for_stop(self);
		stage_control_stop(control);
	} else {
		tell(self, PHASE_FAILED, NULL, &have, &why);
	}
	pthread_mutex_lock(&self->mutex);
	self->is_over = true;
	uv_async_send(&self->async);
	pthread_mutex_unlock(&self->mutex);
	return NULL;
}

static void
tell_outcome(struct stage_host *self, enum phase reached)
{
	self->told = reached;
	if (reached == PHASE_STARTED) {
		self->ops.started(self->user, &self->choices[self->used],
			&self->have, self->used > 0, self->why.text);
	} else {
		self->ops.failed(self->user, &self->why);
	}
}

static void
on_async(uv_async_t *async)
{
	struct stage_host *self = async->data;
	enum phase reached;
	bool is_over;

	pthread_mutex_lock(&self->mutex);
	reached = self->reached;
	is_over = self->is_over;
	pthread_mutex_unlock(&self->mutex);
	if (self->told == PHASE_STARTING && reached != PHASE_STARTING) {
		tell_outcome(self, reached);
	}
	if (is_over && self->told != PHASE_STOPPED) {
		self->told = PHASE_STOPPED;
		pthread_join(self->thread, NULL);
		self->ops.stopped(self->user);
	}
}

// The server's threads inherit the mask: signals are the loop's.
static int
start_thread(struct stage_host *self)
{
	sigset_t all;
	sigset_t before;
	int errnum;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	errnum = pthread_create(&self->thread, NULL, run, self);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return errnum;
}

static void
on_closed(uv_handle_t *handle)
{
	struct stage_host *self = handle->data;

	pthread_cond_destroy(&self->has_stop);
	pthread_mutex_destroy(&self->mutex);
	free(self);
}

enum stage_status
stage_host_create(uv_loop_t *loop, const struct stage_plan *plan,
	const struct stage_host_ops *ops, void *user, struct stage_host **out,
	struct stage_err *err)
{
	struct stage_host *self = calloc(1, sizeof(*self));
	int result;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->ops = *ops;
	self->user = user;
	self->choices[0] = plan->want;
	memcpy(&self->choices[1], plan->fallbacks, sizeof(plan->fallbacks));
	self->choice_count = 1 + plan->fallback_count;
	result = uv_async_init(loop, &self->async, on_async);
	if (result != 0) {
		free(self);
		return stage_err_set(err, STAGE_FULL,
			"unable to set up the JACK host: %s",
			uv_strerror(result));
	}
	self->async.data = self;
	pthread_mutex_init(&self->mutex, NULL);
	pthread_cond_init(&self->has_stop, NULL);
	result = start_thread(self);
	if (result != 0) {
		stage_host_destroy(self);
		return stage_err_set_errno(
			err, result, "unable to start the JACK host's thread");
	}
	*out = self;
	return STAGE_OK;
}

void
stage_host_stop(struct stage_host *self)
{
	self->is_stopping = true;
	pthread_mutex_lock(&self->mutex);
	self->stop = true;
	pthread_cond_signal(&self->has_stop);
	pthread_mutex_unlock(&self->mutex);
}

const struct stage_control *
stage_host_control(const struct stage_host *self)
{
	bool is_running = self->told == PHASE_STARTED && !self->is_stopping;

	return is_running ? self->control : NULL;
}

void
stage_host_destroy(struct stage_host *self)
{
	if (self != NULL) {
		uv_close((uv_handle_t *)&self->async, on_closed);
	}
}
