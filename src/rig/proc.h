/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the system knows about processes, read from /proc/PID.
 *
 * Thread: any.
 */

#ifndef STAGE_RIG_PROC_H
#define STAGE_RIG_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/status.h"
#include "base/str.h"

/** One process for ever: a pid alone is used again. */
struct stage_proc_id {
	pid_t pid;                // 0: none
	unsigned long long start; // clock ticks since boot
};

struct stage_proc_use {
	int64_t cpu_ns;    // user and system time of all counted processes
	int64_t rss_bytes; // resident memory of all counted processes
	int process_count;
	int rt_thread_count; // threads that run SCHED_FIFO or SCHED_RR
	pid_t stopped;       // one that a signal or a debugger holds; 0: none
};

/** The identity of a pid. Errors: STAGE_GONE when there is no such process, or
 * it is a zombie. */
STAGE_NODISCARD enum stage_status stage_proc_identify(
	pid_t pid, struct stage_proc_id *id);

/** True while that very process lives (a zombie does not). */
bool stage_proc_alive(const struct stage_proc_id *id);

/** Opens a descriptor that poll(2) finds readable when the process ends; -1
 * where the system has none. The caller closes it. */
int stage_proc_open(const struct stage_proc_id *id);

/** Waits for the end of any process, child or not, until the deadline on the
 * monotonic clock. Errors: STAGE_TIMEOUT. */
STAGE_NODISCARD enum stage_status stage_proc_wait(
	const struct stage_proc_id *id, int64_t deadline_ns);

/** The parent of a process; 0 when there is no such process. */
pid_t stage_proc_parent(pid_t pid);

/** The resident memory of a process that no other one shares, in bytes; 0 when
 * there is no such process, or the system does not tell. Read from counters, so
 * that the process is not held up. */
int64_t stage_proc_own_bytes(pid_t pid);

/** A session to be summed up, and where to. */
struct stage_proc_session {
	pid_t leader;
	struct stage_proc_use *use; // borrowed
};

/** Sums up each session of sessions[count], which gets sorted, in one look at
 * all processes: without the leader itself (a runsv) and without loggers; zero
 * when nothing lives. */
void stage_proc_sessions_use(struct stage_proc_session *sessions, size_t count);

/** Calls visit for every live process of a session but its leader and the
 * caller itself. Stops when visit returns false. */
void stage_proc_each_in_session(pid_t leader,
	bool (*visit)(pid_t pid, const char *comm, void *user), void *user);

/** Reads the environment with which a process began its program: entries that
 * each end with a zero byte. One in the middle of an exec has none for a
 * moment, which is waited for, 200 ms at most, as with one that has none at
 * all. False when there is none to be read. Ownership: the caller finishes
 * *out. */
bool stage_proc_environment(pid_t pid, struct stage_str *out);

/** Calls visit for every live process in whose environment NAME=VALUE stands,
 * but the caller itself. Stops when visit returns false. */
void stage_proc_each_with_env(const char *name_is_value,
	bool (*visit)(pid_t pid, const char *comm, void *user), void *user);

#endif
