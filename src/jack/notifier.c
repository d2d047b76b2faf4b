/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/notifier.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/condition.h"

#define NOTIFIER_END_MS 1000

struct stage_jack_notifier {
	pthread_mutex_t mutex;
	pthread_cond_t has_ended_now;
	bool is_known; // a shutdown was told, by that thread
	bool has_ended;
	unsigned refs; // the owner's, and the thread's once it is known
};

// A key of thread-specific values is one for the process.
static struct {
	pthread_once_t once;
	pthread_key_t key;
} process = {.once = PTHREAD_ONCE_INIT};

void
stage_jack_notifier_unref(struct stage_jack_notifier *self)
{
	bool is_last;

	pthread_mutex_lock(&self->mutex);
	self->refs--;
	is_last = self->refs == 0;
	pthread_mutex_unlock(&self->mutex);
	if (is_last) {
		pthread_cond_destroy(&self->has_ended_now);
		pthread_mutex_destroy(&self->mutex);
		free(self);
	}
}

// Called by the system when the thread ends, in whatever way.
static void
on_notifier_end(void *value)
{
	struct stage_jack_notifier *self = value;

	pthread_mutex_lock(&self->mutex);
	self->has_ended = true;
	pthread_cond_signal(&self->has_ended_now);
	pthread_mutex_unlock(&self->mutex);
	stage_jack_notifier_unref(self);
}

static void
make_key(void)
{
	pthread_key_create(&process.key, on_notifier_end);
}

struct stage_jack_notifier *
stage_jack_notifier_create(void)
{
	struct stage_jack_notifier *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return NULL;
	}
	pthread_once(&process.once, make_key);
	stage_condition_init(&self->has_ended_now);
	pthread_mutex_init(&self->mutex, NULL);
	self->refs = 1;
	return self;
}

void
stage_jack_notifier_mark(struct stage_jack_notifier *self)
{
	int cancel_state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	pthread_mutex_lock(&self->mutex);
	if (!self->is_known && pthread_setspecific(process.key, self) == 0) {
		self->is_known = true;
		self->refs++;
	}
	pthread_mutex_unlock(&self->mutex);
	pthread_setcancelstate(cancel_state, NULL);
}

void
stage_jack_notifier_await_end(struct stage_jack_notifier *self, bool must_come)
{
	int64_t until_ns =
		stage_clock_now_ns() + NOTIFIER_END_MS * STAGE_NS_PER_MS;

	pthread_mutex_lock(&self->mutex);
	while ((self->is_known || must_come) && !self->has_ended &&
		stage_condition_await(
			&self->has_ended_now, &self->mutex, until_ns)) {
		continue;
	}
	pthread_mutex_unlock(&self->mutex);
}
