/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What stagecraft-service does for runsv: the run, finish and log scripts that
 * stand in RUN/tree/NAME call it. One role, one file.
 *
 * Thread: main.
 */

#ifndef STAGE_SERVICE_ROLES_H
#define STAGE_SERVICE_ROLES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "rig/paths.h"
#include "rig/proc.h"

/** A role ends the process or returns its exit code. */
typedef int (*stage_role)(
	const struct stage_rig *rig, const char *service, char **args);

/** Waits for the service's needs, then becomes or minds its ./run. When the
 * process that an earlier, killed runsv started still lives, stands in for it
 * instead: two of it must never play. */
int stage_role_run(
	const struct stage_rig *rig, const char *service, char **args);

/** Writes down how the service ended (args: exit code, signal, as runsv gives
 * them), holds it back after a crash storm, then becomes its ./finish. */
int stage_role_finish(
	const struct stage_rig *rig, const char *service, char **args);

/** Becomes the service's own log/run, or svlogd on RUN/log/NAME. */
int stage_role_log(
	const struct stage_rig *rig, const char *service, char **args);

/** Finds the process that logs for a service. False when none lives. */
bool stage_logger_find(
	const struct stage_rig *rig, const char *service, pid_t *pid);

/** Stands in for a live process whose runsv has gone: passes signals on to it
 * and ends when it does. Shared by run and log. */
int stage_adopt(const struct stage_proc_id *orphan);

#endif
