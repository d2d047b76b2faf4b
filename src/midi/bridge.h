/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The bridge as a whole: endpoints, their ways, the sequencer, JACK.
 *
 * A device that comes is an endpoint that it was before, or a new one, with a
 * JACK port for each direction; the port stays when the device goes. The device
 * is opened while its port is connected, or pinned, or holds something that is
 * to be ended. What is held is ended when its other end goes, whatever went.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_MIDI_BRIDGE_H
#define STAGE_MIDI_BRIDGE_H

#include <jansson.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "midi/endpoints.h"
#include "midi/rules.h"
#include "midi/seq.h"
#include "rig/paths.h"

struct stage_jack_backend;
struct stage_midi_bridge;

struct stage_midi_bridge_events {
	/** The state has changed; `topic` is one of endpoint, status. */
	void (*changed)(void *user, const char *topic);

	/** All is there for the first time: the sequencer was listed, and JACK
	 * has the ports. */
	void (*ready)(void *user);

	/** It ended; the last thing told. Thread: any. */
	void (*ended)(void *user);
};

/** Starts it. rules become its own, whatever comes of it; NULL: out of memory.
 * jack_backend: NULL for libjack. rig, events and user are borrowed. Ownership:
 * *out with stage_midi_bridge_destroy. Errors: with a sentence; a sequencer
 * that is not there (yet) is none, but one that this build cannot use is. */
STAGE_NODISCARD enum stage_status stage_midi_bridge_create(uv_loop_t *loop,
	const struct stage_rig *rig, struct stage_midi_rules *rules,
	const struct stage_midi_seq_class *seq_class,
	const struct stage_jack_backend *jack_backend,
	const struct stage_midi_bridge_events *events, void *user,
	struct stage_midi_bridge **out, struct stage_err *err);

/** Ends all that is held, on both sides, and closes. The loop must run on until
 * `ended`. NULL is fine. */
void stage_midi_bridge_destroy(struct stage_midi_bridge *self);

/** The state, as JSON; NULL when out of memory. Ownership: the caller's. */
json_t *stage_midi_bridge_state(const struct stage_midi_bridge *self);
json_t *stage_midi_bridge_list(const struct stage_midi_bridge *self);

/** What is not well and a person should know of: no sequencer, a server that
 * stands still; "" for nothing. A server that is not there is seen elsewhere.
 * Ownership: borrowed until the loop runs again. */
const char *stage_midi_bridge_trouble(const struct stage_midi_bridge *self);

/** Takes other rules, which become its own. */
void stage_midi_bridge_set_rules(
	struct stage_midi_bridge *self, struct stage_midi_rules *rules);

/** Finds the endpoint that is meant: its number, its JACK name with or without
 * the client, the name of its device or its label. Errors: STAGE_NOT_FOUND,
 * STAGE_BAD_INPUT when several are meant, with a sentence. */
STAGE_NODISCARD enum stage_status stage_midi_bridge_find(
	struct stage_midi_bridge *self, const char *name,
	struct stage_midi_endpoint **out, struct stage_err *err);

/** Gives an endpoint a label, "" for none. Errors: STAGE_TOO_LONG, those of the
 * file. */
STAGE_NODISCARD enum stage_status stage_midi_bridge_label(
	struct stage_midi_bridge *self, struct stage_midi_endpoint *endpoint,
	const char *label, struct stage_err *err);

/** Forgets an endpoint that is away. Errors: STAGE_BUSY, with a sentence. */
STAGE_NODISCARD enum stage_status stage_midi_bridge_forget(
	struct stage_midi_bridge *self, struct stage_midi_endpoint *endpoint,
	struct stage_err *err);

/** Ends all notes everywhere, held or not. */
void stage_midi_bridge_panic(struct stage_midi_bridge *self);

/** Plays one note to a device. Errors, with a sentence: STAGE_BAD_INPUT when it
 * takes none, STAGE_GONE when it is away, STAGE_BUSY when it is not in use. */
STAGE_NODISCARD enum stage_status stage_midi_bridge_test(
	struct stage_midi_bridge *self, struct stage_midi_endpoint *endpoint,
	struct stage_err *err);

/** Makes a port of our own in the sequencer, and its JACK ports. Errors: with a
 * sentence. */
STAGE_NODISCARD enum stage_status stage_midi_bridge_add_virtual(
	struct stage_midi_bridge *self, const char *name,
	struct stage_err *err);

#endif
