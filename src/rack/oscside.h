/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A rack's place in OSC: a UDP socket on which it is asked and told, as osc.h
 * says, and by which those who subscribed hear of changes.
 *
 * It answers to whoever asked: a value to who asks for it, and /RACK/error with
 * the address and a sentence when something cannot be. A subscription ends
 * after a minute, unless it is made again: who is gone says nothing.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_OSCSIDE_H
#define STAGE_RACK_OSCSIDE_H

#include <uv.h>

#include "rack/rack.h"

struct stage_rack_oscside;

/** Listens where the rack's configuration says. name: of the rack in addresses;
 * changed is told when something was changed. Ownership: *out goes with
 * destroy; rack, name and user are borrowed until then. Errors: STAGE_BAD_INPUT
 * for an address that is none, STAGE_BUSY when the port is taken, with what to
 * do; STAGE_UNSUPPORTED when this was built without OSC. */
STAGE_NODISCARD enum stage_status stage_rack_oscside_create(uv_loop_t *loop,
	struct stage_rack *rack, const char *name, void (*changed)(void *user),
	void *user, struct stage_rack_oscside **out, struct stage_err *err);

/** To be called when something may have changed: those who subscribed are told
 * when their time has come. NULL is fine. */
void stage_rack_oscside_look(struct stage_rack_oscside *self);

/** Stops listening; the memory goes when the loop has run on. NULL is fine. */
void stage_rack_oscside_destroy(struct stage_rack_oscside *self);

#endif
