/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Hears all signals that a chain stops by, passes on or reaps by.
 *
 * Thread: main, the loop's.
 */

#ifndef STAGE_CHAIN_RELAY_H
#define STAGE_CHAIN_RELAY_H

#include <stdbool.h>

#include <uv.h>

#define STAGE_RELAY_COUNT 10 // signals that are heard

struct stage_relay {
	uv_signal_t signals[STAGE_RELAY_COUNT];
	void (*heard)(void *user, int signum);
	void *user; // borrowed
};

/** Starts to hear TERM INT QUIT HUP USR1 USR2 ALRM CONT WINCH and CHLD. */
void stage_relay_start(struct stage_relay *self, uv_loop_t *loop,
	void (*heard)(void *user, int signum), void *user);

/** Stops; the memory must stay until the loop has run once more. */
void stage_relay_stop(struct stage_relay *self);

/** True for the signals that ask a program to end. */
bool stage_relay_is_stop(int signum);

#endif
