/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What was in a services directory at one moment, and what has changed since.
 *
 * Comparing is pure: two snapshots in, changes out. Reading the directory is in
 * scan.h. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_RUNIT_SNAPSHOT_H
#define STAGE_RUNIT_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/status.h"

/** One directory (or link to one) whose name is that of a service, or would be
 * if runit could take it. */
struct stage_runit_entry {
	char *name;       // owned
	uint64_t dev;     // which directory it is
	uint64_t ino;     //
	int64_t birth_ns; // when that was made, 0 when the system won't say
	uint64_t stamp;   // differs when a file in it differs
	uint32_t subdirs; // bit i: it has stage_runit_scan_subdirs[i]
	bool has_run;     // `run` is there and not empty
	bool is_unusable; // see name.h; never a service
	bool is_service;  // was seen with `run`, and is still that directory
};

/** Entries by name, each once; zeroed is empty and valid. */
struct stage_runit_snapshot {
	struct stage_runit_entry *items; // owned
	size_t count;
	size_t cap;
};

/** Appends a copy of the entry under a copy of `name` (entry->name is not
 * looked at); call _sort when all are there. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_runit_snapshot_add(
	struct stage_runit_snapshot *self, const char *name,
	const struct stage_runit_entry *entry);

/** Sorts by name, byte by byte. */
void stage_runit_snapshot_sort(struct stage_runit_snapshot *self);

/** The entry of that name or NULL. Ownership: borrowed until the next change.
 */
struct stage_runit_entry *stage_runit_snapshot_find(
	const struct stage_runit_snapshot *self, const char *name);

/** Frees all and leaves a valid empty one. self may be NULL. */
void stage_runit_snapshot_finish(struct stage_runit_snapshot *self);

enum stage_runit_change_kind {
	STAGE_RUNIT_ADDED,    // it is there and has a `run`
	STAGE_RUNIT_REMOVED,  // the directory is gone (or renamed)
	STAGE_RUNIT_REPLACED, // the same name, another directory
	STAGE_RUNIT_TOUCHED,  // something in it was made, changed or removed
	STAGE_RUNIT_UNUSABLE, // a directory came whose name runit cannot take
	STAGE_RUNIT_CHANGE_KIND_COUNT,
};

struct stage_runit_change {
	enum stage_runit_change_kind kind;
	const char *name; // borrowed from one of the snapshots
};

/** Changes by name, one a name; zeroed is empty and valid. */
struct stage_runit_changes {
	struct stage_runit_change *items; // owned
	size_t count;
	size_t cap;
};

/** Says a kind of change: "added", ... Ownership: the text is static. */
const char *stage_runit_change_word(enum stage_runit_change_kind kind);

/** Appends to `out` what has changed from before to after, both sorted, and
 * sets is_service in after.
 *
 * A directory counts as a service from the moment it has a `run`, and goes on
 * to do so when `run` is missing later (an editor may be saving it), until the
 * directory itself goes. Errors: STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_runit_snapshot_diff(
	const struct stage_runit_snapshot *before,
	struct stage_runit_snapshot *after, struct stage_runit_changes *out);

/** Frees all and leaves a valid empty list. self may be NULL. */
void stage_runit_changes_finish(struct stage_runit_changes *self);

#endif
