/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Gives away what the page does not need: it runs no program, and reads and
 * writes nothing but what is in its own two directories.
 *
 * Thread: main, before others are started.
 */

#ifndef STAGE_WEB_SANDBOX_H
#define STAGE_WEB_SANDBOX_H

/** From now on files can be read and changed below run and state only, and no
 * program can be started. Where the system has no such thing, nothing happens:
 * it is a second fence, not the first. */
void stage_web_sandbox(const char *run, const char *state);

#endif
