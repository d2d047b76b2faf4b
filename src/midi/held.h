/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What is held on one way through the bridge: notes that are on, pedals that
 * are down, bends that are not at rest, so that all of it can be ended when the
 * other end can do so no more.
 *
 * It lies in memory that is a file (ledger.h), and is written before an event
 * is passed on: what a process that is killed leaves there covers all that it
 * has passed.
 *
 * Thread: one at a time writes, the one that passes the events on; any may
 * look. Nothing here waits.
 */

#ifndef STAGE_MIDI_HELD_H
#define STAGE_MIDI_HELD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rt/rt.h"

#define STAGE_MIDI_CHANNELS 16
#define STAGE_MIDI_NOTES 128
#define STAGE_MIDI_RELEASE_BYTES 3

struct stage_midi_held {
	_Atomic uint32_t notes[STAGE_MIDI_CHANNELS][STAGE_MIDI_NOTES / 32];
	// One bit a channel.
	_Atomic uint32_t dampers;    // controller 64 is down
	_Atomic uint32_t sostenutos; // controller 66 is down
	_Atomic uint32_t bends;      // not in the middle
};

/** Notes what one message does, which is about to be passed on. Messages that
 * hold nothing and broken ones are fine. */
STAGE_RT void stage_midi_held_note(
	struct stage_midi_held *self, const uint8_t *bytes, size_t len);

/** Writes one message that ends something held into out, and holds that no
 * more. False when nothing is held: notes come first, then pedals, then bends.
 */
STAGE_RT bool stage_midi_held_release(
	struct stage_midi_held *self, uint8_t out[STAGE_MIDI_RELEASE_BYTES]);

/** Forgets all, for a receiver that has gone. */
STAGE_RT void stage_midi_held_clear(struct stage_midi_held *self);

STAGE_RT bool stage_midi_held_is_empty(const struct stage_midi_held *self);

/** How many notes are on. */
unsigned stage_midi_held_count(const struct stage_midi_held *self);

#endif
