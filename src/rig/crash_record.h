/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Crash records in RIG/state/crashes/NAME.json: the last 20 deaths with the
 * last log lines of each, kept over a reboot. Thread: any, one service by one
 * thread at a time. */

#ifndef STAGE_RIG_CRASH_RECORD_H
#define STAGE_RIG_CRASH_RECORD_H

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/death.h"
#include "rig/paths.h"

#define STAGE_CRASH_LINES 20 // log lines kept with a death

/** Adds those deaths that the record does not hold yet; without any the file
 * is not written.
 *
 * On a rig that cannot be written nothing is kept, and that is no error: the
 * run directory still has the deaths of this run. Errors: STAGE_FULL,
 * STAGE_IO, STAGE_NO_MEMORY, with a sentence; the record then stays as it was.
 */
STAGE_NODISCARD enum stage_status stage_crash_record_save(
	const struct stage_rig *rig, const char *service,
	const struct stage_deaths *deaths, struct stage_err *err);

/** Reads bytes[len], the file `name`, as a record. Pure.
 *
 * Ownership: the caller's. Errors: NULL; STAGE_BAD_INPUT when they are not one
 * JSON array, STAGE_NO_MEMORY.
 */
json_t *stage_crash_record_parse(
	const char *name, const char *bytes, size_t len, struct stage_err *err);

/** False when the run directory tells of the services of another rig, which is
 * up. */
bool stage_crash_record_has_run(const struct stage_rig *rig);

/** The record as a JSON array, oldest first; empty when there is none. With the
 * deaths of this run that it does not hold yet.
 * Ownership: the caller's. NULL: no memory. */
json_t *stage_crash_record_load(
	const struct stage_rig *rig, const char *service);

#endif
