/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What every service of a rig is doing, read from public state: the rig's
 * services/, runit's supervise/status and our marks. Works without the watcher.
 *
 * Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_RIG_SNAPSHOT_H
#define STAGE_RIG_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/death.h"
#include "rig/mark.h"
#include "rig/needs.h"
#include "rig/paths.h"
#include "rig/proc.h"

enum stage_phase {
	STAGE_PHASE_NEW,      // its directory is there, its runsv not yet
	STAGE_PHASE_DISABLED, // renamed to NAME.DISABLED
	STAGE_PHASE_DOWN,     // stopped by request
	STAGE_PHASE_HELD,     // crashed too often; tried again later
	STAGE_PHASE_FAILED,   // gave up (exit 100); somebody must mend it
	STAGE_PHASE_WAITING,  // for something that a service makes
	STAGE_PHASE_IDLE,     // for hardware, network or a file
	STAGE_PHASE_STARTING, // its program runs and is not ready yet
	STAGE_PHASE_READY,    // it plays
	STAGE_PHASE_STOPPING, // asked to stop, still there
	STAGE_PHASE_COUNT,
};

struct stage_service {
	char name[STAGE_SERVICE_NAME_MAX + 1];
	enum stage_phase phase;
	bool is_supervised; // a runsv minds it
	pid_t pid;          // 0: no process
	int64_t up_ns;      // how long in this state; -1 unknown
	int64_t restarts;   // since the rig came up
	int64_t crashes;    // those of them that nobody asked for
	struct stage_proc_use use;
	bool has_died;
	struct stage_death last_death;
	// why, in a sentence; may be ""
	char note[STAGE_MARK_TEXT_MAX + STAGE_SERVICE_NAME_MAX + 64];
};

struct stage_services {
	struct stage_service *items; // owned, sorted by name
	size_t count;
};

/** One lower-case word for a phase. Never NULL. */
const char *stage_phase_word(enum stage_phase phase);

/** True when nothing more will happen by itself soon: ready, idle, down,
 * disabled, held or failed. */
bool stage_phase_is_settled(enum stage_phase phase);

/** Reads one service. A name that is not there gives STAGE_NOT_FOUND, with a
 * sentence that lists those that are. */
STAGE_NODISCARD enum stage_status stage_snapshot_one(
	const struct stage_rig *rig, const char *name,
	struct stage_service *service, struct stage_err *err);

/** As stage_snapshot_one, but leaves `use` empty: it does not look at the
 * processes of the system, which takes long where there are many. Nor does the
 * note say that one of them was stopped by a signal. */
STAGE_NODISCARD enum stage_status stage_snapshot_phase(
	const struct stage_rig *rig, const char *name,
	struct stage_service *service, struct stage_err *err);

/** As stage_snapshot_phase, but one that is disabled is STAGE_NOT_FOUND too,
 * with a sentence that says how to switch it on. */
STAGE_NODISCARD enum stage_status stage_snapshot_enabled(
	const struct stage_rig *rig, const char *name,
	struct stage_service *service, struct stage_err *err);

/** Reads all services of the rig, the watcher's own last.
 *
 * Ownership: free with stage_snapshot_finish. Errors: STAGE_NOT_FOUND when
 * there is no services directory; STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_snapshot_all(
	const struct stage_rig *rig, struct stage_services *services,
	struct stage_err *err);

/** Frees the items. NULL is fine. */
void stage_snapshot_finish(struct stage_services *services);

/** One service as a JSON object. Ownership: the caller's. NULL: no memory. */
json_t *stage_snapshot_to_json(const struct stage_service *service);

/** Lists the enabled (true) or disabled services in services/, without the
 * ".DISABLED". Errors: as opendir(3). */
STAGE_NODISCARD enum stage_status stage_snapshot_names(
	const struct stage_rig *rig, bool enabled, struct stage_strv *names,
	struct stage_err *err);

#endif
