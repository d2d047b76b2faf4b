/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** One thread waits, with a deadline, until another has rung. It stays rung.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_RACK_BELL_H
#define STAGE_RACK_BELL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct stage_rack_bell {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool has_rung;
};

void stage_rack_bell_init(struct stage_rack_bell *self);
void stage_rack_bell_finish(struct stage_rack_bell *self);

void stage_rack_bell_ring(struct stage_rack_bell *self);

/** Waits until it has rung, for patience_ns at most; negative: for ever. Then
 * it is as new. False when it has not. */
bool stage_rack_bell_await(struct stage_rack_bell *self, int64_t patience_ns);

#endif
