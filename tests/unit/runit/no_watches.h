/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Lets the system refuse to watch: stands in for libc's inotify_add_watch,
 * which libuv calls. Linked into a test, it passes all on until told otherwise.
 */

#ifndef STAGE_TESTS_RUNIT_NO_WATCHES_H
#define STAGE_TESTS_RUNIT_NO_WATCHES_H

/** From now on, `left` more watches are granted, and then errnum is given; a
 * negative `left` grants all. */
void no_watches_after(int left, int errnum);

#endif
