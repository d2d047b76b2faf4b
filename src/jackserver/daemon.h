/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The daemon: clean-up before and after, the server, signals, what is told to
 * whoever asks at $STAGECRAFT_RUN/jack.sock.
 *
 * Thread: main.
 */

#ifndef STAGE_JACKSERVER_DAEMON_H
#define STAGE_JACKSERVER_DAEMON_H

#include "jackserver/config.h"

/** Removes what dead servers of this user left in shared memory and says what
 * that was. Returns an exit code. */
int stage_jackserver_clean(void);

/** Says whether the settings can work here. Errors: STAGE_BAD_INPUT, ... */
STAGE_NODISCARD enum stage_status stage_jackserver_check(
	const struct stage_jackserver_config *config, struct stage_err *err);

/** Runs until a signal asks it to stop or the server fails. Logs the reason.
 * Returns an exit code. SIGPIPE is blocked from here on. options: borrowed. */
int stage_jackserver_run(const struct stage_jackserver_options *options);

#endif
