/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A process that looks like a runsvdir from outside, with ears of any kind.
 *
 * It tells what it hears, and ends by itself when it is asked to: had it been
 * sent a signal that kills it, that would be how it ended. So a test can hold
 * that none was sent, without waiting for one. It dies with us.
 *
 * Everything that fails fails the cmocka test.
 */

#ifndef STAGE_TESTS_RUNIT_FAKE_RUNSVDIR_H
#define STAGE_TESTS_RUNIT_FAKE_RUNSVDIR_H

#include <stdbool.h>
#include <sys/types.h>

#define FAKE_HEARD_ALARM 'a' // SIGALRM
#define FAKE_HEARD_LOG 'l'   // a byte in its own log pipe

enum fake_alarm {
	FAKE_ALARM_KILLS, // as upstream's
	FAKE_ALARM_IGNORED,
	FAKE_ALARM_CAUGHT, // as Debian's
};

/** What its standard error is. */
enum fake_log {
	FAKE_LOG_NONE, // nothing that anybody reads
	FAKE_LOG_OWN,  // a pipe that it reads itself, as with a log argument
	FAKE_LOG_OWN_FULL, // the same, and it takes no more
	FAKE_LOG_SHARED,   // a pipe that we read
	FAKE_LOG_CROSSED,  // a pipe that we read, while it reads another one
};

struct fake_runsvdir {
	pid_t pid;
	int quit_fd; // to be closed: it ends
	int told_fd; // a byte for each thing that it heard
	int log_fd;  // the end of FAKE_LOG_SHARED and _CROSSED that we read
};

/** Starts one whose process has that name, and waits until it listens. */
void fake_start(struct fake_runsvdir *self, const char *name,
	enum fake_alarm alarm, enum fake_log log);

/** Waits for the next thing that it hears. */
char fake_heard(struct fake_runsvdir *self);

/** Asks it to end, waits for that, and fails when it ended any other way or
 * has heard anything that fake_heard was not asked for. Of several, the one
 * that was started last ends first: it holds what the others wait for. */
void fake_end(struct fake_runsvdir *self);

/** Kills and buries all that are left, of a test that failed. */
void fake_end_all(void);

#endif
