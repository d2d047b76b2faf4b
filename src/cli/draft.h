/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A directory that is being made under a hidden name, and appears whole, by
 * rename, with everything in it on the disk.
 *
 * Calling sequence: begin, any of file, directory, link; then commit, or abort.
 * A draft whose maker was killed stays behind as .NAME.new-PID, which neither
 * runsvdir nor we take for a service. Thread: any, one object by one at a time.
 */

#ifndef STAGE_CLI_DRAFT_H
#define STAGE_CLI_DRAFT_H

#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/io.h"

struct stage_draft {
	char path[STAGE_PATH_MAX];   // where it is being made; "": nowhere
	char wanted[STAGE_PATH_MAX]; // where it will be
	char parent[STAGE_PATH_MAX];
};

/** Errors: STAGE_EXISTS when parent/name is there, as mkdir(2). */
STAGE_NODISCARD enum stage_status stage_draft_begin(struct stage_draft *self,
	const char *parent, const char *name, struct stage_err *err);

/** Makes a file with this text and mode (less the umask). Errors: as open(2),
 * write(2). */
STAGE_NODISCARD enum stage_status stage_draft_file(
	const struct stage_draft *self, const char *name, mode_t mode,
	const char *text, struct stage_err *err);

/** Makes a directory in it. Errors: as mkdir(2). */
STAGE_NODISCARD enum stage_status stage_draft_directory(
	const struct stage_draft *self, const char *name,
	struct stage_err *err);

/** Makes a symbolic link to `target`. Errors: as symlink(2). */
STAGE_NODISCARD enum stage_status stage_draft_link(
	const struct stage_draft *self, const char *name, const char *target,
	struct stage_err *err);

/** Copies a file or a directory tree into it. Errors: rig/copy.h. */
STAGE_NODISCARD enum stage_status stage_draft_copy(
	const struct stage_draft *self, const char *name, const char *from,
	struct stage_err *err);

/** Makes it appear, or removes it and says why not. Errors: STAGE_EXISTS when
 * somebody else was faster. */
STAGE_NODISCARD enum stage_status stage_draft_commit(
	struct stage_draft *self, struct stage_err *err);

/** Removes it; nothing to do when it was never begun, or was committed. */
void stage_draft_abort(struct stage_draft *self);

#endif
