/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Where the threads of a rack meet; docs/internals/threads.md says how.
 *
 * Thread: as marked.
 */

#ifndef STAGE_RACK_WIRE_H
#define STAGE_RACK_WIRE_H

#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "rack/chain.h"
#include "rack/meter.h"
#include "rack/side.h"

/** What an output is multiplied by. */
struct stage_rack_fader {
	float gain;
	float goal, step; // where it moves to, by frame
};

/** Who hears an output. */
struct stage_rack_ears {
	int count;       // connections
	uint32_t frames; // for which they are as many
	bool are_there;  // it is played
};

struct stage_rack_wire {
	// Of the client that is open. [worker] before it is active, [rt] after.
	void *ins[STAGE_RACK_CHANNELS_MAX]; // jack_port_t
	void *outs[STAGE_RACK_CHANNELS_MAX];
	void *midi_in;
	void *midi_out;
	uint32_t in_count;
	uint32_t out_count;
	void *client; // jack_client_t
	struct stage_rack_sides sides;
	_Atomic uint32_t rate_hz;
	struct stage_rack_transport transport; // [rt]

	// From the loop to the audio thread and back.
	_Atomic(struct stage_rack_plan *) next;
	_Atomic(struct stage_rack_plan *) retired;
	struct stage_rack_plan *current; // [rt]
	_Atomic bool must_fade_out;      // all of it, before the end
	_Atomic bool must_release;       // the notes that are held
	_Atomic bool must_panic;         // all that may sound
	_Atomic bool is_fed;             // [notify] midi_in has a connection
	_Atomic float level;             // what the outputs are multiplied by
	_Atomic uint32_t page_changes;   // grows behind one of any slot's page
	_Atomic bool is_metered;         // somebody looks at peaks
	struct stage_rack_peaks peaks;   // of the outputs

	struct stage_rack_held held; // [rt] at midi_in
	// Of each output: it moves to level. [worker] as the ports, or [rt]
	struct stage_rack_fader faders[STAGE_RACK_CHANNELS_MAX];
	struct stage_rack_fader side_fader;
	bool knows_wires; // [worker] likewise: which output is connected
	struct stage_rack_ears ears[STAGE_RACK_CHANNELS_MAX]; // likewise
	_Atomic bool is_wiring;            // [worker] is making connections
	struct stage_rack_decoder decoder; // [rt] but for what is atomic
	_Atomic bool is_silent;            // nothing is heard of us any more
	_Atomic uint32_t lost_midi;        // events that had no room
	_Atomic uint32_t cycles;
	_Atomic bool is_called; // by the server, since this client is open
	_Atomic bool has_news;  // for the loop
	struct stage_rack_rescue rescue; // from plug-ins that hang
	sem_t work;                      // for the thread that tells the loop
};

/** Takes the next plan, once what leaves with the old one cannot be heard any
 * more. Thread: [rt]. */
STAGE_RT void stage_rack_wire_take(struct stage_rack_wire *wire);

/** Begins with silence: all outputs fade in. Thread: [rt], or [worker] while
 * the client is not active. */
STAGE_RT void stage_rack_wire_mute(struct stage_rack_wire *wire);

/** Says that the loop should look. Thread: [rt]. */
STAGE_RT void stage_rack_wire_tell(struct stage_rack_wire *wire);

/** JACK's process callback; arg is the wire. Thread: [rt]. */
STAGE_RT int stage_rack_process(uint32_t frames, void *arg);

#endif
