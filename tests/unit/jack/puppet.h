/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A jack-puppet at work. What goes wrong with it fails the cmocka test, but
 * for commands that it answers with "no". Thread: the test's.
 */

#ifndef STAGE_TESTS_PUPPET_H
#define STAGE_TESTS_PUPPET_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/attr.h"

struct puppet {
	pid_t pid; // 0: none
	FILE *in;
	FILE *out;
	char answer[256]; // the last one
};

/** Starts one ($JACK_PUPPET) without a client / with one of that name. */
void puppet_start(struct puppet *self);
void puppet_open(struct puppet *self, const char *name);

/** Sends a command line and waits for the answer. True for "ok". */
bool puppet_try(struct puppet *self, const char *format, ...)
	STAGE_PRINTF(2, 3);

/** As try, but "no" fails the test. */
void puppet_do(struct puppet *self, const char *format, ...) STAGE_PRINTF(2, 3);

/** Calls `each` with each line of the server's graph ("P NAME", "L FROM TAB
 * TO"), names escaped as in commands. */
void puppet_graph(struct puppet *self,
	void (*each)(void *user, const char *line), void *user);

/** Kills it with signal 9 and waits for its end; finish does if it still runs.
 */
void puppet_kill(struct puppet *self);
void puppet_finish(struct puppet *self);

#endif
