/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/condition.h"

#include <time.h>

#include "base/clock.h"

void
stage_condition_init(pthread_cond_t *self)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(self, &attributes);
	pthread_condattr_destroy(&attributes);
}

bool
stage_condition_await(
	pthread_cond_t *self, pthread_mutex_t *mutex, int64_t until_ns)
{
	const struct timespec until = {
		.tv_sec = (time_t)(until_ns / STAGE_NS_PER_S),
		.tv_nsec = (long)(until_ns % STAGE_NS_PER_S),
	};

	return pthread_cond_timedwait(self, mutex, &until) == 0;
}
