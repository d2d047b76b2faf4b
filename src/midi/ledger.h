/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The file in which the bridge notes what is held, one slot for each JACK
 * port, found by its name: what a bridge that was killed has left on is ended
 * by the next one.
 *
 * The file lies in the run directory and is mapped into memory, so that the
 * kernel has each note the moment it is written, whatever happens to us. It
 * does not outlive the machine, and neither do the notes.
 *
 * Thread: [main], but for what is in the slots (held.h).
 */

#ifndef STAGE_MIDI_LEDGER_H
#define STAGE_MIDI_LEDGER_H

#include "base/attr.h"
#include "base/err.h"
#include "midi/held.h"

#define STAGE_MIDI_LEDGER_SLOTS 512
#define STAGE_MIDI_LEDGER_NAME_MAX 192

struct stage_midi_ledger;

/** Maps the file, which is made when it is not there or is none of ours.
 *
 * When that cannot be done `err` has the sentence, and the ledger is memory
 * alone: it works but for kill -9. NULL when there is no memory either.
 * Ownership: stage_midi_ledger_destroy.
 */
struct stage_midi_ledger *stage_midi_ledger_create(
	const char *path, struct stage_err *err);

/** Unmaps it; what is held stays in the file. NULL is fine. */
void stage_midi_ledger_destroy(struct stage_midi_ledger *self);

/** The slot of that name, with what it holds: perhaps of another process.
 *
 * A new name takes a free slot that holds nothing, or, when there is none, any
 * free slot. NULL when all are taken, when the name is too long, or is taken.
 * Ownership: until stage_midi_ledger_give_back.
 */
struct stage_midi_held *stage_midi_ledger_take(
	struct stage_midi_ledger *self, const char *name);

/** Frees a slot; its name stays with what it holds. NULL is fine. */
void stage_midi_ledger_give_back(
	struct stage_midi_ledger *self, struct stage_midi_held *held);

#endif
