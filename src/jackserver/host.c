/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/host.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "jack/names.h"
#include "jackserver/alsa_probe.h"
#include "jackserver/frozen.h"

enum job {
	JOB_NONE,
	JOB_PROBE,
	JOB_OPEN,
	JOB_FIND,
};

struct stage_host {
	struct stage_host_ops ops;
	void *user;
	pthread_t thread;
	uv_async_t async;
	enum job busy;      // loop only: begun, and not told of yet
	bool is_stopping;   // loop only
	bool has_told_stop; // loop only
	const struct stage_control *running; // loop only

	pthread_mutex_t mutex; // guards all below
	pthread_cond_t has_work;
	enum job asked;
	enum job done;
	bool stop;
	bool is_over;
	bool is_broken;
	struct stage_control_want want;
	struct stage_probed probed;
	struct stage_control *control;
	struct stage_control_have have;
	struct stage_err why;
	int64_t took_ns;
	char client[STAGE_FROZEN_NAME_MAX]; // changed while idle only
	pid_t pid;
};

// Starts or switches. The server is the thread's own; nobody else changes it.
static void
open_server(struct stage_host *self, const struct stage_control_want *want)
{
	const struct stage_control_listener listener = {
		self->ops.client, self->user};
	struct stage_control *control = self->control;
	struct stage_control_have have = {0};
	struct stage_err why = STAGE_ERR_INIT;
	bool is_switch = control != NULL;
	int64_t begin_ns = stage_clock_now_ns();
	enum stage_status status =
		is_switch ? stage_control_switch(control, want, &have, &why)
			  : stage_control_start(
				    want, &listener, &control, &have, &why);

	pthread_mutex_lock(&self->mutex);
	self->took_ns = stage_clock_now_ns() - begin_ns;
	self->why = why;
	self->why.status = status;
	if (status == STAGE_OK) {
		self->control = control;
		self->have = have;
	}
	self->is_broken =
		is_switch && status != STAGE_OK && status != STAGE_BAD_INPUT;
	pthread_mutex_unlock(&self->mutex);
}

static void
probe(struct stage_host *self, const struct stage_control_want *want)
{
	struct stage_probed probed;

	stage_alsa_probe(want, &probed);
	pthread_mutex_lock(&self->mutex);
	self->probed = probed;
	pthread_mutex_unlock(&self->mutex);
}

static void
find_client(struct stage_host *self)
{
	pid_t pid = self->control != NULL
			    ? stage_control_client_pid(self->client)
			    : 0;

	pthread_mutex_lock(&self->mutex);
	self->pid = pid;
	pthread_mutex_unlock(&self->mutex);
}

static void
do_job(struct stage_host *self, enum job job,
	const struct stage_control_want *want)
{
	switch (job) {
	case JOB_PROBE:
		probe(self, want);
		break;
	case JOB_OPEN:
		open_server(self, want);
		break;
	case JOB_FIND:
		find_client(self);
		break;
	case JOB_NONE:
		break;
	}
}

// The next job, once there is one; JOB_NONE: stop.
static enum job
await_job(struct stage_host *self, struct stage_control_want *want)
{
	enum job job;

	pthread_mutex_lock(&self->mutex);
	while (self->asked == JOB_NONE && !self->stop) {
		pthread_cond_wait(&self->has_work, &self->mutex);
	}
	job = self->stop ? JOB_NONE : self->asked;
	self->asked = JOB_NONE;
	*want = self->want;
	pthread_mutex_unlock(&self->mutex);
	return job;
}

static void
tell(struct stage_host *self, enum job done, bool is_over)
{
	pthread_mutex_lock(&self->mutex);
	self->done = done;
	self->is_over = is_over;
	uv_async_send(&self->async);
	pthread_mutex_unlock(&self->mutex);
}

static void *
run(void *arg)
{
	struct stage_host *self = arg;
	struct stage_control_want want;
	enum job job = await_job(self, &want);

	while (job != JOB_NONE) {
		do_job(self, job, &want);
		tell(self, job, false);
		job = await_job(self, &want);
	}
	if (!self->is_broken) {
		stage_control_stop(self->control);
	}
	tell(self, JOB_NONE, true);
	return NULL;
}

static void
tell_opened(struct stage_host *self)
{
	bool is_broken;
	struct stage_err why;

	pthread_mutex_lock(&self->mutex);
	self->running = self->control;
	is_broken = self->is_broken;
	why = self->why;
	pthread_mutex_unlock(&self->mutex);
	self->ops.opened(
		self->user, &why, &self->have, self->took_ns, is_broken);
}

static void
tell_owner(struct stage_host *self, enum job done)
{
	self->busy = JOB_NONE;
	switch (done) {
	case JOB_PROBE:
		self->ops.probed(self->user, &self->probed);
		break;
	case JOB_OPEN:
		tell_opened(self);
		break;
	case JOB_FIND:
		self->ops.found(self->user, self->client, self->pid);
		break;
	case JOB_NONE:
		break;
	}
}

static void
on_async(uv_async_t *async)
{
	struct stage_host *self = async->data;
	enum job done;
	bool is_over;

	pthread_mutex_lock(&self->mutex);
	done = self->done;
	self->done = JOB_NONE;
	is_over = self->is_over;
	pthread_mutex_unlock(&self->mutex);
	if (done != JOB_NONE) {
		tell_owner(self, done);
	}
	if (is_over && !self->has_told_stop) {
		self->has_told_stop = true;
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

	pthread_cond_destroy(&self->has_work);
	pthread_mutex_destroy(&self->mutex);
	free(self);
}

enum stage_status
stage_host_create(uv_loop_t *loop, const struct stage_host_ops *ops, void *user,
	struct stage_host **out, struct stage_err *err)
{
	struct stage_host *self = calloc(1, sizeof(*self));
	int result;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->ops = *ops;
	self->user = user;
	result = uv_async_init(loop, &self->async, on_async);
	if (result != 0) {
		free(self);
		return stage_err_set(err, STAGE_FULL,
			"unable to set up the JACK host: %s",
			uv_strerror(result));
	}
	self->async.data = self;
	pthread_mutex_init(&self->mutex, NULL);
	pthread_cond_init(&self->has_work, NULL);
	result = start_thread(self);
	if (result != 0) {
		stage_host_destroy(self);
		return stage_err_set_errno(
			err, result, "unable to start the JACK host's thread");
	}
	*out = self;
	return STAGE_OK;
}

static void
begin(struct stage_host *self, enum job job,
	const struct stage_control_want *want)
{
	self->busy = job;
	pthread_mutex_lock(&self->mutex);
	self->asked = job;
	if (want != NULL) {
		self->want = *want;
	}
	pthread_cond_signal(&self->has_work);
	pthread_mutex_unlock(&self->mutex);
}

void
stage_host_probe(struct stage_host *self, const struct stage_control_want *want)
{
	begin(self, JOB_PROBE, want);
}

void
stage_host_open(struct stage_host *self, const struct stage_control_want *want)
{
	begin(self, JOB_OPEN, want);
}

void
stage_host_find(struct stage_host *self, const char *client)
{
	stage_jack_copy_text(self->client, sizeof(self->client), client);
	begin(self, JOB_FIND, NULL);
}

bool
stage_host_is_idle(const struct stage_host *self)
{
	return self->busy == JOB_NONE;
}

void
stage_host_stop(struct stage_host *self)
{
	self->is_stopping = true;
	pthread_mutex_lock(&self->mutex);
	self->stop = true;
	pthread_cond_signal(&self->has_work);
	pthread_mutex_unlock(&self->mutex);
}

const struct stage_control *
stage_host_control(const struct stage_host *self)
{
	return self->is_stopping ? NULL : self->running;
}

void
stage_host_destroy(struct stage_host *self)
{
	if (self != NULL) {
		uv_close((uv_handle_t *)&self->async, on_closed);
	}
}
