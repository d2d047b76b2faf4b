/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the audio thread of stagecraft-show shares with the others.
 *
 * MIDI goes through rings, a message of theirs being one of MIDI; so do orders
 * to the timebase. All else is atomic. `work` is posted when there is something
 * for [ear], the thread that wakes the loop.
 */

#ifndef STAGE_SHOW_WIRE_H
#define STAGE_SHOW_WIRE_H

#include <jack/transport.h>
#include <jack/types.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "rt/ring.h"
#include "rt/rt.h"
#include "show/jackside.h"
#include "show/timebase.h"

#define STAGE_SHOW_NOTES_MAX 128  // that wait for their end
#define STAGE_SHOW_NOTE_PART 10   // a note lasts that part of a second
#define STAGE_SHOW_GRACE_S 2      // that messages wait for a connection
#define STAGE_SHOW_PANIC_CYCLES 3 // until all have heard a panic
#define STAGE_SHOW_UNTOLD_MAX 4   // cycles that roll without asking a master

/** A bar and a beat as one number; both from 1. */
#define STAGE_SHOW_BEAT(bar, beat) ((uint64_t)(bar) << 32 | (uint32_t)(beat))
#define STAGE_SHOW_BEAT_BAR(number) ((int32_t)((number) >> 32))
#define STAGE_SHOW_BEAT_BEAT(number) ((int32_t)(uint32_t)(number))

/** What stands before the bytes in the ring `in`. */
struct stage_show_in_header {
	int64_t at_ns;
};

struct stage_show_order {
	struct stage_show_tempo tempo;
	enum stage_show_tempo_at at;
};

/** A note that we have begun. */
struct stage_show_note {
	uint8_t channel, key;
	uint32_t frames; // until it ends
};

struct stage_show_wire {
	// [worker] writes these while no callback runs.
	void *client; // jack_client_t
	void *midi_in, *midi_out, *panic;
	uint32_t rate_hz;

	struct stage_ring *in;     // [rt] to [main]
	struct stage_ring *out;    // [main] to [rt]
	struct stage_ring *orders; // [main] to [rt]: struct stage_show_order
	sem_t work;

	_Atomic bool is_connected; // [notify] midi_out is
	_Atomic bool must_panic;   // [worker] to [rt]
	_Atomic bool has_panicked; // [rt] to [main]: it has been heard
	_Atomic bool is_master;    // [worker]; [rt] when it is so no more
	_Atomic bool is_rolling;   // [rt]
	_Atomic uint64_t beat;     // [rt] to [main]: STAGE_SHOW_BEAT; 0: none
	_Atomic bool has_news;     // [rt] to [main]: one of the above
	_Atomic uint64_t xruns;    // [notify] of all servers so far
	_Atomic uint64_t sent;
	_Atomic uint64_t lost;    // going out
	_Atomic uint64_t lost_in; // coming in

	// [rt]
	struct stage_show_timebase timebase;
	struct stage_show_note notes[STAGE_SHOW_NOTES_MAX];
	uint32_t note_count;
	uint32_t grace_frames; // left, for midi_out to be connected
	uint32_t panic_cycles; // left, until all have heard it; 0: none
	uint32_t told;         // calls of the timebase callback
	uint32_t told_before;
	uint32_t cycles_untold; // in a row
	bool was_rolling;
	uint8_t scratch[sizeof(struct stage_show_in_header) +
			STAGE_SHOW_MIDI_MAX];
};

/** JACK's process callback; arg is the wire. */
STAGE_RT int stage_show_process(uint32_t frames, void *arg);

/** JACK's timebase callback, likewise. */
STAGE_RT void stage_show_on_timebase(jack_transport_state_t state,
	jack_nframes_t frames, jack_position_t *position, int is_new,
	void *arg);

/** Has the loop look. */
STAGE_RT void stage_show_wire_tell(struct stage_show_wire *self);

#endif
