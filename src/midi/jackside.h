/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The bridge's ports in JACK. They are wanted whether there is a server or
 * not: each server that appears gets all of them, before the client becomes
 * active, so that the patchbay finds them at once.
 *
 * What asks the server is done on the client's worker: a server that stands
 * still keeps no caller waiting. So a port is in JACK some time after it was
 * wanted.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_MIDI_JACKSIDE_H
#define STAGE_MIDI_JACKSIDE_H

#include <stdbool.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "jack/client.h"
#include "midi/wire.h"

struct stage_midi_jack;

struct stage_midi_jack_events {
	/** A server is there, with those of our ports in it that were wanted
	 * when it was opened. */
	void (*opened)(void *user, const struct stage_jack_info *info);

	/** It has gone, or does not know us any more; nothing is connected. */
	void (*lost)(void *user, const char *reason);

	/** It does not answer, or no cycle runs; it moves again. */
	void (*stalled)(void *user, const char *reason);
	void (*alive)(void *user);

	/** Which ways are connected has changed: see the ways. */
	void (*connected)(void *user);

	/** The server bridges devices itself: it was started with -X. */
	void (*rival)(void *user);

	/** What was wanted has been done, as far as it can be: see
	 * stage_midi_jack_is_settled. Thread: any. */
	void (*tended)(void *user);

	/** Something that a person should know, or the reason why this process
	 * cannot go on. */
	void (*warn)(void *user, const char *sentence);
	void (*hung)(void *user, const char *sentence);

	/** Nothing of JACK uses the wire any more; the last thing told. Thread:
	 * any. */
	void (*ended)(void *user);
};

/** A port as it is wanted. Texts are copied. */
struct stage_midi_jack_port {
	const char *name;     // without the client
	const char *identity; // the first alias
	const char *label;    // the second one, "" for none, and pretty name
	const char *group;    // metadata: the device that it belongs to
	int order;            // and its place there
	bool is_hardware;     // physical, in JACK's word
	bool is_here;         // its device is
};

/** Looks for the server, for ever. backend: NULL for libjack. Ownership: *out
 * goes with destroy; wire, events and user are borrowed until `ended`. */
STAGE_NODISCARD enum stage_status stage_midi_jack_create(uv_loop_t *loop,
	struct stage_midi_wire *wire, const char *client_name,
	const struct stage_jack_backend *backend,
	const struct stage_midi_jack_events *events, void *user,
	struct stage_midi_jack **out, struct stage_err *err);

/** Closes the client. Only `ended` is told any more. NULL is fine. */
void stage_midi_jack_destroy(struct stage_midi_jack *self);

/** Wants a port for a way, or wants it with other aliases. */
void stage_midi_jack_want(struct stage_midi_jack *self,
	struct stage_midi_way *way, const struct stage_midi_jack_port *port);

/** Does not want it any more. It goes when no cycle can be using it. */
void stage_midi_jack_unwant(
	struct stage_midi_jack *self, struct stage_midi_way *way);

/** Takes all ports away, or brings all back, where another bridges. */
void stage_midi_jack_stand_back(struct stage_midi_jack *self, bool stands_back);

/** Whether ports wait for something that nothing tells of: to be taken away, or
 * to be taken. */
bool stage_midi_jack_has_pending(struct stage_midi_jack *self);

/** To be called now and then while there are such. Returns whether there are.
 */
bool stage_midi_jack_tidy(struct stage_midi_jack *self);

/** Tells JACK that latencies have changed. */
void stage_midi_jack_tell_latency(struct stage_midi_jack *self);

/** The priority of JACK's own threads; 0 when it is not real-time, or not
 * there. */
int stage_midi_jack_priority(const struct stage_midi_jack *self);

/** Whether the server that is there has all ports that it takes. */
bool stage_midi_jack_is_settled(struct stage_midi_jack *self);

bool stage_midi_jack_is_open(const struct stage_midi_jack *self);

#endif
