/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Sees the sign of readiness that a service declares, whichever it is: chooses
 * among the files of ready.h, and asks the JACK eye for the server and ports.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_CHAIN_READY_WATCH_H
#define STAGE_CHAIN_READY_WATCH_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "chain/chain.h"
#include "chain/jack_eye.h"
#include "chain/ready.h"

/** Zeroed is one that watches nothing. */
struct stage_ready_watch {
	const struct stage_ready_ops *ops; // NULL while nothing is watched
	void *self;
	struct stage_jack_eye *jack; // borrowed; NULL but for the two below
	const char *port;            // borrowed; NULL: the server itself
	unsigned long births;        // of that port before the start
};

/** Starts watching, before the program is started; nothing where config marks
 * no readiness. seen: called once, not for the server or a port.
 *
 * Ownership: all is borrowed until stop. Errors: those of ready.h.
 */
STAGE_NODISCARD enum stage_status stage_ready_watch_start(
	struct stage_ready_watch *self, const struct stage_chain_config *config,
	uv_loop_t *loop, struct stage_jack_eye *jack, void (*seen)(void *user),
	void *user, struct stage_err *err);

/** The descriptor that the program inherits, or -1. */
int stage_ready_watch_inherit_fd(const struct stage_ready_watch *self);

/** The program runs now. */
void stage_ready_watch_started(struct stage_ready_watch *self);

/** True when the JACK eye sees what means ready: the server answers, or the
 * port has appeared since the start. */
bool stage_ready_watch_sees_jack(const struct stage_ready_watch *self);

/** Stops; no callback comes after this. Harmless when nothing is watched. */
void stage_ready_watch_stop(struct stage_ready_watch *self);

#endif
