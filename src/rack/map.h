/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What MIDI controls: lines of a slot file, or of the file `rack`.
 *
 *     map  cc    1 74   decay_time  0.4 15 log    # channel, number, what
 *     map  cc14  1 7    wet
 *     map  nrpn  any 260 size  0 1 pickup
 *     map  bend  2      pitch
 *     map  note  10 36  bypass
 *     map  program  1 5  snapshot chorus          # in `rack` alone
 *
 * Numbers are as in MIDI, from 0; channels from 1, or "any". Without a range a
 * value goes over its own; "log" makes equal steps of equal factors; "pickup"
 * leaves a value alone until the controller has come by it.
 *
 * Pure but for what is marked. Thread: any; what is marked STAGE_RT too.
 */

#ifndef STAGE_RACK_MAP_H
#define STAGE_RACK_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "rt/rt.h"

struct stage_conf_line;

#define STAGE_RACK_TARGET_MAX 128 // bytes with the zero
#define STAGE_RACK_MAPS_MAX 256   // in one file

enum stage_rack_map_kind {
	STAGE_RACK_MAP_CC,
	STAGE_RACK_MAP_CC14, // the number is that of the coarse one, 0 to 31
	STAGE_RACK_MAP_NRPN,
	STAGE_RACK_MAP_BEND,
	STAGE_RACK_MAP_NOTE, // the velocity; of a switch: each press turns it
	STAGE_RACK_MAP_PROGRAM, // a program change
	STAGE_RACK_MAP_KIND_COUNT,
};

struct stage_rack_map {
	enum stage_rack_map_kind kind;
	uint8_t channel; // 0: any; else from 1
	uint16_t number;
	char target[STAGE_RACK_TARGET_MAX];   // a symbol, or what it does
	char argument[STAGE_RACK_TARGET_MAX]; // of what it does
	bool has_range;
	float min, max; // min may be above max: it is turned round then
	bool is_log;
	bool has_pickup;
	unsigned line, column; // of the target, in its file
};

struct stage_rack_maps {
	struct stage_rack_map *items; // [count], owned
	size_t count;
};

/** Takes a line of a slot file, or, is_rack, of the file `rack`. Errors:
 * STAGE_BAD_INPUT with the place; STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_maps_take(
	struct stage_rack_maps *self, const struct stage_conf_line *line,
	bool is_rack, struct stage_err *err);

/** Adds a copy. Errors: STAGE_NO_MEMORY, STAGE_FULL. */
STAGE_NODISCARD enum stage_status stage_rack_maps_add(
	struct stage_rack_maps *self, const struct stage_rack_map *map);

/** Frees what is in it. NULL and zeroed memory are fine. */
void stage_rack_maps_finish(struct stage_rack_maps *self);

/** Appends the words of a map, as they stand behind "map" in a file. Errors:
 * STAGE_NO_MEMORY; STAGE_BAD_INPUT for a target that no file can hold. */
STAGE_NODISCARD enum stage_status stage_rack_map_write(
	const struct stage_rack_map *map, struct stage_str *out);

/** Whether each of its messages is a press of something, which turns a switch
 * over; others are the place of a knob. */
STAGE_RT bool stage_rack_map_is_press(enum stage_rack_map_kind kind);

/** The value for a controller that is at `part` of its way, 0 to 1. */
STAGE_RT float stage_rack_map_scale(
	float min, float max, bool is_log, float part);

/** The inverse: where the controller is for a value. */
STAGE_RT float stage_rack_map_part(
	float min, float max, bool is_log, float value);

#endif
