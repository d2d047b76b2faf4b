/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The thread on which libjack tells of the server's end, and how to wait for
 * its own.
 *
 * JACK2's jack_client_close cancels the thread on which libjack takes the
 * server's notifications, asynchronously, wherever it is; when that is inside
 * one of libjack's own locks, the close waits for that lock for ever (seen at
 * about one in a hundred orderly stops of a server, whose goodbye is followed
 * by a burst of notifications). So when the server is known to have gone, by a
 * shutdown or by a request that failed, which may be seen first, the close
 * waits until that thread has ended by itself, which it does as soon as the
 * server closes the socket. A thread-specific value tells of the end.
 *
 * Thread: any, but for mark.
 */

#ifndef STAGE_JACK_NOTIFIER_H
#define STAGE_JACK_NOTIFIER_H

#include <stdbool.h>

struct stage_jack_notifier;

/** NULL without memory. Ownership: goes with unref. */
struct stage_jack_notifier *stage_jack_notifier_create(void);

/** The caller needs it no more. The thread may, until it has ended. */
void stage_jack_notifier_unref(struct stage_jack_notifier *self);

/** This is the thread: it tells of a shutdown. */
void stage_jack_notifier_mark(struct stage_jack_notifier *self);

/** Waits for its end, a second at most; not at all when it is not known, unless
 * it must_come: wait for the shutdown, too. */
void stage_jack_notifier_await_end(
	struct stage_jack_notifier *self, bool must_come);

#endif
