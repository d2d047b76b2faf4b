/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // SCHED_IDLE

#include "rack/errand.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "rack/bell.h"
#include "rack/blame.h"
#include "rack/fpu.h"

// A thread; this memory stays with one that is left behind.
struct runner {
	struct stage_rack_bell asked;
	struct stage_rack_bell done;
	void (*call)(void *arg); // NULL: it is to end
	void *arg;
	struct stage_rack_page_bytes *page;
	_Atomic bool is_left;
	_Atomic unsigned *lost; // of the errands
};

struct stage_rack_errands {
	struct runner *runner; // NULL: none yet
	pthread_t thread;
	_Atomic unsigned lost;
};

// True when there is something to do.
static bool
is_sent(struct runner *self)
{
	(void)stage_rack_bell_await(&self->asked, -1);
	return !atomic_load(&self->is_left) && self->call != NULL;
}

static void *
run(void *arg)
{
	struct runner *self = arg;

	while (is_sent(self)) {
		stage_fpu_flush();
		stage_rack_blame(self->page);
		self->call(self->arg);
		stage_rack_blame(NULL);
		stage_rack_bell_ring(&self->done);
	}
	if (atomic_load(&self->is_left)) {
		atomic_fetch_sub(self->lost, 1);
	}
	return NULL;
}

static void
free_runner(struct runner *self)
{
	stage_rack_bell_finish(&self->asked);
	stage_rack_bell_finish(&self->done);
	free(self);
}

static bool
start(struct stage_rack_errands *self)
{
	struct runner *runner = calloc(1, sizeof(*runner));

	if (runner == NULL) {
		return false;
	}
	stage_rack_bell_init(&runner->asked);
	stage_rack_bell_init(&runner->done);
	runner->lost = &self->lost;
	if (pthread_create(&self->thread, NULL, run, runner) != 0) {
		free_runner(runner);
		return false;
	}
	self->runner = runner;
	return true;
}

struct stage_rack_errands *
stage_rack_errands_create(void)
{
	return calloc(1, sizeof(struct stage_rack_errands));
}

void
stage_rack_errands_destroy(struct stage_rack_errands *self)
{
	if (self == NULL) {
		return;
	}
	if (self->runner != NULL) {
		self->runner->call = NULL;
		stage_rack_bell_ring(&self->runner->asked);
		pthread_join(self->thread, NULL);
		free_runner(self->runner);
	}
	if (atomic_load(&self->lost) == 0) {
		free(self); // else somebody may yet count himself back
	}
}

// One that goes in circles takes only the time that nobody else wants.
static void
calm(pthread_t thread)
{
#if defined(SCHED_IDLE)
	const struct sched_param param = {0};

	(void)pthread_setschedparam(thread, SCHED_IDLE, &param);
#else
	(void)thread;
#endif
}

enum stage_status
stage_rack_errands_run(struct stage_rack_errands *self, void (*call)(void *arg),
	void *arg, struct stage_rack_page_bytes *page, int64_t patience_ns)
{
	struct runner *runner;

	if (self->runner == NULL && !start(self)) {
		return STAGE_NO_MEMORY;
	}
	runner = self->runner;
	runner->call = call;
	runner->arg = arg;
	runner->page = page;
	stage_rack_bell_ring(&runner->asked);
	if (stage_rack_bell_await(&runner->done, patience_ns)) {
		return STAGE_OK;
	}
	atomic_fetch_add(&self->lost, 1);
	atomic_store(&runner->is_left, true);
	stage_rack_bell_ring(&runner->asked); // its next look is its end
	calm(self->thread);
	pthread_detach(self->thread);
	self->runner = NULL;
	stage_rack_blame_note(page);
	return STAGE_TIMEOUT;
}
