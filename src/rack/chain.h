/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The chain of a rack, as the audio thread runs it: its sound goes through one
 * link after the other, in the channels of a bus.
 *
 * A link is a slot's plug-in: one unit, or, where a mono plug-in stands in a
 * rack of several channels, one for each. Its sound is mixed into the bus by
 * `mix`, which moves towards what is wanted without a click: bypass, a link
 * that comes or goes, and the wet part are all the same there. A unit runs on
 * while it is bypassed, so that its tail is where it would be. What passes by a
 * unit is as late as the unit makes its sound.
 *
 * What a unit puts out is looked at first. A block that holds no numbers, or
 * what is louder than STAGE_RACK_LIMIT, is not heard; the sound passes by the
 * link instead, from that sample on, and without a click. The same is done with
 * one that does not come back from run(), and it is not called any more
 * (rescue.h).
 *
 * Sound is copied where something is done with it. A link that is heard alone,
 * as most are most of the time, reads in the bus and writes beside it, and then
 * the bus is there; no unit ever reads where it writes. So a few buffers are
 * all that a cycle goes through, and they stay in the cache. A unit is told
 * where to read and write only when that has changed: stage_rack_chain_begin()
 * has each cycle go the same way.
 *
 * Thread: [rt], but for what is marked. Who makes plans and hands them over is
 * said in docs/internals/threads.md.
 */

#ifndef STAGE_RACK_CHAIN_H
#define STAGE_RACK_CHAIN_H

#include <stdatomic.h>
#include <stddef.h>

#include "rack/block.h"
#include "rack/config.h"
#include "rack/control.h"
#include "rack/dry.h"
#include "rack/held.h"
#include "rack/meter.h"
#include "rack/midi.h"
#include "rack/page.h"
#include "rack/rescue.h"
#include "rack/seam.h"
#include "rack/shape.h"
#include "rack/side.h"

#define STAGE_RACK_FRAMES_MAX                                                  \
	4096                    // of any length; some plug-ins end us where
				// it is more
#define STAGE_RACK_LIMIT 15.85F // 24 dB over full
#define STAGE_RACK_BAD_MAX 64   // bad blocks in a row before a fresh start
#define STAGE_RACK_MIDI_BYTES 32768
#define STAGE_RACK_PIECE_FRAMES 32 // of a period, while values move
#define STAGE_RACK_RAMP_MS 15

struct stage_rack_slot;

/** One instance of a plug-in. Its maker owns all of it. */
struct stage_rack_unit {
	void (*run)(struct stage_rack_unit *self, uint32_t frames);
	float **ins;       // [in_count + side_in_count]: where it reads
	float **outs;      // [out_count + side_out_count]: where it writes
	float **in_rooms;  // likewise, its own, [FRAMES_MAX] each; or NULL:
	float **out_rooms; // both are its own already, and stay as they are
	bool has_moved;    // [rt] one of ins or outs has
	uint32_t in_count; // main ones, that stand first
	uint32_t out_count;
	uint32_t side_in_count; // sidechains
	uint32_t side_out_count;
	float *cells;                     // what control ports are connected to
	struct stage_rack_events midi_in; // atom is NULL: has none
	struct stage_rack_events midi_out; // likewise
};

/** A value on its way: it moves in steps of some frames, so that no knob is
 * heard to jump. */
struct stage_rack_ramp {
	bool may_ramp; // [main] else the value jumps
	float goal;
	float step; // for a frame; 0: it is there
};

// What a cycle looks at stands first, so that it is in few lines of the cache.
struct stage_rack_link {
	struct stage_rack_page *page;
	struct stage_rack_page_bytes *bytes; // [rt] the page's
	uint32_t unit_count;
	uint32_t seen;                   // [rt] the page's changes
	float mix;                       // [rt] 0: it is not heard
	float wanted;                    // [rt] what the page says of that
	uint32_t way;                    // [rt] of the plan that it is put on
	uint32_t bad_blocks;             // [rt] in a row
	const float *latency;            // a cell, or NULL
	_Atomic uint32_t latency_frames; // as its plug-in says
	bool is_moving;                  // [rt] some ramp is under way
	bool is_steady; // [rt] while nothing changes there is only to play
	_Atomic bool has_turned; // MIDI has changed a value
	bool has_extras; // the page has those of extra.h behind the cells
	bool is_whole;   // [main] nothing passes by it while it is heard
	bool is_direct;  // [main] it hears what is in the bus, as it is
	bool was_heard;  // [rt] the effect for MIDI, in its place
	_Atomic bool is_leaving;  // it is to be faded out
	_Atomic bool wants_reset; // nothing but bad blocks comes
	_Atomic bool is_hung;     // nobody calls its plug-in any more
	bool is_stuck;            // [main] a call never came back
	struct stage_rack_unit *units[STAGE_RACK_CHANNELS_MAX];
	struct stage_rack_dry dry;     // [rt] without lines: nothing is late
	struct stage_rack_shape shape; // [rt]
	struct stage_rack_seam seam;   // [rt] where the guard cuts it off
	const uint32_t *cells; // [cell_count]: of each value of the page
	uint32_t cell_count;
	struct stage_rack_ramp *ramps; // [cell_count] or NULL: all values jump
	uint32_t ramp_frames;          // [main] how long a value is on its way
	_Atomic uint32_t glide_frames; // of the next change; 0: the usual
	struct stage_rack_held held;   // [rt] behind an effect for MIDI
	_Atomic uint32_t guarded;      // blocks that were not let through
	_Atomic uint32_t strikes;      // times that such blocks began
	struct stage_rack_peaks peaks; // of the bus behind it
	struct stage_rack_slot *slot;  // [main] it is referred to
	unsigned refs;                 // [main] slot and plans
	struct stage_rack_link *next;  // [main] of those that are left
	uint32_t rate_hz;              // [main]
	uint32_t frames_max;           // [main] the period when it was made
};

/** The side ports of a link: for each input and each output of its units, one
 * unit behind the other. NULL: it has none there. */
struct stage_rack_ways {
	struct stage_rack_side **ins;  // [unit_count * all inputs]; or NULL
	struct stage_rack_side **outs; // [unit_count * all outputs]; or NULL
};

struct stage_rack_plan {
	struct stage_rack_link **links; // [count], in the order of the sound
	size_t count;
	struct stage_rack_ways *ways;   // [count]; NULL: there are none
	struct stage_rack_side **sides; // [side_count], all of them
	size_t side_count;
	uint32_t late;                          // [rt] frames, in front of `at`
	uint32_t width;                         // channels of the bus
	float *bus[STAGE_RACK_CHANNELS_MAX];    // [width]: where the sound is
	float *own[2][STAGE_RACK_CHANNELS_MAX]; // [width][FRAMES_MAX] of both
	uint32_t way;     // [rt] the bus is there; of a number of its own,
			  // from 2 on, plus 0 or 1
	bool is_shared;   // [rt] the link that is run may use them
	bool was_left;    // [rt] a plug-in that hangs may use them for ever
	uint32_t frames;  // [rt] of this cycle
	float *shaped[2]; // [FRAMES_MAX]
	struct stage_rack_events midi; // what the links hear
	uint32_t shift; // [rt] where in the period the bus begins
	struct stage_rack_events heard;      // the part for one piece
	struct stage_rack_events made;       // by a link, in pieces
	struct stage_rack_control *controls; // [control_count] or NULL
	size_t control_count;
	struct stage_rack_hits *hits; // of this period; NULL: no controls
	const struct stage_rack_urids *urids; // borrowed
	uint32_t rate_hz;                     // what all this is for
	uint32_t frames_max;                  // that all of it runs at once
	float fade_step;                      // of mix, for a frame
	struct stage_rack_rescue *rescue;     // borrowed; or NULL
	// Of all pages of its links, borrowed; or NULL: look at each.
	const _Atomic uint32_t *page_changes;
	uint32_t seen;    // [rt] of these
	bool is_quiet;    // [rt] no page has changed, no controller has turned
	bool must_panic;  // [rt] in this cycle
	size_t at;        // [rt] the link that is run
	bool has_news;    // [rt] in this cycle
	bool was_rescued; // [rt] likewise
	bool is_metered;  // [rt] somebody looks at the peaks of its links
};

/** Has the bus be where it was at the start of the cycle before, to be filled
 * there. */
STAGE_RT void stage_rack_chain_begin(struct stage_rack_plan *plan);

/** Runs the chain: the bus and `midi` are in and out. True when something has
 * happened that the loop should look at. */
STAGE_RT bool stage_rack_chain_run(
	struct stage_rack_plan *plan, uint32_t frames);

/** Whether the links that are to leave cannot be heard any more. */
STAGE_RT bool stage_rack_chain_has_faded(const struct stage_rack_plan *plan);

/** Copies what was changed in the page to the units. Thread: [rt]; or any, of a
 * link that is in no plan. */
STAGE_RT void stage_rack_link_apply(struct stage_rack_link *link);

/** Takes over the latency that the plug-in says now, of a link that nobody has
 * heard yet. Thread: any, of a link that is in no plan. */
STAGE_RT void stage_rack_link_begin(struct stage_rack_link *link);

/** Moves the values of a link that are on their way. */
STAGE_RT void stage_rack_link_move(
	struct stage_rack_link *link, uint32_t frames);

#endif
