/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/dry.h"

#include <string.h>

// Has the ring be so large: what it holds stays in the order in which it came
// when its first part is put behind it.
STAGE_RT static void
grow(struct stage_rack_dry *self, uint32_t size)
{
	uint32_t at = self->at & (self->size - 1);

	for (uint32_t c = 0; c < self->width; c++) {
		memcpy(self->lines[c] + self->size, self->lines[c],
			at * sizeof(float));
	}
	self->at = self->size + at;
	self->size = size;
}

// While that much is held, what comes in next has room beside it.
STAGE_RT static void
make_room(struct stage_rack_dry *self, uint32_t late)
{
	uint32_t size = self->size;

	while (size < STAGE_RACK_DRY_FRAMES &&
		size - STAGE_RACK_DRY_PASS_MAX < late) {
		size *= 2;
	}
	if (size > self->size) {
		grow(self, size);
	}
}

STAGE_RT void
stage_rack_dry_aim(struct stage_rack_dry *self, uint32_t late)
{
	if (self->width > 0) {
		make_room(self, late);
	}
	// One way is gone to its end before another one begins.
	if (self->late == self->later && stage_rack_dry_has(self, late)) {
		self->later =
			late < STAGE_RACK_DRY_MAX ? late : STAGE_RACK_DRY_MAX;
		self->way = 0;
	}
}

STAGE_RT bool
stage_rack_dry_has(const struct stage_rack_dry *self, uint32_t late)
{
	return self->held >= STAGE_RACK_DRY_MAX || self->held >= late;
}

STAGE_RT bool
stage_rack_dry_is_late(const struct stage_rack_dry *self)
{
	return self->late > 0 || self->later > 0;
}

// How many frames there are to the end of the ring.
STAGE_RT static uint32_t
piece_of(const struct stage_rack_dry *self, uint32_t at, uint32_t frames)
{
	uint32_t left = self->size - (at & (self->size - 1));

	return left < frames ? left : frames;
}

STAGE_RT static void
put(const struct stage_rack_dry *self, float *line, const float *from,
	uint32_t frames)
{
	uint32_t first = piece_of(self, self->at, frames);

	memcpy(line + (self->at & (self->size - 1)), from,
		first * sizeof(float));
	if (first < frames) {
		memcpy(line, from + first, (frames - first) * sizeof(float));
	}
}

STAGE_RT static void
get(const struct stage_rack_dry *self, const float *line, float *to,
	uint32_t frames)
{
	uint32_t at = self->at - self->late;
	uint32_t first = piece_of(self, at, frames);

	memcpy(to, line + (at & (self->size - 1)), first * sizeof(float));
	if (first < frames) {
		memcpy(to + first, line, (frames - first) * sizeof(float));
	}
}

STAGE_RT static void
pass_channel(const struct stage_rack_dry *self, float *line, float *bus,
	uint32_t frames, float step)
{
	uint32_t mask = self->size - 1;
	float way = self->way;

	if (self->late > 0) {
		get(self, line, bus, frames);
	}
	for (uint32_t i = 0; self->late != self->later && i < frames; i++) {
		uint32_t at = self->at + i;
		way = way + step < 1 ? way + step : 1;
		bus[i] += (line[(at - self->later) & mask] - bus[i]) * way;
	}
}

STAGE_RT static void
move(struct stage_rack_dry *self, uint32_t frames, float step)
{
	uint32_t most = self->width > 0 ? self->size : STAGE_RACK_DRY_FRAMES;

	self->at += frames;
	self->held = most - self->held > frames ? self->held + frames : most;
	if (self->late != self->later) {
		self->way += step * (float)frames;
		if (self->way >= 1) {
			self->late = self->later;
		}
	}
}

STAGE_RT void
stage_rack_dry_keep(struct stage_rack_dry *self, float *const *bus,
	uint32_t frames, float step)
{
	for (uint32_t c = 0; c < self->width; c++) {
		put(self, self->lines[c], bus[c], frames);
	}
	move(self, frames, step);
}

STAGE_RT void
stage_rack_dry_pass(struct stage_rack_dry *self, float *const *bus,
	uint32_t frames, float step)
{
	for (uint32_t c = 0; c < self->width; c++) {
		put(self, self->lines[c], bus[c], frames);
		pass_channel(self, self->lines[c], bus[c], frames, step);
	}
	move(self, frames, step);
}
