/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A running LV2 plug-in: a unit of the chain.
 *
 * It is made, filled from memory and run for a while on silence before anybody
 * hears it: the first run() of some plug-ins takes a hundred times as long as
 * any later one.
 *
 * Thread: that of errands, but for what the unit does.
 */

#ifndef STAGE_RACK_INSTANCE_H
#define STAGE_RACK_INSTANCE_H

#include "rack/chain.h"
#include "rack/host.h"
#include "rack/offer.h"
#include "rack/recall.h"

struct stage_rack_instance {
	struct stage_rack_unit unit;
	const struct stage_rack_plugin *plugin; // borrowed
	struct stage_rack_host *host;           // borrowed
	LilvInstance *lilv;
	const LV2_State_Interface *state; // or NULL
	struct stage_rack_offer features;
	struct stage_rack_work work;
	void **buffers; // [plugin->port_count], owned; those that have one
	bool is_active;
};

/** Makes an instance at the host's rate, not active yet. Errors: STAGE_IO when
 * the plug-in cannot be loaded; STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_instance_create(
	struct stage_rack_host *host, const struct stage_rack_plugin *plugin,
	const char *slot, struct stage_rack_instance **out,
	struct stage_err *err);

/** Ends it. It is in no plan, and nobody works for it. NULL is fine. */
void stage_rack_instance_destroy(struct stage_rack_instance *self);

/** Gives it back what it said of itself, or, without any memory, the state it
 * is delivered with. Before stage_rack_instance_start. */
void stage_rack_instance_restore(struct stage_rack_instance *self,
	const struct stage_rack_memory *memory);

/** Activates it and runs it on silence. The cells are set before. */
void stage_rack_instance_start(
	struct stage_rack_instance *self, uint32_t period_frames);

/** Adds what it says of itself to the memory; it may run meanwhile. Errors:
 * STAGE_BUSY while it works; STAGE_NO_MEMORY; STAGE_IO when it cannot. */
STAGE_NODISCARD enum stage_status stage_rack_instance_save(
	struct stage_rack_instance *self, struct stage_rack_memory *memory);

/** What the unit does. Thread: [rt]. */
STAGE_RT void stage_rack_instance_run(
	struct stage_rack_unit *unit, uint32_t frames);

#endif
