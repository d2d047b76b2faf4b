/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What is known of the deaths of services, for showing: the record in the rig
 * and those of this run that it lacks (rig/crash_record.h). Thread: main. */

#ifndef STAGE_CLI_CRASH_LIST_H
#define STAGE_CLI_CRASH_LIST_H

#include <stddef.h>

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "rig/death.h"
#include "rig/paths.h"

struct stage_crash {
	struct stage_death death;
	json_t *lines; // owned; an array, or NULL when none were kept
};

struct stage_crashes {
	struct stage_crash items[STAGE_DEATHS_KEPT]; // newest first
	size_t count;
};

/** Reads all that is known of a service; what is malformed is passed over.
 * Ownership: free with stage_crashes_finish. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_crashes_load(
	const struct stage_rig *rig, const char *service,
	struct stage_crashes *crashes);

/** Takes the deaths out of a record (rig/crash_record.h); what is malformed is
 * passed over. Pure. Ownership: free with stage_crashes_finish. */
void stage_crashes_take(const json_t *record, struct stage_crashes *crashes);

/** As JSON: {name, deaths: [...]}, each as stage_death_to_json makes it, with
 * "words" and "lines". Ownership: the caller's. NULL: no memory. */
json_t *stage_crashes_to_json(
	const char *service, const struct stage_crashes *crashes);

/** Appends the names of all services that have died, sorted.
 * Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_crashes_names(
	const struct stage_rig *rig, struct stage_strv *names,
	struct stage_err *err);

/** NULL is fine. */
void stage_crashes_finish(struct stage_crashes *crashes);

#endif
