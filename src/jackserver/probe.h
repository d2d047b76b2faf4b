/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Sees whether a JACK server really runs its audio cycles, by a client that
 * asks for one.
 */

#ifndef STAGE_JACKSERVER_PROBE_H
#define STAGE_JACKSERVER_PROBE_H

#include <jack/types.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "rt/rt.h"

struct stage_probe {
	sem_t has_run_now; // posted once
	atomic_bool has_run;
};

/** Opens a client of our own on the server, after who makes JACK2's database
 * (jack/metadata_gate.h). Returns NULL when the server does not take it.
 * Thread: any but the real-time one; blocks. */
jack_client_t *stage_probe_open_client(const char *name, const char *server);

/** Opens a client on the server and waits for its first cycle.
 *
 * Returns whether it came within timeout_ms. Thread: any but the real-time one;
 * blocks. The server may be one in this process.
 */
bool stage_probe_sees_cycle(const char *server, int timeout_ms);

/** [rt] The client's process callback, `arg` a struct stage_probe. Called in
 * each cycle until the client is closed; acts in the first. Returns 0. */
STAGE_RT int stage_probe_cycle(jack_nframes_t frames, void *arg);

#endif
