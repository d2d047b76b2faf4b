/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The thread on which a client's blocking libjack calls are made: it does what
 * is asked for in its box (jack/client_box.h), and puts in what came of it.
 */

#ifndef STAGE_JACK_CLIENT_WORKER_H
#define STAGE_JACK_CLIENT_WORKER_H

#include "jack/client_box.h"

struct stage_jack_worker;

/** Starts the thread. `wake` is called whenever there is something to take from
 * the box, by any thread. Ownership: args' texts and the backend are borrowed
 * for life. */
STAGE_NODISCARD enum stage_status stage_jack_worker_create(
	const struct stage_jack_backend *backend,
	const struct stage_jack_open *args, void (*wake)(void *arg),
	void *wake_arg, struct stage_jack_worker **out, struct stage_err *err);

/** Its box. Ownership: the worker's. */
struct stage_jack_sink *stage_jack_worker_box(struct stage_jack_worker *self);

/** [loop] Waits for the end of a thread that has answered QUIT, and frees. NULL
 * is fine. */
void stage_jack_worker_destroy(struct stage_jack_worker *self);

/** [loop] Leaves a thread that does not come back to itself: `wake` is not
 * called any more; the thread frees everything should it ever return. args'
 * texts must then stay, so `keep` is freed by it with free(). */
void stage_jack_worker_abandon(struct stage_jack_worker *self, void *keep);

#endif
