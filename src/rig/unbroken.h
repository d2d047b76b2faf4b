/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Keeps a Ctrl-C, a TERM or the loss of a terminal away from work that must
 * not end half-way: a server that is stopped before its clients, or services
 * that were stopped and are to start again. What is so guarded ends by itself,
 * since each of its waits has a deadline. May be nested. Thread: main. */

#ifndef STAGE_RIG_UNBROKEN_H
#define STAGE_RIG_UNBROKEN_H

#include <signal.h>

/** From here on INT, TERM and HUP wait. before: filled. */
void stage_unbroken_begin(sigset_t *before);

/** What came meanwhile is delivered now, if nobody else holds it back. */
void stage_unbroken_end(const sigset_t *before);

#endif
