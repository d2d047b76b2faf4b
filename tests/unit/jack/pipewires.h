/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** PipeWire in place of a JACK server, for tests in a sandbox. Thread: the
 * test's.
 */

#ifndef STAGE_TESTS_PIPEWIRES_H
#define STAGE_TESTS_PIPEWIRES_H

#include "procs.h"

/** Starts this program anew with PipeWire's libjack before the other one, or,
 * where there is none, says in TAP that it is skipped and exits. Returns in the
 * new one. */
void pipewire_use_libjack(char **argv);

/** Sets where PipeWire's socket is to be. */
void pipewire_set_dir(const char *dir);

/** Starts it. Does not wait. */
void pipewire_start(struct proc *self);

#endif
