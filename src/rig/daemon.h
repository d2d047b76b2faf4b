/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the main of every daemon does: reads that there are no arguments, or
 * one, finds the rig, makes the daemon in a loop, runs it until TERM or INT,
 * and ends it. HUP ends none of them.
 *
 * Thread: main.
 */

#ifndef STAGE_RIG_DAEMON_H
#define STAGE_RIG_DAEMON_H

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/paths.h"

struct stage_daemon {
	const char *name;    // of the program
	const char *about;   // what --help says behind the name and a colon
	const char *operand; // what it takes, as --help says it; NULL: nothing

	/** Makes it. rig is borrowed until the loop has ended. */
	enum stage_status (*create)(uv_loop_t *loop,
		const struct stage_rig *rig, void **out, struct stage_err *err);

	/** The same for one that takes an operand. */
	enum stage_status (*create_of)(uv_loop_t *loop,
		const struct stage_rig *rig, const char *operand, void **out,
		struct stage_err *err);

	/** Ends it; the loop then ends by itself. */
	void (*destroy)(void *daemon);

	/** Has it read its files again, at HUP. NULL: it has none. */
	void (*reload)(void *daemon);
};

/** Runs it. Returns the exit code (base/exits.h): of the status that create
 * gave, with its sentence on standard error, when there is no daemon. */
int stage_daemon_run(const struct stage_daemon *daemon, int argc, char **argv);

#endif
