/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** When a JACK cycle really began, and where in it a moment lies.
 *
 * The times at which cycles are seen to begin jitter; a delay-locked loop of
 * second order smooths them (F. Adriaensen, "Using a DLL to filter time"). It
 * is wide for a second, then narrow. JACK2's own is never set anew after an
 * xrun, and is off for ten seconds then; this one is seeded anew when the
 * frames jump, when a cycle is off by more than half a period, when the period
 * changes, and when it is asked for. Frame counters wrap after a day; only
 * their differences are used.
 *
 * A moment of the last cycle is played one period later, exactly.
 *
 * Times are nanoseconds of CLOCK_MONOTONIC. Thread: one, the real-time one.
 */

#ifndef STAGE_MIDI_TIMING_H
#define STAGE_MIDI_TIMING_H

#include <stdbool.h>
#include <stdint.h>

#include "rt/rt.h"

struct stage_midi_timing {
	uint32_t rate_hz;
	uint32_t period;     // frames; 0: not seeded
	uint32_t frame;      // JACK's count at the start of this cycle
	int64_t base_ns;     // what the following are relative to
	double start_ns;     // of this cycle
	double next_ns;      // of the next one, as foreseen
	double length_ns;    // of a cycle
	double since_seed;   // frames
	uint32_t seed_count; // how often it was seeded; for tests and counters
};

/** A zeroed struct is good for stage_midi_timing_cycle. Tells that a cycle of
 * `frames` began at about now_ns, at JACK's frame number `frame`. */
STAGE_RT void stage_midi_timing_cycle(struct stage_midi_timing *self,
	int64_t now_ns, uint32_t frame, uint32_t frames, uint32_t rate_hz);

/** Seeds it anew at the next cycle, after an xrun. */
STAGE_RT void stage_midi_timing_forget(struct stage_midi_timing *self);

/** When this cycle began; when the frame at `offset` in it is. */
STAGE_RT int64_t stage_midi_timing_at(
	const struct stage_midi_timing *self, uint32_t offset);

/** Where in this cycle something of the time at_ns is to be played: 0 to
 * period - 1; what is later than all of the last cycle gives `period`, it
 * belongs to the next one. */
STAGE_RT uint32_t stage_midi_timing_offset(
	const struct stage_midi_timing *self, int64_t at_ns);

/** The length of a cycle, as measured. */
STAGE_RT int64_t stage_midi_timing_period_ns(
	const struct stage_midi_timing *self);

/** By how much what goes from JACK to a device is late, on purpose: so much
 * that whatever is sent can be on time.
 *
 * It is the longest that it ever took from the start of a cycle until our turn
 * in it, and STAGE_MIDI_LATENCY_SPARE_NS more, in steps, and one period at
 * most. It grows at once and never shrinks. Zeroed is good. Thread: one.
 */
#define STAGE_MIDI_LATENCY_SPARE_NS 300000
#define STAGE_MIDI_LATENCY_STEP_NS 100000

struct stage_midi_latency {
	int64_t ns;
};

/** Takes how long after the start of a cycle it was our turn. Returns true when
 * the latency has changed. */
STAGE_RT bool stage_midi_latency_note(
	struct stage_midi_latency *self, int64_t after_ns, int64_t period_ns);

/** The stamp of a message in a ring of capture: microseconds, which wrap. */
STAGE_RT uint32_t stage_midi_stamp(int64_t at_ns);
STAGE_RT int64_t stage_midi_unstamp(uint32_t stamp, int64_t now_ns);

#endif
