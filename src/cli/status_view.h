/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What `stagecraft status` shows, made from a snapshot. Pure: no files, no
 * clock, no terminal. Thread: any. */

#ifndef STAGE_CLI_STATUS_VIEW_H
#define STAGE_CLI_STATUS_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/attr.h"
#include "base/str.h"
#include "rig/paths.h"
#include "rig/snapshot.h"

#define STAGE_STATUS_CPU_UNKNOWN (-1.0)

struct stage_status_view {
	const struct stage_rig *rig;           // borrowed
	bool is_up;                            // the rig is meant to be up
	bool is_supervised;                    // its runsvdir runs
	bool is_one;                           // of one service: no summary
	bool shows_watcher;                    // also while it is healthy
	const struct stage_services *services; // borrowed
	const double *cpu_percent; // [services->count] of one core; borrowed
	/** The JACK server that runs without a real-time thread; NULL: none
	 * does. */
	const char *slow_server;
	/** Sentences on services that need each other; NULL: none do. */
	const struct stage_strv *circles;
};

/** Appends the table, with a heading and a line on what is not right.
 *
 * width: columns of the terminal, 0 for no limit. Errors: STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_status_view_text(
	const struct stage_status_view *view, size_t width, bool has_colour,
	struct stage_str *out);

/** Appends "5 ready, 1 held" and, where one is held back or has failed, ";
 * NAME: why" of the first of them: one line of clean UTF-8, for a process list.
 *
 * Errors: STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_status_view_line(
	const struct stage_services *services, struct stage_str *out);

/** {rig, run, up, supervised, services: [...]} with stage_snapshot_to_json of
 * each. Ownership: the caller's. NULL: no memory. */
json_t *stage_status_view_json(const struct stage_status_view *view);

/** STAGE_EXIT_OK when every service shown is ready, idle, down on request or
 * disabled, and the rig is supervised; else STAGE_EXIT_NO. */
int stage_status_view_exit(const struct stage_status_view *view);

/** Percent of one core that a service used between two snapshots, or over its
 * life when `before` is NULL or another process.
 *
 * between_ns: the time from the one to the other.
 */
double stage_status_view_cpu(const struct stage_service *now,
	const struct stage_service *before, int64_t between_ns);

#endif
