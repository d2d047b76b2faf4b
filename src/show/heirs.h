/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Programs that go on in a process that they have made, when the one that was
 * started ends: daemons. All that descend from one that we have started know
 * which one that was, by STAGECRAFT_LAUNCH in their environment.
 *
 * Systems without /proc tell of none. Thread: any.
 */

#ifndef STAGE_SHOW_HEIRS_H
#define STAGE_SHOW_HEIRS_H

#include <stdbool.h>
#include <sys/types.h>

#include "rig/proc.h"

#define STAGE_SHOW_LAUNCH_VAR "STAGECRAFT_LAUNCH"

/** The number of the process of ours from which one descends; 0: not known. */
pid_t stage_show_launch_of(pid_t pid);

/** Finds a child of ours that descends from a process that was started; not
 * that one itself. A program whose parent has ended is our child. */
bool stage_show_heir_find(pid_t launched, struct stage_proc_id *out);

#endif
