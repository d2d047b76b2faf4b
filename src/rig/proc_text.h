/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the files of /proc say. A process chooses its name and environment
 * itself, so that nothing about them can be taken for granted.
 *
 * Pure. Thread: any. Nothing here allocates.
 */

#ifndef STAGE_RIG_PROC_TEXT_H
#define STAGE_RIG_PROC_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define STAGE_PROC_COMM_MAX 64 // bytes of a process' name with its zero

/** The fields of /proc/PID/stat that we need. */
struct stage_proc_stat {
	char comm[STAGE_PROC_COMM_MAX]; // what does not fit is cut off
	char state; // 'X' is dead, 'Z' once there are no other threads
	pid_t parent;
	pid_t session;
	unsigned long long cpu_ticks; // user and system time
	unsigned long long start;     // ticks since boot
	long rss_pages;
	unsigned long long threads;
};

/** Reads text[len]. False, and nothing changed, when a field is missing or is
 * not what proc(5) says. */
bool stage_proc_stat_parse(
	const char *text, size_t len, struct stage_proc_stat *out);

/** True when NAME=VALUE is an entry of an environment[len], the content of
 * /proc/PID/environ: entries that each end with a zero byte. */
bool stage_proc_has_entry(
	const char *environment, size_t len, const char *name_is_value);

#endif
