/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/bell.h"

#include <time.h>

#include "base/clock.h"

void
stage_rack_bell_init(struct stage_rack_bell *self)
{
	pthread_condattr_t monotonic;

	self->has_rung = false;
	pthread_mutex_init(&self->mutex, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&self->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

void
stage_rack_bell_finish(struct stage_rack_bell *self)
{
	pthread_cond_destroy(&self->changed);
	pthread_mutex_destroy(&self->mutex);
}

void
stage_rack_bell_ring(struct stage_rack_bell *self)
{
	pthread_mutex_lock(&self->mutex);
	self->has_rung = true;
	pthread_cond_signal(&self->changed);
	pthread_mutex_unlock(&self->mutex);
}

bool
stage_rack_bell_await(struct stage_rack_bell *self, int64_t patience_ns)
{
	int64_t until_ns = stage_clock_now_ns() + patience_ns;
	const struct timespec until = {
		.tv_sec = (time_t)(until_ns / STAGE_NS_PER_S),
		.tv_nsec = (long)(until_ns % STAGE_NS_PER_S),
	};
	bool has_rung;
	int error = 0;

	pthread_mutex_lock(&self->mutex);
	while (!self->has_rung && error == 0) {
		error = patience_ns < 0 ? pthread_cond_wait(
						  &self->changed, &self->mutex)
					: pthread_cond_timedwait(&self->changed,
						  &self->mutex, &until);
	}
	has_rung = self->has_rung;
	self->has_rung = false;
	pthread_mutex_unlock(&self->mutex);
	return has_rung;
}
