/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The processes of songs: each the leader of a session and group of its own,
 * so that a signal reaches all that it makes, and that they live on when we
 * crash. What they say goes into a file of the run directory, not into a pipe
 * of ours, which would end them with us; it is cut when it grows too long.
 *
 * Also those that are not our children, but were those of the one before us,
 * are heard of when they end.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_SHOW_LAUNCHER_H
#define STAGE_SHOW_LAUNCHER_H

#include <stdbool.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "rig/proc.h"

struct stage_show_launcher;

/** A program to be started. */
struct stage_show_launch {
	char *const *argv;     // NULL at its end; [0] is found in $PATH
	char *const *env;      // "NAME=VALUE", or "NAME" of one that is not to
			       // be there; NULL at its end
	const char *directory; // its working directory
	const char *log;       // file for what it says, made anew
};

/** Takes a process that has ended; how: "exit 3", "killed by signal 11 ...".
 * True: others of its group are let live, for now at least. */
typedef bool stage_show_exited(
	void *user, pid_t pid, bool is_clean, const char *how);

/** Errors: STAGE_NO_MEMORY. Ownership: the caller's. */
STAGE_NODISCARD enum stage_status stage_show_launcher_create(uv_loop_t *loop,
	stage_show_exited *exited, void *user, struct stage_show_launcher **out,
	struct stage_err *err);

/** Nothing is heard any more; what runs, runs on. NULL is fine. */
void stage_show_launcher_destroy(struct stage_show_launcher *self);

/** Starts a program. Errors, with a sentence: STAGE_NOT_FOUND when it is not
 * installed, STAGE_DENIED, STAGE_FULL when there may be no more processes. */
STAGE_NODISCARD enum stage_status stage_show_launcher_start(
	struct stage_show_launcher *self, const struct stage_show_launch *what,
	struct stage_proc_id *out, struct stage_err *err);

/** Hears of the end of a process that somebody else started. Errors:
 * STAGE_GONE when it has ended. */
STAGE_NODISCARD enum stage_status stage_show_launcher_watch(
	struct stage_show_launcher *self, const struct stage_proc_id *process,
	struct stage_err *err);

/** Sends any other signal to a process that we started, alone. */
void stage_show_launcher_signal(
	const struct stage_proc_id *process, int signum);

/** Ends a process, or the whole group that it is in. Never us, init, nor what
 * is not ours to end. */
void stage_show_launcher_end(
	const struct stage_proc_id *process, bool is_group, bool is_kill);

/** Whether some of the group that a process has led live, and their end. Only
 * of a leader that has ended, and had others behind it ever since: then nobody
 * else can have its number. */
bool stage_show_launcher_has_rest(pid_t leader);
void stage_show_launcher_end_rest(pid_t leader, bool is_kill);

/** Appends the last lines of a log to out, `lines` at most. */
void stage_show_launcher_tail(
	const char *log, size_t lines, struct stage_str *out);

#endif
