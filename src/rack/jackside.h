/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The rack's client and ports in JACK: in_1 ..., out_1 ..., midi_in, midi_out,
 * then those of slots (side.h), the same ones in the same order in each server
 * that appears, before the client becomes active, so that the patchbay finds
 * them at once.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_JACKSIDE_H
#define STAGE_RACK_JACKSIDE_H

#include <stdbool.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "jack/client.h"
#include "rack/config.h"
#include "rack/wire.h"

struct stage_rack_jack;

struct stage_rack_jack_events {
	/** A server is there, with our ports in it. */
	void (*opened)(void *user, const struct stage_jack_info *info);

	/** It has gone. */
	void (*lost)(void *user, const char *reason);

	/** Something that a person should know, or the reason why this process
	 * cannot go on. */
	void (*warn)(void *user, const char *sentence);
	void (*hung)(void *user, const char *sentence);

	/** Nothing of JACK uses the wire any more; the last thing told. Thread:
	 * any. */
	void (*ended)(void *user);
};

/** Looks for the server, for ever. Ownership: *out goes with destroy; wire,
 * events and user are borrowed until `ended`. */
STAGE_NODISCARD enum stage_status stage_rack_jack_create(uv_loop_t *loop,
	struct stage_rack_wire *wire, const char *client_name,
	const struct stage_rack_config *config,
	const struct stage_rack_jack_events *events, void *user,
	struct stage_rack_jack **out, struct stage_err *err);

/** Closes the client. Only `ended` is told any more. NULL is fine. */
void stage_rack_jack_destroy(struct stage_rack_jack *self);

/** Says how long what comes in takes to go out. */
void stage_rack_jack_set_latency(struct stage_rack_jack *self, uint32_t frames);

/** Has ports of slots come and go as is wanted by now (side.h), and says how
 * late they are. */
void stage_rack_jack_tend(struct stage_rack_jack *self);

bool stage_rack_jack_is_open(const struct stage_rack_jack *self);

#endif
