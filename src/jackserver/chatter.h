/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What libjackserver says of itself: errors become warnings of ours, the rest
 * is for -v. The first error since a mark is kept, since it is the one that
 * tells the reason ("hw:0 is already in use"); what follows it does not.
 *
 * libjackserver has one pair of hooks for the process, without context, hence
 * one state for the process. Thread: any but the real-time one.
 */

#ifndef STAGE_JACKSERVER_CHATTER_H
#define STAGE_JACKSERVER_CHATTER_H

#include <stdbool.h>
#include <stddef.h>

/** Takes the hooks over. */
void stage_chatter_init(void);

/** While a server stops, its complaints about clients that have gone are
 * expected and only for -v. */
void stage_chatter_set_stopping(void);

/** Has `told` called for each message of an error, on any thread; true: it is
 * dealt with, and not logged. Call it before a server starts. */
void stage_chatter_listen(
	bool (*told)(void *user, const char *message), void *user);

/** Forgets the first error. */
void stage_chatter_mark(void);

/** Copies the first error since the mark into out[size], "" for none. */
void stage_chatter_first_error(char *out, size_t size);

#endif
