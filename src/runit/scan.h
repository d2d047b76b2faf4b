/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Reads a services directory into a snapshot.
 *
 * Each directory and each link to one becomes an entry, but for hidden and
 * disabled names. Its stamp is made of name, number, size and times of the
 * files in it and in some of its subdirectories. Left out are what changes
 * while a service runs (`supervise`, the content of `log` but its `run`),
 * hidden files and editors' copies (`*~`). Nothing is opened but directories.
 * Thread: any but the real-time one.
 */

#ifndef STAGE_RUNIT_SCAN_H
#define STAGE_RUNIT_SCAN_H

#include "base/attr.h"
#include "base/err.h"
#include "runit/snapshot.h"

/** The subdirectories whose files count. */
#define STAGE_RUNIT_SCAN_SUBDIR_COUNT 3
extern const char
	*const stage_runit_scan_subdirs[STAGE_RUNIT_SCAN_SUBDIR_COUNT];

/** Appends what is in the services directory to out, and sorts it.
 *
 * A service directory that cannot be read is an entry without `run`.
 * Errors: STAGE_NOT_FOUND when the services directory is not there,
 * STAGE_DENIED, STAGE_IO, STAGE_FULL when there are no descriptors left,
 * STAGE_TOO_LONG, STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_runit_scan(const char *services_dir,
	struct stage_runit_snapshot *out, struct stage_err *err);

/** Reads one service into out, all but its name, which is left as it is.
 *
 * Errors: as stage_runit_scan; STAGE_NOT_FOUND also for what is no directory.
 */
STAGE_NODISCARD enum stage_status stage_runit_scan_one(const char *services_dir,
	const char *name, struct stage_runit_entry *out, struct stage_err *err);

/** When a directory was made, 0 where the system does not keep it. A number
 * that was freed is given to the next directory; its birth tells the two
 * apart. */
int64_t stage_runit_scan_birth_ns(const char *path);

#endif
