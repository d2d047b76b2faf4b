/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/bell.h"

#include "base/clock.h"
#include "base/condition.h"

void
stage_rack_bell_init(struct stage_rack_bell *self)
{
	self->has_rung = false;
	pthread_mutex_init(&self->mutex, NULL);
	stage_condition_init(&self->changed);
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
	bool has_rung;
	bool is_late = false;

	pthread_mutex_lock(&self->mutex);
	while (!self->has_rung && !is_late) {
		if (patience_ns < 0) {
			pthread_cond_wait(&self->changed, &self->mutex);
		} else {
			is_late = !stage_condition_await(
				&self->changed, &self->mutex, until_ns);
		}
	}
	has_rung = self->has_rung;
	self->has_rung = false;
	pthread_mutex_unlock(&self->mutex);
	return has_rung;
}
