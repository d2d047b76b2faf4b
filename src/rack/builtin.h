/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Plug-ins that are always there, under the URI builtin:NAME: what routes and
 * changes MIDI, a gain, and ways out of the rack and into it (side.h). To the
 * rest of the rack they are LV2 plug-ins.
 *
 * A note ends where it began: one that was transposed or moved to another
 * channel, although the value has changed meanwhile.
 *
 * Thread: any but the real-time one, but for what is marked.
 */

#ifndef STAGE_RACK_BUILTIN_H
#define STAGE_RACK_BUILTIN_H

#include <lv2/core/lv2.h>
#include <stdatomic.h>
#include <stddef.h>

#include "rack/midi.h"

#define STAGE_RACK_BUILTIN_PREFIX "builtin:"
#define STAGE_RACK_BUILTIN_VALUES_MAX 22

enum stage_rack_builtin_way {
	STAGE_RACK_BUILTIN_MIDI,   // ports: in, out, then the values
	STAGE_RACK_BUILTIN_MONO,   // likewise
	STAGE_RACK_BUILTIN_STEREO, // ports: two in, two out, then the values
	STAGE_RACK_BUILTIN_SEND,   // as a mono one; what is out is a side port
	STAGE_RACK_BUILTIN_RETURN  // likewise of what is in; then its latency
};

struct stage_rack_builtin_value {
	const char *symbol;
	float value, min, max; // by default
};

struct stage_rack_builtin {
	const char *uri;
	const char *name;
	const struct stage_rack_builtin_value *values; // [value_count]
	uint32_t value_count;
	enum stage_rack_builtin_way way;
	const LV2_Descriptor *descriptor;
};

/** The one of that URI, or NULL. Ownership: borrowed, for ever. */
const struct stage_rack_builtin *stage_rack_builtin_find(const char *uri);

/** All of them, by their place; NULL behind the last one. */
const struct stage_rack_builtin *stage_rack_builtin_at(size_t index);

/** How many ports for sound or events there are before the values. */
uint32_t stage_rack_builtin_ports(const struct stage_rack_builtin *self);

/** One that runs; what instantiate() of these returns. */
struct stage_rack_builtin_run {
	const struct stage_rack_urids *urids; // borrowed; set by its maker
	void *ports[4 + STAGE_RACK_BUILTIN_VALUES_MAX];
	uint16_t held[16][128]; // where a note went: 1 + channel * 128 + note
	float gains[2];         // that are reached
	float step;             // of a gain, for a frame
	_Atomic uint32_t away;  // frames; of a return
};

/** Their run(). Thread: [rt]. */
STAGE_RT void stage_rack_builtin_through(LV2_Handle handle, uint32_t frames);
STAGE_RT void stage_rack_builtin_transpose(LV2_Handle handle, uint32_t frames);
STAGE_RT void stage_rack_builtin_channel(LV2_Handle handle, uint32_t frames);
STAGE_RT void stage_rack_builtin_filter(LV2_Handle handle, uint32_t frames);
STAGE_RT void stage_rack_builtin_velocity(LV2_Handle handle, uint32_t frames);
STAGE_RT void stage_rack_builtin_mono(LV2_Handle handle, uint32_t frames);
STAGE_RT void stage_rack_builtin_stereo(LV2_Handle handle, uint32_t frames);
STAGE_RT void stage_rack_builtin_level(LV2_Handle handle, uint32_t frames);
STAGE_RT void stage_rack_builtin_return(LV2_Handle handle, uint32_t frames);

#endif
