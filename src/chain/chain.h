/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A chain waits for what a program needs, starts it, tells when it is ready,
 * and ends it with the audio server where it is bound to that.
 *
 * States (chain_table.h has them all; at each arrow its event):
 *
 *   WAITING --needs are met--> exec, for ever        (nothing to watch after)
 *      ^  \---needs are met--> RUNNING --ready--> READY
 *      |                         |   \              |
 *      |                 program ends  server lost   |
 *      |                         v         v         v
 *      |<---server lost------- GRACE     LOSING <----/   (only when bound)
 *      |                         |         |
 *      |<------------------------|---------/ program ends
 *                                v time is over: end like the program
 *   any state --TERM INT QUIT--> STOPPING --program ends--> end like it
 *
 * The chain stays as the parent only where it must see readiness or the server;
 * it then waits again in the same process when the server went, so that nothing
 * is delayed by runsv's one second.
 *
 * Thread: main. Not to be used twice in a process.
 */

#ifndef STAGE_CHAIN_CHAIN_H
#define STAGE_CHAIN_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/needs.h"
#include "rig/paths.h"

struct stage_chain_config {
	const struct stage_rig *rig; // NULL outside a rig
	const char *service;         // whose marks are written; NULL: none
	const struct stage_needs *needs;
	char *const *argv;  // the program, ended by NULL
	int64_t timeout_ns; // to wait for needs; 0: for ever
	bool marks_ready;   // false: somebody above us does that
	/** Called in the process that becomes the program, just before it does,
	 * at each start: limits, priority, user. May be NULL. */
	enum stage_status (*prepare)(void *user, struct stage_err *err);
	void *user;
};

/** Runs the chain. Returns only when the program could not be started or the
 * needs were not met in time; else the process becomes the program, or ends as
 * it ended.
 *
 * Errors: with a sentence; STAGE_TIMEOUT names what was missing.
 */
enum stage_status stage_chain_run(
	const struct stage_chain_config *config, struct stage_err *err);

#endif
