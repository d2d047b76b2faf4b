/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/worker.h"

#include <stdlib.h>
#include <string.h>

#include "rack/blame.h"
#include "rack/fpu.h"

#define WORKS_MAX 2048

struct stage_rack_worker {
	struct stage_rack_wire *wire;
	void (*notify)(void *user);
	void *user;
	pthread_t thread;
	pthread_mutex_t mutex;                    // of the works
	struct stage_rack_work *works[WORKS_MAX]; // NULL: none
	_Atomic size_t count;                     // those behind it are NULL
	_Atomic bool is_ending;
};

enum stage_status
stage_rack_work_init(struct stage_rack_work *self, sem_t *wake)
{
	memset(self, 0, sizeof(*self));
	pthread_mutex_init(&self->busy, NULL);
	self->wake = wake;
	self->is_offline = true;
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
	if (self->wake == NULL) {
		return;
	}
	stage_ring_destroy(self->requests);
	stage_ring_destroy(self->answers);
	free(self->request);
	free(self->answer);
	pthread_mutex_destroy(&self->busy);
	memset(self, 0, sizeof(*self));
}

enum stage_status
stage_rack_worker_add(
	struct stage_rack_worker *self, struct stage_rack_work *work)
{
	enum stage_status status = STAGE_FULL;

	pthread_mutex_lock(&self->mutex);
	for (size_t i = 0; i < WORKS_MAX && status != STAGE_OK; i++) {
		if (self->works[i] == NULL) {
			self->works[i] = work;
			if (i >= atomic_load(&self->count)) {
				atomic_store(&self->count, i + 1);
			}
			work->is_offline = false;
			status = STAGE_OK;
		}
	}
	pthread_mutex_unlock(&self->mutex);
	return status;
}

void
stage_rack_worker_remove(
	struct stage_rack_worker *self, struct stage_rack_work *work)
{
	pthread_mutex_lock(&self->mutex);
	for (size_t i = 0; i < WORKS_MAX; i++) {
		if (self->works[i] == work) {
			self->works[i] = NULL;
		}
	}
	pthread_mutex_unlock(&self->mutex);
	pthread_mutex_lock(&work->busy); // what is being done is done then
	work->is_offline = true;
	pthread_mutex_unlock(&work->busy);
}

// [worker] Does one piece of work; false when there is none.
static bool
do_one(struct stage_rack_work *work)
{
	struct stage_ring_header header;

	if (stage_ring_read(work->requests, &header, work->request,
		    STAGE_RACK_WORK_BYTES) != STAGE_OK) {
		return false;
	}
	stage_fpu_flush();
	stage_rack_blame(work->blamed);
	work->iface->work(work->handle, stage_rack_work_respond, work,
		header.size, work->request);
	stage_rack_blame(NULL);
	return true;
}

// [worker]
static bool
look_at(struct stage_rack_worker *self, size_t index)
{
	struct stage_rack_work *work;
	bool has_done;

	pthread_mutex_lock(&self->mutex);
	work = self->works[index];
	if (work == NULL) {
		pthread_mutex_unlock(&self->mutex);
		return false;
	}
	// Before the other is let go: who removes the work waits for this one.
	pthread_mutex_lock(&work->busy);
	pthread_mutex_unlock(&self->mutex);
	has_done = do_one(work);
	pthread_mutex_unlock(&work->busy);
	return has_done;
}

static void *
run(void *arg)
{
	struct stage_rack_worker *self = arg;
	bool has_done;

	while (!atomic_load(&self->is_ending)) {
		if (atomic_exchange(&self->wire->has_news, false)) {
			self->notify(self->user);
		}
		has_done = false;
		for (size_t i = 0; i < atomic_load(&self->count); i++) {
			has_done |= look_at(self, i);
		}
		if (!has_done) {
			sem_wait(&self->wire->work);
		}
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
	pthread_mutex_init(&self->mutex, NULL);
	error = pthread_create(&self->thread, NULL, run, self);
	if (error != 0) {
		pthread_mutex_destroy(&self->mutex);
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
	pthread_mutex_destroy(&self->mutex);
	free(self);
}
