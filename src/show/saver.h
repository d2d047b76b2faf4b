/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A small file that is written beside the loop, whose disk may be slow: whole
 * or not at all, and the latest text wins.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_SHOW_SAVER_H
#define STAGE_SHOW_SAVER_H

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"

struct stage_show_saver;

/** Makes one for a file, whose directory is made when it is first written.
 * `loss` is what is lost when that fails, for a warning: "the next start will
 * not know the song". Ownership: the caller's; path is copied, loss borrowed.
 * Errors: STAGE_TOO_LONG, STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_saver_create(uv_loop_t *loop,
	const char *path, const char *loss, struct stage_show_saver **out,
	struct stage_err *err);

/** Ends it: what was put is still written, and the loop lives that long. NULL
 * is fine. */
void stage_show_saver_destroy(struct stage_show_saver *self);

/** Has a text be the file's. The same as the last one is nothing; of those that
 * come while one is written, the last one counts. Ownership: the saver's, from
 * malloc. NULL: out of memory, which is told. */
void stage_show_saver_put(struct stage_show_saver *self, char *text);

#endif
