/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Keeps the JACK client of a chain out of PipeWire's audio cycles.
 *
 * JACK runs a client in its cycles only when it has a process callback;
 * PipeWire runs every one: in a rig of ten services ten processes that do
 * nothing would be woken at each period, at real-time priority. PipeWire's
 * libjack reads from PIPEWIRE_PROPS what its clients are to be, so that is
 * where we ask for it; the program that is started finds the variable as it was
 * (a ./check finds ours).
 *
 * Thread: main, before other threads are started; restore also in a child.
 */

#ifndef STAGE_CHAIN_BYSTANDER_H
#define STAGE_CHAIN_BYSTANDER_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"

/** Zeroed is one that has changed nothing. */
struct stage_bystander {
	char *before; // owned; NULL: the variable was not set
	bool is_set;
};

/** Sets the variable; what is in it already wins. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_bystander_set(
	struct stage_bystander *self, struct stage_err *err);

/** Makes the variable what it was. */
void stage_bystander_restore(const struct stage_bystander *self);

/** Frees what was remembered; restores nothing. */
void stage_bystander_finish(struct stage_bystander *self);

#endif
