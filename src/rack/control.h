/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Controllers as the audio thread hears them: MIDI becomes hits, each with its
 * frame; a hit becomes a value in the page of a slot when the sound has come to
 * that frame.
 *
 * What controls the rack itself, and what is to be learned, is told to the loop
 * through a ring.
 *
 * Thread: [rt], but for what is marked.
 */

#ifndef STAGE_RACK_CONTROL_H
#define STAGE_RACK_CONTROL_H

#include <stdatomic.h>

#include "rack/map.h"
#include "rack/midi.h"
#include "rt/ring.h"

#define STAGE_RACK_HITS_MAX 512 // in one period
#define STAGE_RACK_TOLD_BYTES 16384

struct stage_rack_link;

enum stage_rack_goal {
	STAGE_RACK_GOAL_VALUE, // of the page, by its index
	STAGE_RACK_GOAL_WET,
	STAGE_RACK_GOAL_BYPASS,
	STAGE_RACK_GOAL_RACK, // told to the loop
};

/** A map, as it is heard. [main] makes it; it is the plan's. */
struct stage_rack_control {
	enum stage_rack_map_kind kind;
	uint8_t channel; // 0: any
	uint16_t number;
	enum stage_rack_goal goal;
	struct stage_rack_link *link; // NULL: the rack's
	uint32_t index;               // in the page, or of the rack's maps
	float min, max;
	bool is_log;
	bool is_switch; // it has two states
	bool is_whole;  // it has whole numbers
	bool has_pickup;
	bool has_caught; // [rt]
	float last_part; // [rt]
	bool has_last;   // [rt]
};

/** A controller that was moved. */
struct stage_rack_hit {
	struct stage_rack_control *control;
	uint32_t frame;
	float part; // of its way
};

struct stage_rack_hits {
	struct stage_rack_hit items[STAGE_RACK_HITS_MAX];
	uint32_t count;
};

/** What goes through the ring to the loop. */
struct stage_rack_told {
	enum stage_rack_map_kind kind;
	uint8_t channel;
	uint16_t number;
	uint32_t index; // of the rack's maps; UINT32_MAX: to be learned
	float part;
};

/** What a stream of MIDI bytes means; outlives plans. */
struct stage_rack_decoder {
	uint8_t coarse[16][32];
	uint8_t nrpn_coarse[16], nrpn_fine[16]; // number
	uint8_t data_coarse[16];
	bool has_nrpn[16];
	struct stage_ring *told;  // for the loop
	_Atomic bool is_learning; // the next one is told
	_Atomic uint32_t lost;    // hits without room
};

/** Makes hits of a period's MIDI, in its order; tells the loop what is for it.
 * True when something was told. */
STAGE_RT bool stage_rack_controls_hear(struct stage_rack_decoder *decoder,
	const struct stage_rack_events *midi,
	const struct stage_rack_urids *urids,
	struct stage_rack_control *controls, size_t count,
	struct stage_rack_hits *hits);

/** Does what a hit says, to the page of its link. True when it has changed
 * something. */
STAGE_RT bool stage_rack_control_turn(const struct stage_rack_hit *hit);

#endif
