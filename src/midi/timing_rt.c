/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/timing.h"

#define NS_PER_S 1e9
#define NS_PER_US 1000
#define WIDE_HZ 10.0
#define NARROW_HZ 1.0
#define OMEGA_MAX 0.4 // the loop gets unstable at 1.4
#define TWO_PI 6.283185307179586
#define SQRT_2 1.4142135623730951

STAGE_RT static void
seed(struct stage_midi_timing *self, int64_t now_ns, uint32_t frames,
	uint32_t rate_hz)
{
	self->period = frames;
	self->rate_hz = rate_hz;
	self->base_ns = now_ns;
	self->length_ns = frames * NS_PER_S / rate_hz;
	self->start_ns = 0;
	self->next_ns = self->length_ns;
	self->since_seed = 0;
	self->seed_count++;
}

STAGE_RT static void
step(struct stage_midi_timing *self, double error_ns)
{
	double hz = self->since_seed < self->rate_hz ? WIDE_HZ : NARROW_HZ;
	double omega = TWO_PI * hz * self->period / self->rate_hz;

	if (omega > OMEGA_MAX) {
		omega = OMEGA_MAX;
	}
	self->start_ns = self->next_ns;
	self->next_ns += SQRT_2 * omega * error_ns + self->length_ns;
	self->length_ns += omega * omega * error_ns;
	self->since_seed += self->period;
}

STAGE_RT void
stage_midi_timing_cycle(struct stage_midi_timing *self, int64_t now_ns,
	uint32_t frame, uint32_t frames, uint32_t rate_hz)
{
	double error_ns = (double)(now_ns - self->base_ns) - self->next_ns;
	bool is_next = self->period == frames && self->rate_hz == rate_hz &&
		       frame - self->frame == frames;

	self->frame = frame;
	if (frames == 0 || rate_hz == 0) {
		self->period = 0;
	} else if (is_next && error_ns < self->length_ns / 2 &&
		   error_ns > -self->length_ns / 2) {
		step(self, error_ns);
	} else {
		seed(self, now_ns, frames, rate_hz);
	}
}

STAGE_RT void
stage_midi_timing_forget(struct stage_midi_timing *self)
{
	self->period = 0;
}

STAGE_RT int64_t
stage_midi_timing_at(const struct stage_midi_timing *self, uint32_t offset)
{
	if (self->period == 0) {
		return self->base_ns;
	}
	return self->base_ns +
	       (int64_t)(self->start_ns +
			 self->length_ns * offset / self->period);
}

STAGE_RT uint32_t
stage_midi_timing_offset(const struct stage_midi_timing *self, int64_t at_ns)
{
	double age_ns = self->start_ns - (double)(at_ns - self->base_ns);
	double offset;

	if (self->period == 0 || age_ns >= self->length_ns) {
		return 0;
	}
	if (age_ns <= 0) {
		return self->period;
	}
	offset = self->period - age_ns * self->period / self->length_ns;
	return offset < self->period - 1 ? (uint32_t)(offset + 0.5)
					 : self->period - 1;
}

STAGE_RT int64_t
stage_midi_timing_period_ns(const struct stage_midi_timing *self)
{
	return self->period == 0 ? 0 : (int64_t)self->length_ns;
}

STAGE_RT bool
stage_midi_latency_note(
	struct stage_midi_latency *self, int64_t after_ns, int64_t period_ns)
{
	int64_t wanted = after_ns + STAGE_MIDI_LATENCY_SPARE_NS;

	wanted += STAGE_MIDI_LATENCY_STEP_NS - 1;
	wanted -= wanted % STAGE_MIDI_LATENCY_STEP_NS;
	if (wanted > period_ns) {
		wanted = period_ns;
	}
	if (wanted <= self->ns) {
		return false;
	}
	self->ns = wanted;
	return true;
}

STAGE_RT uint32_t
stage_midi_stamp(int64_t at_ns)
{
	return (uint32_t)(at_ns / NS_PER_US);
}

STAGE_RT int64_t
stage_midi_unstamp(uint32_t stamp, int64_t now_ns)
{
	int32_t ago_us = (int32_t)(stage_midi_stamp(now_ns) - stamp);

	return now_ns - (int64_t)ago_us * NS_PER_US;
}
