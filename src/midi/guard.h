/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Sees that messages run in a circle through the bridge: out to a device and
 * back in from one, the same bytes more than STAGE_MIDI_LOOP_RATE times within
 * a second on both ways. What only comes in, however fast, is no circle.
 *
 * Thread: one counts what goes out, one what comes in. Nothing here waits.
 */

#ifndef STAGE_MIDI_GUARD_H
#define STAGE_MIDI_GUARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rt/rt.h"

#define STAGE_MIDI_LOOP_RATE 1000
#define STAGE_MIDI_GUARD_SLOTS 256

/** Zeroed is good. */
struct stage_midi_guard {
	_Atomic uint32_t out[STAGE_MIDI_GUARD_SLOTS]; // by hash of the bytes
	_Atomic int64_t out_from_ns;                  // since when it counts
	uint32_t in[STAGE_MIDI_GUARD_SLOTS];
	int64_t in_from_ns;
};

/** [sender] Counts a message that goes out. */
STAGE_RT void stage_midi_guard_out(struct stage_midi_guard *self,
	const uint8_t *bytes, size_t len, int64_t now_ns);

/** [reader] Counts a message that comes in; true when it runs in a circle. */
STAGE_RT bool stage_midi_guard_in(struct stage_midi_guard *self,
	const uint8_t *bytes, size_t len, int64_t now_ns);

#endif
