/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Starts, hears, signals and awaits programs, each wait with a deadline. A
 * wait that is too long fails the cmocka test. Thread: the test's.
 */

#ifndef STAGE_TESTS_PROCS_H
#define STAGE_TESTS_PROCS_H

#include <stdbool.h>
#include <sys/types.h>

#define PROC_DEADLINE_MS 20000

struct proc {
	pid_t pid;        // 0 when it has been awaited
	int out;          // its standard output and error
	char said[16384]; // what was read of it so far
	size_t len;
	int ready; // socket on which it says READY=1; -1: none
};

/** Starts a program (argv ends with NULL). With has_ready it gets a
 * NOTIFY_SOCKET of its own. */
void proc_start(struct proc *self, bool has_ready, const char *const *argv);

/** Waits until it has said that it is ready. False when it ended before. */
bool proc_await_ready(struct proc *self);

/** Waits until its output holds the text. False when it ended before. */
bool proc_await_text(struct proc *self, const char *text);

/** Waits for its end and returns the exit code, 128 + signal for a signal. */
int proc_await_end(struct proc *self);

/** Sends a signal. */
void proc_signal(const struct proc *self, int number);

/** Kills and awaits it if it still runs. */
void proc_finish(struct proc *self);

/** True when a program of that name is in the path, or the path is one. */
bool proc_is_there(const char *name);

#endif
