/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A client under test, with what it was told, in counts. Thread: the test's.
 */

#ifndef STAGE_TESTS_SURVIVOR_H
#define STAGE_TESTS_SURVIVOR_H

#include "client_loop.h"

struct survivor {
	struct client_loop in;
	struct stage_jack_info info;
	unsigned opened;
	unsigned lost;
	unsigned stalled;
	unsigned alive;
	unsigned ports; // appearances of system:playback_*
	char reason[256];
	const unsigned *awaited; // one of the counts above
	unsigned awaited_count;
};

/** Starts it: a heartbeat every 100 ms, no retry, so that it has to see the
 * server's sign. */
void survivor_init(struct survivor *self);

/** Ends it and sees that nothing of it is left in the loop. */
void survivor_finish(struct survivor *self);

/** Runs the loop until a count is reached; too late fails the test. */
void survivor_await(
	struct survivor *self, const unsigned *what, unsigned count);

#endif
