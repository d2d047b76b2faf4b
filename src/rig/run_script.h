/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the text of a service's run script tells about the service.
 *
 * Pure. Thread: any. Nothing here allocates.
 */

#ifndef STAGE_RIG_RUN_SCRIPT_H
#define STAGE_RIG_RUN_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

/** Writes what a service is, in one line, into out[size]: the first comment of
 * script[len] that is neither "#!" nor a licence line, before anything else; ""
 * when there is none. Bytes that are no UTF-8 and control characters become
 * "?"; what does not fit is cut between two characters. */
void stage_run_script_describe(
	const char *script, size_t len, char *out, size_t size);

/** True when a line of script[len] that is no comment execs stagecraft-exec,
 * which then says itself when the service is ready: "exec" stands before it, in
 * the same line or in one that is continued by it. One that is only called says
 * nothing of the service. */
bool stage_run_script_becomes_exec(const char *script, size_t len);

#endif
