/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // sem_clockwait

#include "jackserver/probe.h"

#include <errno.h>
#include <jack/jack.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "jack/clean.h"
#include "jack/metadata_gate.h"

#define PROBE_NAME "stagecraft-probe"

// By the clock that nobody sets: a machine that boots may be told the time now.
static bool
await(sem_t *semaphore, int timeout_ms)
{
	int64_t deadline_ns =
		stage_clock_now_ns() + timeout_ms * STAGE_NS_PER_MS;
	struct timespec deadline = {
		.tv_sec = (time_t)(deadline_ns / STAGE_NS_PER_S),
		.tv_nsec = (long)(deadline_ns % STAGE_NS_PER_S),
	};
	int result;

	do {
		result = sem_clockwait(semaphore, CLOCK_MONOTONIC, &deadline);
	} while (result != 0 && errno == EINTR);
	return result == 0;
}

jack_client_t *
stage_probe_open_client(const char *name, const char *server)
{
	int gate = stage_jack_metadata_gate_enter(STAGE_JACK_SHM_DIR, getuid());
	jack_client_t *client = jack_client_open(
		name, JackNoStartServer | JackServerName, NULL, server);

	stage_jack_metadata_gate_leave(gate);
	return client;
}

bool
stage_probe_sees_cycle(const char *server, int timeout_ms)
{
	struct stage_probe probe = {.has_run = false};
	bool has_run = false;
	jack_client_t *client;

	if (sem_init(&probe.has_run_now, 0, 0) != 0) {
		return false;
	}
	client = stage_probe_open_client(PROBE_NAME, server);
	if (client != NULL) {
		jack_set_process_callback(client, stage_probe_cycle, &probe);
		has_run = jack_activate(client) == 0 &&
			  await(&probe.has_run_now, timeout_ms);
		jack_client_close(client);
	}
	sem_destroy(&probe.has_run_now);
	return has_run;
}
