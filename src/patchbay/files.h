/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The patch files of a directory, read.
 *
 * A file that cannot be read or parsed stays in force as it was read last; the
 * user is told once for each thing that is wrong with it. Nothing is written.
 *
 * Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_PATCHBAY_FILES_H
#define STAGE_PATCHBAY_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "patchbay/statement.h"

#define STAGE_PATCH_LEARNED "learned.patch"

struct stage_patch_file {
	char *name; // owned; in its directory
	struct stage_patch_list list;
	struct stage_str text; // as it was read last
	char *complaint;       // owned; what was told last, NULL: all is well
	bool is_there;
};

struct stage_patch_files {
	struct stage_patch_file *items; // owned array, by name
	size_t count;
	size_t cap;
};

/** Called for each file with something new that is wrong, with the sentence. */
typedef void (*stage_patch_complain)(void *user, const struct stage_err *err);

/** Reads one file from path; `name` is not used. One that is not there says
 * nothing, and file->is_there is false. *has_changed is set when what is in
 * force has, else left as it is. Errors: STAGE_NO_MEMORY; nothing has changed.
 */
STAGE_NODISCARD enum stage_status stage_patch_file_read(
	struct stage_patch_file *file, const char *path,
	stage_patch_complain complain, void *user, bool *has_changed);

/** Frees what is in it. Zeroed memory is one that was not read. */
void stage_patch_file_finish(struct stage_patch_file *self);

/** Reads all DIRECTORY/NAME.patch but STAGE_PATCH_LEARNED, which is somebody
 * else's.
 *
 * A directory that is not there has no files. *has_changed is set when what is
 * in force has. Errors: STAGE_NO_MEMORY, what is in `self` is then whole;
 * STAGE_DENIED and the like when the directory cannot be listed, everything
 * then stays in force.
 */
STAGE_NODISCARD enum stage_status stage_patch_files_read(
	struct stage_patch_files *self, const char *directory,
	stage_patch_complain complain, void *user, bool *has_changed,
	struct stage_err *err);

/** Frees all. Zeroed memory is an empty one. */
void stage_patch_files_finish(struct stage_patch_files *self);

#endif
