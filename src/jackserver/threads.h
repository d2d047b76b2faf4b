/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Whether the audio threads of another process go on: a thread that serves
 * cycles waits for each of them, and the kernel counts how often.
 *
 * Of a process with real-time threads these are looked at, of any other all: a
 * stopped process is seen, and one whose audio thread hangs in a lock or loops
 * for ever, but not what hangs beside a busy window without real-time threads.
 *
 * Thread: any but the real-time one; reads some small files.
 */

#ifndef STAGE_JACKSERVER_THREADS_H
#define STAGE_JACKSERVER_THREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct stage_threads {
	size_t count;    // that were looked at; 0: there is no such process
	uint64_t waited; // how often they have, together
};

/** Looks. proc: "/proc". */
void stage_threads_look(const char *proc, pid_t pid, struct stage_threads *out);

/** True when nothing has moved between two looks. Pure. */
bool stage_threads_stood(
	const struct stage_threads *before, const struct stage_threads *after);

#endif
