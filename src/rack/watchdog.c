/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // tgkill

#include "rack/watchdog.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/condition.h"
#include "base/log.h"
#include "rack/blame.h"

#define LOOK_NS (20 * STAGE_NS_PER_MS)
#define HANG_NS (80 * STAGE_NS_PER_MS) // seen a look later at most
#define HANG_PERIODS 8                 // where these are longer
#define LOST_NS STAGE_NS_PER_S         // the signal has not helped for so long
#define ABOVE 5                        // the audio thread's priority

struct stage_rack_watchdog {
	struct stage_rack_rescue *rescue;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	int64_t period_ns; // 0: nothing is watched
	bool is_ending;

	// [watchdog] Of the turn that was seen last.
	uint32_t turn;
	uint32_t threads;
	int64_t spent_ns; // by the audio thread, when the turn was first seen
	unsigned asleep;  // looks that found it so
};

static int64_t
spent_by(clockid_t clock)
{
	struct timespec now = {0};

	return clock_gettime(clock, &now) == 0
		       ? now.tv_sec * STAGE_NS_PER_S + now.tv_nsec
		       : 0;
}

// Whether a thread waits for something that is not the disk. Where that cannot
// be known, nobody is thought to.
static bool
is_asleep(int id)
{
	char path[64];
	char text[256];
	const char *state;
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", id);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return false;
	}
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	state = strrchr(text, ')'); // "ID (NAME) S ..."
	return state != NULL && state[1] == ' ' && state[2] == 'S';
}

// Above the audio thread, or it would not be heard beside one that spins.
static void
rise(const struct stage_rack_watchdog *self)
{
	int priority = atomic_load(&self->rescue->priority);
	int max = sched_get_priority_max(SCHED_FIFO);
	struct sched_param param = {0};

	if (priority == 0) {
		return;
	}
	for (int above = ABOVE; above >= 0; above--) {
		param.sched_priority = priority + above;
		if (param.sched_priority <= max &&
			pthread_setschedparam(
				pthread_self(), SCHED_FIFO, &param) == 0) {
			return;
		}
	}
}

static void
signal_audio(const struct stage_rack_rescue *rescue)
{
#if defined(__linux__)
	// Not by pthread_kill: a thread that has just ended is no thread there.
	(void)tgkill(
		getpid(), atomic_load(&rescue->id), STAGE_RACK_RESCUE_SIGNAL);
#else
	(void)pthread_kill(
		atomic_load(&rescue->thread), STAGE_RACK_RESCUE_SIGNAL);
#endif
}

static void
give_up(const struct stage_rack_rescue *rescue)
{
	stage_rack_blame_note(atomic_load(&rescue->page));
	stage_log_err("the audio thread cannot be got out of a plug-in; "
		      "starting again");
	abort();
}

// Whether it has spent so much in there, computing or asleep.
static bool
has_spent(const struct stage_rack_watchdog *self, int64_t limit_ns)
{
	int64_t spent_ns = spent_by(atomic_load(&self->rescue->clock));

	return spent_ns - self->spent_ns >= limit_ns ||
	       self->asleep >= limit_ns / LOOK_NS;
}

static void
judge(struct stage_rack_watchdog *self, int64_t limit_ns)
{
	struct stage_rack_rescue *rescue = self->rescue;

	if (!has_spent(self, limit_ns)) {
		return;
	}
	atomic_store(&rescue->condemned, self->turn);
	signal_audio(rescue);
	if (has_spent(self, limit_ns + LOST_NS) &&
		atomic_load(&rescue->turn) == self->turn) {
		give_up(rescue);
	}
}

static void
look(struct stage_rack_watchdog *self, int64_t period_ns)
{
	struct stage_rack_rescue *rescue = self->rescue;
	uint32_t turn = atomic_load(&rescue->turn);

	if (turn % 2 == 0 || atomic_load(&rescue->is_freewheeling)) {
		self->turn = 0;
		return;
	}
	if (turn != self->turn) {
		self->turn = turn;
		self->spent_ns = spent_by(atomic_load(&rescue->clock));
		self->asleep = 0;
		return;
	}
	self->asleep =
		is_asleep(atomic_load(&rescue->id)) ? self->asleep + 1 : 0;
	judge(self, HANG_PERIODS * period_ns > HANG_NS
			    ? HANG_PERIODS * period_ns
			    : HANG_NS);
}

static void *
run(void *arg)
{
	struct stage_rack_watchdog *self = arg;
	uint32_t threads;

	pthread_mutex_lock(&self->mutex);
	while (!self->is_ending) {
		if (self->period_ns == 0) {
			pthread_cond_wait(&self->changed, &self->mutex);
			continue;
		}
		(void)stage_condition_await(&self->changed, &self->mutex,
			stage_clock_now_ns() + LOOK_NS);
		threads = atomic_load(&self->rescue->threads);
		if (threads != self->threads) {
			self->threads = threads;
			rise(self);
		}
		look(self, self->period_ns);
	}
	pthread_mutex_unlock(&self->mutex);
	return NULL;
}

// It may come again in the handler, which jumps: nothing is to be unblocked.
static void
on_signal(int signum)
{
	(void)signum;
	stage_rack_rescue_jump();
}

static void
handle_signal(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	sigemptyset(&action.sa_mask);
	action.sa_flags = SA_NODEFER | SA_RESTART;
	sigaction(STAGE_RACK_RESCUE_SIGNAL, &action, NULL);
}

enum stage_status
stage_rack_watchdog_create(struct stage_rack_rescue *rescue,
	struct stage_rack_watchdog **out, struct stage_err *err)
{
	struct stage_rack_watchdog *self = calloc(1, sizeof(*self));
	int error;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->rescue = rescue;
	pthread_mutex_init(&self->mutex, NULL);
	stage_condition_init(&self->changed);
	handle_signal();
	error = pthread_create(&self->thread, NULL, run, self);
	if (error != 0) {
		pthread_cond_destroy(&self->changed);
		pthread_mutex_destroy(&self->mutex);
		free(self);
		return stage_err_set_errno(
			err, error, "unable to start a thread");
	}
	*out = self;
	return STAGE_OK;
}

void
stage_rack_watchdog_watch(struct stage_rack_watchdog *self, int64_t period_ns)
{
	pthread_mutex_lock(&self->mutex);
	self->period_ns = period_ns;
	pthread_cond_signal(&self->changed);
	pthread_mutex_unlock(&self->mutex);
}

void
stage_rack_watchdog_destroy(struct stage_rack_watchdog *self)
{
	if (self == NULL) {
		return;
	}
	pthread_mutex_lock(&self->mutex);
	self->is_ending = true;
	pthread_cond_signal(&self->changed);
	pthread_mutex_unlock(&self->mutex);
	pthread_join(self->thread, NULL);
	pthread_cond_destroy(&self->changed);
	pthread_mutex_destroy(&self->mutex);
	free(self);
}
