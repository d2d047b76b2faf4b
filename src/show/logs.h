/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What clients print goes into files of the run directory, which is memory. A
 * client may print for ever: its file loses its beginning again and again, and
 * neither the client nor its last lines notice. A file that was cut has a hole
 * where its beginning was, and is as long as ever.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_SHOW_LOGS_H
#define STAGE_SHOW_LOGS_H

#include <stdbool.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"

#define STAGE_SHOW_LOG_BYTES_MAX 4194304 // that a file may hold for long
#define STAGE_SHOW_LOG_BYTES_KEPT 65536  // when it is cut

struct stage_show_logs;

/** Errors: STAGE_NO_MEMORY. Ownership: the caller's. */
STAGE_NODISCARD enum stage_status stage_show_logs_create(uv_loop_t *loop,
	const char *directory, struct stage_show_logs **out,
	struct stage_err *err);

/** NULL is fine. */
void stage_show_logs_destroy(struct stage_show_logs *self);

/** Whether anybody is there who may print. */
void stage_show_logs_watch(struct stage_show_logs *self, bool is_needed);

/** Cuts one file, if it holds too much. True: it was cut. */
bool stage_show_log_cut(const char *path);

#endif
