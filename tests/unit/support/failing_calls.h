/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Makes chosen system calls of our own objects fail.
 *
 * A test that depends on failing_calls_dep is linked with --wrap for the calls
 * below. Unless told otherwise they go straight through.
 *
 * Thread: any; each has rules of its own, and calls of others are let through.
 */

#ifndef STAGE_TESTS_FAILING_CALLS_H
#define STAGE_TESTS_FAILING_CALLS_H

enum failing_call {
	FAILING_BIND,
	FAILING_CHMOD,
	FAILING_FCHMOD,
	FAILING_FCHOWN,
	FAILING_FLOCK,
	FAILING_FSYNC,
	FAILING_LINK,
	FAILING_LINKAT,
	FAILING_LISTEN,
	FAILING_MKDIRAT,
	FAILING_OPENAT,
	FAILING_READ,
	FAILING_RENAME,
	FAILING_RENAMEAT,
	FAILING_RENAMEAT2,
	FAILING_SOCKET,
	FAILING_SYMLINKAT,
	FAILING_UNLINK,
	FAILING_WRITE,
	FAILING_CALL_COUNT,
};

/** From now on the nth call (from 1) of that kind, and the ones after it up to
 * `times` in all, fail with errnum; 0 makes read and write return 0. Rules for
 * several kinds add up; a new one replaces the old one of its kind. */
void failing_calls_arm(
	enum failing_call call, unsigned nth, unsigned times, int errnum);

/** From now on the nth call of all kinds together fails with errnum, beside
 * what failing_calls_arm says. */
void failing_calls_arm_any(unsigned nth, int errnum);

/** Lets everything through again. Returns how many calls of all kinds there
 * were since the first rule. */
unsigned failing_calls_disarm(void);

#endif
