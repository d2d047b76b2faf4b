/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/guard.h"

#define WINDOW_NS INT64_C(1000000000)

STAGE_RT static size_t
slot_of(const uint8_t *bytes, size_t len)
{
	uint32_t hash = UINT32_C(2166136261);

	for (size_t i = 0; i < len && i < 4; i++) {
		hash = (hash ^ bytes[i]) * UINT32_C(16777619);
	}
	return (hash >> 8) % STAGE_MIDI_GUARD_SLOTS;
}

STAGE_RT void
stage_midi_guard_out(struct stage_midi_guard *self, const uint8_t *bytes,
	size_t len, int64_t now_ns)
{
	if (now_ns - atomic_load(&self->out_from_ns) > WINDOW_NS) {
		atomic_store(&self->out_from_ns, now_ns);
		for (size_t i = 0; i < STAGE_MIDI_GUARD_SLOTS; i++) {
			atomic_store(&self->out[i], 0);
		}
	}
	atomic_fetch_add(&self->out[slot_of(bytes, len)], 1);
}

STAGE_RT bool
stage_midi_guard_in(struct stage_midi_guard *self, const uint8_t *bytes,
	size_t len, int64_t now_ns)
{
	size_t slot = slot_of(bytes, len);

	if (now_ns - self->in_from_ns > WINDOW_NS) {
		self->in_from_ns = now_ns;
		for (size_t i = 0; i < STAGE_MIDI_GUARD_SLOTS; i++) {
			self->in[i] = 0;
		}
	}
	self->in[slot]++;
	return self->in[slot] > STAGE_MIDI_LOOP_RATE &&
	       atomic_load(&self->out[slot]) > STAGE_MIDI_LOOP_RATE;
}
