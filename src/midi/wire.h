/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the four threads of the bridge share, and nothing else is shared:
 *
 *   [main]    makes ways, binds them to devices and JACK ports, asks for things
 *   [rt]      JACK's process callback; ends of the rings, the ledger of capture
 *   [reader]  takes events from the sequencer, writes the rings of capture
 *   [sender]  reads the rings of playback, sends; the ledger of playback
 *
 * A way is one JACK port: one direction of an endpoint. It is made by [main],
 * published by its place in the table, and never freed while threads run; one
 * that is not used any more is used again. All else between threads is a C11
 * atomic with one writer, or a ring.
 */

#ifndef STAGE_MIDI_WIRE_H
#define STAGE_MIDI_WIRE_H

#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "midi/bytes.h"
#include "midi/guard.h"
#include "midi/held.h"
#include "midi/names.h"
#include "midi/outbox.h"
#include "midi/timing.h"
#include "rt/ring.h"

#define STAGE_MIDI_WAYS_MAX 512
#define STAGE_MIDI_EVENT_BYTES 24576 // of SysEx in one JACK event, at most
#define STAGE_MIDI_ADDRESSES 65536   // client * 256 + port
#define STAGE_MIDI_AWAY (-1)

struct stage_midi_way {
	size_t index; // in the table, and of the outbox's device
	enum stage_midi_direction direction;

	// By [main].
	_Atomic(void *) port;     // jack_port_t; NULL: none
	_Atomic int address;      // of the device, or STAGE_MIDI_AWAY
	atomic_bool is_connected; // in JACK
	atomic_bool is_asap;
	atomic_bool passes_note0;
	_Atomic unsigned filter;    // enum stage_midi_class
	_Atomic int64_t pace_rate;  // bytes per second
	_Atomic int64_t pace_burst; // bytes
	atomic_bool has_rings;      // the rings are there, and stay
	struct stage_ring *rings[STAGE_MIDI_LANES]; // of capture only one
	struct stage_midi_assembler assembler;      // [reader]
	// In the ledger, or the wire's `nobodys`; never NULL.
	struct stage_midi_held *_Atomic held;

	// Asked for by [main]; of capture by [reader], of playback by [rt],
	// too; done by the other of [rt] and [sender], who resets it.
	atomic_bool must_release; // end what is held
	atomic_bool must_panic;   // and send all notes off, on all channels

	// By [rt].
	atomic_bool has_news;  // for [sender]: something is in a ring
	bool is_silent;        // its buffer is empty, its ring is not read
	int64_t last_deadline; // of what was given to the outbox

	// Counters: of messages, by whoever passes them on.
	_Atomic uint64_t passed;
	_Atomic uint64_t lost;
	atomic_bool is_muted; // by [reader]: it runs in a circle
	_Atomic int64_t muted_ns;
};

struct stage_midi_wire {
	_Atomic(struct stage_midi_way *) ways[STAGE_MIDI_WAYS_MAX];
	atomic_size_t way_count;                       // places in use
	_Atomic uint16_t routes[STAGE_MIDI_ADDRESSES]; // way of capture + 1
	struct stage_midi_guard guard;
	struct stage_midi_held nobodys; // what unused ways hold

	// JACK's cycle.
	_Atomic(void *) client; // jack_client_t; NULL: none
	_Atomic uint32_t rate_hz;
	atomic_bool is_late; // an xrun; the timing is to be seeded anew
	struct stage_midi_timing timing;   // [rt]
	struct stage_midi_latency latency; // [rt]
	_Atomic int64_t latency_ns;        // for others to see
	_Atomic uint32_t period_frames;
	_Atomic int64_t period_ns;
	_Atomic uint32_t cycles; // that were run
	uint32_t order;          // [rt] of what goes to the outbox
	uint8_t scratch[STAGE_MIDI_OUT_BYTES_MAX]; // [rt]
	atomic_bool has_released; // [rt] something that [main] waits for

	// To the sender.
	sem_t work;
	atomic_bool is_ending;
	_Atomic uint64_t sequencer_losses; // overflows of the input, [reader]
};

/** Prepares zeroed memory. Errors: STAGE_BUSY when there is no semaphore. */
STAGE_NODISCARD enum stage_status stage_midi_wire_init(
	struct stage_midi_wire *self);
void stage_midi_wire_finish(struct stage_midi_wire *self);

/** [main] Gives an unused way of the table, or a new one. NULL: no room.
 * Ownership: the wire's. */
struct stage_midi_way *stage_midi_wire_add(
	struct stage_midi_wire *self, enum stage_midi_direction direction);

/** [main] Whether a way is in use: it has a place in the ledger. */
bool stage_midi_wire_uses(
	const struct stage_midi_wire *self, const struct stage_midi_way *way);

/** [main] Makes the rings of a way, when it has none yet; they stay. Errors:
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_midi_way_make_rings(
	struct stage_midi_way *self);

/** [main] Gives a way back to the table whose port and device were taken from
 * it. The other threads may be at it until they look again. What waits for the
 * device is dropped. */
void stage_midi_wire_remove(
	struct stage_midi_wire *self, struct stage_midi_way *way);

/** [rt] One cycle of JACK, as its process callback; arg is the wire. */
STAGE_RT int stage_midi_process(uint32_t frames, void *arg);

/** [rt] JACK's xrun callback. */
STAGE_RT int stage_midi_on_xrun(void *arg);

#endif
