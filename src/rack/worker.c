/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/worker.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "rack/blame.h"
#include "rack/fpu.h"

enum stage_status
stage_rack_work_init(struct stage_rack_work *self)
{
	memset(self, 0, sizeof(*self));
	self->is_made = true;
	pthread_mutex_init(&self->busy, NULL);
	sem_init(&self->asked, 0, 0);
	stage_rack_bell_init(&self->ended);
	self->requests = stage_ring_create(STAGE_RACK_WORK_BYTES);
	self->answers = stage_ring_create(STAGE_RACK_WORK_BYTES);
	self->request = calloc(1, STAGE_RACK_WORK_BYTES);
	self->answer = calloc(1, STAGE_RACK_WORK_BYTES);
	if (self->requests == NULL || self->answers == NULL ||
		self->request == NULL || self->answer == NULL) {
		stage_rack_work_finish(self);
		return STAGE_NO_MEMORY;
	}
	return STAGE_OK;
}

void
stage_rack_work_finish(struct stage_rack_work *self)
{
	if (!self->is_made) {
		return;
	}
	stage_ring_destroy(self->requests);
	stage_ring_destroy(self->answers);
	free(self->request);
	free(self->answer);
	stage_rack_bell_finish(&self->ended);
	sem_destroy(&self->asked);
	pthread_mutex_destroy(&self->busy);
	memset(self, 0, sizeof(*self));
}

// [worker] Does one piece of work; false when there is none.
static bool
do_one(struct stage_rack_work *self)
{
	struct stage_ring_header header;

	if (stage_ring_read(self->requests, &header, self->request,
		    STAGE_RACK_WORK_BYTES) != STAGE_OK) {
		return false;
	}
	pthread_mutex_lock(&self->busy);
	atomic_store(&self->since_ns, stage_clock_now_ns());
	stage_fpu_flush();
	stage_rack_blame(self->blamed);
	self->iface->work(self->handle, stage_rack_work_respond, self,
		header.size, self->request);
	stage_rack_blame(NULL);
	atomic_store(&self->since_ns, 0);
	pthread_mutex_unlock(&self->busy);
	return true;
}

static void *
work(void *arg)
{
	struct stage_rack_work *self = arg;

	while (!atomic_load(&self->is_ending)) {
		if (!do_one(self)) {
			sem_wait(&self->asked);
		}
	}
	stage_rack_bell_ring(&self->ended);
	return NULL;
}

enum stage_status
stage_rack_work_start(struct stage_rack_work *self)
{
	int error = 0;

	if (self->iface == NULL || atomic_load(&self->is_online)) {
		return STAGE_OK;
	}
	error = pthread_create(&self->thread, NULL, work, self);
	if (error != 0) {
		return stage_status_from_errno(error);
	}
	atomic_store(&self->is_online, true);
	return STAGE_OK;
}

bool
stage_rack_work_stop(struct stage_rack_work *self, int64_t patience_ns)
{
	if (!atomic_load(&self->is_online)) {
		return true;
	}
	atomic_store(&self->is_ending, true);
	sem_post(&self->asked);
	if (!stage_rack_bell_await(&self->ended, patience_ns)) {
		pthread_detach(self->thread);
		return false;
	}
	pthread_join(self->thread, NULL);
	atomic_store(&self->is_online, false);
	return true;
}

// The thread for news.

struct stage_rack_worker {
	struct stage_rack_wire *wire;
	void (*notify)(void *user);
	void *user;
	pthread_t thread;
	_Atomic bool is_ending;
};

static void *
run(void *arg)
{
	struct stage_rack_worker *self = arg;

	while (!atomic_load(&self->is_ending)) {
		if (atomic_exchange(&self->wire->has_news, false)) {
			self->notify(self->user);
		}
		sem_wait(&self->wire->work);
	}
	return NULL;
}

enum stage_status
stage_rack_worker_create(struct stage_rack_wire *wire,
	void (*notify)(void *user), void *user, struct stage_rack_worker **out,
	struct stage_err *err)
{
	struct stage_rack_worker *self = calloc(1, sizeof(*self));
	int error;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->wire = wire;
	self->notify = notify;
	self->user = user;
	error = pthread_create(&self->thread, NULL, run, self);
	if (error != 0) {
		free(self);
		return stage_err_set_errno(
			err, error, "unable to start a thread");
	}
	*out = self;
	return STAGE_OK;
}

void
stage_rack_worker_destroy(struct stage_rack_worker *self)
{
	if (self == NULL) {
		return;
	}
	atomic_store(&self->is_ending, true);
	sem_post(&self->wire->work);
	pthread_join(self->thread, NULL);
	free(self);
}
