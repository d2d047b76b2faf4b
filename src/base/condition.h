/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A condition variable with the clock that deadlines are of (clock.h).
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_BASE_CONDITION_H
#define STAGE_BASE_CONDITION_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/** Makes one in memory of the caller's, who calls pthread_cond_destroy. */
void stage_condition_init(pthread_cond_t *self);

/** Waits for a signal, which may be a false one, until until_ns of the
 * monotonic clock. The mutex is held. False when that has passed. */
bool stage_condition_await(
	pthread_cond_t *self, pthread_mutex_t *mutex, int64_t until_ns);

#endif
