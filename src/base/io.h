/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Small-file input and output, and paths.
 *
 * Everything restarts after EINTR. Sentences in err name the path.
 * Thread: any but the real-time one.
 */

#ifndef STAGE_BASE_IO_H
#define STAGE_BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

#define STAGE_PATH_MAX 4096 // bytes of a path with its terminating zero

/** Appends a whole file to `out`.
 *
 * Errors: STAGE_NOT_FOUND, STAGE_DENIED, STAGE_TOO_LONG when it holds more than
 * * max_bytes, STAGE_BAD_INPUT when it is a directory or a named pipe (which
 * might never end), STAGE_IO, STAGE_NO_MEMORY; out is then unchanged.
 */
STAGE_NODISCARD enum stage_status stage_io_read_file(const char *path,
	size_t max_bytes, struct stage_str *out, struct stage_err *err);

/** Writes all bytes, restarting after short writes.
 *
 * Errors: what write(2) says; a part may have been written.
 */
STAGE_NODISCARD enum stage_status stage_io_write_all(
	int fd, const void *bytes, size_t len);

/** Makes a directory and its parents with mode 0777 less the umask.
 *
 * One that is there already is fine. Errors: STAGE_EXISTS when a part of the
 * path is something else than a directory, STAGE_DENIED, STAGE_FULL, STAGE_IO.
 */
STAGE_NODISCARD enum stage_status stage_io_make_dirs(
	const char *path, struct stage_err *err);

/** Joins two paths with one slash into out[size]; an absolute `name`, or one
 * behind an empty directory, stands for itself. Errors: STAGE_TOO_LONG, with a
 * sentence. */
STAGE_NODISCARD enum stage_status stage_io_join(char *out, size_t size,
	const char *directory, const char *name, struct stage_err *err);

/** Adds the names in a directory, without "." and "..", to a list and sorts it.
 *
 * Errors: as opendir(3) and readdir(3); STAGE_NO_MEMORY. names may then hold a
 * part of them.
 */
STAGE_NODISCARD enum stage_status stage_io_list_dir(
	const char *path, struct stage_strv *names, struct stage_err *err);

/** When what is at a path was changed last, or, when it follows links, what
 * they lead to: the time of its status, in ns since 1970. 0: nothing is there.
 */
int64_t stage_io_change_time_ns(const char *path, bool follows);

/** Removes a file or a whole directory tree without following links.
 *
 * A path that is not there is fine. Errors: what the system says first; the
 * rest is removed all the same.
 */
STAGE_NODISCARD enum stage_status stage_io_remove_tree(
	const char *path, struct stage_err *err);

#endif
