/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A directory of a test's own, and files in it. Failures fail the cmocka test.
 * Thread: the one that runs the test.
 */

#ifndef STAGE_TESTS_SCRATCH_H
#define STAGE_TESTS_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

#define SCRATCH_PATH_MAX 512

struct scratch {
	char dir[SCRATCH_PATH_MAX];
	char path[SCRATCH_PATH_MAX]; // what scratch_path wrote last
};

/** Makes an empty directory under $TMPDIR or /tmp. Ownership: the caller calls
 * scratch_finish. */
void scratch_init(struct scratch *self);

/** Removes it with all that is in it. */
void scratch_finish(struct scratch *self);

/** DIR/name. Ownership: borrowed until the next call. */
const char *scratch_path(struct scratch *self, const char *name);

/** Writes a file and returns its path, as scratch_path does. */
const char *scratch_write(
	struct scratch *self, const char *name, const char *text);

/** True when the file is there and holds exactly `text`. */
bool scratch_holds(struct scratch *self, const char *name, const char *text);

/** True when anything has that name, a dangling link too. */
bool scratch_has(struct scratch *self, const char *name);

/** How many names are in the directory. */
size_t scratch_count(struct scratch *self);

#endif
