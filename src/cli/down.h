/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Takes the rig down and prints what stops. Thread: main. */

#ifndef STAGE_CLI_DOWN_H
#define STAGE_CLI_DOWN_H

#include "cli/cli.h"

/** Returns the exit code; a rig that is not up is fine. */
int stage_down_run(struct stage_cli *cli);

#endif
