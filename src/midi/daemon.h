/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The bridge as a service: its rules, its socket, and who may ask.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_MIDI_DAEMON_H
#define STAGE_MIDI_DAEMON_H

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "midi/bridge.h"
#include "midi/seq.h"
#include "rig/paths.h"

struct stage_midi_daemon;

/** Starts it. rig and seq_class are borrowed. Ownership: *out with
 * stage_midi_daemon_destroy. Errors: those of the socket, of midi.conf and of
 * the bridge, with a sentence. */
STAGE_NODISCARD enum stage_status stage_midi_daemon_create(uv_loop_t *loop,
	const struct stage_rig *rig,
	const struct stage_midi_seq_class *seq_class,
	struct stage_midi_daemon **out, struct stage_err *err);

/** Ends all that is held, then itself; the loop must run on until it is done.
 * NULL is fine. */
void stage_midi_daemon_destroy(struct stage_midi_daemon *self);

/** What its verbs are given. */
struct stage_midi_bridge *stage_midi_daemon_bridge(
	struct stage_midi_daemon *self);

#endif
