/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The two threads between the rings and the sequencer: [reader] takes what
 * comes in, [sender] sends what is due. They have a higher priority than JACK's
 * process callbacks, as the driver's thread has: each works for microseconds.
 *
 * Thread: [main], but for stage_midi_take_input, which is what [reader] does,
 * for tests.
 */

#ifndef STAGE_MIDI_THREADS_H
#define STAGE_MIDI_THREADS_H

#include "base/attr.h"
#include "base/err.h"
#include "midi/seq.h"
#include "midi/wire.h"

struct stage_midi_threads;

struct stage_midi_threads_config {
	struct stage_midi_wire *wire; // borrowed, as all here
	const struct stage_midi_seq_class *seq_class;
	struct stage_midi_seq *seq;
	/** Any thread of the two: [main] should look. Must not wait. */
	void (*notify)(void *user);
	void *user;
};

/** Starts both. Ownership: stage_midi_threads_destroy. Errors: STAGE_BUSY,
 * STAGE_NO_MEMORY, with a sentence. */
STAGE_NODISCARD enum stage_status stage_midi_threads_create(
	const struct stage_midi_threads_config *config,
	struct stage_midi_threads **out, struct stage_err *err);

/** Ends what devices hold, then both. NULL is fine. */
void stage_midi_threads_destroy(struct stage_midi_threads *self);

/** Runs both with SCHED_FIFO at that priority. Errors: STAGE_DENIED, with a
 * sentence. */
STAGE_NODISCARD enum stage_status stage_midi_threads_set_priority(
	struct stage_midi_threads *self, int priority, struct stage_err *err);

/** Whether [reader] has ended because the sequencer can no longer be read. */
bool stage_midi_threads_is_broken(const struct stage_midi_threads *self);

/** [main] The outbox's device of a new way of playback. Errors:
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_midi_threads_add_device(
	struct stage_midi_threads *self, struct stage_midi_way *way);

/** [reader] Brings what came in on its way. */
void stage_midi_take_input(
	struct stage_midi_wire *wire, const struct stage_midi_input *input);

#endif
