/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Real JACK servers for tests: Debian's jackd, and ours. Thread: the test's.
 */

#ifndef STAGE_TESTS_SERVERS_H
#define STAGE_TESTS_SERVERS_H

#include "jack/clean.h"
#include "procs.h"

/** $STAGECRAFT_JACK and $JACK_CLIENT, which meson sets. */
const char *server_ours(void);
const char *server_client(void);

/** Starts a server of that name with the dummy driver and waits until it is
 * ready. */
void server_start(struct proc *self, bool is_ours, const char *name);

/** Starts jack-client NAME -s SERVER and waits until it plays. */
void server_add_client(struct proc *self, const char *server, const char *name);

/** Looks at /dev/shm. */
void server_survey(struct stage_jack_survey *out);

/** Fails the test unless nothing stale is there. */
void server_assert_nothing_stale(void);

/** Fails the test unless there is nothing of JACK at all but an empty
 * registry. */
void server_assert_nothing_left(void);

#endif
