/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <math.h>
#include <string.h>

#include "rack/builtin.h"

#define NOTES 128
#define MESSAGE_MAX 3
#define STATUS(byte) ((byte)&0xf0U)
#define NOTE_OFF 0x80U
#define NOTE_ON 0x90U
#define AFTERTOUCH 0xa0U
#define CONTROL 0xb0U
#define SYSTEM 0xf0U
#define SILENT_DB (-119.9F) // as good as nothing
#define CHANNEL_MODE 120    // controls from here on

// What is to become of a message of a channel; false: it is not sent on.
typedef bool rule(
	struct stage_rack_builtin_run *self, uint8_t *bytes, uint32_t size);

STAGE_RT static float
value_of(const struct stage_rack_builtin_run *self, uint32_t index)
{
	return *(const float *)self->ports[2 + index];
}

STAGE_RT static bool
is_on(const struct stage_rack_builtin_run *self, uint32_t index)
{
	return value_of(self, index) >= 0.5F;
}

STAGE_RT static void
pass(struct stage_rack_builtin_run *self, rule *judge)
{
	struct stage_rack_events in = {self->ports[0], UINT32_MAX};
	struct stage_rack_events out = {self->ports[1], 0};
	const LV2_Atom_Event *event = NULL;

	out.capacity = out.atom->atom.size + (uint32_t)sizeof(LV2_Atom);
	stage_rack_events_clear(&out, self->urids);
	while ((event = stage_rack_events_next(&in, self->urids, event)) !=
		NULL) {
		uint8_t message[MESSAGE_MAX] = {0};
		const uint8_t *bytes = (const void *)(event + 1);
		uint32_t size = event->body.size;
		if (event->body.type != self->urids->midi_event || size == 0) {
			continue;
		}
		if (size <= MESSAGE_MAX && STATUS(bytes[0]) != SYSTEM) {
			memcpy(message, bytes, size);
			if (!judge(self, message, size)) {
				continue;
			}
			bytes = message;
		}
		(void)stage_rack_events_add(&out, self->urids,
			(uint32_t)event->time.frames, bytes, size);
	}
}

STAGE_RT static bool
is_note(const uint8_t *bytes, uint32_t size)
{
	return size == MESSAGE_MAX && STATUS(bytes[0]) <= AFTERTOUCH;
}

// Sends a note elsewhere, and what belongs to it to the same place. `to` is
// where it goes now, 1 + channel * NOTES + note, or 0.
STAGE_RT static bool
move_note(struct stage_rack_builtin_run *self, uint8_t *bytes, uint32_t to)
{
	uint16_t *held = &self->held[bytes[0] & 0xfU][bytes[1] & 0x7fU];
	bool starts = STATUS(bytes[0]) == NOTE_ON && bytes[2] > 0;
	bool ends = STATUS(bytes[0]) == NOTE_OFF ||
		    (STATUS(bytes[0]) == NOTE_ON && bytes[2] == 0);
	uint32_t place = starts || *held == 0 ? to : *held;

	if (starts) {
		*held = (uint16_t)to;
	} else if (ends) {
		*held = 0;
	}
	if (place == 0) {
		return false;
	}
	bytes[0] = (uint8_t)(STATUS(bytes[0]) | (place - 1) / NOTES);
	bytes[1] = (uint8_t)((place - 1) % NOTES);
	return true;
}

STAGE_RT static bool
// NOLINTNEXTLINE(readability-non-const-parameter): other rules write to it
let_through(struct stage_rack_builtin_run *self, uint8_t *bytes, uint32_t size)
{
	(void)self;
	(void)bytes;
	(void)size;
	return true;
}

STAGE_RT void
stage_rack_builtin_through(LV2_Handle handle, uint32_t frames)
{
	(void)frames;
	pass(handle, let_through);
}

STAGE_RT static int
whole(float value)
{
	return (int)(value < 0 ? value - 0.5F : value + 0.5F);
}

STAGE_RT static bool
transpose(struct stage_rack_builtin_run *self, uint8_t *bytes, uint32_t size)
{
	int note = bytes[1] + 12 * whole(value_of(self, 0)) +
		   whole(value_of(self, 1));
	uint32_t to = 0;

	if (!is_note(bytes, size)) {
		return true;
	}
	if (note >= 0 && note < NOTES) {
		to = 1 + (bytes[0] & 0xfU) * NOTES + (uint32_t)note;
	}
	return move_note(self, bytes, to);
}

STAGE_RT void
stage_rack_builtin_transpose(LV2_Handle handle, uint32_t frames)
{
	(void)frames;
	pass(handle, transpose);
}

STAGE_RT static bool
change_channel(
	struct stage_rack_builtin_run *self, uint8_t *bytes, uint32_t size)
{
	uint32_t channel = (uint32_t)(whole(value_of(self, 0)) - 1) & 0xfU;

	if (is_note(bytes, size)) {
		return move_note(
			self, bytes, 1 + channel * NOTES + (bytes[1] & 0x7fU));
	}
	bytes[0] = (uint8_t)(STATUS(bytes[0]) | channel);
	return true;
}

STAGE_RT void
stage_rack_builtin_channel(LV2_Handle handle, uint32_t frames)
{
	(void)frames;
	pass(handle, change_channel);
}

// The end of a note passes always: it may have begun before.
STAGE_RT static bool
is_let_through(
	// NOLINTNEXTLINE(readability-non-const-parameter): others write to it
	struct stage_rack_builtin_run *self, uint8_t *bytes, uint32_t size)
{
	// The values behind the channels, by the kind of message.
	static const uint32_t values[8] = {16, 16, 17, 18, 19, 20, 21, 0};
	uint32_t kind = STATUS(bytes[0]) >> 4U;

	(void)size;
	if (STATUS(bytes[0]) == NOTE_OFF ||
		(STATUS(bytes[0]) == NOTE_ON && bytes[2] == 0)) {
		return true;
	}
	if (STATUS(bytes[0]) == CONTROL && bytes[1] >= CHANNEL_MODE) {
		return is_on(self, bytes[0] & 0xfU); // all notes off, and such
	}
	return kind < 8 ||
	       (is_on(self, bytes[0] & 0xfU) && is_on(self, values[kind - 8]));
}

STAGE_RT void
stage_rack_builtin_filter(LV2_Handle handle, uint32_t frames)
{
	(void)frames;
	pass(handle, is_let_through);
}

STAGE_RT static bool
scale(struct stage_rack_builtin_run *self, uint8_t *bytes, uint32_t size)
{
	uint32_t status = STATUS(bytes[0]);
	bool is_wanted =
		(status <= NOTE_ON && bytes[2] > 0 && is_on(self, 1)) ||
		(status == AFTERTOUCH && is_on(self, 2)) ||
		(status == CONTROL && is_on(self, 3));
	float value = (float)bytes[2] * value_of(self, 0);
	float least = status == NOTE_ON ? 1 : 0; // 0 would be its end

	if (is_wanted && size == MESSAGE_MAX) {
		value = value < least ? least : value;
		bytes[2] = (uint8_t)(value > 127 ? 127 : value);
	}
	return true;
}

STAGE_RT void
stage_rack_builtin_velocity(LV2_Handle handle, uint32_t frames)
{
	(void)frames;
	pass(handle, scale);
}

// Sound.

STAGE_RT static void
amplify(const float *in, float *out, uint32_t frames, float *gain, float target,
	float step)
{
	float now = *gain < 0 ? target : *gain;

	for (uint32_t i = 0; i < frames; i++) {
		if (now < target) {
			now = now + step < target ? now + step : target;
		} else if (now > target) {
			now = now - step > target ? now - step : target;
		}
		out[i] = in[i] * now;
	}
	*gain = now;
}

STAGE_RT void
stage_rack_builtin_mono(LV2_Handle handle, uint32_t frames)
{
	struct stage_rack_builtin_run *self = handle;

	amplify(self->ports[0], self->ports[1], frames, &self->gains[0],
		value_of(self, 0), self->step);
}

// A gain moves as far as it is large, so that each way takes about as long.
STAGE_RT void
stage_rack_builtin_level(LV2_Handle handle, uint32_t frames)
{
	struct stage_rack_builtin_run *self = handle;
	float level_db = value_of(self, 0);
	float gain = level_db < SILENT_DB ? 0 : powf(10, level_db / 20);
	float most = gain > self->gains[0] ? gain : self->gains[0];

	amplify(self->ports[0], self->ports[1], frames, &self->gains[0], gain,
		self->step * (most > 1 ? most : 1));
}

// The values, and behind them the latency, stand behind two ports.
STAGE_RT void
stage_rack_builtin_return(LV2_Handle handle, uint32_t frames)
{
	struct stage_rack_builtin_run *self = handle;
	uint32_t away = atomic_load_explicit(&self->away, memory_order_relaxed);
	float *latency = self->ports[4];

	stage_rack_builtin_level(handle, frames);
	*latency = is_on(self, 1) ? (float)away : 0;
}

STAGE_RT void
stage_rack_builtin_stereo(LV2_Handle handle, uint32_t frames)
{
	struct stage_rack_builtin_run *self = handle;

	// The values stand behind four ports.
	for (uint32_t i = 0; i < 2; i++) {
		float target = is_on(self, 3 + i) ? value_of(self, 2) : 1;
		amplify(self->ports[i], self->ports[2 + i], frames,
			&self->gains[i], target, self->step);
	}
}
