/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A running runsvdir, seen from outside: is it one, and how is it woken?
 *
 * runsvdir looks at its directory every 5 s. Debian's catches SIGALRM and then
 * looks at once; any other is killed by SIGALRM. So that signal is sent only
 * after /proc has shown that it is caught. A runsvdir that was started with a
 * log argument can be woken by a byte in the pipe that is its own standard
 * error. All others look when they look.
 *
 * What is read here is Linux's /proc; elsewhere nothing is woken.
 * Thread: any but the real-time one.
 */

#ifndef STAGE_RUNIT_SCANNER_H
#define STAGE_RUNIT_SCANNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

/** What a process is, by its /proc/PID/status. */
enum stage_runit_scanner_kind {
	STAGE_RUNIT_SCANNER_OTHER, // no runsvdir, a dead one, or unknowable
	STAGE_RUNIT_SCANNER_HEARS, // catches SIGALRM
	STAGE_RUNIT_SCANNER_DEAF,  // would be killed by SIGALRM, or ignores it
};

/** How a runsvdir was woken. */
enum stage_runit_poke {
	STAGE_RUNIT_POKE_NONE,  // there is no way; it looks within 5 s
	STAGE_RUNIT_POKE_ALARM, // SIGALRM
	STAGE_RUNIT_POKE_LOG,   // a byte in its own log pipe
};

/** Judges text[len], the content of /proc/PID/status. Pure.
 *
 * Anything unexpected (no name first, a field missing, twice or malformed)
 * gives STAGE_RUNIT_SCANNER_OTHER.
 */
enum stage_runit_scanner_kind stage_runit_scanner_judge(
	const char *text, size_t len);

/** A second in the past to be set as the time of runsvdir's directory, so that
 * it differs from all that runsvdir can have seen there. Pure.
 *
 * runsvdir reads the directory only when that time, in whole seconds, differs
 * from last time, and waits a second first when it is the current one.
 * wall_ns is now; seen_s is what the directory has now.
 */
int64_t stage_runit_scanner_past_second(int64_t wall_ns, int64_t seen_s);

/** Gives the directory that second as its time. One that is not ours, or
 * read-only, stays as it is: runsvdir may then take a second longer. */
void stage_runit_scanner_set_past(const char *services_dir);

/** True when that process is a runsvdir that is woken by SIGALRM. */
bool stage_runit_scanner_wakes_by_alarm(pid_t pid);

/** Wakes a runsvdir so that it reads its directory, if there is a way.
 *
 * Sets the time of the directory first, where that is permitted. It does not
 * look twice within a second, whatever we do: see waker.h. Errors, with how
 * untouched: STAGE_GONE when there is no such process or it is no runsvdir,
 * STAGE_DENIED, STAGE_BAD_INPUT for a pid below 1. A runsvdir that cannot be
 * woken is no error.
 */
STAGE_NODISCARD enum stage_status stage_runit_scanner_poke(pid_t pid,
	const char *services_dir, enum stage_runit_poke *how,
	struct stage_err *err);

#endif
