/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Promises that many headers make; input as texts and words; a directory. */

#ifndef STAGE_TESTS_FUZZ_CHECK_H
#define STAGE_TESTS_FUZZ_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/** text[len] is UTF-8 and holds no control character of ASCII. */
void fuzz_check_text(const char *text, size_t len);

/** err is untouched after a success; after a failure it has that status and a
 * sentence on one line that says nothing to the terminal. */
void fuzz_check_err(enum stage_status status, const struct stage_err *err);

/** The same, and the sentence begins with "NAME:LINE:COLUMN: ", or, where the
 * whole file is meant, with "NAME: ". */
void fuzz_check_place(enum stage_status status, const struct stage_err *err,
	const char *name);

/** A zero-terminated copy of exactly the input's size, so that a sanitizer sees
 * each byte read too many. What stands behind a zero byte of the input is in
 * it, too. The caller frees it. */
char *fuzz_copy(const uint8_t *data, size_t size);

/** The input as a command line: words parted by zero bytes. */
struct fuzz_words {
	char **argv; // ended by NULL
	int argc;
	char *text; // owned
};

/** Makes words of the input, the first one being `program` when that is not
 * NULL; 64 of them at most. Free with fuzz_words_finish. */
void fuzz_words_init(struct fuzz_words *self, const char *program,
	const uint8_t *data, size_t size);
void fuzz_words_finish(struct fuzz_words *self);

#define FUZZ_DIR_MAX 64 // bytes of a path, short enough for a socket below it

/** Makes a directory of its own below $TMPDIR, or /tmp; dir[FUZZ_DIR_MAX]. */
void fuzz_dir_make(char *dir);

/** Removes it with all that is in it. */
void fuzz_dir_remove(const char *dir);

#endif
