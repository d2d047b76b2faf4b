/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** `stagecraft up --foreground`: what an init system runs. Thread: main. */

#ifndef STAGE_CLI_FOREGROUND_H
#define STAGE_CLI_FOREGROUND_H

#include <stdint.h>

#include "cli/cli.h"

/** Takes the rig up with `start` and minds runsvdir until TERM, INT or HUP
 * comes, also while it starts; then takes the rig down. Returns the exit code:
 * that of `start` where that failed; 0 also when somebody else took it down.
 *
 * timeout_ns: when the init system hears that the rig is up at the latest, see
 * tell_init.h.
 */
int stage_foreground_run(struct stage_cli *cli, int64_t timeout_ns,
	int (*start)(struct stage_cli *cli));

#endif
