/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Ends processes that a service started and left behind: TERM, a moment, KILL.
 *
 * runit sees the one process that it started; what that forked would play on.
 * Thread: main.
 */

#ifndef STAGE_RIG_STRAY_H
#define STAGE_RIG_STRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "rig/paths.h"

/** Ends all processes of a rig's tree, found by the mark in their environment,
 * wherever they went. spare_supervision: runsv and svlogd are left alone, so
 * that a log is written to its end. Each is named in our log. */
void stage_stray_end_tree(const struct stage_rig *rig, bool spare_supervision);

/** Ends all other processes of this process' session, but those in
 * spared[count], the session's leader, and what that started itself when it is
 * our parent (a runsv, its logger and we), each with all that descends from
 * it. */
void stage_stray_end_session(const pid_t *spared, size_t count);

#endif
