/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Where the rig and its run directory are (docs/internals/state-files.md).
 *
 * Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_RIG_PATHS_H
#define STAGE_RIG_PATHS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/io.h"
#include "runit/name.h"

#define STAGE_SERVICE_NAME_MAX STAGE_RUNIT_NAME_MAX // bytes, without the zero
#define STAGE_WATCH_SERVICE "stagecraft-watch" // the name of our own service

struct stage_rig {
	char rig[STAGE_PATH_MAX]; // absolute; "" when not known
	char run[STAGE_PATH_MAX]; // absolute
};

/** Finds the run directory and, when a rig is up there, that rig.
 *
 * wanted_rig: what the user asked for with -r, or NULL. Then it is (in this
 * order) $STAGECRAFT_RIG, the rig that is up, ~/stagecraft. A relative one is
 * taken from the working directory. Nothing is created.
 *
 * Errors: STAGE_DENIED when the run directory would be somebody else's;
 * STAGE_BAD_INPUT when $STAGECRAFT_RUN is no absolute path; STAGE_TOO_LONG;
 * STAGE_NOT_FOUND when there is no home directory either.
 */
STAGE_NODISCARD enum stage_status stage_rig_find(
	struct stage_rig *rig, const char *wanted_rig, struct stage_err *err);

/** Reads RUN/rig, the mark of a rig that is meant to be up, into up[size].
 *
 * Errors: STAGE_NOT_FOUND when none is.
 */
STAGE_NODISCARD enum stage_status stage_rig_read_up(
	const struct stage_rig *rig, char *up, size_t size);

/** Reads RUN/ending, the mark of a rig whose `down` has begun and has not
 * ended.
 *
 * Errors: as stage_rig_read_up.
 */
STAGE_NODISCARD enum stage_status stage_rig_read_ending(
	const struct stage_rig *rig, char *up, size_t size);

/** True when both paths lead to one directory, or are the same text. */
bool stage_rig_is_same(const char *a, const char *b);

/** True while this very rig is meant to be up, by whatever path it is named. */
bool stage_rig_is_up(const struct stage_rig *rig);

/** Makes the run directory; in /tmp, where everybody can look, it is ours
 * alone from its first moment. One that is there stays as it is. Errors: as
 * stage_io_make_dirs. */
STAGE_NODISCARD enum stage_status stage_rig_make_run(
	const struct stage_rig *rig, struct stage_err *err);

/** Formats a path in the run directory into out[STAGE_PATH_MAX].
 *
 * Never fails: stage_rig_find left room for every path that we make.
 */
void stage_rig_run_path(const struct stage_rig *rig, char *out,
	const char *format, ...) STAGE_PRINTF(3, 4);

/** Formats a path in the rig into out[STAGE_PATH_MAX]; as above. */
void stage_rig_path(const struct stage_rig *rig, char *out, const char *format,
	...) STAGE_PRINTF(3, 4);

/** True when a name in services/ can be a service: one that runit/name.h takes,
 * that does not end with "~", and is not the watcher's own. */
bool stage_service_name_ok(const char *name);

/** As above, with a sentence that says what is wrong with the name. */
STAGE_NODISCARD enum stage_status stage_service_name_check(
	const char *name, struct stage_err *err);

#endif
