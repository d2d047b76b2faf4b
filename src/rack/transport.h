/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Where the show is in time, as JACK's transport has it, and how plug-ins are
 * told: an object time:Position when something has changed, never in each
 * block.
 *
 * Thread: [rt].
 */

#ifndef STAGE_RACK_TRANSPORT_H
#define STAGE_RACK_TRANSPORT_H

#include <lv2/atom/atom.h>
#include <stdbool.h>
#include <stdint.h>

#include "rt/rt.h"

/** What the transport says in one cycle. */
struct stage_rack_moment {
	uint64_t frame;
	bool is_rolling;
	bool has_bars; // somebody says what follows
	int64_t bar;   // from 0
	double beats_per_minute;
	float bar_beat; // from 0
	float beats_per_bar;
	int32_t beat_unit;
};

struct stage_rack_transport {
	struct stage_rack_moment now;
	uint64_t expected; // frame, of the next cycle
	uint32_t changes;  // grows when plug-ins are to be told
};

/** Numbers of the URIs. */
struct stage_rack_time_urids {
	uint32_t object, float_type, int_type, long_type; // of atom.h
	uint32_t position; // of time.h, as the rest
	uint32_t frame, speed, bar, bar_beat, beat_unit, beats_per_bar,
		beats_per_minute;
};

/** A property of an atom's object, with a body of eight bytes or less. */
struct stage_rack_entry {
	uint32_t key, context, size, type;
	union {
		int64_t whole;
		int32_t number;
		float part;
	} value;
};

/** An object time:Position, as plug-ins read it. */
struct stage_rack_position {
	LV2_Atom atom;
	LV2_Atom_Object_Body body;
	struct stage_rack_entry entries[7];
};

/** Takes over what is now, of a cycle of so many frames. */
STAGE_RT void stage_rack_transport_move(struct stage_rack_transport *self,
	const struct stage_rack_moment *now, uint32_t frames);

/** Makes the object; without bars it has frame and speed alone. */
STAGE_RT void stage_rack_position_fill(struct stage_rack_position *self,
	const struct stage_rack_time_urids *urids,
	const struct stage_rack_moment *now);

#endif
