/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** `stagecraft up --foreground`: what an init system runs. Thread: main. */

#ifndef STAGE_CLI_FOREGROUND_H
#define STAGE_CLI_FOREGROUND_H

#include "cli/cli.h"

/** Minds runsvdir until TERM or INT comes, then takes the rig down; returns
 * when somebody else took it down. Tells systemd READY=1 when all services are
 * settled. Returns the exit code. */
int stage_foreground_run(struct stage_cli *cli);

#endif
