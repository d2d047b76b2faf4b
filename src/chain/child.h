/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The one program that a chain starts: by exec in our place, or as a child
 * that never outlives us.
 *
 * Thread: main.
 */

#ifndef STAGE_CHAIN_CHILD_H
#define STAGE_CHAIN_CHILD_H

#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

/** Becomes the program; returns only on failure.
 *
 * Signal mask and dispositions are set back to their defaults. Errors:
 * STAGE_NOT_FOUND, STAGE_DENIED, ... with a sentence that says what to do.
 */
enum stage_status stage_child_exec(char *const *argv, struct stage_err *err);

/** What a child is made from. */
struct stage_child_config {
	char *const *argv; // ended by NULL
	/** Stays open in the child, which finds its number in
	 * $STAGECRAFT_READY_FD; -1: none. */
	int inherit_fd;
	/** Called in the child just before it becomes the program; may be
	 * NULL. What it says in err is said by stage_child_spawn. */
	enum stage_status (*prepare)(void *user, struct stage_err *err);
	void *user;
};

/** Starts the program as a child that the kernel kills when we die.
 *
 * Errors: as above and those of prepare, found out before this returns.
 */
STAGE_NODISCARD enum stage_status stage_child_spawn(
	const struct stage_child_config *config, pid_t *pid,
	struct stage_err *err);

/** Ends this process the way the child ended: the same exit code, or by the
 * same signal (without a second core file). wait_status: from waitpid(2). */
STAGE_NORETURN void stage_child_end_like(int wait_status);

#endif
