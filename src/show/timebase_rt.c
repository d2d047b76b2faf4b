/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/timebase.h"

#include <string.h>

#define MILLION 1000000U
// Of a tick there are rate_hz * 1e6 parts; a frame has so many of them for each
// millionth of a beat a minute.
#define PARTS (STAGE_SHOW_TICKS_PER_BEAT / 60)

_Static_assert(STAGE_SHOW_TICKS_PER_BEAT % 60 == 0, "parts are whole");

STAGE_RT static uint64_t
bar_ticks(const struct stage_show_tempo *tempo)
{
	return (uint64_t)tempo->beats * STAGE_SHOW_TICKS_PER_BEAT;
}

STAGE_RT static uint64_t
parts_per_tick(const struct stage_show_timebase *self)
{
	return (uint64_t)self->rate_hz * MILLION;
}

// What can be reckoned with, whatever is asked for.
STAGE_RT static struct stage_show_tempo
limited(const struct stage_show_tempo *tempo)
{
	struct stage_show_tempo out = *tempo;

	if (out.micro_bpm < STAGE_SHOW_BPM_MIN * MILLION) {
		out.micro_bpm = STAGE_SHOW_BPM_MIN * MILLION;
	}
	if (out.micro_bpm > STAGE_SHOW_BPM_MAX * MILLION) {
		out.micro_bpm = STAGE_SHOW_BPM_MAX * MILLION;
	}
	if (out.beats < 1 || out.beats > STAGE_SHOW_BEATS_MAX) {
		out.beats = 4;
	}
	if (out.beat_type < 1) {
		out.beat_type = 4;
	}
	return out;
}

STAGE_RT static void
rewind_to_zero(struct stage_show_timebase *self)
{
	self->frame = 0;
	self->tick = 0;
	self->rest = 0;
	self->bar = 1;
	self->bar_start = 0;
}

STAGE_RT void
stage_show_timebase_init(struct stage_show_timebase *self, uint32_t rate_hz,
	const struct stage_show_tempo *tempo)
{
	memset(self, 0, sizeof(*self));
	self->rate_hz = rate_hz > 0 ? rate_hz : 1;
	self->tempo = limited(tempo);
	rewind_to_zero(self);
}

/* Ticks from the beginning of the tempo's first bar to a frame, which is not
 * before its first one; *rest: of the next tick. Seconds and frames apart, so
 * that nothing overflows: both parts are below 2^55. */
STAGE_RT static uint64_t
ticks_at(const struct stage_show_timebase *self, uint64_t frame, uint64_t *rest)
{
	uint64_t frames = frame - self->frame;
	uint64_t factor = (uint64_t)self->tempo.micro_bpm * PARTS;
	uint64_t of_seconds = frames / self->rate_hz * factor;
	uint64_t parts = frames % self->rate_hz * factor +
			 of_seconds % MILLION * self->rate_hz + self->rest;

	*rest = parts % parts_per_tick(self);
	return self->tick + of_seconds / MILLION + parts / parts_per_tick(self);
}

// Makes a frame the first one of the tempo.
STAGE_RT static void
move_to(struct stage_show_timebase *self, uint64_t frame)
{
	uint64_t of_bar = bar_ticks(&self->tempo);
	uint64_t ticks = ticks_at(self, frame, &self->rest);

	self->bar += (int64_t)(ticks / of_bar);
	self->bar_start += (int64_t)(ticks - ticks % of_bar);
	self->tick = ticks % of_bar;
	self->frame = frame;
}

STAGE_RT static void
begin_bar(struct stage_show_timebase *self)
{
	if (self->tick > 0 || self->rest > 0) {
		self->bar++;
		self->bar_start += (int64_t)self->tick;
		self->tick = 0;
		self->rest = 0;
	}
}

STAGE_RT void
stage_show_timebase_set(struct stage_show_timebase *self,
	const struct stage_show_tempo *tempo, enum stage_show_tempo_at at,
	uint64_t frame, bool is_rolling)
{
	struct stage_show_tempo wanted = limited(tempo);

	if (at == STAGE_SHOW_TEMPO_SONG) {
		stage_show_timebase_init(self, self->rate_hz, &wanted);
		return;
	}
	if (at == STAGE_SHOW_TEMPO_BAR && is_rolling) {
		self->next = wanted;
		self->has_next = true;
		return;
	}
	if (frame < self->frame) {
		rewind_to_zero(self);
	}
	move_to(self, frame);
	if (wanted.beats != self->tempo.beats) {
		begin_bar(self);
	}
	self->tempo = wanted;
	self->has_next = false;
}

STAGE_RT uint64_t
stage_show_timebase_next_bar(
	const struct stage_show_timebase *self, uint64_t frame)
{
	uint64_t factor = (uint64_t)self->tempo.micro_bpm * PARTS;
	uint64_t of_bar = bar_ticks(&self->tempo);
	uint64_t rest;
	uint64_t ticks = ticks_at(self, frame, &rest);
	uint64_t parts =
		(of_bar - ticks % of_bar) * parts_per_tick(self) - rest;

	return frame + (parts + factor - 1) / factor;
}

/* The bar begins between two frames: what the first frame has of it is as much
 * time in the next tempo as it was in this one. */
STAGE_RT static void
take_next(struct stage_show_timebase *self)
{
	uint32_t before = self->tempo.micro_bpm;
	uint64_t parts;

	move_to(self, stage_show_timebase_next_bar(self, self->frame));
	parts = self->tick * parts_per_tick(self) + self->rest;
	parts = parts / before * self->next.micro_bpm +
		parts % before * self->next.micro_bpm / before;
	self->tick = parts / parts_per_tick(self);
	self->rest = parts % parts_per_tick(self);
	self->tempo = self->next;
	self->has_next = false;
}

STAGE_RT void
stage_show_timebase_find(struct stage_show_timebase *self, uint64_t frame,
	struct stage_show_bbt *out)
{
	uint64_t of_bar;
	uint64_t ticks;
	uint64_t rest;

	if (frame < self->frame) {
		rewind_to_zero(self);
	}
	if (self->has_next) {
		uint64_t next = stage_show_timebase_next_bar(self, self->frame);
		if (frame >= next) {
			take_next(self);
		}
	}
	of_bar = bar_ticks(&self->tempo);
	ticks = ticks_at(self, frame, &rest);
	out->bar = self->bar + (int64_t)(ticks / of_bar);
	out->bar_start_tick =
		self->bar_start + (int64_t)(ticks - ticks % of_bar);
	out->beat = (int32_t)(ticks % of_bar / STAGE_SHOW_TICKS_PER_BEAT) + 1;
	out->tick = (int32_t)(ticks % STAGE_SHOW_TICKS_PER_BEAT);
}
