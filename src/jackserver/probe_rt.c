/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/probe.h"

STAGE_RT int
stage_probe_cycle(jack_nframes_t frames, void *arg)
{
	struct stage_probe *self = arg;

	(void)frames;
	if (!atomic_exchange(&self->has_run, true)) {
		sem_post(&self->has_run_now);
	}
	return 0;
}
