/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/tap.h"

#include <string.h>

#define MINUTE_NS 60000000000
#define TENTHS_A_MINUTE 10
#define MICRO_A_TENTH 100000
// A tap is far off when it comes so many per cent of a beat early or late.
#define FAR_OFF 35

static int64_t
mean_ns(const struct stage_show_tap *self)
{
	int64_t span_ns = self->taps_ns[self->count - 1] - self->taps_ns[0];

	return span_ns / (int64_t)(self->count - 1);
}

static bool
is_far_off(const struct stage_show_tap *self, int64_t beat_ns)
{
	int64_t usual_ns;
	int64_t off_ns;

	if (self->count < 2) {
		return false;
	}
	usual_ns = mean_ns(self);
	off_ns = beat_ns > usual_ns ? beat_ns - usual_ns : usual_ns - beat_ns;
	return off_ns * 100 > usual_ns * FAR_OFF;
}

static void
add(struct stage_show_tap *self, int64_t at_ns)
{
	if (self->count == STAGE_SHOW_TAPS_MAX) {
		self->count--;
		memmove(self->taps_ns, self->taps_ns + 1,
			self->count * sizeof(self->taps_ns[0]));
	}
	self->taps_ns[self->count] = at_ns;
	self->count++;
}

bool
stage_show_tap(struct stage_show_tap *self, int64_t at_ns, uint32_t *micro_bpm)
{
	int64_t beat_ns = self->count > 0
				  ? at_ns - self->taps_ns[self->count - 1]
				  : STAGE_SHOW_TAP_MOST_NS;
	int64_t mean;

	if (self->count > 0 && beat_ns < STAGE_SHOW_TAP_LEAST_NS &&
		beat_ns >= 0) {
		return false;
	}
	if (beat_ns < 0 || beat_ns > STAGE_SHOW_TAP_MOST_NS ||
		is_far_off(self, beat_ns)) {
		self->count = 0;
	}
	add(self, at_ns);
	if (self->count < 2) {
		return false;
	}
	mean = mean_ns(self);
	*micro_bpm = (uint32_t)((MINUTE_NS * TENTHS_A_MINUTE + mean / 2) /
				mean * MICRO_A_TENTH);
	return true;
}
