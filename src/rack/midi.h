/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A sequence of MIDI events as LV2 has it, in a buffer of fixed size.
 *
 * Thread: any, the real-time one too.
 */

#ifndef STAGE_RACK_MIDI_H
#define STAGE_RACK_MIDI_H

#include <lv2/atom/atom.h>
#include <stdbool.h>
#include <stdint.h>

#include "rack/transport.h"
#include "rt/rt.h"

/** The numbers of the URIs that the audio thread knows. */
struct stage_rack_urids {
	uint32_t sequence; // of atom.h
	uint32_t chunk;
	uint32_t midi_event;
	uint32_t state_changed; // of state.h
	struct stage_rack_time_urids time;
};

struct stage_rack_events {
	LV2_Atom_Sequence *atom; // [capacity]
	uint32_t capacity;       // bytes of all
};

/** Makes it an empty sequence, to be read or appended to. */
STAGE_RT void stage_rack_events_clear(
	struct stage_rack_events *self, const struct stage_rack_urids *urids);

/** Makes it a place for a plug-in to write to. */
STAGE_RT void stage_rack_events_offer(
	struct stage_rack_events *self, const struct stage_rack_urids *urids);

/** Appends a MIDI event, at a frame not before that of the last one. False when
 * there is no room. */
STAGE_RT bool stage_rack_events_add(struct stage_rack_events *self,
	const struct stage_rack_urids *urids, uint32_t frame, const void *bytes,
	uint32_t size);

/** Puts a copy of an atom before the event at *at, which is 0 for the first
 * one, at frame 0; *at is behind it then. False when there is no room. */
STAGE_RT bool stage_rack_events_insert(struct stage_rack_events *self,
	const struct stage_rack_urids *urids, uint32_t *at,
	const LV2_Atom *atom);

/** Copies all of `from`, as far as there is room for it. */
STAGE_RT void stage_rack_events_copy(struct stage_rack_events *self,
	const struct stage_rack_urids *urids,
	const struct stage_rack_events *from);

/** Copies what is in [from, to), as if `from` were the first frame. */
STAGE_RT void stage_rack_events_slice(struct stage_rack_events *self,
	const struct stage_rack_urids *urids,
	const struct stage_rack_events *source, uint32_t from, uint32_t to);

/** Appends all of `source`, `by` frames later. */
STAGE_RT void stage_rack_events_append(struct stage_rack_events *self,
	const struct stage_rack_urids *urids,
	const struct stage_rack_events *source, uint32_t by);

/** The event behind `event`, the first for NULL; NULL at the end, or where the
 * sequence is not what one is. */
STAGE_RT const LV2_Atom_Event *stage_rack_events_next(
	const struct stage_rack_events *self,
	const struct stage_rack_urids *urids, const LV2_Atom_Event *event);

#endif
