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

#define STAGE_RACK_ASK_BYTES 8192 // of a message
#define STAGE_RACK_ASKS_BYTES 65536

/** An audio port. */
struct stage_rack_plug {
	uint32_t port; // LV2's index
	float *at;     // what it is connected to
};

/** A port for events. */
struct stage_rack_socket {
	struct stage_rack_events events;
	const struct stage_rack_port *port; // borrowed
	bool is_played;                     // the chain fills it, or reads it
};

struct stage_rack_instance {
	struct stage_rack_unit unit;
	void (*play)(LV2_Handle handle, uint32_t frames); // the plug-in's run()
	LV2_Handle handle;
	struct stage_rack_plug *plugs; // [plug_count], as unit.ins and .outs
	uint32_t plug_count;
	bool is_live; // run() is called by [rt]
	bool is_active;
	LilvInstance *lilv;
	const struct stage_rack_plugin *plugin; // borrowed
	struct stage_rack_host *host;           // borrowed
	const LV2_State_Interface *state;       // or NULL
	struct stage_rack_offer features;
	struct stage_rack_work work;
	void *places;   // owned: where the arrays of pointers to sound are
	void **buffers; // [plugin->port_count], owned; those that have one
	struct stage_rack_socket *sockets; // [socket_count]
	uint32_t socket_count;
	struct stage_ring *asks;  // messages that it is to get, or NULL
	unsigned char *ask;       // [STAGE_RACK_ASK_BYTES] of run()
	uint32_t told;            // [rt] of the transport's changes
	bool is_told;             // [rt] of any at all
	float *freewheeling;      // a cell: whether time is free; or NULL
	_Atomic bool has_changed; // it says that its state is another one
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

/** Gives it the state of a preset, likewise. */
void stage_rack_instance_restore_preset(
	struct stage_rack_instance *self, const LilvState *state);

/** Activates it and runs it on silence. The cells are set before. */
void stage_rack_instance_start(
	struct stage_rack_instance *self, uint32_t period_frames);

/** Whether it has a port for messages. */
bool stage_rack_instance_takes_asks(const struct stage_rack_instance *self);

/** Asks a plug-in to take the file at a path as one of its parameters, in its
 * next run(). Errors: STAGE_UNSUPPORTED when it takes no such messages;
 * STAGE_TOO_LONG; STAGE_FULL. */
STAGE_NODISCARD enum stage_status stage_rack_instance_ask(
	struct stage_rack_instance *self, const char *parameter,
	const char *path);

/** Asks for those of the wanted files that are not as they were before, when
 * the plug-in was asked last: its own state has those. Paths start in a
 * directory. True when any was asked for. */
bool stage_rack_instance_ask_files(struct stage_rack_instance *self,
	const char *directory, const struct stage_rack_files *wanted,
	const struct stage_rack_files *before);

/** Adds what it says of itself to the memory; it may run meanwhile. Errors:
 * STAGE_BUSY while it works; STAGE_NO_MEMORY; STAGE_IO when it cannot;
 * STAGE_UNSUPPORTED when it never says anything. */
STAGE_NODISCARD enum stage_status stage_rack_instance_save(
	struct stage_rack_instance *self, struct stage_rack_memory *memory);

/** What the unit does; and where it has no ports for events, no work, and
 * nothing that it is to be told. Thread: [rt]. */
STAGE_RT void stage_rack_instance_run(
	struct stage_rack_unit *unit, uint32_t frames);
STAGE_RT void stage_rack_instance_run_plain(
	struct stage_rack_unit *unit, uint32_t frames);

#endif
