/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Bars, beats and ticks of a frame, and tempo.
 *
 * All of it is whole numbers: a position comes of the frame alone and not of
 * the one before, so that after hours it is the tick that it should be. What is
 * left of a tick when the tempo changes goes on in the next tempo.
 *
 * A beat is one of the metre's: of an eighth in 6/8, as JACK has it.
 *
 * Pure. Thread: [rt], or any; one object by one thread at a time.
 */

#ifndef STAGE_SHOW_TIMEBASE_H
#define STAGE_SHOW_TIMEBASE_H

#include <stdbool.h>
#include <stdint.h>

#include "rt/rt.h"

#define STAGE_SHOW_TICKS_PER_BEAT 1920
#define STAGE_SHOW_BPM_MIN 10
#define STAGE_SHOW_BPM_MAX 1000
#define STAGE_SHOW_BPM_DEFAULT 120
#define STAGE_SHOW_BEATS_MAX 255

struct stage_show_tempo {
	uint32_t micro_bpm; // beats a minute, in millionths
	uint16_t beats;     // of a bar
	uint16_t beat_type; // 4: a quarter
};

/** From when on a tempo holds. */
enum stage_show_tempo_at {
	STAGE_SHOW_TEMPO_SONG, // from bar 1 at frame 0, a new song's
	STAGE_SHOW_TEMPO_NOW,  // from here; a new metre begins a bar
	STAGE_SHOW_TEMPO_BAR,  // from the next bar on; now where nothing rolls
};

/** Where a frame is. */
struct stage_show_bbt {
	int64_t bar; // from 1, as all here
	int32_t beat;
	int32_t tick;           // from 0
	int64_t bar_start_tick; // ticks from bar 1 to this bar
};

struct stage_show_timebase {
	uint32_t rate_hz;
	struct stage_show_tempo tempo;
	uint64_t frame;    // from here on it holds
	uint64_t tick;     // there, from the beginning of its bar
	uint64_t rest;     // and of the next tick, in parts of rate_hz * 1e6
	int64_t bar;       // its bar, from 1
	int64_t bar_start; // ticks before that bar
	bool has_next;     // another tempo is to hold from the next bar on
	struct stage_show_tempo next;
};

/** Rate and tempo, from frame 0 on. */
STAGE_RT void stage_show_timebase_init(struct stage_show_timebase *self,
	uint32_t rate_hz, const struct stage_show_tempo *tempo);

/** Takes a tempo at a frame. */
STAGE_RT void stage_show_timebase_set(struct stage_show_timebase *self,
	const struct stage_show_tempo *tempo, enum stage_show_tempo_at at,
	uint64_t frame, bool is_rolling);

/** Where a frame is. One before the tempo's first is counted as if it had been
 * there from frame 0 on: somebody has moved the transport back. Takes over the
 * tempo of the next bar when the frame is in it. */
STAGE_RT void stage_show_timebase_find(struct stage_show_timebase *self,
	uint64_t frame, struct stage_show_bbt *out);

/** The first frame at or behind which a bar begins, of those behind `frame`. */
STAGE_RT uint64_t stage_show_timebase_next_bar(
	const struct stage_show_timebase *self, uint64_t frame);

#endif
